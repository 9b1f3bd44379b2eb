//! The point of no return: in one transaction the account's generation rises, or the account becomes a mark of
//! what it was, and the erasure is under way. From then on no turn is claimed or completed in what goes.

use super::{ErasureRecord, cancelled, decisions::AsSeen};
use crate::{
    Store, StoreError, keys, number, text, to_item,
    transact::{check, update},
    users::UserRecord,
};
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use domain::{
    Timestamp, UserId,
    consent::Consent,
    erasure::{Scope, State},
    user::Status,
};
use uuid::Uuid;

/// Counts of days that one expression names; an account has more only where sessions are kept for years.
const MOST_COUNTS: usize = 300;

/// An erasure that begins.
#[derive(Debug)]
pub struct Beginning<'a> {
    /// As read.
    pub erasure: &'a ErasureRecord,
    /// Whose, as read just before.
    pub account: &'a UserRecord,
    /// The fingerprint of the sign-in name, where the account goes.
    pub login: Option<&'a str>,
    /// Another administrator in use, where one goes: there is always one.
    pub other_administrator: Option<&'a UserId>,
    /// When.
    pub now: Timestamp,
    /// When somebody else may take it up.
    pub due_at: Timestamp,
    /// This very attempt.
    pub attempt: Uuid,
}

impl Store {
    /// Begins an erasure: nothing takes it back.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when it has begun, was taken back or somebody else decided about it, the account is
    /// not what was read, has another guardian, has children, or the other administrator is none.
    pub async fn begin_erasure(&self, begin: &Beginning<'_>) -> Result<(), StoreError> {
        let mut items = vec![update(self.run(begin)?), update(self.close_generation(begin)?)];
        if begin.erasure.scope == Scope::Account {
            if let Some(guardian) = &begin.account.parent_user_id {
                items.push(update(self.fewer_children(guardian, -1)?));
            }
            if let Some(other) = begin.other_administrator {
                items.push(check(self.is_administrator(other)?));
            }
        }
        self.transact(&begin.attempt.to_string(), items).await.map_err(cancelled)?;
        self.forget_old_counts(begin.account, begin.now).await
    }

    fn run(&self, begin: &Beginning<'_>) -> Result<Update, StoreError> {
        let as_seen = AsSeen::of(begin.erasure)?;
        let set = "SET #state = :running, #generation = :generation, dueAt = :due";
        let update = Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::erasure(&begin.erasure.receipt_id)))
            .condition_expression(as_seen.condition)
            .set_expression_attribute_names(Some(as_seen.names))
            .set_expression_attribute_values(Some(as_seen.values))
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_values(":running", text(State::Running.name()))
            .expression_attribute_values(":generation", number(begin.account.generation))
            .expression_attribute_values(":due", text(begin.due_at.to_string()));
        let update = match begin.login {
            Some(login) => update
                .update_expression(format!("{set}, login = :login"))
                .expression_attribute_values(":login", text(login)),
            None => update.update_expression(set),
        };
        update.build().map_err(|_| StoreError::malformed())
    }

    /// The next generation begins, in which the person has no session yet. Also counts of days that were not read
    /// are taken away: of the days on which one may have begun since.
    fn close_generation(&self, begin: &Beginning<'_>) -> Result<Update, StoreError> {
        let mut gone = begin.account.sessions.counts(begin.now, MOST_COUNTS);
        let builder = Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(&begin.account.user_id)))
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":generation", number(begin.account.generation))
            .expression_attribute_values(":next", number(begin.account.generation + 1))
            .expression_attribute_values(":erased", text(Status::Erased.name()));
        let (builder, guardian) = match &begin.account.parent_user_id {
            Some(guardian) => {
                (builder.expression_attribute_values(":guardian", text(guardian.as_str())), "parentUserId = :guardian")
            }
            None => (builder, "attribute_not_exists(parentUserId)"),
        };
        let is_as_read = format!("#generation = :generation AND #status <> :erased AND {guardian}");
        let builder = match begin.erasure.scope {
            Scope::Conversations => {
                let expression = format!("SET #generation = :next REMOVE {}", gone.join(", "));
                builder.update_expression(expression).condition_expression(is_as_read)
            }
            Scope::Account => {
                gone.extend(
                    ["displayName", "email", "passwordHash", "controls", "childCount", "consentChange"]
                        .map(str::to_owned),
                );
                gone.push("erasingConversations".to_owned());
                let expression = format!(
                    "SET #generation = :next, #status = :erased, consent = :consent, \
                     signInsEnded = if_not_exists(signInsEnded, :none) + :one REMOVE {}",
                    gone.join(", ")
                );
                let has_no_children = "(attribute_not_exists(childCount) OR childCount <= :none)";
                builder
                    .update_expression(expression)
                    .condition_expression(format!("{is_as_read} AND {has_no_children}"))
                    .expression_attribute_values(":consent", AttributeValue::M(to_item(&Consent::default())?))
                    .expression_attribute_values(":none", number(0))
                    .expression_attribute_values(":one", number(1))
            }
        };
        builder.build().map_err(|_| StoreError::malformed())
    }

    /// Those that one expression had no room for are of days long past: nobody counts on them any more.
    async fn forget_old_counts(&self, account: &UserRecord, now: Timestamp) -> Result<(), StoreError> {
        let all = account.sessions.counts(now, usize::MAX);
        for old in all.get(MOST_COUNTS..).unwrap_or_default().chunks(MOST_COUNTS) {
            let forget = Update::builder()
                .table_name(&self.config.users)
                .key("userKey", text(keys::user(&account.user_id)))
                .update_expression(format!("REMOVE {}", old.join(", ")))
                .condition_expression("attribute_exists(userKey)")
                .build();
            self.update(forget.map_err(|_| StoreError::malformed())?).await?;
        }
        Ok(())
    }
}
