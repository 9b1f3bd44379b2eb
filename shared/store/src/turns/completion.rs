//! The completion of a turn: its answer is stored.

use super::{request_token, serialized};
use crate::{
    Store, StoreError,
    conversations::MessageRecord,
    number, text, to_item,
    transact::{Cancelled, check, put, update},
    users::new_item,
};
use aws_sdk_dynamodb::types::Update;
use domain::{
    turn::{FinishReason, Usage},
    user::User,
};
use uuid::Uuid;

/// What a turn writes after the model has answered.
pub struct Completion<'a> {
    /// Who asked, as claimed.
    pub user: &'a User,
    /// Who produced the answer.
    pub owner: Uuid,
    /// The answer.
    pub answer: &'a MessageRecord,
    /// Why it ended.
    pub finish_reason: FinishReason,
    /// Tokens that the model counted.
    pub usage: Usage,
    /// Milliseconds it took.
    pub latency_millis: u64,
}
impl Store {
    /// Stores the answer and completes its turn, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the person may not talk any more, the session is gone, or
    /// the turn is somebody else's by now.
    pub async fn complete_turn(&self, done: &Completion<'_>) -> Result<(), StoreError> {
        let items = vec![
            put(new_item(&self.config.conversations, to_item(done.answer)?, "userId")?),
            update(self.end_turn(done)?),
            update(self.count_answer(done)?),
            check(self.may_still_converse(done.user)?),
        ];
        let token = request_token(&done.user.user_id, &done.answer.turn_id, done.owner, "complete");
        self.transact(&token, items).await.map_err(|cancelled| match cancelled {
            Cancelled::Failed(error) => error,
            Cancelled::Conditions(_) => StoreError::conflict(),
        })
    }

    fn end_turn(&self, done: &Completion<'_>) -> Result<Update, StoreError> {
        let state = done.finish_reason.turn_state();
        self.owned_turn(&done.user.user_id, &done.answer.turn_id, done.owner)
            .update_expression(
                "SET #state = :state, finishReason = :reason, tokensPrompt = :prompt, \
                 tokensCompletion = :completion, latencyMs = :latency",
            )
            .expression_attribute_values(":state", serialized(&state)?)
            .expression_attribute_values(":reason", serialized(&done.finish_reason)?)
            .expression_attribute_values(":prompt", number(done.usage.prompt))
            .expression_attribute_values(":completion", number(done.usage.completion))
            .expression_attribute_values(":latency", number(done.latency_millis))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    fn count_answer(&self, done: &Completion<'_>) -> Result<Update, StoreError> {
        let now = done.answer.timestamp;
        Update::builder()
            .table_name(&self.config.sessions)
            .key("sessionId", text(done.answer.session_id.as_str()))
            .update_expression(
                "SET lastActivity = :now, #month = :month \
                 ADD messageCount :one, assistantMessages :one, totalTokens :tokens, responseMillis :millis",
            )
            .condition_expression("attribute_exists(sessionId)")
            .expression_attribute_names("#month", "month")
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":month", text(now.month()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":tokens", number(done.usage.total()))
            .expression_attribute_values(":millis", number(done.latency_millis))
            .build()
            .map_err(|_| StoreError::malformed())
    }
}
