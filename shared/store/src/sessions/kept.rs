//! What there is of a session: all of it, or after it was erased only that it was.

use super::SessionRecord;
use crate::{Store, StoreError, from_item, strings};
use domain::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What is left of a session that was erased, until the time at which it would have expired: that it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Buried {
    /// Partition key.
    pub session_id: SessionId,
    /// Whose it was.
    pub user_id: UserId,
    /// When.
    pub erased_at: Timestamp,
    /// When the session would have expired, in seconds; for DynamoDB's own deletion.
    pub ttl: i64,
}

/// What there is of a session.
#[derive(Debug, Clone)]
pub enum Kept {
    /// All of it.
    Session(Box<SessionRecord>),
    /// That it was.
    Buried(Buried),
}

impl Kept {
    /// Whose it is, or was.
    #[must_use]
    pub fn owner(&self) -> &UserId {
        match self {
            Self::Session(session) => &session.user_id,
            Self::Buried(buried) => &buried.user_id,
        }
    }

    /// Whether its time is over, so that nothing is known of it. One whose deletion has begun has the time that it
    /// had before.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        match self {
            Self::Session(session) if session.deletion_begun_at.is_some() => now.as_seconds() >= session.ttl,
            Self::Session(session) => session.session().is_expired(now),
            Self::Buried(buried) => now.as_seconds() >= buried.ttl,
        }
    }

    /// The session, if it is there and nothing of it is on its way out: it was not deleted, and is of the generation
    /// that its owner's conversations are in.
    #[must_use]
    pub fn untouched(self, generation: u64) -> Option<SessionRecord> {
        match self {
            Self::Session(session) if session.deletion_begun_at.is_none() && session.generation == generation => {
                Some(*session)
            }
            Self::Session(_) | Self::Buried(_) => None,
        }
    }
}

impl Store {
    /// What there is of a session, also where it was erased. Read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kept_session(&self, session: &SessionId) -> Result<Option<Kept>, StoreError> {
        let item = self.get_item(&self.config.sessions, strings([("sessionId", session.as_str())])).await?;
        let Some(item) = item else { return Ok(None) };
        Ok(Some(match item.contains_key("erasedAt") {
            true => Kept::Buried(from_item(item)?),
            false => Kept::Session(Box::new(from_item(item)?)),
        }))
    }
}
