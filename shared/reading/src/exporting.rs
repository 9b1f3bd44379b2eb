//! How a conversation that is taken away is written down: when the file is complete, and before its first
//! byte is given.

use crate::{
    Person, ReadError, Reading,
    grant::{Deed, Export, Grant},
    trail::{Access, Trace},
};
use domain::{
    SessionId, UserId,
    audit::{EventType, Metadata},
};

/// Who takes which conversation away.
#[derive(Debug, Clone)]
pub struct Taker {
    person: Person,
    trace: Trace,
    owner: UserId,
    session: SessionId,
}

/// What a file is that holds a conversation.
#[derive(Debug, Clone)]
pub struct File {
    /// Its format: `json`, `txt` or `pdf`.
    pub format: &'static str,
    /// How many messages it holds.
    pub messages: u64,
    /// The SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
}

impl From<File> for Metadata {
    fn from(file: File) -> Self {
        let File { format, messages, sha256 } = file;
        let (format, messages, sha256) = (Some(format.to_owned()), Some(messages), Some(sha256));
        Self { format, messages, sha256, ..Self::default() }
    }
}

impl Grant<Export> {
    /// Who takes it away.
    #[must_use]
    pub fn taker(&self) -> Taker {
        Taker {
            person: self.person.clone(),
            trace: self.trace.clone(),
            owner: self.session.user_id.clone(),
            session: self.session.session_id.clone(),
        }
    }
}

impl Reading {
    /// Writes down which file somebody is about to be given.
    ///
    /// # Errors
    /// [`ReadError::Untraced`]: then it is not to be given.
    pub async fn record_export(&self, taker: &Taker, file: File) -> Result<(), ReadError> {
        let Taker { person, trace, owner, session } = taker;
        let metadata = Metadata::from(file);
        let (event, action, user) = (EventType::ConversationExported, Export::ACTION, person.user());
        let access = Access { event, action, user, target: Some(owner), session: Some(session), trace, metadata };
        self.record(access).await.map(drop)
    }
}
