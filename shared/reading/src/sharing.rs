//! Shares: who may make and revoke them, and whether a link opens a conversation now. Everything a
//! share was made under is asked again each time it is used.

use crate::{
    ReadError, Reading,
    grant::{Grant, Share},
    trail::Access,
};
use domain::{
    Timestamp,
    audit::{EventType, Metadata},
    share::{self, Circumstances, Lifetime},
    user::User,
};
use edge::{ShareSecret, clock};
use secrecy::SecretString;
use store::{sessions::SessionRecord, shares::ShareRecord};
use vault::DataKey;

/// A share that was just made. Its secret is not kept, and so is told once.
#[derive(Debug)]
pub struct NewShare {
    /// Which.
    pub share_id: String,
    /// What its link carries: 256 random bits.
    pub secret: SecretString,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Reading {
    /// Makes a share of a conversation.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::ConsentRequired`] where a child's guardian has not agreed to sharing.
    pub async fn share(&self, grant: &Grant<Share>, lifetime: Lifetime) -> Result<NewShare, ReadError> {
        let Grant { person, owner, session, .. } = grant;
        share::may_share(person.user(), owner, self.store().notice())?;
        let secret = vault::random_token()?;
        let (now, share_id) = (clock::now(), clock::new_id().to_string());
        let expires_at = lifetime.ends_at(now, &session.session());
        let record = ShareRecord {
            share_id: share_id.clone(),
            session_id: session.session_id.clone(),
            user_id: person.user().user_id.clone(),
            revocations: session.shares_revoked,
            created_at: now,
            expires_at,
            ttl: expires_at.as_seconds(),
        };
        let fingerprint = fingerprint(&self.zoo_key().await?, &secret)?;
        let metadata = Metadata { share_id: Some(share_id.clone()), ..Metadata::default() };
        self.record(Access { metadata, ..grant.access(EventType::ConversationShared) }).await?;
        self.store().keep_share(&fingerprint, &record).await?;
        Ok(NewShare { share_id, secret: secret.into(), expires_at })
    }

    /// Revokes all shares of a conversation, whoever made them.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn revoke_shares(&self, grant: &Grant<Share>) -> Result<(), ReadError> {
        self.record(grant.access(EventType::ShareRevoked)).await?;
        match self.store().revoke_shares(&grant.session.session_id, clock::now()).await {
            Err(error) if error.is_conflict() => Err(ReadError::NoSession),
            revoked => Ok(revoked?),
        }
    }

    /// Whether somebody came by a link that opens a session now.
    pub(crate) async fn is_opened_by(
        &self,
        secret: &ShareSecret,
        session: &SessionRecord,
        owner: &User,
    ) -> Result<bool, ReadError> {
        let Some(secret) = secret.expose() else { return Ok(false) };
        let fingerprint = fingerprint(&self.zoo_key().await?, secret)?;
        let Some(record) = self.store().share(&fingerprint).await? else { return Ok(false) };
        let Some(maker) = self.maker(&record, owner).await? else { return Ok(false) };
        Ok(record.share().is_good(Circumstances {
            now: clock::now(),
            session_id: &session.session_id,
            revocations: session.shares_revoked,
            owner,
            maker: &maker,
            notice: self.store().notice(),
        }))
    }

    /// Who made a share, as their account is now; none where it is gone or not to be understood.
    async fn maker(&self, record: &ShareRecord, owner: &User) -> Result<Option<User>, ReadError> {
        if record.user_id == owner.user_id {
            return Ok(Some(owner.clone()));
        }
        match self.store().user(&record.user_id).await {
            Err(error) if error.is_malformed() => Ok(None),
            found => Ok(found?.map(|maker| maker.user())),
        }
    }
}

fn fingerprint(zoo: &DataKey, secret: &str) -> Result<String, ReadError> {
    Ok(zoo.fingerprint("share", secret)?)
}
