//! `cmz-turns`: one item per turn, key `(userId, turnId)`, and behind it the log of its words. What
//! a turn writes: the claim before the model, a beat each second while it answers, the completion
//! after it, or its failure. Who may write is fenced by the turn's owner and state.

mod beat;
mod claim;
mod completion;
mod under_way;

pub use beat::{LogRecord, Words};
pub use claim::{Claim, ClaimError, Continued, Opening, Reclaim};
pub use completion::Completion;

use crate::{Store, StoreError, keys, number, strings, text, transact::past_transactions};
use aws_sdk_dynamodb::types::{AttributeValue, Update, builders::UpdateBuilder};
use domain::{
    AnimalId, MessageId, Sealed, SessionId, Timestamp, TurnId, UserId,
    turn::{FinishReason, REMEMBERED_DAYS, TurnStart, TurnState, Usage},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// A turn as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnRecord {
    /// Partition key: who asked.
    pub user_id: UserId,
    /// Sort key, see [`keys::turn`].
    pub turn_key: String,
    /// The session.
    pub session_id: SessionId,
    /// The animal.
    pub animal_id: AnimalId,
    /// The answer's message.
    pub message_id: MessageId,
    /// How far it has come.
    pub state: TurnState,
    /// Who produces the answer: nobody else may complete it.
    pub owner: Uuid,
    /// Rises while the owner lives.
    pub heartbeat: u64,
    /// When its question was asked: part of its messages' keys.
    pub started_at: Timestamp,
    /// When its owner took it; later than `started_at` where it is answered anew.
    pub claimed_at: Timestamp,
    /// The same while it is under way, and nothing after: the key of `UnderWayIndex`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_way: Option<Timestamp>,
    /// The generation of the person's vault that it belongs to.
    pub generation: u64,
    /// Fingerprint of what was asked, under the session's key.
    pub fingerprint: String,
    /// Whether whoever asked wants no more of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancel_requested: bool,
    /// How it ended.
    #[serde(flatten)]
    pub end: Option<TurnEnd>,
    /// Why it failed, as a problem's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// For DynamoDB's own deletion, in seconds.
    pub ttl: i64,
}

/// How a turn ended that was answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnEnd {
    /// Why the answer ended.
    pub finish_reason: FinishReason,
    /// When.
    pub ended_at: Timestamp,
    /// Tokens of the prompt.
    pub tokens_prompt: u64,
    /// Tokens of the answer.
    pub tokens_completion: u64,
    /// Milliseconds from question to end.
    pub latency_ms: u64,
    /// The model that answered, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The answer's boundaries, see [`domain::turn::Transcript::boundaries`].
    pub boundaries: Sealed,
    /// The last token event's id.
    pub last_id: u64,
}

impl TurnEnd {
    /// Tokens counted.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage { prompt: self.tokens_prompt, completion: self.tokens_completion }
    }
}

impl TurnRecord {
    /// What a client learns first of it.
    ///
    /// # Errors
    /// [`StoreError`] when its key is not a turn's.
    pub fn start(&self) -> Result<TurnStart, StoreError> {
        Ok(TurnStart {
            turn_id: TurnId::parse(&self.turn_key).map_err(|_| StoreError::malformed())?,
            session_id: self.session_id.clone(),
            message_id: self.message_id.clone(),
            animal_id: self.animal_id.clone(),
        })
    }

    /// Whether it is forgotten. DynamoDB's TTL deletes late, so every read asks this.
    #[must_use]
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        now >= self.started_at.plus_days(REMEMBERED_DAYS)
    }

    /// The fence of somebody else, `writer`, who found its producer dead.
    #[must_use]
    pub fn last_seen(&self, writer: Uuid) -> Fence {
        Fence { owner: self.owner, writer, heartbeat: Some(self.heartbeat), heeds_cancel: false }
    }
}

/// Who may write a turn's end.
#[derive(Debug, Clone, Copy)]
pub struct Fence {
    /// The turn's owner.
    pub owner: Uuid,
    /// Who writes, so that two who end a turn at once do not look like one who repeats himself.
    pub writer: Uuid,
    /// Its last heartbeat, where it must not have beaten again.
    pub heartbeat: Option<u64>,
    /// Whether a cancel that came meanwhile is in the way.
    pub heeds_cancel: bool,
}

impl Store {
    /// A turn, read consistently. It may be forgotten: ask [`TurnRecord::is_forgotten`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn(&self, user: &UserId, turn: &TurnId) -> Result<Option<TurnRecord>, StoreError> {
        self.get(&self.config.turns, strings([("userId", user.as_str()), ("turnKey", &keys::turn(turn))])).await
    }

    /// Ends a turn that got no answer, and says why. Its question stays.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the turn is over or somebody else's by now.
    pub async fn fail_turn(&self, user: &UserId, turn: &TurnId, fence: Fence, problem: &str) -> Result<(), StoreError> {
        let update = fenced(self.turn_update(user, turn), TurnState::Failed, fence)
            .update_expression("SET #state = :next, problem = :problem REMOVE underWay")
            .expression_attribute_values(":problem", text(problem))
            .build()
            .map_err(|_| StoreError::malformed())?;
        let Err(error) = self.update(update).await else { return Ok(()) };
        // An acknowledgement may have been lost before the call was repeated.
        let is_ours = |found: TurnRecord| found.state == TurnState::Failed && found.owner == fence.owner;
        match error.is_conflict() && self.turn(user, turn).await?.is_some_and(is_ours) {
            true => Ok(()),
            false => Err(error),
        }
    }

    /// Asks whoever produces a turn's answer to stop.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the turn is over.
    pub async fn request_cancel(&self, user: &UserId, turn: &TurnId) -> Result<(), StoreError> {
        let update = from_states(self.turn_update(user, turn), TurnState::Cancelled, "")
            .update_expression("SET cancelRequested = :yes")
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .build()
            .map_err(|_| StoreError::malformed())?;
        self.update(update).await
    }

    fn turn_update(&self, user: &UserId, turn: &TurnId) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.config.turns)
            .key("userId", text(user.as_str()))
            .key("turnKey", text(keys::turn(turn)))
    }

    /// One update outside a transaction.
    pub(crate) async fn update(&self, update: Update) -> Result<(), StoreError> {
        let request = self
            .client
            .update_item()
            .table_name(update.table_name)
            .set_key(Some(update.key))
            .update_expression(update.update_expression)
            .set_condition_expression(update.condition_expression)
            .set_expression_attribute_names(update.expression_attribute_names)
            .set_expression_attribute_values(update.expression_attribute_values);
        let done = past_transactions(|| request.clone().send()).await;
        done.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }
}

/// The condition that the turn may become `next`, as [`TurnState::may_become`] has it, and more.
fn from_states(update: UpdateBuilder, next: TurnState, and: &str) -> UpdateBuilder {
    let sources: HashMap<_, _> =
        next.sources().enumerate().map(|(at, from)| (format!(":from{at}"), text(from.name()))).collect();
    let mut names: Vec<_> = sources.keys().cloned().collect();
    names.sort_unstable();
    let update = update
        .condition_expression(format!("#state IN ({}){and}", names.join(", ")))
        .expression_attribute_names("#state", "state");
    sources.into_iter().fold(update, |update, (name, value)| update.expression_attribute_values(name, value))
}

/// The condition that whoever stands behind a fence may end the turn as `next`, which is `:next`.
fn fenced(update: UpdateBuilder, next: TurnState, fence: Fence) -> UpdateBuilder {
    let mut and = " AND #owner = :owner".to_owned();
    if fence.heartbeat.is_some() {
        and.push_str(" AND heartbeat = :heartbeat");
    }
    if fence.heeds_cancel {
        and.push_str(" AND attribute_not_exists(cancelRequested)");
    }
    let update = from_states(update, next, &and)
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_values(":owner", text(fence.owner.to_string()))
        .expression_attribute_values(":next", text(next.name()));
    match fence.heartbeat {
        Some(heartbeat) => update.expression_attribute_values(":heartbeat", number(heartbeat)),
        None => update,
    }
}

/// One attempt's name for one of its transactions: 36 characters, DynamoDB's limit.
fn request_token(user: &UserId, turn: &TurnId, owner: Uuid, phase: &str) -> String {
    Uuid::new_v5(&owner, format!("{user}/{turn}/{phase}").as_bytes()).to_string()
}
