//! Receipts: what somebody's text is opened by.

use super::Entry;
use crate::LogId;
use std::marker::PhantomData;

/// Proof that an access was written down: only a committed entry yields it.
#[derive(Debug)]
pub struct Receipt {
    log_id: LogId,
}

impl Receipt {
    /// The receipt for an entry that is committed. It is for the store to say that it is.
    #[must_use]
    pub fn of_committed(entry: &Entry) -> Self {
        Self { log_id: entry.log_id.clone() }
    }

    /// The entry.
    #[must_use]
    pub fn log_id(&self) -> &LogId {
        &self.log_id
    }
}

/// Why the key to somebody's text is unwrapped.
#[derive(Debug, Clone, Copy)]
pub struct Purpose<'a>(PhantomData<&'a Receipt>);

impl<'a> Purpose<'a> {
    /// A turn of the person's own needs what was said before.
    #[must_use]
    pub fn turn() -> Self {
        Self(PhantomData)
    }

    /// Somebody sees it, and that is written down.
    #[must_use]
    pub fn seen(_receipt: &'a Receipt) -> Self {
        Self(PhantomData)
    }
}
