//! Sessions as rows of a list, with words and names where the caller is close to their owner.

use super::{Found, Listed, owners::Owners};
use crate::{Conversation, ReadError, Reading, names};
use domain::{UserId, audit::EventType};
use futures_util::future::try_join_all;
use std::collections::BTreeMap;
use store::{
    sessions::{SessionMetadata, SessionRecord},
    users::UserRecord,
};

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
        owners: &Owners<'_>,
        sessions: Vec<(&UserRecord, SessionRecord)>,
    ) -> Result<Vec<Listed>, ReadError> {
        if !owners.are_close {
            return Ok(sessions.iter().map(|(_, session)| bare(SessionMetadata::from(session))).collect());
        }
        let accounts = distinct(sessions.iter().map(|(owner, _)| *owner));
        let (names, opened) =
            tokio::try_join!(self.names(&accounts), self.open_all(owners, EventType::ConversationsListed, sessions))?;
        opened.into_iter().map(|opened| close(owners, &names, opened)).collect()
    }

    /// Sessions in which something was found as rows; those whom the caller is not close to show that only.
    pub(super) async fn found_rows(
        &self,
        owners: &Owners<'_>,
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

    /// Opens sessions, once it is written down for each owner that this is done: each owner's key is read
    /// once, those of all sessions at once. What has no key of its generation any more is about to be gone.
    pub(super) async fn open_all(
        &self,
        owners: &Owners<'_>,
        event: EventType,
        sessions: Vec<(&UserRecord, SessionRecord)>,
    ) -> Result<Vec<Opened>, ReadError> {
        let mut counts: BTreeMap<&UserId, (u64, u64)> = BTreeMap::new();
        for (owner, _) in &sessions {
            counts.entry(&owner.user_id).or_insert((owner.generation, 0)).1 += 1;
        }
        let looks = counts.into_iter().map(async |(owner, (generation, count))| {
            let receipt = self.record(owners.look(event, owner, count));
            Ok::<_, ReadError>((owner, tokio::try_join!(receipt, self.user_key(owner, generation))?))
        });
        let wanted: Vec<_> = sessions.iter().map(|(owner, session)| (&owner.user_id, &session.session_id)).collect();
        let keys = async { Ok(self.store().session_keys(&wanted).await?) };
        let (looks, mut keys) = tokio::try_join!(try_join_all(looks), keys)?;
        let looks: BTreeMap<_, _> = looks.into_iter().collect();
        let opened = sessions.into_iter().map(|(owner, session)| {
            let (metadata, is_unread) = (SessionMetadata::from(&session), session.is_unread());
            let look = looks.get(&owner.user_id).and_then(|(receipt, key)| Some((receipt, key.as_ref()?)));
            let conversation = look
                .zip(keys.remove(&session.session_id).filter(|key| key.generation == session.generation))
                .map(|((receipt, user_key), key)| Conversation::open(session, user_key, &key.wrapped, receipt));
            Ok(Opened { metadata, is_unread, conversation: conversation.transpose()? })
        });
        opened.collect()
    }

    async fn names(&self, owners: &[&UserRecord]) -> Result<BTreeMap<UserId, String>, ReadError> {
        let names = owners
            .iter()
            .map(async |owner| Ok::<_, ReadError>((owner.user_id.clone(), names::display_name(self, owner).await?)));
        Ok(try_join_all(names).await?.into_iter().collect())
    }
}

/// What anybody may see who may list it.
fn bare(metadata: SessionMetadata) -> Listed {
    Listed { metadata, display_name: None, words: None, unread: None, found: None }
}

/// With words and name. One's own sessions are never unread.
fn close(owners: &Owners<'_>, names: &BTreeMap<UserId, String>, opened: Opened) -> Result<Listed, ReadError> {
    let Opened { metadata, is_unread, conversation } = opened;
    let display_name = names.get(&metadata.user_id).cloned();
    let unread = Some(is_unread && !owners.is_caller(&metadata.user_id));
    let words = conversation.map(|conversation| conversation.first_and_last()).transpose()?;
    Ok(Listed { metadata, display_name, words, unread, found: None })
}

fn distinct<'a>(accounts: impl Iterator<Item = &'a UserRecord>) -> Vec<&'a UserRecord> {
    accounts.map(|account| (&account.user_id, account)).collect::<BTreeMap<_, _>>().into_values().collect()
}
