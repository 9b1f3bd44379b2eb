//! `cmz-users`: accounts, and the sign-in names that lead to them. Key `user#<id>` and
//! `login#<fingerprint>`.

use crate::{
    Item, Store, StoreError, keys, strings,
    tally::Tally,
    text, to_item,
    transact::{Cancelled, put, update},
    wrapped_keys::KeyRecord,
};
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put};
use domain::{
    LogId, ReceiptId, Sealed, Slot, Timestamp, UserId,
    consent::Consent,
    erasure::Scope,
    notice::Version,
    user::{Controls, Role, Status, User},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// An account as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserRecord {
    /// Who.
    pub user_id: UserId,
    /// What they are to the zoo.
    pub role: Role,
    /// Whether the account may be used.
    pub status: Status,
    /// The guardian, where this is a child's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<UserId>,
    /// What the guardian has agreed to.
    #[serde(default)]
    pub consent: Consent,
    /// The latest change of it, see [`crate::consent`]; also of an earlier guardian's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_change: Option<LogId>,
    /// What the guardian has set.
    #[serde(default)]
    pub controls: Controls,
    /// How often this person's conversations have been erased.
    pub generation: u64,
    /// How often all of this person's sign-ins were ended at once: a family of refresh tokens from
    /// before that is good for nothing.
    #[serde(default)]
    pub sign_ins_ended: u64,
    /// The name shown; an erased account has none.
    #[serde(default)]
    pub display_name: Sealed,
    /// The email address; likewise.
    #[serde(default)]
    pub email: Sealed,
    /// The password's argon2id hash, as a PHC string; likewise.
    #[serde(default)]
    pub password_hash: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// The erasure of the person's conversations that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasing_conversations: Option<ReceiptId>,
    /// The erasure of the account that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasing_account: Option<ReceiptId>,
    /// How many sessions began on which day.
    #[serde(flatten, skip_serializing)]
    pub sessions: Tally,
}

impl UserRecord {
    /// The person as the rules see them.
    #[must_use]
    pub fn user(&self) -> User {
        User {
            user_id: self.user_id.clone(),
            role: self.role,
            status: self.status,
            parent_user_id: self.parent_user_id.clone(),
            consent: self.consent,
            controls: self.controls,
            generation: self.generation,
        }
    }

    /// The erasure of its kind that is open.
    #[must_use]
    pub fn erasing(&self, scope: Scope) -> Option<&ReceiptId> {
        match scope {
            Scope::Conversations => self.erasing_conversations.as_ref(),
            Scope::Account => self.erasing_account.as_ref(),
        }
    }

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
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StoredUser<'a> {
    user_key: String,
    #[serde(flatten)]
    user: &'a UserRecord,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredLogin {
    user_key: String,
    user_id: UserId,
}

impl Store {
    /// An account, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user(&self, user: &UserId) -> Result<Option<UserRecord>, StoreError> {
        self.get(&self.config.users, strings([("userKey", &keys::user(user))])).await
    }

    /// The account that a sign-in name's fingerprint leads to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user_by_login(&self, fingerprint: &str) -> Result<Option<UserRecord>, StoreError> {
        let key = strings([("userKey", &keys::login(fingerprint))]);
        match self.get::<StoredLogin>(&self.config.users, key).await? {
            Some(login) => self.user(&login.user_id).await,
            // An unknown name takes two reads as well.
            None => self.get(&self.config.users, strings([("userKey", "nobody")])).await,
        }
    }

    /// Makes an account with its sign-in name and its profile key, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the sign-in name or the id is taken, or a child's guardian is none or
    /// has as many children as a family may; [`StoreError::is_of_guardian`] when it is the guardian alone.
    pub async fn create_user(
        &self,
        user: &UserRecord,
        login: &str,
        profile_key: &domain::NewKey,
    ) -> Result<(), StoreError> {
        let stored = StoredUser { user_key: keys::user(&user.user_id), user };
        let login = StoredLogin { user_key: keys::login(login), user_id: user.user_id.clone() };
        let key = KeyRecord::new(user.user_id.as_str(), keys::PROFILE_KEY, 0, profile_key);
        let mut items = vec![
            put(new_item(&self.config.users, to_item(&stored)?, "userKey")?),
            put(new_item(&self.config.users, to_item(&login)?, "userKey")?),
            put(new_item(&self.config.keys, to_item(&key)?, "ownerId")?),
        ];
        if let Some(guardian) = &user.parent_user_id {
            items.push(update(self.one_more_child(guardian)?));
        }
        // The salt in the hash makes each attempt's token its own.
        let token = Uuid::new_v5(&Uuid::NAMESPACE_OID, user.password_hash.as_bytes()).to_string();
        match self.transact(&token, items).await {
            Ok(()) => Ok(()),
            // The guardian's is the last item.
            Err(Cancelled::Conditions(failed)) if failed == [3] => Err(StoreError::guardian_conflict()),
            Err(Cancelled::Conditions(_)) => Err(StoreError::conflict()),
            Err(Cancelled::Failed(error)) => Err(error),
        }
    }

    /// The condition that a person may still talk in this generation of their vault: what was
    /// decided before the model must hold again when its answer is stored.
    pub(crate) fn may_still_converse(&self, user: &User) -> Result<ConditionCheck, StoreError> {
        let condition = Converses::of(user, self.notice());
        ConditionCheck::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(&user.user_id)))
            .condition_expression(condition.expression)
            .set_expression_attribute_names(Some(condition.names))
            .set_expression_attribute_values(Some(condition.values))
            .build()
            .map_err(|_| StoreError::malformed())
    }
}

/// The condition on an account that its person may talk, as it was read: also that the guardian is the same, or
/// still none, as joining a family changes neither standing nor generation.
pub(crate) struct Converses {
    pub(crate) expression: String,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: Item,
}

impl Converses {
    pub(crate) fn of(user: &User, notice: Version) -> Self {
        let mut expression = "#status = :active AND generation = :generation".to_owned();
        let mut names = HashMap::from([("#status".to_owned(), "status".to_owned())]);
        let mut values = strings([(":active", "active")]);
        values.insert(":generation".to_owned(), crate::number(user.generation));
        if let Some(guardian) = &user.parent_user_id {
            expression.push_str(
                " AND parentUserId = :guardian AND consent.#collect = :yes AND consent.thirdParty = :yes \
                 AND consent.noticeVersion = :notice \
                 AND (attribute_not_exists(controls.paused) OR controls.paused <> :yes)",
            );
            values.insert(":guardian".to_owned(), text(guardian.as_str()));
            names.insert("#collect".to_owned(), "collect".to_owned());
            values.insert(":notice".to_owned(), text(notice.to_string()));
            values.insert(":yes".to_owned(), AttributeValue::Bool(true));
        } else {
            expression.push_str(" AND attribute_not_exists(parentUserId)");
        }
        Self { expression, names, values }
    }
}

/// A put that never overwrites.
pub(crate) fn new_item(table: &str, item: Item, partition_key: &str) -> Result<Put, StoreError> {
    Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(#pk)")
        .expression_attribute_names("#pk", partition_key)
        .build()
        .map_err(|_| StoreError::malformed())
}
