//! `cmz-limits`: failed attempts at a secret. Key `(principal, kind)`.
//!
//! How long to wait is a part of the condition of the one update that counts an attempt, so that any
//! number of guesses at the same time count as if they came one after the other.

use crate::{Item, Store, StoreError, from_item, number, signed, strings, transact::past_transactions};
use aws_sdk_dynamodb::{
    operation::{delete_item::DeleteItemError, update_item::UpdateItemError},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{Timestamp, attempts, retention::ATTEMPT_DAYS};
use serde::Deserialize;
use std::{collections::HashMap, fmt::Write};

/// What is attempted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// To sign in, or to name one's password again.
    SignIn,
    /// To get a link for a new password.
    Reset,
    /// To invite somebody, or to be told of it by a letter.
    Invite,
}

impl Attempt {
    fn kind(self) -> &'static str {
        match self {
            Self::SignIn => "signin",
            Self::Reset => "reset",
            Self::Invite => "invite",
        }
    }
}

/// Seconds to wait before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub u64);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    failures: u32,
    last_at: i64,
}

impl Record {
    fn wait(&self, now: Timestamp) -> Option<Wait> {
        let until = Timestamp::from_millis(self.last_at).plus_seconds(attempts::pause(self.failures));
        let left = until.millis_since(now).div_ceil(1000);
        (left > 0).then_some(Wait(left))
    }
}

impl Store {
    /// Whether the next attempt has to wait, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempt_waits(
        &self,
        principal: &str,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<Option<Wait>, StoreError> {
        let found: Option<Record> = self.get(&self.config.limits, key(principal, attempt)).await?;
        Ok(found.and_then(|record| record.wait(now)))
    }

    /// Counts a failed attempt, unless one has to wait: then it counts for nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempt_failed(
        &self,
        principal: &str,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<Result<(), Wait>, StoreError> {
        let rule = rule(now);
        let update = self
            .client
            .update_item()
            .table_name(&self.config.limits)
            .set_key(Some(key(principal, attempt)))
            .update_expression("SET lastAt = :now, #ttl = :ttl ADD failures :one")
            .condition_expression(rule.expression)
            .set_expression_attribute_values(Some(rule.values))
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":now", signed(now.as_millis()))
            .expression_attribute_values(":ttl", signed(now.plus_days(ATTEMPT_DAYS).as_seconds()))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = past_transactions(|| update.clone().send()).await else { return Ok(Ok(())) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => refused(failed.item(), now).map(Err),
            _ => Err(StoreError::from_sdk(&error)),
        }
    }

    /// Forgets the failures before a success, unless one has to wait: then it is no success.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempt_succeeded(
        &self,
        principal: &str,
        attempt: Attempt,
        now: Timestamp,
    ) -> Result<Result<(), Wait>, StoreError> {
        let rule = rule(now);
        let delete = self
            .client
            .delete_item()
            .table_name(&self.config.limits)
            .set_key(Some(key(principal, attempt)))
            .condition_expression(rule.expression)
            .set_expression_attribute_values(Some(rule.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = past_transactions(|| delete.clone().send()).await else { return Ok(Ok(())) };
        match error.as_service_error() {
            Some(DeleteItemError::ConditionalCheckFailedException(failed)) => refused(failed.item(), now).map(Err),
            _ => Err(StoreError::from_sdk(&error)),
        }
    }
}

/// How long what stood in the way asks to wait; a second at least, as it did stand in the way.
fn refused(item: Option<&Item>, now: Timestamp) -> Result<Wait, StoreError> {
    let record: Option<Record> = item.cloned().map(from_item).transpose()?;
    Ok(record.and_then(|record| record.wait(now)).unwrap_or(Wait(1)))
}

struct Rule {
    expression: String,
    values: HashMap<String, AttributeValue>,
}

/// The condition that nobody has to wait: for each number of failures the time that the last one must
/// be back.
fn rule(now: Timestamp) -> Rule {
    let mut expression = "attribute_not_exists(failures) OR failures <= :free".to_owned();
    let mut values = HashMap::from([(":free".to_owned(), number(attempts::FREE.into()))]);
    for (failures, pause) in attempts::pauses() {
        let compared = if pause == attempts::LONGEST_PAUSE { ">=" } else { "=" };
        // Writing to a string cannot fail.
        let _ = write!(expression, " OR (failures {compared} :n{failures} AND lastAt <= :t{failures})");
        values.insert(format!(":n{failures}"), number(failures.into()));
        let back = now.as_millis() - i64::from(pause) * 1000;
        values.insert(format!(":t{failures}"), signed(back));
    }
    Rule { expression, values }
}

fn key(principal: &str, attempt: Attempt) -> Item {
    strings([("principal", principal), ("kind", attempt.kind())])
}
