//! What an erasure looks for and destroys of one person: keys and messages, sessions and turns, and for an account
//! what lies in `cmz-tokens`, `cmz-limits` and under its sign-in name. What the person has begun since lies in a later
//! generation, and is left alone. Every step may be repeated, by several at once.

mod belongings;
mod keys_of;
mod turns_of;

pub use keys_of::KeyOf;

use crate::{
    Item, Store, StoreError, from_item,
    sessions::{Buried, Kept},
    strings, text,
};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::{SessionId, Timestamp, UserId};
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeSet;

/// Which of a person's things an erasure is about: those of a generation and all before it.
#[derive(Debug, Clone, Copy)]
pub struct Erasing<'a> {
    /// Whose.
    pub user: &'a UserId,
    /// The last generation that goes.
    pub generation: u64,
}

/// Where a message lies and what it belongs to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    session_id_timestamp: String,
    session_id: SessionId,
    generation: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Indexed {
    session_id: SessionId,
    generation: u64,
}

impl Store {
    /// How many messages go, and of which sessions they are. Read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn messages_to_erase(&self, erasing: Erasing<'_>) -> Result<(u64, BTreeSet<SessionId>), StoreError> {
        let (mut messages, mut sessions, mut after) = (0, BTreeSet::new(), None);
        loop {
            let (places, next) = self.places(erasing, after).await?;
            messages += places.len() as u64;
            sessions.extend(places.into_iter().map(|place| place.session_id));
            after = next;
            if after.is_none() {
                return Ok((messages, sessions));
            }
        }
    }

    /// Deletes the messages, after their sessions became marks of what they were: a message is the last that names
    /// a session, so that whoever goes on with this finds it again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_messages(&self, erasing: Erasing<'_>, now: Timestamp) -> Result<(), StoreError> {
        let (mut after, mut buried) = (None, BTreeSet::new());
        loop {
            let (places, next) = self.places(erasing, after).await?;
            for session in places.iter().map(|place| &place.session_id) {
                if buried.insert(session.clone()) {
                    self.bury_session(session, erasing.user, now).await?;
                }
            }
            let keys = places.iter().map(|place| {
                strings([("userId", erasing.user.as_str()), ("sessionIdTimestamp", &place.session_id_timestamp)])
            });
            self.delete_all(&self.config.conversations, keys.collect()).await?;
            after = next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Makes marks of sessions that no message names any more: their time is over, or a deletion of them broke off.
    /// The index may be a moment behind; what is so young has messages.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_sessions(&self, erasing: Erasing<'_>, now: Timestamp) -> Result<(), StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.sessions)
            .index_name("UserActivityIndex")
            .key_condition_expression("userId = :user")
            .projection_expression("sessionId, #generation")
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_values(":user", text(erasing.user.as_str()));
        let mut after = None;
        loop {
            let (found, next): (Vec<Indexed>, _) = page(&query, after).await?;
            for session in found.into_iter().filter(|session| session.generation <= erasing.generation) {
                self.bury_session(&session.session_id, erasing.user, now).await?;
            }
            after = next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Leaves of a person's session that it was erased, until the time at which it would have expired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn bury_session(
        &self,
        session: &SessionId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(Kept::Session(found)) = self.kept_session(session).await? else { return Ok(()) };
        let buried = Buried { session_id: session.clone(), user_id: user.clone(), erased_at: now, ttl: found.ttl };
        let put = self
            .client
            .put_item()
            .table_name(&self.config.sessions)
            .set_item(Some(crate::to_item(&buried)?))
            .condition_expression("userId = :user AND attribute_not_exists(erasedAt)")
            .expression_attribute_values(":user", text(user.as_str()));
        let done = crate::transact::past_transactions(|| put.clone().send()).await;
        match done.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if !error.is_conflict() => Err(error),
            _ => Ok(()),
        }
    }

    /// A page of where messages lie, and behind which to go on.
    async fn places(
        &self,
        erasing: Erasing<'_>,
        after: Option<Item>,
    ) -> Result<(Vec<Place>, Option<Item>), StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.conversations)
            .consistent_read(true)
            .key_condition_expression("userId = :user")
            .projection_expression("sessionIdTimestamp, sessionId, #generation")
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_values(":user", text(erasing.user.as_str()));
        let (mut places, next): (Vec<Place>, _) = page(&query, after).await?;
        places.retain(|place| place.generation <= erasing.generation);
        Ok((places, next))
    }
}

/// A page of what a query finds, and behind which to go on.
async fn page<T: DeserializeOwned>(
    query: &QueryFluentBuilder,
    after: Option<Item>,
) -> Result<(Vec<T>, Option<Item>), StoreError> {
    let answer = query.clone().set_exclusive_start_key(after).send().await;
    let answer = answer.map_err(|error| StoreError::from_sdk(&error))?;
    let found = answer.items.unwrap_or_default().into_iter().map(from_item).collect::<Result<_, _>>()?;
    Ok((found, answer.last_evaluated_key))
}
