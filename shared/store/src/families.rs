//! Families in `cmz-users`: a guardian and the children whose accounts name them. Who belongs together
//! stands in each child's own account; the guardian's counts its children, so that nobody stops being a
//! guardian while a child comes.

use crate::{
    Item, Store, StoreError, from_item,
    invitations::InvitationRecord,
    keys, signed, text, to_item,
    transact::{Cancelled, update},
    users::UserRecord,
};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use domain::{
    Timestamp, UserId,
    consent::Consent,
    user::{Controls, Role, Status},
};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Children that a family has at most: all of them change in one transaction.
pub const MOST_CHILDREN: usize = 40;

/// A child who comes into a family.
#[derive(Debug, Clone)]
pub struct Joining {
    /// Who.
    pub child: UserId,
    /// The guardian it had until now, as read.
    pub from: Option<UserId>,
}

/// What happens to the guardian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guardian {
    /// An adult becomes one.
    Begins,
    /// They stay one.
    Stays,
    /// They are one no more; all their children leave.
    Ends,
}

/// A change of a family, all or nothing.
#[derive(Debug)]
pub struct FamilyChange<'a> {
    /// Whose family.
    pub guardian: &'a UserId,
    /// What becomes of them.
    pub how: Guardian,
    /// Children who come; what their last guardian agreed to and set is gone.
    pub joins: &'a [Joining],
    /// Children who leave, as adults.
    pub leaves: &'a [UserId],
    /// The invitation that this answers, and uses up.
    pub invitation: Option<&'a InvitationRecord>,
    /// This very attempt.
    pub attempt: Uuid,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The ids of a guardian's children. The index may be a moment behind the accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn child_ids(&self, guardian: &UserId) -> Result<Vec<UserId>, StoreError> {
        let items = self.query_children(guardian).await?;
        let id = |item| Ok(from_item::<Key>(item)?.user_key);
        let keys = items.into_iter().map(id).collect::<Result<Vec<String>, StoreError>>()?;
        let ids = keys.iter().map(|key| key.strip_prefix("user#").and_then(|id| UserId::parse(id).ok()));
        ids.collect::<Option<_>>().ok_or_else(StoreError::malformed)
    }

    /// The children of a guardian, each as its own account says now. One whose account is erased is none any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn children(&self, guardian: &UserId) -> Result<Vec<UserRecord>, StoreError> {
        let ids = self.child_ids(guardian).await?;
        let accounts = futures_util::future::try_join_all(ids.iter().map(|id| self.user(id))).await?;
        // The index follows with a delay; the account itself decides.
        let is_child = |account: &UserRecord| {
            account.parent_user_id.as_ref() == Some(guardian) && account.status != Status::Erased
        };
        Ok(accounts.into_iter().flatten().filter(is_child).collect())
    }

    async fn query_children(&self, guardian: &UserId) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.users)
            .index_name("ParentUserIndex")
            .key_condition_expression("parentUserId = :guardian")
            .expression_attribute_values(":guardian", text(guardian.as_str()));
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        Ok(answer.items.unwrap_or_default())
    }

    /// Changes a family.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when an account is not what was read: a child has another guardian or is
    /// none that can have one, the guardian is none, has as many children as a family may or others than those
    /// who leave, or the invitation is over or older than what became of the child's family since.
    pub async fn change_family(&self, change: &FamilyChange<'_>) -> Result<(), StoreError> {
        let mut items = vec![update(self.guardian_update(change)?)];
        let mut left: BTreeMap<&UserId, i64> = BTreeMap::new();
        for joining in change.joins {
            items.push(update(self.child_update(
                change,
                &joining.child,
                joining.from.as_ref(),
                Some(change.guardian),
            )?));
            if let Some(from) = &joining.from {
                *left.entry(from).or_default() -= 1;
            }
        }
        for (guardian, delta) in left {
            items.push(update(self.fewer_children(guardian, delta)?));
        }
        for child in change.leaves {
            items.push(update(self.child_update(change, child, Some(change.guardian), None)?));
        }
        if let Some(invitation) = change.invitation {
            items.extend(self.use_up(invitation)?);
        }
        self.all_or_conflict(change.attempt, items).await
    }

    /// What a guardian sets for a child, if the child still is theirs.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when it is not.
    pub async fn set_controls(&self, child: &UserId, guardian: &UserId, controls: Controls) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(child)))
            .update_expression("SET controls = :controls")
            .condition_expression("parentUserId = :guardian AND #status <> :erased")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":controls", attribute(&controls)?)
            .expression_attribute_values(":guardian", text(guardian.as_str()))
            .expression_attribute_values(":erased", text(Status::Erased.name()));
        let done = crate::transact::past_transactions(|| update.clone().send()).await;
        done.map(drop).map_err(|error| StoreError::from_sdk(&error))
    }

    pub(crate) async fn all_or_conflict(&self, attempt: Uuid, items: Vec<TransactWriteItem>) -> Result<(), StoreError> {
        self.transact(&attempt.to_string(), items).await.map_err(|cancelled| match cancelled {
            Cancelled::Conditions(_) => StoreError::conflict(),
            Cancelled::Failed(error) => error,
        })
    }

    /// A guardian gets one more child, whose account is made in the same transaction.
    pub(crate) fn one_more_child(&self, guardian: &UserId) -> Result<Update, StoreError> {
        let attempt = Uuid::nil();
        let (how, joins, leaves, invitation) = (Guardian::Stays, &[][..], &[][..], None);
        let at = Timestamp::from_millis(0);
        self.counted(&FamilyChange { guardian, how, joins, leaves, invitation, attempt, at }, 1)
    }

    fn guardian_update(&self, change: &FamilyChange<'_>) -> Result<Update, StoreError> {
        let [joins, leaves] = [change.joins.len(), change.leaves.len()].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        self.counted(change, joins - leaves)
    }

    fn counted(&self, change: &FamilyChange<'_>, delta: i64) -> Result<Update, StoreError> {
        let most = i64::try_from(MOST_CHILDREN).unwrap_or(i64::MAX) - delta;
        let builder = Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(change.guardian)))
            .expression_attribute_names("#role", "role")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":delta", signed(delta));
        let builder = match change.how {
            Guardian::Begins => builder
                .update_expression("SET #role = :parent ADD childCount :delta")
                .condition_expression("#role = :user AND #status = :active AND attribute_not_exists(parentUserId)")
                .expression_attribute_values(":active", text(Status::Active.name()))
                .expression_attribute_values(":user", text(Role::User.name())),
            // Whoever gets a child is to be there for it, however many leave at once.
            Guardian::Stays if delta > 0 || !change.joins.is_empty() => builder
                .update_expression("ADD childCount :delta")
                .condition_expression(
                    "#role = :parent AND #status = :active AND (attribute_not_exists(childCount) OR childCount <= :most)",
                )
                .expression_attribute_values(":active", text(Status::Active.name()))
                .expression_attribute_values(":most", signed(most)),
            // Also one who is switched off lets children go.
            Guardian::Stays => builder
                .update_expression("ADD childCount :delta")
                .condition_expression("#role = :parent AND #status <> :erased")
                .expression_attribute_values(":erased", text(Status::Erased.name())),
            Guardian::Ends => builder
                .update_expression("SET #role = :user ADD childCount :delta")
                .condition_expression(if delta == 0 {
                    "#role = :parent AND #status <> :erased AND (attribute_not_exists(childCount) OR childCount = :all)"
                } else {
                    "#role = :parent AND #status <> :erased AND childCount = :all"
                })
                .expression_attribute_values(":erased", text(Status::Erased.name()))
                .expression_attribute_values(":user", text(Role::User.name()))
                .expression_attribute_values(":all", signed(-delta)),
        };
        let builder = builder.expression_attribute_values(":parent", text(Role::Parent.name()));
        builder.build().map_err(|_| StoreError::malformed())
    }

    pub(crate) fn fewer_children(&self, guardian: &UserId, delta: i64) -> Result<Update, StoreError> {
        Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(guardian)))
            .update_expression("ADD childCount :delta")
            .condition_expression("attribute_exists(userKey)")
            .expression_attribute_values(":delta", signed(delta))
            .build()
            .map_err(|_| StoreError::malformed())
    }

    fn child_update(
        &self,
        change: &FamilyChange<'_>,
        child: &UserId,
        from: Option<&UserId>,
        to: Option<&UserId>,
    ) -> Result<Update, StoreError> {
        // Who asked to be a child, and was somebody's since, does not ask any more.
        let asked_at = change.invitation.filter(|invitation| invitation.inviter == *child).map(|one| one.created_at);
        let condition = match from {
            Some(_) => "#role = :user AND #status <> :erased AND parentUserId = :from",
            // Whoever is a guardian has another role; whoever has a guardian has another way.
            None if asked_at.is_some() => {
                "#role = :user AND #status = :active AND attribute_not_exists(parentUserId) \
                 AND (attribute_not_exists(familyChangedAt) OR familyChangedAt < :asked)"
            }
            None => "#role = :user AND #status = :active AND attribute_not_exists(parentUserId)",
        };
        let expression = match to {
            Some(_) => "SET parentUserId = :to, consent = :none, familyChangedAt = :now REMOVE controls",
            None => "SET consent = :none, familyChangedAt = :now REMOVE parentUserId, controls",
        };
        let mut builder = Update::builder()
            .table_name(&self.config.users)
            .key("userKey", text(keys::user(child)))
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_names("#role", "role")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":none", attribute(&Consent::default())?)
            .expression_attribute_values(":now", text(change.at.to_string()))
            .expression_attribute_values(":user", text(Role::User.name()));
        builder = match from {
            Some(from) => builder
                .expression_attribute_values(":from", text(from.as_str()))
                .expression_attribute_values(":erased", text(Status::Erased.name())),
            None => builder.expression_attribute_values(":active", text(Status::Active.name())),
        };
        if let Some(asked_at) = asked_at.filter(|_| from.is_none()) {
            builder = builder.expression_attribute_values(":asked", text(asked_at.to_string()));
        }
        if let Some(to) = to {
            builder = builder.expression_attribute_values(":to", text(to.as_str()));
        }
        builder.build().map_err(|_| StoreError::malformed())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    user_key: String,
}

fn attribute<T: serde::Serialize>(value: &T) -> Result<aws_sdk_dynamodb::types::AttributeValue, StoreError> {
    Ok(aws_sdk_dynamodb::types::AttributeValue::M(to_item(value)?))
}
