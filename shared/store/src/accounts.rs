//! `cmz-users` as administrators see it: the list of accounts (`RoleIndex`, newest first), and what of
//! an account they and its owner may change.

use crate::{
    Store, StoreError, from_item, keys, number, strings, text,
    transact::{Cancelled, check, past_transactions, update},
    users::UserRecord,
};
use aws_sdk_dynamodb::{
    operation::{query::QueryOutput, update_item::builders::UpdateItemFluentBuilder},
    types::{ConditionCheck, ReturnValue, Update},
};
use domain::{
    Sealed, Slot, Timestamp, UserId,
    user::{Role, Status},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An account as it stands in the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRow {
    /// Who.
    pub user_id: UserId,
    /// What they are to the zoo.
    pub role: Role,
    /// Whether the account may be used.
    pub status: Status,
    /// The guardian, where this is a child's account.
    pub parent_user_id: Option<UserId>,
    /// The name shown; an erased account has none.
    #[serde(default)]
    pub display_name: Sealed,
    /// The email address; likewise.
    #[serde(default)]
    pub email: Sealed,
    /// When the account was made.
    pub created_at: Timestamp,
}

impl AccountRow {
    /// Where the name is sealed.
    #[must_use]
    pub fn display_name_slot(&self) -> Slot<'_> {
        keys::profile_slot(&self.user_id, "displayName")
    }

    /// Where the email address is sealed.
    #[must_use]
    pub fn email_slot(&self) -> Slot<'_> {
        keys::profile_slot(&self.user_id, "email")
    }

    /// The place behind this row.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { created_at: self.created_at, user_id: self.user_id.clone() }
    }
}

impl From<UserRecord> for AccountRow {
    fn from(user: UserRecord) -> Self {
        Self {
            user_id: user.user_id,
            role: user.role,
            status: user.status,
            parent_user_id: user.parent_user_id,
            display_name: user.display_name,
            email: user.email,
            created_at: user.created_at,
        }
    }
}

/// A place in the list of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    created_at: Timestamp,
    user_id: UserId,
}

/// What an administrator changes about an account.
#[derive(Debug, Clone, Copy)]
pub struct AccountChange<'a> {
    /// Which administrator changes it.
    pub by: &'a UserId,
    /// Whose it is.
    pub user: &'a UserId,
    /// This very attempt.
    pub attempt: Uuid,
    /// Another role.
    pub role: Option<Role>,
    /// Whether they must have no children: whoever stops being a parent.
    pub has_no_children: bool,
    /// Another status. Whoever is switched off is signed out everywhere.
    pub status: Option<Status>,
}

/// What must still hold of an account whose password is replaced.
#[derive(Debug, Clone, Copy)]
pub enum PasswordBefore<'a> {
    /// The hash of the password it has.
    Hash(&'a str),
    /// How often its sign-ins were ended.
    SignInsEnded(u64),
}

impl Store {
    /// At most `limit` accounts of a role, newest first, behind a place. The index may be a moment
    /// behind the accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn accounts(
        &self,
        role: Role,
        status: Option<Status>,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<AccountRow>, StoreError> {
        let mut found: Vec<AccountRow> = Vec::new();
        let mut after = after;
        while found.len() < limit {
            // A filter takes rows away only after they were counted.
            let page = self.accounts_page(role, status, after.as_ref(), limit - found.len()).await?;
            for item in page.items.unwrap_or_default() {
                found.push(from_item(item)?);
            }
            let Some(last) = page.last_evaluated_key else { break };
            let (Some(user), Some(created)) = (last.get("userKey"), last.get("createdAt")) else { break };
            let (user, created) = (user.as_s().ok(), created.as_s().ok());
            after = user.zip(created).and_then(|(user, created)| place(user, created));
            if after.is_none() {
                return Err(StoreError::malformed());
            }
        }
        Ok(found)
    }

    async fn accounts_page(
        &self,
        role: Role,
        status: Option<Status>,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<QueryOutput, StoreError> {
        let query = self.client.query().table_name(&self.config.users).index_name("RoleIndex");
        let query = query
            .key_condition_expression("#role = :role")
            .expression_attribute_names("#role", "role")
            .expression_attribute_values(":role", text(role.name()))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let query = query.set_exclusive_start_key(after.map(|place| {
            strings([
                ("role", role.name()),
                ("createdAt", &place.created_at.to_string()),
                ("userKey", &keys::user(&place.user_id)),
            ])
        }));
        let query = match status {
            None => query,
            Some(status) => query
                .filter_expression("#status = :status")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", text(status.name())),
        };
        query.send().await.map_err(|error| StoreError::from_sdk(&error))
    }

    /// Changes an account, by an administrator who is one still: of two who switch each other off one stays.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when there is no such account, it has children though it must not, or whoever
    /// changes it is no administrator any more.
    pub async fn change_account(&self, change: AccountChange<'_>) -> Result<UserRecord, StoreError> {
        let AccountChange { by, user, attempt, .. } = change;
        let mut items = vec![update(self.account_change(change)?)];
        if by != user {
            items.push(check(self.is_administrator(by)?));
        }
        self.transact(&attempt.to_string(), items).await.map_err(|cancelled| match cancelled {
            Cancelled::Conditions(_) => StoreError::conflict(),
            Cancelled::Failed(error) => error,
        })?;
        self.user(user).await?.ok_or_else(StoreError::conflict)
    }

    fn account_change(&self, change: AccountChange<'_>) -> Result<Update, StoreError> {
        let AccountChange { user, role, has_no_children, status, .. } = change;
        let mut set = vec!["userId = :user"];
        let mut update = Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(user)))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":erased", text(Status::Erased.name()))
            .expression_attribute_values(":user", text(user.as_str()));
        if let Some(role) = role {
            set.push("#role = :role");
            update = update.expression_attribute_names("#role", "role");
            update = update.expression_attribute_values(":role", text(role.name()));
        }
        if let Some(status) = status {
            set.push("#status = :status");
            update = update.expression_attribute_values(":status", text(status.name()));
        }
        if status == Some(Status::Disabled) {
            set.push(END_SIGN_INS);
            update = update.expression_attribute_values(":zero", number(0));
            update = update.expression_attribute_values(":one", number(1));
        }
        let update = match has_no_children {
            true => update
                .condition_expression(format!(
                    "{IS_THERE} AND (attribute_not_exists(childCount) OR childCount = :none)"
                ))
                .expression_attribute_values(":none", number(0)),
            false => update.condition_expression(IS_THERE),
        };
        update.update_expression(format!("SET {}", set.join(", "))).build().map_err(|_| StoreError::malformed())
    }

    /// Whether somebody is an administrator in use.
    pub(crate) fn is_administrator(&self, user: &UserId) -> Result<ConditionCheck, StoreError> {
        ConditionCheck::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(user)))
            .condition_expression("#role = :administrator AND #status = :active")
            .expression_attribute_names("#role", "role")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":administrator", text(Role::Administrator.name()))
            .expression_attribute_values(":active", text(Status::Active.name()))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    /// Gives an account another password and ends all its sign-ins.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when there is no such account, it is not in use, or it has changed.
    pub async fn set_password(
        &self,
        user: &UserId,
        before: PasswordBefore<'_>,
        password_hash: &str,
    ) -> Result<UserRecord, StoreError> {
        let update = counting(self.account_update_of(user))
            .update_expression(format!("SET passwordHash = :hash, {END_SIGN_INS}"))
            .expression_attribute_values(":hash", text(password_hash))
            .expression_attribute_values(":active", text(Status::Active.name()));
        let (condition, value) = match before {
            PasswordBefore::Hash(hash) => ("passwordHash = :before", text(hash)),
            // An account whose sign-ins were never ended may not say so.
            PasswordBefore::SignInsEnded(0) => {
                ("(attribute_not_exists(signInsEnded) OR signInsEnded = :before)", number(0))
            }
            PasswordBefore::SignInsEnded(ended) => ("signInsEnded = :before", number(ended)),
        };
        let update = update
            .condition_expression(format!("{IS_THERE} AND #status = :active AND {condition}"))
            .expression_attribute_values(":before", value);
        changed(update).await
    }

    fn account_update_of(&self, user: &UserId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(user)))
            .condition_expression(IS_THERE)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":erased", text(Status::Erased.name()))
            .return_values(ReturnValue::AllNew)
    }
}

const IS_THERE: &str = "attribute_exists(userKey) AND #status <> :erased";
const END_SIGN_INS: &str = "signInsEnded = if_not_exists(signInsEnded, :zero) + :one";

fn counting(update: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
    update.expression_attribute_values(":zero", number(0)).expression_attribute_values(":one", number(1))
}

async fn changed(update: UpdateItemFluentBuilder) -> Result<UserRecord, StoreError> {
    let answer = past_transactions(|| update.clone().send()).await.map_err(|error| StoreError::from_sdk(&error))?;
    from_item(answer.attributes.unwrap_or_default())
}

fn place(user_key: &str, created_at: &str) -> Option<Place> {
    let user_id = UserId::parse(user_key.strip_prefix("user#")?).ok()?;
    Some(Place { created_at: created_at.parse().ok()?, user_id })
}
