//! `cmz-tokens`: invitations to be family. Two items each: `invitation#<id>` for whoever is invited, found by
//! the fingerprint of their sign-in name, whether anybody has it or not; and `invited#<id>` for whoever
//! invites, found by their id.

use crate::{
    Store, StoreError, families::MOST_CHILDREN, from_item, keys, strings, text, to_item, transact::put, users::new_item,
};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use domain::{Sealed, Slot, Timestamp, UserId, family::Kind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Invitations that are looked at for one list.
const LOOKED_AT: i32 = 100;
/// Invitations that one person has open at most.
pub const MOST_OPEN: usize = MOST_CHILDREN;

/// An invitation as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationRecord {
    /// Which.
    pub invitation_id: Uuid,
    /// Who invites.
    pub inviter: UserId,
    /// Who is invited, as the fingerprint of their sign-in name.
    pub invited: String,
    /// What for.
    pub kind: Kind,
    /// The sign-in name as it was typed, sealed with the inviter's profile key.
    pub name: Sealed,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, exactly.
    pub expires_at: Timestamp,
    /// The same in seconds, for DynamoDB's own deletion.
    pub ttl: i64,
}

impl InvitationRecord {
    /// Where the sign-in name of whoever is invited is sealed.
    #[must_use]
    pub fn name_slot<'a>(inviter: &'a UserId, id: &'a str) -> Slot<'a> {
        Slot { table: "tokens", partition: inviter.as_str(), sort: id, attribute: "name", generation: 0 }
    }
}

/// Which of somebody's invitations.
#[derive(Debug, Clone, Copy)]
pub enum Side<'a> {
    /// Those that a sign-in name's fingerprint is invited by.
    Received(&'a str),
    /// Those that somebody made.
    Sent(&'a UserId),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored<'a> {
    token_key: String,
    /// Whom the index finds it for.
    user_id: String,
    #[serde(flatten)]
    invitation: &'a InvitationRecord,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    token_key: String,
}

impl Store {
    /// Keeps an invitation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_invitation(&self, invitation: &InvitationRecord) -> Result<(), StoreError> {
        let id = invitation.invitation_id;
        let received =
            Stored { token_key: keys::invitation(id), user_id: keys::login(&invitation.invited), invitation };
        let sent = Stored { token_key: keys::invited(id), user_id: invitation.inviter.to_string(), invitation };
        let items = vec![
            put(new_item(&self.config.tokens, to_item(&received)?, "tokenKey")?),
            put(new_item(&self.config.tokens, to_item(&sent)?, "tokenKey")?),
        ];
        self.all_or_conflict(id, items).await
    }

    /// An invitation, read consistently. It may be over: its time is exact.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn invitation(&self, id: Uuid) -> Result<Option<InvitationRecord>, StoreError> {
        self.get(&self.config.tokens, strings([("tokenKey", &keys::invitation(id))])).await
    }

    /// Somebody's invitations, the newest first, without those whose time is over: these are thrown away,
    /// and the names in them. The index may be a moment behind.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn invitations(&self, side: Side<'_>, now: Timestamp) -> Result<Vec<InvitationRecord>, StoreError> {
        let (owner, prefix) = match side {
            Side::Received(login) => (keys::login(login), keys::INVITATION),
            Side::Sent(inviter) => (inviter.to_string(), keys::INVITED),
        };
        let query = self
            .client
            .query()
            .table_name(&self.config.tokens)
            .index_name("UserIndex")
            .key_condition_expression("userId = :owner AND begins_with(tokenKey, :prefix)")
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":prefix", text(prefix))
            // Ids are in the order of their time.
            .scan_index_forward(false)
            .limit(LOOKED_AT);
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let keys = answer.items.unwrap_or_default().into_iter().map(from_item::<Key>);
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let found = keys.iter().map(|key| self.get(&self.config.tokens, strings([("tokenKey", &key.token_key)])));
        let found: Vec<Option<InvitationRecord>> = futures_util::future::try_join_all(found).await?;
        let (open, over): (Vec<_>, Vec<_>) =
            found.into_iter().flatten().partition(|invitation| now < invitation.expires_at);
        self.forget(&over).await;
        Ok(open)
    }

    /// Throws an invitation away, and the name in it.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when it was thrown away meanwhile.
    pub async fn drop_invitation(&self, invitation: &InvitationRecord, attempt: Uuid) -> Result<(), StoreError> {
        self.all_or_conflict(attempt, self.use_up(invitation)?).await
    }

    /// Throws away what is over. Where that fails, DynamoDB does it later: nobody gets to see it any more.
    async fn forget(&self, over: &[InvitationRecord]) {
        for invitation in over {
            // The same for whoever does it at the same time.
            let attempt = Uuid::new_v5(&Uuid::NAMESPACE_OID, invitation.invitation_id.as_bytes());
            drop(self.drop_invitation(invitation, attempt).await);
        }
    }

    /// Takes both items away; the first has to be there.
    pub(crate) fn use_up(&self, invitation: &InvitationRecord) -> Result<Vec<TransactWriteItem>, StoreError> {
        let delete = |key: String| Delete::builder().table_name(&self.config.tokens).key("tokenKey", text(key));
        let received = delete(keys::invitation(invitation.invitation_id))
            .condition_expression("attribute_exists(tokenKey)")
            .build();
        let sent = delete(keys::invited(invitation.invitation_id)).build();
        let item = |delete| TransactWriteItem::builder().delete(delete).build();
        let both = [received, sent].map(|delete| delete.map(item).map_err(|_| StoreError::malformed()));
        both.into_iter().collect()
    }
}
