//! What a list shows to somebody who is close to the owner of a session: the owner's name and the
//! first and last words. That these were seen is written down first.

use crate::{
    Listed, Person, ReadError, Reading, names,
    trail::{Access, Trace},
};
use domain::{
    UserId,
    access::Action,
    audit::{EventType, Metadata, Receipt},
};
use std::collections::BTreeMap;
use store::{
    sessions::{SessionMetadata, SessionRecord},
    users::UserRecord,
};
use vault::DataKey;

/// What is needed to show the words of somebody close.
pub(crate) struct Close {
    display_name: String,
    /// That their words are seen is written down.
    receipt: Receipt,
    /// The key that wraps their sessions' keys, unless it is destroyed.
    key: Option<DataKey>,
}

impl Reading {
    /// Names and keys of the owners of a page, each read once; that their words are seen is written down
    /// once for each.
    pub(crate) async fn close_ones(
        &self,
        person: &Person,
        trace: &Trace,
        taken: &[(UserRecord, SessionRecord)],
    ) -> Result<BTreeMap<UserId, Close>, ReadError> {
        let mut owners: BTreeMap<_, (_, u64)> = BTreeMap::new();
        for (owner, _) in taken {
            owners.entry(&owner.user_id).or_insert((owner, 0)).1 += 1;
        }
        let close = owners.into_values().map(async |(owner, sessions)| {
            let listed = Metadata { looked_at: Some(sessions), ..Metadata::default() };
            let (receipt, display_name, key) = tokio::try_join!(
                self.record(access(EventType::ConversationsListed, person, trace, &owner.user_id, listed)),
                names::display_name(self, owner),
                self.user_key(&owner.user_id),
            )?;
            Ok::<_, ReadError>((owner.user_id.clone(), Close { display_name, receipt, key }))
        });
        Ok(futures_util::future::try_join_all(close).await?.into_iter().collect())
    }

    /// A row, with words and name where the person is close to its owner.
    pub(crate) async fn row(&self, close: Option<&Close>, session: SessionRecord) -> Result<Listed, ReadError> {
        let metadata = SessionMetadata::from(&session);
        let Some(Close { display_name, receipt, key }) = close else {
            return Ok(Listed { metadata, display_name: None, words: None });
        };
        let words = match key {
            Some(key) => match self.unlock(key, session, receipt).await {
                Ok(conversation) => Some(conversation.first_and_last()?),
                // Its key is gone: the item is about to be.
                Err(ReadError::NoSession) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        Ok(Listed { metadata, display_name: Some(display_name.clone()), words })
    }
}

/// A look at somebody's sessions, as it is written down.
pub(crate) fn access<'a>(
    event: EventType,
    person: &'a Person,
    trace: &'a Trace,
    target: &'a UserId,
    metadata: Metadata,
) -> Access<'a> {
    let action = Action::ListSessions;
    Access { event, action, user: person.user(), target: Some(target), session: None, trace, metadata }
}
