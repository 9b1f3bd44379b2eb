//! What else is a person's: links to read their sessions, and with the account sign-ins, links to set a password,
//! invitations from both sides, counts, and the sign-in name itself.

use super::{Erasing, page};
use crate::{Item, Store, StoreError, keys, sessions::Kept, shares::ShareRecord, strings, text};
use domain::UserId;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenKey {
    token_key: String,
}

#[derive(Deserialize)]
struct LimitKey {
    principal: String,
    kind: String,
}

impl Store {
    /// Deletes the links to a person's erased sessions that one of the family has made. The index may be a moment
    /// behind: a link that is missed leads to nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_shares(&self, erasing: Erasing<'_>, maker: &UserId) -> Result<(), StoreError> {
        let mut gone = Vec::new();
        for key in self.tokens_of(maker.as_str()).await? {
            let Some(fingerprint) = key.strip_prefix(keys::SHARE) else { continue };
            if let Some(share) = self.share(fingerprint).await?
                && self.leads_to(&share, erasing).await?
            {
                gone.push(strings([("tokenKey", &key)]));
            }
        }
        self.delete_all(&self.config.tokens, gone).await
    }

    /// Whether a share is of a session that goes, or that is gone.
    async fn leads_to(&self, share: &ShareRecord, erasing: Erasing<'_>) -> Result<bool, StoreError> {
        Ok(match self.kept_session(&share.session_id).await? {
            None => true,
            Some(Kept::Buried(buried)) => buried.user_id == *erasing.user,
            Some(Kept::Session(session)) => {
                session.user_id == *erasing.user && session.generation <= erasing.generation
            }
        })
    }

    /// Deletes everything in `cmz-tokens` that is a person's, or for whoever has their sign-in name: families of
    /// refresh tokens, links to set a password, shares, invitations of both sides.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_tokens(&self, user: &UserId, login: Option<&str>) -> Result<(), StoreError> {
        let mut tokens = self.tokens_of(user.as_str()).await?;
        if let Some(login) = login {
            tokens.extend(self.tokens_of(&keys::login(login)).await?);
        }
        let twins: Vec<String> = tokens.iter().filter_map(|token| other_side(token)).collect();
        tokens.extend(twins);
        tokens.sort_unstable();
        tokens.dedup();
        let gone = tokens.iter().map(|token| strings([("tokenKey", token)])).collect();
        self.delete_all(&self.config.tokens, gone).await
    }

    /// Deletes what is counted of a person's questions and of attempts to sign in as them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_limits(&self, user: &UserId, login: Option<&str>) -> Result<(), StoreError> {
        let principals = [Some(keys::person(user)), login.map(keys::login)];
        for principal in principals.into_iter().flatten() {
            let query = self
                .client
                .query()
                .table_name(&self.config.limits)
                .consistent_read(true)
                .key_condition_expression("principal = :principal")
                .projection_expression("principal, kind")
                .expression_attribute_values(":principal", text(&principal));
            let (found, _): (Vec<LimitKey>, _) = page(&query, None).await?;
            let gone = found.iter().map(|limit| strings([("principal", &limit.principal), ("kind", &limit.kind)]));
            self.delete_all(&self.config.limits, gone.collect()).await?;
        }
        Ok(())
    }

    /// Lets go of a person's sign-in name, if it still leads to them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_login(&self, user: &UserId, login: &str) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.config.users)
            .key("userKey", text(keys::login(login)))
            .condition_expression("userId = :user")
            .expression_attribute_values(":user", text(user.as_str()));
        let done = crate::transact::past_transactions(|| delete.clone().send()).await;
        match done.map_err(|error| StoreError::from_sdk(&error)) {
            Err(error) if !error.is_conflict() => Err(error),
            _ => Ok(()),
        }
    }

    /// The keys of what the index finds for somebody.
    async fn tokens_of(&self, owner: &str) -> Result<Vec<String>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.tokens)
            .index_name("UserIndex")
            .key_condition_expression("userId = :owner")
            .expression_attribute_values(":owner", text(owner));
        let (mut found, mut after): (Vec<String>, Option<Item>) = (Vec::new(), None);
        loop {
            let (tokens, next): (Vec<TokenKey>, _) = page(&query, after).await?;
            found.extend(tokens.into_iter().map(|token| token.token_key));
            after = next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }
}

/// Where the other side of an invitation lies.
fn other_side(token: &str) -> Option<String> {
    let received = token.strip_prefix(keys::INVITATION).map(|id| format!("{}{id}", keys::INVITED));
    received.or_else(|| token.strip_prefix(keys::INVITED).map(|id| format!("{}{id}", keys::INVITATION)))
}
