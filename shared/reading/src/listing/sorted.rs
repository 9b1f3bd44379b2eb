//! Sorted by animal or length. No index has these orders, and each would cost every turn a write; so the
//! latest sessions of each person are read and sorted, and the answer says so where there are more.

use super::{Order, Part, Wanted, owners::Owners};
use crate::{ReadError, Reading, cursor::Cursor};
use domain::{AnimalId, SessionId, Timestamp};
use edge::clock;
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, sync::Arc};
use store::{animals::Catalogue, sessions::SessionRecord, users::UserRecord};

/// How many of a person's latest sessions are sorted.
const SORTED_AMONG: usize = 500;

/// A place in a sorted list: first what is sorted by, then the latest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Rank {
    group: Group,
    last_activity: Reverse<Timestamp>,
    session_id: SessionId,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Group {
    Animal(String, AnimalId),
    Messages(Reverse<u64>),
}

impl Reading {
    pub(super) async fn sorted(
        &self,
        owners: &Owners<'_>,
        wanted: &Wanted,
        limit: usize,
        behind: Option<Rank>,
    ) -> Result<Part, ReadError> {
        let lanes = owners.accounts.iter().map(|owner| self.newest(owner, wanted));
        let (lanes, catalogue) = tokio::join!(futures_util::future::try_join_all(lanes), self.names_of(wanted));
        let (lanes, catalogue) = (lanes?, catalogue?);
        let is_cut = lanes.iter().any(|(_, is_cut)| *is_cut);
        let rank = |session: &SessionRecord| Rank::of(session, catalogue.as_deref());
        let sessions = lanes.into_iter().flat_map(|(sessions, _)| sessions);
        let ranked = sessions.filter(|(owner, session)| wanted.includes_of(owner, session));
        let mut ranked: Vec<_> = ranked.map(|(owner, session)| (rank(&session), (owner, session))).collect();
        ranked.retain(|(rank, _)| behind.as_ref().is_none_or(|behind| rank > behind));
        ranked.sort_by(|(a, _), (b, _)| a.cmp(b));
        let has_more = ranked.len() > limit;
        ranked.truncate(limit);
        let next = ranked.last().filter(|_| has_more).map(|(rank, _)| Cursor::Row(rank.clone()));
        let taken = ranked.into_iter().map(|(_, session)| session).collect();
        let sorted_among = is_cut.then_some(SORTED_AMONG);
        Ok(Part { sessions: self.rows(owners, taken).await?, next, sorted_among, total: None })
    }

    /// A person's latest sessions, and whether there are more.
    async fn newest<'a>(
        &self,
        owner: &'a UserRecord,
        wanted: &Wanted,
    ) -> Result<(Vec<(&'a UserRecord, SessionRecord)>, bool), ReadError> {
        let one_more = i32::try_from(SORTED_AMONG + 1).unwrap_or(i32::MAX);
        let mut found = self.store().sessions_of(&owner.user_id, &self.span(wanted, None, one_more)).await?;
        let is_cut = found.len() > SORTED_AMONG;
        found.truncate(SORTED_AMONG);
        Ok((found.into_iter().map(|session| (owner, session)).collect(), is_cut))
    }

    /// The animals, where their names say the order.
    async fn names_of(&self, wanted: &Wanted) -> Result<Option<Arc<Catalogue>>, ReadError> {
        if wanted.order == Order::Animal { Ok(Some(self.animals().catalogue(clock::now()).await?)) } else { Ok(None) }
    }
}

impl Rank {
    fn of(session: &SessionRecord, catalogue: Option<&Catalogue>) -> Self {
        let id = &session.animal_id;
        let group = match catalogue {
            Some(catalogue) => {
                let name = catalogue.find(id).map_or(id.as_str(), |animal| animal.name.as_str());
                Group::Animal(name.to_lowercase(), id.clone())
            }
            None => Group::Messages(Reverse(session.message_count)),
        };
        Self { group, last_activity: Reverse(session.last_activity), session_id: session.session_id.clone() }
    }
}
