//! `cmz-limits`: what somebody has used, and what the whole zoo has. Key `(principal, kind)`.
//!
//! A request is admitted by one conditional update. The times of a person's last requests are a shift
//! register: the oldest falls out where the newest comes in, and only if it is a minute old. So any
//! number of servers admit exactly as many as they may together. An address, where a whole school may
//! be, has a count of the minute instead.

mod register;
mod usage;

pub use usage::DayUsage;

use crate::{Store, StoreError, keys, signed, strings, text, to_item, transact::past_transactions};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use domain::{
    Timestamp,
    limits::{Account, Exceeded, Limits},
    retention::LIMIT_DAYS,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Attempts at an account that others keep changing.
const ATTEMPTS: usize = 64;

/// One request of one principal.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who, see [`keys::person`] and [`keys::address`].
    pub principal: &'a str,
    /// What they may use.
    pub limits: &'a Limits,
    /// Tokens to reserve.
    pub tokens: u64,
    /// This request's own id: a repetition after a lost acknowledgement counts once, unless another
    /// request of the same principal came in between.
    pub nonce: Uuid,
    /// When.
    pub now: Timestamp,
}

/// What became of a request, and how its principal stands now.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Whether it is admitted.
    pub outcome: Result<(), Exceeded>,
    /// The account after it.
    pub account: Account,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountRecord {
    principal: String,
    kind: String,
    recent: Vec<i64>,
    minute: String,
    minute_requests: i64,
    day: String,
    day_requests: i64,
    day_tokens: i64,
    month: String,
    month_requests: i64,
    month_tokens: i64,
    /// The request that changed it last.
    last: Uuid,
    ttl: i64,
}

impl AccountRecord {
    fn new(request: &Request<'_>, account: Account) -> Self {
        Self {
            principal: request.principal.to_owned(),
            kind: keys::RATE.to_owned(),
            recent: account.recent,
            minute: account.minute,
            minute_requests: stored(account.minute_requests),
            day: account.day,
            day_requests: stored(account.day_requests),
            day_tokens: stored(account.day_tokens),
            month: account.month,
            month_requests: stored(account.month_requests),
            month_tokens: stored(account.month_tokens),
            last: request.nonce,
            ttl: request.now.plus_days(LIMIT_DAYS).as_seconds(),
        }
    }

    /// A repetition whose acknowledgement was lost may have taken back too much: never below nothing.
    fn account(self) -> Account {
        let counted = |number: i64| u64::try_from(number).unwrap_or(0);
        Account {
            recent: self.recent,
            minute: self.minute,
            minute_requests: counted(self.minute_requests),
            day: self.day,
            day_requests: counted(self.day_requests),
            day_tokens: counted(self.day_tokens),
            month: self.month,
            month_requests: counted(self.month_requests),
            month_tokens: counted(self.month_tokens),
        }
    }
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store {
    /// Admits a request, or says which limit it exceeds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admit(&self, request: Request<'_>) -> Result<Admission, StoreError> {
        let Request { limits, now, .. } = request;
        for _ in 0..ATTEMPTS {
            let seen = match self.shift_in(&request).await? {
                Ok(account) => return Ok(Admission { outcome: Ok(()), account }),
                Err(seen) => seen,
            };
            let last = seen.as_ref().map(|record| record.last);
            let is_current = seen.as_ref().is_some_and(|record| record.clone().account().is_current(limits, now));
            let account = seen.map_or_else(|| Account::new(limits, now), AccountRecord::account).at(limits, now);
            if last == Some(request.nonce) {
                return Ok(Admission { outcome: Ok(()), account });
            }
            let mut next = account.clone();
            if let Err(exceeded) = next.admit(limits, request.tokens, now) {
                return Ok(Admission { outcome: Err(exceeded), account });
            }
            // Admissible, and yet the update did not hold: a new account, day, month or limit; or
            // somebody made room since.
            if !is_current && self.replace_account(&request, next.clone(), last).await? {
                return Ok(Admission { outcome: Ok(()), account: next });
            }
        }
        Err(StoreError::conflict())
    }

    /// Puts an account in the place of the one that was seen; `false` where it changed meanwhile.
    async fn replace_account(
        &self,
        request: &Request<'_>,
        next: Account,
        seen: Option<Uuid>,
    ) -> Result<bool, StoreError> {
        let item = to_item(&AccountRecord::new(request, next))?;
        let put = self.client.put_item().table_name(&self.config.limits).set_item(Some(item));
        let put = match seen {
            None => put.condition_expression("attribute_not_exists(principal)"),
            Some(last) => put
                .condition_expression("#last = :seen")
                .expression_attribute_names("#last", "last")
                .expression_attribute_values(":seen", text(last.to_string())),
        };
        match past_transactions(|| put.clone().send()).await.map_err(|error| StoreError::from_sdk(&error)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Puts the tokens that a request used in the place of those it reserved. Of a request whose day
    /// is over the month keeps what was reserved.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(&self, request: Request<'_>, used: u64) -> Result<(), StoreError> {
        let difference = i64::try_from(used).unwrap_or(i64::MAX).saturating_sub_unsigned(request.tokens);
        if difference == 0 {
            return Ok(());
        }
        let update = self
            .account_update(request.principal)
            .update_expression(
                "SET settled = :nonce, dayTokens = dayTokens + :difference, monthTokens = monthTokens + :difference",
            )
            .condition_expression("#day = :day AND (attribute_not_exists(settled) OR settled <> :nonce)")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":nonce", text(request.nonce.to_string()))
            .expression_attribute_values(":difference", signed(difference))
            .expression_attribute_values(":day", text(request.now.date()));
        held(update).await
    }

    /// What a principal has used, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account(&self, principal: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.account_record(principal).await?.map(AccountRecord::account))
    }

    async fn account_record(&self, principal: &str) -> Result<Option<AccountRecord>, StoreError> {
        self.get(&self.config.limits, strings([("principal", principal), ("kind", keys::RATE)])).await
    }

    fn account_update(&self, principal: &str) -> UpdateItemFluentBuilder {
        let key = strings([("principal", principal), ("kind", keys::RATE)]);
        self.client.update_item().table_name(&self.config.limits).set_key(Some(key))
    }
}

/// An update that is not needed where its condition does not hold.
async fn held(update: UpdateItemFluentBuilder) -> Result<(), StoreError> {
    match past_transactions(|| update.clone().send()).await.map_err(|error| StoreError::from_sdk(&error)) {
        Err(error) if !error.is_conflict() => Err(error),
        _ => Ok(()),
    }
}
