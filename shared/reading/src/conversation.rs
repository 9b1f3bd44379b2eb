//! A conversation that somebody may read.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    Sealed, Slot, UserId, WrappedKey,
    audit::{Purpose, Receipt},
};
use store::{conversations::MessageRecord, keys, sessions::SessionRecord};
use vault::{DataKey, OpenError};

/// A session and the key to its text.
pub struct Conversation {
    session: SessionRecord,
    key: DataKey,
    /// Whether the owner's guardian reads it.
    is_guardians: bool,
}

impl Conversation {
    /// Opens it for somebody whose access is written down.
    pub(crate) fn open(
        session: SessionRecord,
        user_key: &DataKey,
        wrapped: &WrappedKey,
        receipt: &Receipt,
    ) -> Result<Self, OpenError> {
        let key = user_key.open_session_key(&session.session_id, wrapped, Purpose::seen(receipt))?;
        Ok(Self { session, key, is_guardians: false })
    }

    pub(crate) fn read_by_guardian(self, is_guardians: bool) -> Self {
        Self { is_guardians, ..self }
    }

    /// Whether it is new to the owner's guardian, who reads it.
    pub(crate) fn is_news(&self) -> bool {
        self.is_guardians && self.session.is_unread()
    }

    /// What is known of it without opening any of its text.
    #[must_use]
    pub fn session(&self) -> &SessionRecord {
        &self.session
    }

    /// The text of one of its messages.
    ///
    /// # Errors
    /// [`OpenError`] when the message was not sealed with this key for its place.
    pub fn text(&self, message: &MessageRecord) -> Result<String, OpenError> {
        self.key.open(&message.content_slot(), &message.content)
    }

    /// The person's first message and their last.
    ///
    /// # Errors
    /// As for [`Conversation::text`].
    pub fn first_and_last(&self) -> Result<(String, String), OpenError> {
        let SessionRecord { session_id, generation, first_message, last_message, .. } = &self.session;
        let open = |attribute, sealed| self.key.open(&keys::preview_slot(session_id, attribute, *generation), sealed);
        Ok((open("firstMessage", first_message)?, open("lastMessage", last_message)?))
    }

    /// A cursor behind a message: its sort key, sealed, so that a client can neither read nor make one.
    ///
    /// # Errors
    /// [`OpenError`] when the system refuses the cipher.
    pub fn cursor(&self, sort: &str) -> Result<String, OpenError> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.key.seal(&self.cursor_slot(), sort)?.as_bytes()))
    }

    /// A validator of a page for one reader: the same as long as what is shown is, and without the key a
    /// digest that says nothing.
    ///
    /// # Errors
    /// [`OpenError`] when the system refuses the digest.
    pub fn validator(&self, reader: &UserId, shown: &str) -> Result<String, OpenError> {
        self.key.fingerprint("history", &format!("{reader}\n{shown}"))
    }

    /// The sort key of a cursor that was made for this session; none for any other.
    #[must_use]
    pub fn behind(&self, cursor: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        self.key.open(&self.cursor_slot(), &Sealed::from_bytes(bytes)).ok()
    }

    /// A cursor is good for its session, and so for who may read it, only.
    fn cursor_slot(&self) -> Slot<'_> {
        Slot {
            table: "conversations",
            partition: self.session.user_id.as_str(),
            sort: self.session.session_id.as_str(),
            attribute: "nextToken",
            generation: self.session.generation,
        }
    }
}
