//! Everything a turn needs to know before it begins, read in one trip.

use crate::{Asker, Parts, Question, TurnError};
use domain::{
    SessionId, Timestamp, UserId,
    turn::FinishReason,
    user::{MayNotConverse, User},
};
use edge::clock;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use store::{
    Store,
    animals::Catalogue,
    conversations::MessageRecord,
    sessions::{Kept, SessionRecord},
    tally::Tally,
    turns::TurnRecord,
    users::UserRecord,
    wrapped_keys::KeyRecord,
};
use vault::{DataKey, Label};

/// Messages read for the context: the ten that count and some that may be left out of it.
const CONTEXT_READ: i32 = 16;
/// How many sessions that went on in another one are followed: a week each, and 90 days.
const LONGEST_CHAIN: usize = 100;

/// What is known when a turn begins.
pub(crate) struct Read {
    pub(crate) catalogue: Arc<Catalogue>,
    /// Of whom something is kept.
    pub(crate) person: Option<Person>,
    pub(crate) now: Timestamp,
}

/// What is known of a person who asks.
pub(crate) struct Person {
    pub(crate) user: User,
    /// How many sessions the person has.
    pub(crate) sessions: Tally,
    /// The key that wraps the person's session keys.
    pub(crate) conversations_key: Option<DataKey>,
    /// The session asked for; `Err` where there is no such one.
    pub(crate) session: Option<Result<ReadSession, TurnError>>,
    /// The turn of the question's id, where it is remembered.
    pub(crate) turn: Option<TurnRecord>,
}

/// A session and what the model may be told of it.
pub(crate) struct ReadSession {
    pub(crate) record: SessionRecord,
    pub(crate) key: Option<KeyRecord>,
    pub(crate) newest: Vec<MessageRecord>,
}

impl ReadSession {
    /// The session, unless it is the person's own and of conversations that were erased.
    fn of_generation(self, user: &User) -> Result<Self, TurnError> {
        let is_erased = self.record.user_id == user.user_id && self.record.generation != user.generation;
        if is_erased { Err(TurnError::Erased) } else { Ok(self) }
    }
}

pub(crate) async fn everything(parts: &Parts, question: &Question) -> Result<Read, TurnError> {
    let now = clock::now();
    let catalogue = async { Ok::<_, TurnError>(parts.animals.catalogue(now).await?) };
    let Asker::Person(user_id) = &question.asker else {
        return Ok(Read { catalogue: catalogue.await?, person: None, now });
    };
    let (catalogue, person) = tokio::try_join!(catalogue, person(parts, question, user_id, now))?;
    Ok(Read { catalogue, person: Some(person).filter(|person| person.user.role.has_history()), now })
}

async fn person(parts: &Parts, question: &Question, user_id: &UserId, now: Timestamp) -> Result<Person, TurnError> {
    let store = &parts.store;
    let (record, conversations_key, session, turn) = tokio::try_join!(
        account(store, user_id),
        conversations_key(parts, user_id),
        async {
            match &question.session_id {
                Some(session_id) => Box::pin(session(store, user_id, session_id, now)).await.map(Some),
                None => Ok(None),
            }
        },
        async {
            match &question.turn_id {
                Some(turn_id) => Ok(store.turn(user_id, turn_id).await?),
                None => Ok(None),
            }
        },
    )?;
    let user = record.user();
    user.may_converse(store.notice())?;
    // A key of an earlier generation is one that an erasure is about to destroy.
    let conversations_key = conversations_key.filter(|(generation, _)| *generation == user.generation);
    let conversations_key = conversations_key.map(|(_, key)| key);
    // What was erased is told before what is remembered of turns in it.
    let session = session.map(|session| session.and_then(|found| found.of_generation(&user)));
    if user.role.has_history() && matches!(session, Some(Err(TurnError::Erased))) {
        return Err(TurnError::Erased);
    }
    let turn = turn.filter(|turn| !turn.is_forgotten(now));
    if turn.as_ref().is_some_and(|turn| turn.generation != user.generation) {
        return Err(TurnError::TurnGone);
    }
    Ok(Person { user, sessions: record.sessions, conversations_key, session, turn })
}

/// The account of whoever asks. One of a role or standing that the rules do not know may do nothing.
pub(crate) async fn account(store: &Store, user: &UserId) -> Result<UserRecord, TurnError> {
    match store.user(user).await {
        Err(error) if error.is_malformed() => Err(MayNotConverse::NotActive.into()),
        found => found?.ok_or(TurnError::NoAccount),
    }
}

/// The key that wraps a person's session keys, unwrapped at once, and its generation.
async fn conversations_key(parts: &Parts, user: &UserId) -> Result<Option<(u64, DataKey)>, TurnError> {
    let Some(record) = parts.store.conversations_key(user).await? else { return Ok(None) };
    let label = Label::conversations(user, record.generation);
    Ok(Some((record.generation, parts.vault.unwrap_key(&label, &record.wrapped).await?)))
}

/// A session, or the one that goes on from it by now. Why there is none is said later, as a turn
/// that is known matters more.
async fn session(
    store: &Store,
    user: &UserId,
    id: &SessionId,
    now: Timestamp,
) -> Result<Result<ReadSession, TurnError>, TurnError> {
    let mut found = match Box::pin(any_session(store, user, id, now)).await? {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    for _ in 0..LONGEST_CHAIN {
        let is_own = found.record.user_id == *user;
        let Some(successor) = found.record.continued_by.as_ref().filter(|_| is_own) else { break };
        match one_session(store, user, successor, now).await? {
            Some(next) => found = next,
            // Deleted: the question opens another.
            None => break,
        }
    }
    Ok(Ok(found))
}

/// A session and its newest messages, where there is one.
pub(crate) fn one_session<'a>(
    store: &'a Store,
    user: &'a UserId,
    id: &'a SessionId,
    now: Timestamp,
) -> BoxFuture<'a, Result<Option<ReadSession>, TurnError>> {
    Box::pin(async move { Ok(Box::pin(any_session(store, user, id, now)).await?.ok()) })
}

/// A session and its newest messages, read at once, or why there is none. That one was erased is told to whose it was.
async fn any_session(
    store: &Store,
    user: &UserId,
    id: &SessionId,
    now: Timestamp,
) -> Result<Result<ReadSession, TurnError>, TurnError> {
    let (kept, key, newest) = tokio::try_join!(
        store.kept_session(id),
        store.session_key(user, id),
        store.newest_messages(user, id, CONTEXT_READ),
    )?;
    let Some(kept) = kept.filter(|kept| !kept.is_over(now)) else { return Ok(Err(TurnError::NoSession)) };
    let is_own = kept.owner() == user;
    Ok(match kept {
        Kept::Session(record) if record.deletion_begun_at.is_none() => Ok(ReadSession { record: *record, key, newest }),
        _ if is_own => Err(TurnError::Erased),
        _ => Err(TurnError::ForeignSession),
    })
}

/// Whether a message belongs in the context of the next question.
pub(crate) fn is_context(message: &MessageRecord) -> bool {
    message.finish_reason.is_none_or(FinishReason::is_context)
}
