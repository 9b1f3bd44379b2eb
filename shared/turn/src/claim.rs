//! Before the model: read everything at once, decide, store the question, claim the turn.

use crate::{
    Parts, Question, TurnError,
    ledger::{Ledger, Place},
    producer::Job,
    prompt,
};
use domain::{
    MessageId, SessionId, Timestamp, TurnId, access,
    access::{Action, Relation},
    turn::TurnStart,
    user::User,
};
use edge::clock;
use llm::PromptMessage;
use std::sync::Arc;
use store::{animals::Catalogue, conversations::MessageRecord, sessions::SessionRecord, wrapped_keys::KeyRecord};
use vault::{DataKey, Label};

/// How often a claim is tried when something else of the same person comes in between.
const ATTEMPTS: usize = 3;
/// Messages read for the context: the ten that count and some that may be left out of it.
const CONTEXT_READ: i32 = 16;

/// What the one trip of reads brings.
struct Read {
    user: User,
    conversations_key: Option<KeyRecord>,
    catalogue: Arc<Catalogue>,
    session: Option<ReadSession>,
}

struct ReadSession {
    record: SessionRecord,
    key: Option<KeyRecord>,
    newest: Vec<MessageRecord>,
}

pub(crate) async fn claim(parts: &Parts, question: Question) -> Result<Job, TurnError> {
    let start = TurnStart {
        turn_id: question.turn_id.clone().unwrap_or_else(|| TurnId::from(clock::new_id())),
        session_id: question.session_id.clone().unwrap_or_else(|| SessionId::from(clock::new_id())),
        message_id: MessageId::from(clock::new_id()),
        animal_id: question.animal_id.clone(),
    };
    for _ in 1..ATTEMPTS {
        match attempt(parts, &question, start.clone()).await {
            Err(TurnError::Raced) => {}
            done => return done,
        }
    }
    attempt(parts, &question, start).await
}

async fn attempt(parts: &Parts, question: &Question, start: TurnStart) -> Result<Job, TurnError> {
    let now = clock::now();
    let read = Box::pin(read(parts, question, now)).await?;
    let animal = read.catalogue.find(&question.animal_id).ok_or(TurnError::NoAnimal)?.clone();
    if !read.user.role.has_history() {
        let request = prompt::request(&animal, Vec::new(), question);
        return Ok(Job { start, animal, request, ledger: None, begun: now });
    }
    let (ledger, context) = match &read.session {
        Some(session) => continue_session(parts, &read, session, &start, now).await?,
        None => (open_session(parts, &read, &start, now).await?, Vec::new()),
    };
    ledger.store_question(&parts.store, &question.text).await?;
    let request = prompt::request(&animal, context, question);
    Ok(Job { start, animal, request, ledger: Some(ledger), begun: now })
}

async fn read(parts: &Parts, question: &Question, now: Timestamp) -> Result<Read, TurnError> {
    let (user, conversations_key, catalogue, session) = tokio::try_join!(
        async { Ok(parts.store.user(&question.user_id).await?.ok_or(TurnError::NoAccount)?.user()) },
        async { Ok(parts.store.conversations_key(&question.user_id).await?) },
        async { Ok(parts.animals.catalogue(now).await?) },
        read_session(parts, question, now),
    )?;
    user.may_converse()?;
    // A key of an earlier generation is one that an erasure is about to destroy.
    let conversations_key = conversations_key.filter(|key| key.generation == user.generation);
    Ok(Read { user, conversations_key, catalogue, session })
}

async fn read_session(parts: &Parts, question: &Question, now: Timestamp) -> Result<Option<ReadSession>, TurnError> {
    let Some(session_id) = &question.session_id else { return Ok(None) };
    let (record, key, newest) = tokio::try_join!(
        parts.store.session(session_id),
        parts.store.session_key(&question.user_id, session_id),
        parts.store.newest_messages(&question.user_id, session_id, CONTEXT_READ),
    )?;
    let record = record.filter(|record| !record.session().is_expired(now)).ok_or(TurnError::NoSession)?;
    Ok(Some(ReadSession { record, key, newest }))
}

async fn continue_session(
    parts: &Parts,
    read: &Read,
    session: &ReadSession,
    start: &TurnStart,
    now: Timestamp,
) -> Result<(Ledger, Vec<PromptMessage>), TurnError> {
    check_session(&read.user, &session.record, start)?;
    let session_key = session.key.as_ref().ok_or(TurnError::NoSession)?;
    let wrapped = read.conversations_key.as_ref().ok_or(TurnError::NoSession)?;
    let label = Label::conversations(&read.user.user_id, read.user.generation);
    let user_key = parts.vault.unwrap_key(&label, &wrapped.wrapped).await?;
    let session_key = user_key.open_session_key(&start.session_id, &session_key.wrapped)?;
    let context = prompt::context(&session_key, &session.newest)?;
    let place = Place { user: read.user.clone(), start: start.clone(), asked_at: now, opening: None };
    Ok((Ledger::new(place, session_key, session.record.expires_at), context))
}

/// Whether the session is the person's to go on with, and with the animal that is asked.
fn check_session(user: &User, session: &SessionRecord, start: &TurnStart) -> Result<(), TurnError> {
    let relation = if session.user_id == user.user_id { Relation::Oneself } else { Relation::Other };
    if !access::allows(user.role, Action::ContinueSession, relation) {
        return Err(TurnError::ForeignSession);
    }
    if session.animal_id != start.animal_id {
        return Err(TurnError::OtherAnimal);
    }
    Ok(())
}

async fn open_session(parts: &Parts, read: &Read, start: &TurnStart, now: Timestamp) -> Result<Ledger, TurnError> {
    let (user_key, new_user_key) = conversations_key(parts, read).await?;
    let (session_key, wrapped) = user_key.create_session_key(&start.session_id)?;
    let opening = Some((wrapped, new_user_key));
    let place = Place { user: read.user.clone(), start: start.clone(), asked_at: now, opening };
    Ok(Ledger::new(place, session_key, now.plus_days(parts.store.ttl_days())))
}

/// The key that wraps the person's session keys, and its wrapped form where it is new.
async fn conversations_key(parts: &Parts, read: &Read) -> Result<(DataKey, Option<domain::WrappedKey>), TurnError> {
    let label = Label::conversations(&read.user.user_id, read.user.generation);
    if let Some(record) = &read.conversations_key {
        return Ok((parts.vault.unwrap_key(&label, &record.wrapped).await?, None));
    }
    let (key, wrapped) = parts.vault.create(&label).await?;
    Ok((key, Some(wrapped)))
}
