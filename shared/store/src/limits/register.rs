//! The shift register of an account's last requests, as update expressions.

use super::{AccountRecord, KEPT_DAYS, Request, held, signed};
use crate::{Store, StoreError, from_item, number, text, transact::past_transactions};
use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::limits::{Account, cutoff};
use std::fmt::Write;

impl Store {
    /// The usual case in one update; else the account as it stood in the way.
    pub(super) async fn shift_in(
        &self,
        request: &Request<'_>,
    ) -> Result<Result<Account, Option<AccountRecord>>, StoreError> {
        let Request { limits, tokens, nonce, now, .. } = request;
        let mut set = String::from(
            "SET dayRequests = dayRequests + :one, monthRequests = monthRequests + :one, dayTokens = dayTokens + :tokens, \
             monthTokens = monthTokens + :tokens, #last = :nonce, #ttl = :ttl",
        );
        for place in 1..limits.per_minute {
            // Writing to a string does not fail.
            let _ = write!(set, ", #r[{}]=#r[{place}]", place - 1);
        }
        let _ = write!(set, ", #r[{}]=:now", limits.per_minute - 1);
        let update = self
            .account_update(request.principal)
            .update_expression(set)
            .condition_expression(
                "size(#r) = :places AND #r[0] <= :cutoff AND #day = :day AND #month = :month AND dayRequests < :perDay \
                 AND dayTokens <= :dayRoom AND monthTokens <= :monthRoom AND #last <> :nonce",
            )
            .expression_attribute_names("#r", "recent")
            .expression_attribute_names("#day", "day")
            .expression_attribute_names("#month", "month")
            .expression_attribute_names("#last", "last")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":tokens", number(*tokens))
            .expression_attribute_values(":nonce", text(nonce.to_string()))
            .expression_attribute_values(":ttl", signed(now.plus_days(KEPT_DAYS).as_seconds()))
            .expression_attribute_values(":now", signed(now.as_millis()))
            .expression_attribute_values(":cutoff", signed(cutoff(*now)))
            .expression_attribute_values(":places", number(limits.per_minute as u64))
            .expression_attribute_values(":day", text(now.date()))
            .expression_attribute_values(":month", text(now.month()))
            .expression_attribute_values(":perDay", number(limits.per_day))
            .expression_attribute_values(":dayRoom", room(limits.tokens_per_day, *tokens))
            .expression_attribute_values(":monthRoom", room(limits.tokens_per_month, *tokens))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match past_transactions(|| update.clone().send()).await {
            Ok(answer) => {
                let record: AccountRecord = from_item(answer.attributes.unwrap_or_default())?;
                Ok(Ok(record.account()))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Err(failed.item().cloned().map(from_item).transpose()?))
                }
                _ => Err(StoreError::from_sdk(&error)),
            },
        }
    }

    /// Takes an admission back, as if the request had not come: the newest of the last requests
    /// falls out again, and one that is over comes in. Repeated, it takes back once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self, request: Request<'_>) -> Result<(), StoreError> {
        let places = request.limits.per_minute;
        let mut set = String::from("SET released = :nonce");
        for place in (1..places).rev() {
            let _ = write!(set, ", #r[{place}]=#r[{}]", place - 1);
        }
        let update = self
            .account_update(request.principal)
            .update_expression(format!(
                "{set}, #r[0]=:none, dayRequests = dayRequests - :one, monthRequests = monthRequests - :one, \
                 dayTokens = dayTokens - :tokens, monthTokens = monthTokens - :tokens"
            ))
            .condition_expression(
                "size(#r) = :places AND #day = :day AND (attribute_not_exists(released) OR released <> :nonce)",
            )
            .expression_attribute_names("#r", "recent")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":nonce", text(request.nonce.to_string()))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":tokens", number(request.tokens))
            .expression_attribute_values(":places", number(places as u64))
            .expression_attribute_values(":day", text(request.now.date()));
        held(update).await
    }
}

/// How much may be used already so that `tokens` more fit; where none are asked for, anything.
fn room(limit: u64, tokens: u64) -> AttributeValue {
    match tokens {
        0 => signed(i64::MAX),
        _ => signed(i64::try_from(limit).unwrap_or(i64::MAX).saturating_sub_unsigned(tokens)),
    }
}
