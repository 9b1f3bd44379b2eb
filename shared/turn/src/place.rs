//! Where a question belongs: in the session it names, in the one that goes on from it, or in a new
//! one; and what was said there last.

use crate::{
    Parts, TurnError,
    ledger::{Ledger, NewSession},
    prompt,
    read::{self, Person, ReadSession},
};
use domain::{
    SessionId, Timestamp, TurnId, access,
    access::{Action, Relation},
    audit::Purpose,
    turn::TurnStart,
};
use edge::clock;
use llm::PromptMessage;
use store::turns::Continued;
use vault::{DataKey, Label};

/// Finds a person's question its place.
pub(crate) struct Placing<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) person: &'a Person,
    pub(crate) now: Timestamp,
}

/// The place of a question.
pub(crate) struct Place {
    pub(crate) ledger: Ledger,
    /// What a new session needs.
    pub(crate) opening: Option<NewSession>,
    pub(crate) context: Vec<PromptMessage>,
}

impl Placing<'_> {
    /// The place of a question that begins a turn. `start` names the session that was asked for, or
    /// that is to be opened where none was.
    pub(crate) async fn find(&self, start: TurnStart) -> Result<Place, TurnError> {
        let session = match &self.person.session {
            Some(Ok(session)) => session,
            Some(Err(TurnError::ForeignSession)) => return Err(TurnError::ForeignSession),
            Some(Err(_)) => return Err(TurnError::NoSession),
            None => return self.open(start, None).await,
        };
        self.check(session, &start)?;
        if session.record.session().has_rolled_over(self.now) {
            return self.open(start, Some(session)).await;
        }
        let start = TurnStart { session_id: session.record.session_id.clone(), ..start };
        let context = self.context(session, &start.turn_id).await?;
        let ledger = self.ledger(start, self.session_key(session)?, session.record.expires_at);
        Ok(Place { ledger, opening: None, context })
    }

    /// What was said last: in this session and, while it is young, in the one that it goes on from.
    /// The turn that asks is not a part of it.
    pub(crate) async fn context(&self, session: &ReadSession, own: &TurnId) -> Result<Vec<PromptMessage>, TurnError> {
        let mut context = prompt::Context::default();
        let is_full = context.take(&self.session_key(session)?, &session.newest, own)?;
        if let Some(before) = session.record.continues.as_ref().filter(|_| !is_full) {
            let owner = &self.person.user.user_id;
            let before = read::one_session(&self.parts.store, owner, before, self.now).await?;
            // One that is expired or deleted by now is not told of any more.
            if let Some(before) = before.filter(|before| before.key.is_some() && before.record.user_id == *owner) {
                context.take(&self.session_key(&before)?, &before.newest, own)?;
            }
        }
        Ok(context.into_messages())
    }

    /// Whether the session is the person's to go on with, and with the animal that is asked.
    fn check(&self, session: &ReadSession, start: &TurnStart) -> Result<(), TurnError> {
        let user = &self.person.user;
        let is_own = session.record.user_id == user.user_id;
        let relation = if is_own { Relation::Oneself } else { Relation::OtherAdult };
        if !access::allows(user, Action::ContinueSession, relation) {
            return Err(TurnError::ForeignSession);
        }
        if session.record.animal_id != start.animal_id {
            return Err(TurnError::OtherAnimal);
        }
        Ok(())
    }

    /// A new session, from nothing or from one that rolled over.
    async fn open(&self, mut start: TurnStart, before: Option<&ReadSession>) -> Result<Place, TurnError> {
        let mut context = Vec::new();
        if let Some(before) = before {
            start.session_id = SessionId::from(clock::new_id());
            context = self.context(before, &start.turn_id).await?;
        }
        let (user_key, conversations_key) = if let Some(key) = &self.person.conversations_key {
            (key.clone(), None)
        } else {
            let Person { user, .. } = self.person;
            let label = Label::conversations(&user.user_id, user.generation);
            let (key, new) = self.parts.vault.create(&label).await?;
            (key, Some(new))
        };
        let (key, session_key) = user_key.create_session_key(&start.session_id)?;
        let continues = before.map(|before| Continued {
            session_id: before.record.session_id.clone(),
            gone_successor: before.record.continued_by.clone(),
        });
        let sessions = self.person.sessions.clone();
        let expires_at = self.now.plus_days(self.parts.store.ttl_days());
        let opening = Some(NewSession { session_key, conversations_key, continues, sessions });
        Ok(Place { ledger: self.ledger(start, key, expires_at), opening, context })
    }

    fn ledger(&self, start: TurnStart, key: DataKey, expires_at: Timestamp) -> Ledger {
        Ledger::new(self.person.user.clone(), start, self.now, key, expires_at, clock::new_id())
    }

    fn session_key(&self, session: &ReadSession) -> Result<DataKey, TurnError> {
        let keys = session.key.as_ref().zip(self.person.conversations_key.as_ref());
        // They went since the session was read.
        let (wrapped, user_key) = keys.ok_or(TurnError::Erased)?;
        #[expect(clippy::disallowed_methods, reason = "the context of a turn is its own person's")]
        let purpose = Purpose::turn();
        Ok(user_key.open_session_key(&session.record.session_id, &wrapped.wrapped, purpose)?)
    }
}
