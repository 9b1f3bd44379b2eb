//! How stored text is opened for somebody: who asks is read from their account as it is now, what
//! they are to the owner from the owner's, and only then are keys unwrapped. A handler gets text from
//! a [`Conversation`], and a [`Conversation`] only from here.
//!
//! Knows no route and no wire format.

mod conversation;
mod cursor;
mod error;
mod listing;
mod names;
pub mod service;
mod sharing;

pub use conversation::Conversation;
pub use error::ReadError;
pub use listing::{Listed, Listing, Wanted};
pub use sharing::NewShare;

use domain::{
    SessionId, UserId,
    access::{self, Action, Relation, Verdict},
    settings::Settings,
    user::{Status, User},
};
use edge::{AccessReason, ShareSecret, clock};
use std::sync::Arc;
use store::{Store, animals::AnimalCache, sessions::SessionRecord, wrapped_keys::KeyRecord};
use vault::{DataKey, Label, Vault};

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

    /// Who is calling.
    ///
    /// # Errors
    /// [`ReadError::NoAccount`], [`ReadError::Forbidden`] where the account is not in use.
    pub async fn person(&self, user: &UserId) -> Result<Person, ReadError> {
        let user = match self.0.store.user(user).await {
            // An account of an unknown role or standing may do nothing: it is refused, never guessed.
            Err(error) if error.is_malformed() => return Err(ReadError::Forbidden),
            found => found?.ok_or(ReadError::NoAccount)?.user(),
        };
        if user.status == Status::Active { Ok(Person(user)) } else { Err(ReadError::Forbidden) }
    }

    /// A conversation for somebody who may do `action` with it now.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn conversation(
        &self,
        caller: &UserId,
        session: &SessionId,
        action: Action,
        reason: &AccessReason,
    ) -> Result<Conversation, ReadError> {
        self.conversation_by(caller, session, action, reason, &ShareSecret::none()).await
    }

    /// The same for who may do it because of a link to the conversation. The link of another, one that is
    /// over, and one that never was, are as none.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn conversation_by(
        &self,
        caller: &UserId,
        session: &SessionId,
        action: Action,
        reason: &AccessReason,
        share: &ShareSecret,
    ) -> Result<Conversation, ReadError> {
        let (person, session) = self.found(caller, session).await?;
        let owner = self.owner_of(&person, &session).await?;
        let who = person.user().who();
        let relation = Relation::of(person.user(), &owner.user_id, owner.parent_user_id.as_ref());
        let mut verdict = access::decide(who, action, relation);
        if verdict == Verdict::Forbidden && self.is_opened_by(share, &session, &owner).await? {
            verdict = access::decide(who, action, Relation::SharedWith);
        }
        match verdict {
            Verdict::Allowed => {}
            Verdict::AllowedWithReason if reason.is_given() => {}
            Verdict::AllowedWithReason => return Err(ReadError::ReasonRequired),
            Verdict::NeedsGuardian | Verdict::Forbidden => return Err(ReadError::Forbidden),
        }
        self.unlock(session).await
    }

    /// Deletes a conversation, or where its owner is a child, marks that the child wants it to be.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn delete(&self, caller: &UserId, session: &SessionId) -> Result<Deletion, ReadError> {
        let person = self.person(caller).await?;
        if !person.user().role.has_history() {
            return Err(ReadError::Forbidden);
        }
        let session = self.0.store.session(session).await?;
        // A deletion that broke off can be asked for again.
        let is_there = |session: &SessionRecord| {
            session.deletion_begun_at.is_some() || !session.session().is_expired(clock::now())
        };
        let session = session.filter(is_there).ok_or(ReadError::NoSession)?;
        let owner = self.owner_of(&person, &session).await?;
        let relation = Relation::of(person.user(), &owner.user_id, owner.parent_user_id.as_ref());
        match access::decide(person.user().who(), Action::DeleteSession, relation) {
            Verdict::Allowed => {
                self.0.store.delete_session(&session, clock::now()).await?;
                Ok(Deletion::Done)
            }
            Verdict::NeedsGuardian => {
                self.0.store.ask_for_deletion(&session.session_id, clock::now()).await?;
                Ok(Deletion::Asked)
            }
            Verdict::AllowedWithReason | Verdict::Forbidden => Err(ReadError::Forbidden),
        }
    }

    /// Somebody who may have a history, and a session that is there.
    async fn found(&self, caller: &UserId, session: &SessionId) -> Result<(Person, SessionRecord), ReadError> {
        let (person, session) = tokio::join!(self.person(caller), self.0.store.session(session));
        let person = person?;
        // Who has no history of any kind is told so before being told what there is.
        if !person.user().role.has_history() {
            return Err(ReadError::Forbidden);
        }
        let session = session?.filter(|session| !session.session().is_expired(clock::now()));
        Ok((person, session.ok_or(ReadError::NoSession)?))
    }

    /// The owner of a session that a person asks for, as their account is now.
    async fn owner_of(&self, person: &Person, session: &SessionRecord) -> Result<User, ReadError> {
        if person.user().user_id == session.user_id {
            return Ok(person.user().clone());
        }
        // A session whose owner is gone is about to be.
        Ok(self.0.store.user(&session.user_id).await?.ok_or(ReadError::NoSession)?.user())
    }

    /// Unwraps a session's key. Where it is destroyed, the session is gone.
    async fn unlock(&self, session: SessionRecord) -> Result<Conversation, ReadError> {
        let (user_key, session_key) = tokio::try_join!(self.user_key(&session.user_id), self.session_key(&session),)?;
        open(&user_key.ok_or(ReadError::NoSession)?, session_key, session)
    }

    /// The same where the owner's key is unwrapped already.
    async fn unlock_with(&self, user_key: &DataKey, session: SessionRecord) -> Result<Conversation, ReadError> {
        let session_key = self.session_key(&session).await?;
        open(user_key, session_key, session)
    }

    /// The key that wraps the keys of a person's sessions.
    async fn user_key(&self, user: &UserId) -> Result<Option<DataKey>, ReadError> {
        let Some(record) = self.0.store.conversations_key(user).await? else { return Ok(None) };
        let label = Label::conversations(user, record.generation);
        Ok(Some(self.0.vault.unwrap_key(&label, &record.wrapped).await?))
    }

    async fn session_key(&self, session: &SessionRecord) -> Result<Option<KeyRecord>, ReadError> {
        Ok(self.0.store.session_key(&session.user_id, &session.session_id).await?)
    }
}

fn open(user_key: &DataKey, session_key: Option<KeyRecord>, session: SessionRecord) -> Result<Conversation, ReadError> {
    let session_key = session_key.ok_or(ReadError::NoSession)?;
    let key = user_key.open_session_key(&session.session_id, &session_key.wrapped)?;
    Ok(Conversation::new(session, key))
}
