//! How stored text is opened for somebody: who asks is read from their account as it is now, what
//! they are to the owner from the owner's, and only then are keys unwrapped. A handler gets text from
//! a [`Conversation`], and a [`Conversation`] only from here.
//!
//! Knows no route and no wire format.

mod asked;
mod consent;
mod conversation;
mod cursor;
mod erasing;
mod error;
mod exporting;
pub mod grant;
mod listing;
mod names;
mod personal;
mod seen;
pub mod service;
mod sharing;
mod trail;

pub use asked::Asked;
pub use consent::{ConsentOf, Ward};
pub use conversation::Conversation;
pub use erasing::Asking;
pub use error::ReadError;
pub use exporting::{File, Taker};
pub use grant::Grant;
pub use listing::{Found, Listed, Listing, Order, Page, Wanted};
pub use personal::PersonalData;
pub use seen::{Seen, SeenBy, SeenPage, Sought};
pub use sharing::NewShare;
pub use trail::Trace;

use domain::{UserId, access::Relation, audit::EventType, settings::Settings, user::User};
use edge::{access::Permit, clock};
use grant::{Delete, Opens};
use std::{sync::Arc, time::Duration};
use store::{Store, animals::AnimalCache, sessions::SessionRecord, wrapped_keys::KeyRecord};
use vault::{DataKey, Label, Vault};

/// A reader waits no longer for the note that something was read.
const NOTE_WITHIN: Duration = Duration::from_secs(1);

/// Opens what is stored.
#[derive(Clone)]
pub struct Reading(Arc<Parts>);

struct Parts {
    store: Store,
    vault: Vault,
    animals: AnimalCache,
}

/// What became of the wish that a conversation be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone.
    Done,
    /// A guardian has to confirm it.
    Asked,
}

/// Somebody who is signed in, as their account says now: what a token said once counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person(User);

impl<R> From<Permit<R>> for Person {
    fn from(permit: Permit<R>) -> Self {
        Self(permit.into_user())
    }
}

impl Person {
    /// Their account.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.0
    }
}

impl Reading {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let store = Store::connect(store::Config::read(settings)?).await;
        let keys = vault::Config::read(settings)?;
        let vault = Vault::new(vault::connect(&keys).await, &keys);
        Ok(Self(Arc::new(Parts { animals: AnimalCache::new(store.clone()), store, vault })))
    }

    /// The tables.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The animals.
    #[must_use]
    pub fn animals(&self) -> &AnimalCache {
        &self.0.animals
    }

    /// Opens a conversation that somebody may read, or take away.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn open<D: Opens>(&self, grant: Grant<D>) -> Result<Conversation, ReadError> {
        let receipt = self.record(grant.access(EventType::ConversationViewed));
        let session = &grant.session;
        let keys =
            async { tokio::try_join!(self.user_key(&session.user_id, session.generation), self.session_key(session)) };
        let (receipt, (user_key, session_key)) = tokio::try_join!(receipt, keys)?;
        // They went since the session was looked at.
        let (user_key, session_key) = user_key.zip(session_key).ok_or(ReadError::Erased)?;
        let owner = &grant.owner;
        let relation = Relation::of(grant.person.user(), &owner.user_id, owner.parent_user_id.as_ref());
        let conversation = Conversation::open(grant.session, &user_key, &session_key.wrapped, &receipt)?;
        Ok(conversation.read_by_guardian(relation == Relation::OwnChild))
    }

    /// Notes that a conversation was read, where that is its owner's guardian's to know. What was read
    /// stays read for whoever reads it, whatever becomes of the note.
    pub async fn note_read(&self, conversation: &Conversation) {
        let session = conversation.session();
        if !conversation.is_news() {
            return;
        }
        let note = self.0.store.guardian_read(&session.session_id, session.last_activity);
        match tokio::time::timeout(NOTE_WITHIN, note).await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::warn!(%cause, "it was not noted that a conversation was read"),
            Err(cause) => tracing::warn!(%cause, "it was not noted that a conversation was read"),
        }
    }

    /// The name that the owner of an opened conversation goes by.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn owners_name(&self, conversation: &Conversation) -> Result<String, ReadError> {
        let owner = self.store().user(&conversation.session().user_id).await?.ok_or(ReadError::NoSession)?;
        names::display_name(self, &owner).await
    }

    /// Deletes a conversation, or where its owner is a child, marks that the child wants it to be.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn delete(&self, grant: Grant<Delete>) -> Result<Deletion, ReadError> {
        let event = if grant.needs_guardian { EventType::DeletionRequested } else { EventType::ConversationDeleted };
        self.record(grant.access(event)).await?;
        let (session, now) = (&grant.session, clock::now());
        if grant.needs_guardian {
            self.store().ask_for_deletion(&session.session_id, now).await?;
            return Ok(Deletion::Asked);
        }
        self.store().delete_session(session, now).await?;
        Ok(Deletion::Done)
    }

    /// The key that wraps the keys of a person's sessions of a generation; none when it is destroyed, also where
    /// there is the next one by now.
    async fn user_key(&self, user: &UserId, generation: u64) -> Result<Option<DataKey>, ReadError> {
        let record = self.0.store.conversations_key(user).await?;
        let Some(record) = record.filter(|record| record.generation == generation) else { return Ok(None) };
        let label = Label::conversations(user, generation);
        Ok(Some(self.0.vault.unwrap_key(&label, &record.wrapped).await?))
    }

    async fn session_key(&self, session: &SessionRecord) -> Result<Option<KeyRecord>, ReadError> {
        let record = self.0.store.session_key(&session.user_id, &session.session_id).await?;
        Ok(record.filter(|record| record.generation == session.generation))
    }
}
