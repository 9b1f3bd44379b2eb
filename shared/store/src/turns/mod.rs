//! `cmz-turns`: one item per turn, key `(userId, turnId)`. What a turn writes: the claim before the
//! model, the completion after it, or its failure.

mod claim;
mod completion;

pub use claim::{Claim, ClaimError, Opening};
pub use completion::Completion;

use crate::{Store, StoreError, keys, text};
use aws_sdk_dynamodb::types::{AttributeValue, Update, builders::UpdateBuilder};
use domain::{
    AnimalId, MessageId, SessionId, Timestamp, TurnId, UserId,
    turn::{FinishReason, TurnState},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a turn is remembered.
const REMEMBERED_DAYS: u32 = 1;

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
    /// When it was claimed.
    pub started_at: Timestamp,
    /// Why the answer ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// For DynamoDB's own deletion, in seconds.
    pub ttl: i64,
}
impl Store {
    /// Ends a turn that got no answer. Its question stays.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the turn is somebody else's by now.
    pub async fn fail_turn(&self, user: &UserId, turn: &TurnId, owner: Uuid) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.config.turns)
            .key("userId", text(user.as_str()))
            .key("turnKey", text(keys::turn(turn)))
            .update_expression("SET #state = :failed")
            .condition_expression("#state = :claimed AND #owner = :owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":failed", serialized(&TurnState::Failed)?)
            .expression_attribute_values(":claimed", serialized(&TurnState::Claimed)?)
            .expression_attribute_values(":owner", text(owner.to_string()))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        Ok(())
    }

    fn owned_turn(&self, user: &UserId, turn: &TurnId, owner: Uuid) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.config.turns)
            .key("userId", text(user.as_str()))
            .key("turnKey", text(keys::turn(turn)))
            .condition_expression("#state = :claimed AND #owner = :owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":claimed", text("claimed"))
            .expression_attribute_values(":owner", text(owner.to_string()))
    }
}
/// One attempt's name for one of its transactions: 36 characters, DynamoDB's limit.
fn request_token(user: &UserId, turn: &TurnId, owner: Uuid, phase: &str) -> String {
    Uuid::new_v5(&owner, format!("{user}/{turn}/{phase}").as_bytes()).to_string()
}

fn serialized<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| StoreError::malformed())
}
