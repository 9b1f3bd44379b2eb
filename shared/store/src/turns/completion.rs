//! The completion of a turn: its answer is stored.

use super::{Fence, TurnEnd, fenced, request_token};
use crate::{
    Item, Store, StoreError,
    conversations::MessageRecord,
    number, text, to_item,
    transact::{Cancelled, check, put, update},
    users::new_item,
};
use aws_sdk_dynamodb::types::Update;
use domain::{SessionId, TurnId, user::User};

/// What a turn writes after the model has answered.
pub struct Completion<'a> {
    /// Who asked, as claimed.
    pub user: &'a User,
    /// The turn.
    pub turn: &'a TurnId,
    /// Its session.
    pub session: &'a SessionId,
    /// Who may complete it.
    pub fence: Fence,
    /// The answer, if a word of it was said.
    pub answer: Option<&'a MessageRecord>,
    /// How it ended.
    pub end: &'a TurnEnd,
}

impl Store {
    /// Stores the answer and completes its turn, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the person may not talk any more, the session is gone, or
    /// the turn is over, somebody else's, or to be cancelled.
    pub async fn complete_turn(&self, done: &Completion<'_>) -> Result<(), StoreError> {
        let mut items = vec![
            update(self.end_turn(done)?),
            update(self.count_answer(done)?),
            check(self.may_still_converse(done.user)?),
        ];
        if let Some(answer) = done.answer {
            items.push(put(new_item(&self.config.conversations, to_item(answer)?, "userId")?));
        }
        let phase = format!("complete/{:?}", done.end.finish_reason);
        let token = request_token(&done.user.user_id, done.turn, done.fence.writer, &phase);
        self.transact(&token, items).await.map_err(|cancelled| match cancelled {
            Cancelled::Failed(error) => error,
            Cancelled::Conditions(_) => StoreError::conflict(),
        })
    }

    fn end_turn(&self, done: &Completion<'_>) -> Result<Update, StoreError> {
        let end: Item = to_item(done.end)?;
        let set: Vec<_> = end.keys().map(|name| format!("{name} = :{name}")).collect();
        let update = self.turn_update(&done.user.user_id, done.turn);
        let update = fenced(update, done.end.finish_reason.turn_state(), done.fence)
            .update_expression(format!("SET #state = :next, {} REMOVE underWay", set.join(", ")));
        end.into_iter()
            .fold(update, |update, (name, value)| update.expression_attribute_values(format!(":{name}"), value))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    fn count_answer(&self, done: &Completion<'_>) -> Result<Update, StoreError> {
        let now = done.end.ended_at;
        Update::builder()
            .table_name(&self.config.sessions)
            .key("sessionId", text(done.session.as_str()))
            .update_expression(
                "SET lastActivity = :now, #month = :month \
                 ADD messageCount :one, assistantMessages :one, totalTokens :tokens, responseMillis :millis",
            )
            .condition_expression("expiresAt > :now AND attribute_not_exists(deletionBegunAt)")
            .expression_attribute_names("#month", "month")
            .expression_attribute_values(":now", text(now.to_string()))
            .expression_attribute_values(":month", text(now.month()))
            .expression_attribute_values(":one", number(u64::from(done.answer.is_some())))
            .expression_attribute_values(":tokens", number(done.end.usage().total()))
            .expression_attribute_values(":millis", number(done.answer.map_or(0, |_| done.end.latency_ms)))
            .build()
            .map_err(|_| StoreError::malformed())
    }
}
