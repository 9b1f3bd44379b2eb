//! `cmz-users`: erasures, from the wish to the receipt. Key `erasure#<receiptId>`; no name, no word of anybody. The
//! account that one is about names it while it is open. `ErasureIndex` has all of them by when something is next
//! to be done about each, so that nobody looks at those that can wait.

mod begin;
mod decisions;
mod later;

pub use begin::Beginning;

use crate::{
    Item, Store, StoreError, from_item, keys, strings, text, to_item,
    transact::{Cancelled, past_transactions, put, update},
    users::new_item,
};
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnValue, Update},
};
use domain::{
    ReceiptId, Timestamp, UserId,
    erasure::{Counts, Scope, State},
    user::{Role, Status},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The one partition of `ErasureIndex`.
const ERASURES: &str = "all";

/// An erasure as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasureRecord {
    /// Which.
    pub receipt_id: ReceiptId,
    /// Of whom.
    pub subject: UserId,
    /// Of what.
    pub scope: Scope,
    /// How far it has come.
    pub state: State,
    /// Who wants it, or confirmed it last.
    pub requested_by: UserId,
    /// What they were to the zoo then.
    pub requested_role: Role,
    /// When it was first asked for.
    pub requested_at: Timestamp,
    /// The guardian of whom it is about, when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<UserId>,
    /// When it begins; a wish that nobody confirmed has no such time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destroy_at: Option<Timestamp>,
    /// The generation that goes, with all before it; none before it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// The fingerprint of the sign-in name, where the account goes: nothing else leads to what lies under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// What there was, once it is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// When nothing was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The signed receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// When something is next to be done about it.
    pub due_at: Timestamp,
}

/// The attribute by which an account names what is open about it.
fn mark(scope: Scope) -> &'static str {
    match scope {
        Scope::Conversations => "erasingConversations",
        Scope::Account => "erasingAccount",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    user_key: String,
    erasures: &'static str,
    #[serde(flatten)]
    erasure: &'a ErasureRecord,
}

impl Store {
    /// Keeps a new erasure, and names it in the account that it is about.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the account is erased or gone, or has another of its kind.
    pub async fn open_erasure(&self, erasure: &ErasureRecord, attempt: Uuid) -> Result<(), StoreError> {
        let user_key = keys::erasure(&erasure.receipt_id);
        let item = to_item(&Stored { user_key, erasures: ERASURES, erasure })?;
        let mark = Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(&erasure.subject)))
            .update_expression("SET #mark = :id")
            .condition_expression(
                "attribute_exists(userKey) AND #status <> :erased AND (attribute_not_exists(#mark) OR #mark = :id)",
            )
            .expression_attribute_names("#mark", mark(erasure.scope))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":id", text(erasure.receipt_id.as_str()))
            .expression_attribute_values(":erased", text(Status::Erased.name()))
            .build()
            .map_err(|_| StoreError::malformed())?;
        let items = vec![put(new_item(&self.config.users, item, "userKey")?), update(mark)];
        self.all_or_conflict(attempt, items).await
    }

    /// An erasure, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erasure(&self, id: &ReceiptId) -> Result<Option<ErasureRecord>, StoreError> {
        self.get(&self.config.users, strings([("userKey", &keys::erasure(id))])).await
    }

    /// Takes one up until a time, unless somebody else has since it was read; `false` then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_up_erasure(&self, seen: &ErasureRecord, until: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .erasure_update(&seen.receipt_id)
            .update_expression("SET dueAt = :until")
            .condition_expression("dueAt = :seen AND #state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(seen.state.name()))
            .expression_attribute_values(":seen", text(seen.due_at.to_string()))
            .expression_attribute_values(":until", text(until.to_string()));
        match changed(update).await {
            Err(error) if error.is_conflict() => Ok(false),
            done => done.map(|_| true),
        }
    }

    /// Keeps what there was, where nobody has yet: whoever counts later finds less.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_erasure(&self, id: &ReceiptId, counts: Counts) -> Result<ErasureRecord, StoreError> {
        let update = self
            .erasure_update(id)
            .update_expression("SET #counts = if_not_exists(#counts, :counts)")
            .condition_expression("attribute_exists(userKey)")
            .expression_attribute_names("#counts", "counts")
            .expression_attribute_values(":counts", AttributeValue::M(to_item(&counts)?));
        changed(update).await
    }

    /// Keeps the receipt of one under way, and says when to look once more.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when somebody else has completed it.
    pub async fn complete_erasure(
        &self,
        erasure: &ErasureRecord,
        receipt: &str,
        (completed_at, due_at): (Timestamp, Timestamp),
    ) -> Result<ErasureRecord, StoreError> {
        let update = self
            .erasure_update(&erasure.receipt_id)
            .update_expression("SET #state = :completed, completedAt = :at, receipt = :receipt, dueAt = :due")
            .condition_expression("#state = :running")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":running", text(State::Running.name()))
            .expression_attribute_values(":completed", text(State::Completed.name()))
            .expression_attribute_values(":at", text(completed_at.to_string()))
            .expression_attribute_values(":receipt", text(receipt))
            .expression_attribute_values(":due", text(due_at.to_string()));
        changed(update).await
    }

    fn erasure_update(&self, id: &ReceiptId) -> UpdateItemFluentBuilder {
        let key: Item = strings([("userKey", &keys::erasure(id))]);
        let update = self.client.update_item().table_name(&self.config.users).set_key(Some(key));
        update.return_values(ReturnValue::AllNew)
    }
}

async fn changed(update: UpdateItemFluentBuilder) -> Result<ErasureRecord, StoreError> {
    let answer = past_transactions(|| update.clone().send()).await.map_err(|error| StoreError::from_sdk(&error))?;
    from_item(answer.attributes.unwrap_or_default())
}

/// A write that is not needed where its condition does not hold.
fn unless_held<T>(written: Result<T, StoreError>) -> Result<(), StoreError> {
    match written {
        Err(error) if !error.is_conflict() => Err(error),
        _ => Ok(()),
    }
}

fn cancelled(cancelled: Cancelled) -> StoreError {
    match cancelled {
        Cancelled::Conditions(_) => StoreError::conflict(),
        Cancelled::Failed(error) => error,
    }
}
