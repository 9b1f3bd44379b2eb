//! Transactions, all or nothing, and single writes that met one: repeated by us where the SDK does
//! not, with pauses that grow.

use crate::{Store, StoreError};
use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, ConditionCheck, Put, TransactWriteItem, Update},
};
use std::time::Duration;

/// Attempts at a transaction that others keep interrupting.
const ATTEMPTS: u32 = 8;
/// The longest pause before the second attempt; it doubles with each further one.
const FIRST_PAUSE_MILLIS: u64 = 10;

/// Why a transaction did not happen.
pub(crate) enum Cancelled {
    /// Conditions did not hold: the positions of their items.
    Conditions(Vec<usize>),
    /// Anything else.
    Failed(StoreError),
}

/// Repeats a write of one item while a transaction holds the item.
pub(crate) async fn past_transactions<T, E, F>(write: impl Fn() -> F) -> Result<T, SdkError<E>>
where
    E: ProvideErrorMetadata,
    SdkError<E>: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let mut pause = Pause::first();
    for _ in 1..ATTEMPTS {
        match Box::pin(write()).await {
            Err(error) if error.code() == Some("TransactionConflictException") => pause.wait().await,
            done => return done,
        }
    }
    Box::pin(write()).await
}

/// A pause of random length (full jitter) that doubles each time.
pub(crate) struct Pause {
    longest_millis: u64,
}

impl Pause {
    pub(crate) fn first() -> Self {
        Self { longest_millis: FIRST_PAUSE_MILLIS }
    }

    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=self.longest_millis))).await;
        self.longest_millis *= 2;
    }
}

impl Store {
    /// Writes all items or none. `token` makes a repetition within ten minutes harmless
    /// (`ClientRequestToken`); it must be of one attempt's owner, at most 36 characters.
    pub(crate) async fn transact(&self, token: &str, items: Vec<TransactWriteItem>) -> Result<(), Cancelled> {
        let mut pause = Pause::first();
        let mut attempts_left = ATTEMPTS;
        loop {
            attempts_left -= 1;
            let request = self.client.transact_write_items().client_request_token(token);
            let Err(error) = request.set_transact_items(Some(items.clone())).send().await else {
                return Ok(());
            };
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(e)) => e.cancellation_reasons(),
                _ => &[],
            };
            if attempts_left == 0 || !may_succeed_later(reasons) {
                return Err(match failed_conditions(reasons) {
                    positions if positions.is_empty() => Cancelled::Failed(StoreError::from_sdk(&error)),
                    positions => Cancelled::Conditions(positions),
                });
            }
            pause.wait().await;
        }
    }
}

/// Another transaction held an item or the table was busy, and nothing else stood in the way. The
/// SDK repeats neither when it comes as a cancelled transaction.
fn may_succeed_later(reasons: &[CancellationReason]) -> bool {
    let passing = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    let mut codes = reasons.iter().filter_map(CancellationReason::code).filter(|code| *code != "None").peekable();
    codes.peek().is_some() && codes.all(|code| passing.contains(&code))
}

fn failed_conditions(reasons: &[CancellationReason]) -> Vec<usize> {
    let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
    reasons.iter().enumerate().filter(|(_, reason)| failed(reason)).map(|(at, _)| at).collect()
}

pub(crate) fn put(put: Put) -> TransactWriteItem {
    TransactWriteItem::builder().put(put).build()
}

pub(crate) fn update(update: Update) -> TransactWriteItem {
    TransactWriteItem::builder().update(update).build()
}

pub(crate) fn check(check: ConditionCheck) -> TransactWriteItem {
    TransactWriteItem::builder().condition_check(check).build()
}
