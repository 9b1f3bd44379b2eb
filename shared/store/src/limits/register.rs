//! The usual admission and its reverse, each as one update: the shift register of a sliding minute, or
//! the count of a calendar one, and the counts of day and month.

use super::{AccountRecord, Request, held};
use crate::{Store, StoreError, from_item, number, signed, text, transact::past_transactions};
use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{
    Timestamp,
    limits::{Account, PerMinute, cutoff, minute},
    retention::LIMIT_DAYS,
};

/// What of an expression is about the minute.
struct MinutePart {
    set: String,
    condition: &'static str,
}

impl Store {
    /// Admits a request in one update; else gives the account as it stood in the way.
    pub(super) async fn shift_in(
        &self,
        request: &Request<'_>,
    ) -> Result<Result<Account, Option<AccountRecord>>, StoreError> {
        let Request { limits, tokens, nonce, now, .. } = request;
        let part = match limits.per_minute {
            PerMinute::Sliding(places) => MinutePart {
                set: shift((1..places).map(|place| (place - 1, place)), places - 1, ":now"),
                condition: "size(#r) = :places AND #r[0] <= :cutoff",
            },
            PerMinute::Calendar(_) => MinutePart {
                set: "minuteRequests = minuteRequests + :one".to_owned(),
                condition: "#minute = :minute AND minuteRequests < :perMinute",
            },
        };
        let update = self
            .account_update(request.principal)
            .update_expression(format!(
                "SET {}, dayRequests = dayRequests + :one, monthRequests = monthRequests + :one, \
                 dayTokens = dayTokens + :tokens, monthTokens = monthTokens + :tokens, #last = :nonce, #ttl = :ttl",
                part.set
            ))
            .condition_expression(format!(
                "{} AND #day = :day AND #month = :month AND dayRequests < :perDay \
                 AND dayTokens <= :dayRoom AND monthTokens <= :monthRoom AND #last <> :nonce",
                part.condition
            ))
            .expression_attribute_names("#day", "day")
            .expression_attribute_names("#month", "month")
            .expression_attribute_names("#last", "last")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":tokens", number(*tokens))
            .expression_attribute_values(":nonce", text(nonce.to_string()))
            .expression_attribute_values(":ttl", signed(now.plus_days(LIMIT_DAYS).as_seconds()))
            .expression_attribute_values(":day", text(now.date()))
            .expression_attribute_values(":month", text(now.month()))
            .expression_attribute_values(":perDay", number(limits.per_day))
            .expression_attribute_values(":dayRoom", room(limits.tokens_per_day, *tokens))
            .expression_attribute_values(":monthRoom", room(limits.tokens_per_month, *tokens))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = match limits.per_minute {
            PerMinute::Sliding(_) => update
                .expression_attribute_values(":now", signed(now.as_millis()))
                .expression_attribute_values(":cutoff", signed(cutoff(*now))),
            PerMinute::Calendar(limit) => update.expression_attribute_values(":perMinute", number(limit)),
        };
        match past_transactions(|| with_minute(update.clone(), limits.per_minute, *now).send()).await {
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
    /// falls out again, and one that is over comes in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self, request: Request<'_>) -> Result<(), StoreError> {
        let part = match request.limits.per_minute {
            PerMinute::Sliding(places) => MinutePart {
                set: shift((1..places).rev().map(|place| (place, place - 1)), 0, ":none"),
                condition: "size(#r) = :places",
            },
            PerMinute::Calendar(_) => {
                MinutePart { set: "minuteRequests = minuteRequests - :one".to_owned(), condition: "#minute = :minute" }
            }
        };
        let update = self
            .account_update(request.principal)
            .update_expression(format!(
                "SET {}, released = :nonce, dayRequests = dayRequests - :one, monthRequests = monthRequests - :one, \
                 dayTokens = dayTokens - :tokens, monthTokens = monthTokens - :tokens",
                part.set
            ))
            .condition_expression(format!(
                "{} AND #day = :day AND (attribute_not_exists(released) OR released <> :nonce)",
                part.condition
            ))
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":nonce", text(request.nonce.to_string()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":tokens", number(request.tokens))
            .expression_attribute_values(":day", text(request.now.date()));
        let update = match request.limits.per_minute {
            PerMinute::Sliding(_) => update.expression_attribute_values(":none", number(0)),
            PerMinute::Calendar(_) => update,
        };
        held(with_minute(update, request.limits.per_minute, request.now)).await
    }
}

/// Assignments that move each place of the register, and fill the one that becomes free. What stands
/// on the right is what was there before all of them.
fn shift(moves: impl Iterator<Item = (usize, usize)>, free: usize, newcomer: &str) -> String {
    let moves: String = moves.map(|(to, from)| format!("#r[{to}]=#r[{from}], ")).collect();
    format!("{moves}#r[{free}]={newcomer}")
}

/// The names and values that admission and release share.
fn with_minute(update: UpdateItemFluentBuilder, per_minute: PerMinute, now: Timestamp) -> UpdateItemFluentBuilder {
    match per_minute {
        PerMinute::Sliding(places) => update
            .expression_attribute_names("#r", "recent")
            .expression_attribute_values(":places", number(places as u64)),
        PerMinute::Calendar(_) => update
            .expression_attribute_names("#minute", "minute")
            .expression_attribute_values(":minute", text(minute(now))),
    }
}

/// How much may be used already so that `tokens` more fit; where none are asked for, anything.
fn room(limit: u64, tokens: u64) -> AttributeValue {
    match tokens {
        0 => signed(i64::MAX),
        _ => signed(i64::try_from(limit).unwrap_or(i64::MAX).saturating_sub_unsigned(tokens)),
    }
}
