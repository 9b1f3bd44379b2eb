//! How many sessions a person has: a count per day on which sessions began, each an attribute of the
//! account (`s20778`, the days since 1970). Who reads the account knows the sum; a day that is older
//! than what is kept counts for nothing, so nobody has to lower its count when DynamoDB deletes.

use domain::{Timestamp, UserId, user::User};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Store, StoreError, keys, number, text, users};
use aws_sdk_dynamodb::types::Update;

/// What the names of the counts begin with; short, as a transaction pays for the item's every kilobyte.
const PREFIX: char = 's';

/// A person's sessions by the day on which they began. Read from an account's item, all other
/// attributes of which it passes over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<u32, u64>);

impl Tally {
    /// Whether none has begun that was not taken back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }

    /// The sessions that are kept. Those of the day on which the oldest expire count until it is over.
    #[must_use]
    pub fn live(&self, now: Timestamp, ttl_days: u32) -> u64 {
        self.0.range(oldest(now, ttl_days)..).map(|(_, count)| count).sum()
    }

    /// The attributes that may count sessions, the latest first, at most so many: those that were read, and those of
    /// the days around now.
    pub(crate) fn counts(&self, now: Timestamp, most: usize) -> Vec<String> {
        let around = now.minus_days(1).day()..=now.plus_days(1).day();
        let days: BTreeSet<u32> = self.0.keys().copied().chain(around).collect();
        days.into_iter().rev().take(most).map(attribute).collect()
    }

    /// The attributes that count no more.
    fn past(&self, now: Timestamp, ttl_days: u32) -> Vec<String> {
        self.0.range(..oldest(now, ttl_days)).map(|(day, _)| attribute(*day)).collect()
    }
}

fn oldest(now: Timestamp, ttl_days: u32) -> u32 {
    now.minus_days(ttl_days).day()
}

fn attribute(day: u32) -> String {
    format!("{PREFIX}{day}")
}

fn day(attribute: &str) -> Option<u32> {
    let digits = attribute.strip_prefix(PREFIX)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attributes;
        impl<'de> Visitor<'de> for Attributes {
            type Value = Tally;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an account's attributes")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut attributes: A) -> Result<Tally, A::Error> {
                let mut tally = Tally::default();
                while let Some(name) = attributes.next_key::<String>()? {
                    match day(&name) {
                        Some(day) => drop(tally.0.insert(day, attributes.next_value()?)),
                        None => drop(attributes.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(tally)
            }
        }
        deserializer.deserialize_map(Attributes)
    }
}

impl Store {
    /// Counts a session that begins, on the condition of every turn, and forgets the days that are past.
    pub(crate) fn count_session(&self, user: &User, tally: &Tally, now: Timestamp) -> Result<Update, StoreError> {
        let past = tally.past(now, self.config.ttl_days).join(", ");
        let forget = if past.is_empty() { String::new() } else { format!(" REMOVE {past}") };
        let expression = format!("ADD {} :one{forget}", attribute(now.day()));
        let condition = users::Converses::of(user, self.notice());
        Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(&user.user_id)))
            .update_expression(expression)
            .condition_expression(condition.expression)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(Some(condition.values))
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    /// Takes a session back that began then, on condition that it was counted.
    pub(crate) fn uncount_session(&self, user: &UserId, began: Timestamp) -> Result<Update, StoreError> {
        let day = attribute(began.day());
        Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(user)))
            .update_expression(format!("SET {day} = {day} - :one"))
            .condition_expression(format!("{day} >= :one"))
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|_| StoreError::malformed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::AttributeValue;

    fn tally(attributes: &[(&str, AttributeValue)]) -> Tally {
        let item: crate::Item = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        crate::from_item(item).unwrap()
    }

    #[test]
    fn days_that_are_kept_count_and_older_ones_are_past() {
        let (kept, past, began) = (number(3), number(5), number(1));
        let tally = tally(&[("s20778", began), ("s20688", kept), ("s20687", past), ("status", text("active"))]);
        let now = Timestamp::from_millis(20_778 * 86_400_000 + 5);
        assert_eq!(tally.live(now, 90), 4);
        assert_eq!(tally.past(now, 90), ["s20687"]);
        assert_eq!(tally.live(now, 3650), 9);
        assert_eq!(tally.counts(now, 4), ["s20779", "s20778", "s20777", "s20688"]);
    }
}
