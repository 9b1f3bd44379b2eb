//! The one place that asks what time it is and makes new ids.

use domain::Timestamp;
use uuid::Uuid;

/// The time now.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// A new id: a `UUIDv7`, 74 of its bits random.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "new ids are made here")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
