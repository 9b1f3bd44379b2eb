//! Sessions as rows of a list, with words and names where the caller is close to their owner.

use super::{Found, Listed, owners::Owners};
use crate::{Conversation, ReadError, Reading, names};
use domain::UserId;
use std::collections::BTreeMap;
use store::{
    sessions::{SessionMetadata, SessionRecord},
    users::UserRecord,
};
use vault::DataKey;

/// A session and, as long as it is there, what opens its text.
pub(super) struct Opened {
    pub(super) metadata: SessionMetadata,
    is_unread: bool,
    pub(super) conversation: Option<Conversation>,
}

impl Reading {
    /// Sessions as rows.
    pub(super) async fn rows(
        &self,
        owners: &Owners,
        sessions: Vec<(&UserRecord, SessionRecord)>,
    ) -> Result<Vec<Listed>, ReadError> {
        if !owners.are_close {
            return Ok(sessions.iter().map(|(_, session)| bare(SessionMetadata::from(session))).collect());
        }
        let accounts = distinct(sessions.iter().map(|(owner, _)| *owner));
        let (names, opened) = tokio::try_join!(self.names(&accounts), self.open_all(sessions))?;
        opened.into_iter().map(|opened| close(owners, &names, opened)).collect()
    }

    /// Sessions in which something was found as rows; those whom the caller is not close to show that only.
    pub(super) async fn found_rows(
        &self,
        owners: &Owners,
        found: Vec<(Opened, Found)>,
    ) -> Result<Vec<Listed>, ReadError> {
        let is_shown = |owner: &&UserRecord| found.iter().any(|(of, _)| of.metadata.user_id == owner.user_id);
        let accounts: Vec<_> = owners.accounts.iter().filter(|owner| owners.are_close && is_shown(owner)).collect();
        let names = self.names(&accounts).await?;
        let row = |(opened, found): (Opened, Found)| {
            let row = if owners.are_close { close(owners, &names, opened)? } else { bare(opened.metadata) };
            Ok(Listed { found: Some(found), ..row })
        };
        found.into_iter().map(row).collect()
    }

    /// Opens sessions: each owner's key is read once, those of all sessions at once. What has no key any
    /// more is about to be gone.
    pub(super) async fn open_all(&self, sessions: Vec<(&UserRecord, SessionRecord)>) -> Result<Vec<Opened>, ReadError> {
        let owners = distinct(sessions.iter().map(|(owner, _)| *owner));
        let wanted: Vec<_> = sessions.iter().map(|(owner, session)| (&owner.user_id, &session.session_id)).collect();
        let keys = async { Ok(self.store().session_keys(&wanted).await?) };
        let (user_keys, mut keys) = tokio::try_join!(self.user_keys(&owners), keys)?;
        let opened = sessions.into_iter().map(|(owner, session)| {
            let (metadata, is_unread) = (SessionMetadata::from(&session), session.is_unread());
            let keys = user_keys.get(&owner.user_id).zip(keys.remove(&session.session_id));
            let conversation = keys.map(|(user_key, session_key)| crate::open(user_key, &session_key, session));
            Ok(Opened { metadata, is_unread, conversation: conversation.transpose()? })
        });
        opened.collect()
    }

    async fn user_keys(&self, owners: &[&UserRecord]) -> Result<BTreeMap<UserId, DataKey>, ReadError> {
        let keys = owners.iter().map(async |owner| {
            let key = self.user_key(&owner.user_id).await?;
            Ok::<_, ReadError>(key.map(|key| (owner.user_id.clone(), key)))
        });
        Ok(futures_util::future::try_join_all(keys).await?.into_iter().flatten().collect())
    }

    async fn names(&self, owners: &[&UserRecord]) -> Result<BTreeMap<UserId, String>, ReadError> {
        let names = owners
            .iter()
            .map(async |owner| Ok::<_, ReadError>((owner.user_id.clone(), names::display_name(self, owner).await?)));
        Ok(futures_util::future::try_join_all(names).await?.into_iter().collect())
    }
}

/// What anybody may see who may list it.
fn bare(metadata: SessionMetadata) -> Listed {
    Listed { metadata, display_name: None, words: None, unread: None, found: None }
}

/// With words and name. One's own sessions are never unread.
fn close(owners: &Owners, names: &BTreeMap<UserId, String>, opened: Opened) -> Result<Listed, ReadError> {
    let Opened { metadata, is_unread, conversation } = opened;
    let display_name = names.get(&metadata.user_id).cloned();
    let unread = Some(is_unread && !owners.is_caller(&metadata.user_id));
    let words = conversation.map(|conversation| conversation.first_and_last()).transpose()?;
    Ok(Listed { metadata, display_name, words, unread, found: None })
}

fn distinct<'a>(accounts: impl Iterator<Item = &'a UserRecord>) -> Vec<&'a UserRecord> {
    accounts.map(|account| (&account.user_id, account)).collect::<BTreeMap<_, _>>().into_values().collect()
}
