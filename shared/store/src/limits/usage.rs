//! What the whole zoo uses, day by day. A day is counted on several items, as all turns write to it.

use crate::{Store, StoreError, from_item, keys, number, signed, text, transact::past_transactions};
use domain::{Timestamp, retention::USAGE_DAYS, turn::Usage};
use serde::Deserialize;

/// Items that share the counting of one day.
const USAGE_SHARDS: u8 = 8;

/// What the zoo used on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DayUsage {
    /// Turns that a model was asked for.
    pub turns: u64,
    /// Tokens of prompts.
    pub prompt_tokens: u64,
    /// Tokens of answers.
    pub completion_tokens: u64,
}

impl Store {
    /// Adds a turn to what the whole zoo used on a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_usage(&self, usage: Usage, now: Timestamp) -> Result<(), StoreError> {
        let date = now.date();
        let shard = fastrand::u8(0..USAGE_SHARDS);
        let key = [("principal", keys::zoo_usage(&now.month())), ("kind", keys::usage_shard(&date, shard))];
        let request = self
            .client
            .update_item()
            .table_name(&self.config.limits)
            .set_key(Some(key.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()))
            .update_expression("SET #ttl = :ttl ADD turns :one, promptTokens :prompt, completionTokens :completion")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":ttl", signed(now.plus_days(USAGE_DAYS).as_seconds()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":prompt", number(usage.prompt))
            .expression_attribute_values(":completion", number(usage.completion));
        let done = past_transactions(|| request.clone().send()).await;
        done.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    /// What the zoo used in a month, by day: at most eight items a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn usage(&self, month: &str) -> Result<Vec<(String, DayUsage)>, StoreError> {
        #[derive(Deserialize)]
        struct Shard {
            kind: String,
            #[serde(flatten)]
            usage: DayUsage,
        }
        let query = self.client.query().table_name(&self.config.limits).consistent_read(true);
        let answer = query
            .key_condition_expression("principal = :zoo")
            .expression_attribute_values(":zoo", text(keys::zoo_usage(month)))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let mut days: Vec<(String, DayUsage)> = Vec::new();
        for item in answer.items.unwrap_or_default() {
            let shard: Shard = from_item(item)?;
            let date = shard.kind.split('#').next().unwrap_or_default().to_owned();
            match days.last_mut().filter(|(last, _)| *last == date) {
                Some((_, sum)) => {
                    sum.turns += shard.usage.turns;
                    sum.prompt_tokens += shard.usage.prompt_tokens;
                    sum.completion_tokens += shard.usage.completion_tokens;
                }
                None => days.push((date, shard.usage)),
            }
        }
        Ok(days)
    }
}
