//! Wishes while nothing has begun: when they are to begin, and that they are taken back. Each decision holds only for
//! what it was made about.

use super::{ErasureRecord, cancelled, changed, unless_held};
use crate::{
    Item, Store, StoreError, keys, text,
    transact::{Cancelled, update},
};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use domain::{
    ReceiptId, Timestamp, UserId,
    erasure::{Scope, State},
    user::Role,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Where the account stands among the items of a withdrawal.
const ACCOUNT: usize = 1;

/// The condition that a wish is what was read: nobody has decided anything about it since.
pub(super) struct AsSeen {
    pub(super) condition: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Item,
}

impl AsSeen {
    /// [`StoreError::is_conflict`] of one that had begun already.
    pub(super) fn of(seen: &ErasureRecord) -> Result<Self, StoreError> {
        if !seen.state.can_be_withdrawn() {
            return Err(StoreError::conflict());
        }
        let mut values = Item::from([
            (":seenState".to_owned(), text(seen.state.name())),
            (":seenBy".to_owned(), text(seen.requested_by.as_str())),
        ]);
        let time = match seen.destroy_at {
            Some(at) => {
                values.insert(":seenAt".to_owned(), text(at.to_string()));
                "destroyAt = :seenAt"
            }
            None => "attribute_not_exists(destroyAt)",
        };
        let condition = format!("#state = :seenState AND requestedBy = :seenBy AND {time}");
        Ok(Self { condition, names: HashMap::from([("#state".to_owned(), "state".to_owned())]), values })
    }
}

impl Store {
    /// Sets when one that has not begun begins, and in whose name.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when it is not what was read: it has begun, was taken back, or somebody else has
    /// said when.
    pub async fn schedule_erasure(
        &self,
        seen: &ErasureRecord,
        (by, role): (&UserId, Role),
        destroy_at: Timestamp,
    ) -> Result<ErasureRecord, StoreError> {
        let as_seen = AsSeen::of(seen)?;
        let update = self
            .erasure_update(&seen.receipt_id)
            .update_expression(
                "SET #state = :pending, requestedBy = :by, requestedRole = :role, destroyAt = :at, dueAt = :at",
            )
            .condition_expression(as_seen.condition)
            .set_expression_attribute_names(Some(as_seen.names))
            .set_expression_attribute_values(Some(as_seen.values))
            .expression_attribute_values(":pending", text(State::Pending.name()))
            .expression_attribute_values(":by", text(by.as_str()))
            .expression_attribute_values(":role", text(role.name()))
            .expression_attribute_values(":at", text(destroy_at.to_string()));
        changed(update).await
    }

    /// Takes one that has not begun back, as if it had never been asked for. `attempt` is of this very withdrawal.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when it is not what was read: it has begun, or somebody else has decided about it.
    pub async fn withdraw_erasure(&self, seen: &ErasureRecord, attempt: Uuid) -> Result<(), StoreError> {
        let as_seen = AsSeen::of(seen)?;
        let delete = Delete::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::erasure(&seen.receipt_id)))
            .condition_expression(format!("attribute_not_exists(userKey) OR ({})", as_seen.condition))
            .set_expression_attribute_names(Some(as_seen.names))
            .set_expression_attribute_values(Some(as_seen.values))
            .build()
            .map_err(|_| StoreError::malformed())?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        let unmark = update(self.unmark(&seen.subject, seen.scope, &seen.receipt_id)?);
        match self.transact(&attempt.to_string(), vec![delete.clone(), unmark]).await {
            // An account that went names nothing any more, and none names this one later.
            Err(Cancelled::Conditions(failed)) if failed == [ACCOUNT] => {
                self.transact(&Uuid::new_v5(&attempt, b"alone").to_string(), vec![delete]).await.map_err(cancelled)
            }
            done => done.map_err(cancelled),
        }
    }

    /// Takes its name out of the account, where it stands there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unmark_erasure(&self, subject: &UserId, scope: Scope, id: &ReceiptId) -> Result<(), StoreError> {
        let unmark = self.unmark(subject, scope, id)?;
        unless_held(self.update(unmark).await)
    }

    fn unmark(&self, subject: &UserId, scope: Scope, id: &ReceiptId) -> Result<Update, StoreError> {
        Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(subject)))
            .update_expression("REMOVE #mark")
            .condition_expression("#mark = :id")
            .expression_attribute_names("#mark", super::mark(scope))
            .expression_attribute_values(":id", text(id.as_str()))
            .build()
            .map_err(|_| StoreError::malformed())
    }
}
