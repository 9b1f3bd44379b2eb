//! The latest first: one query per owner, merged by last activity.

use super::{LOOKED_AT, Part, Wanted, owners::Owners};
use crate::{
    ReadError, Reading,
    cursor::{Cursor, Lanes},
};
use std::collections::BTreeMap;
use store::{
    sessions::{Position, SessionRecord},
    users::UserRecord,
};

/// One owner's part of a list.
struct Lane<'a> {
    owner: &'a UserRecord,
    found: Vec<SessionRecord>,
    /// Behind what it was looked for.
    after: Option<Position>,
    /// How far was looked, where there may be more.
    looked_to: Option<Position>,
}

/// The parts of a list put together.
pub(super) struct Merged<'a> {
    /// The latest first, as far as nothing later can come from any lane.
    pub(super) ready: Vec<(&'a UserRecord, SessionRecord)>,
    /// The owners of what waits for the next page: something later may come before it.
    waiting: Vec<&'a UserRecord>,
    begun: BTreeMap<String, Option<Position>>,
    looked_to: BTreeMap<String, Option<Position>>,
}

impl Reading {
    pub(super) async fn latest(
        &self,
        owners: &Owners<'_>,
        wanted: &Wanted,
        limit: usize,
        lanes: Option<Lanes>,
    ) -> Result<Part, ReadError> {
        let mut merged = self.merged(owners, wanted, limit, lanes.as_ref()).await?;
        let taken = merged.ready.len().min(limit);
        let next = merged.next(taken).map(|at| Cursor::Lanes(Lanes { at, within: None }));
        merged.ready.truncate(taken);
        Ok(Part { sessions: self.rows(owners, merged.ready).await?, next, ..Part::default() })
    }

    /// At least the next `limit` sessions of all owners, where there are so many.
    pub(super) async fn merged<'a>(
        &self,
        owners: &'a Owners<'_>,
        wanted: &Wanted,
        limit: usize,
        lanes: Option<&Lanes>,
    ) -> Result<Merged<'a>, ReadError> {
        let going_on = owners.accounts.iter().filter_map(|owner| match lanes {
            None => Some((owner, None)),
            Some(Lanes { at, .. }) => Some((owner, at.get(owner.user_id.as_str())?.clone())),
        });
        let looked = going_on.map(|(owner, after)| self.lane(owner, wanted, limit, after));
        Ok(merge(futures_util::future::try_join_all(looked).await?, wanted))
    }

    async fn lane<'a>(
        &self,
        owner: &'a UserRecord,
        wanted: &Wanted,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Lane<'a>, ReadError> {
        let page = i32::try_from(limit + 1).unwrap_or(LOOKED_AT);
        let looked_at = if wanted.animals.is_empty() { page } else { LOOKED_AT };
        let span = self.span(wanted, after.clone(), looked_at);
        let found = self.store().sessions_of(&owner.user_id, &span).await?;
        let is_full = i32::try_from(found.len()).unwrap_or(i32::MAX) == looked_at;
        let looked_to = found.last().filter(|_| is_full).map(SessionRecord::position);
        Ok(Lane { owner, found, after, looked_to })
    }
}

/// What lies behind the point that a lane was looked to waits for the next page.
fn merge<'a>(lanes: Vec<Lane<'a>>, wanted: &Wanted) -> Merged<'a> {
    let horizon = lanes.iter().filter_map(|lane| lane.looked_to.as_ref()).map(|at| at.last_activity).max();
    let name = |lane: &Lane<'_>| lane.owner.user_id.to_string();
    let looked_to = lanes.iter().filter(|lane| lane.looked_to.is_some());
    let looked_to = looked_to.map(|lane| (name(lane), lane.looked_to.clone())).collect();
    let begun = lanes.iter().map(|lane| (name(lane), lane.after.clone())).collect();
    let mut all: Vec<_> = lanes
        .into_iter()
        .flat_map(|lane| lane.found.into_iter().map(move |session| (lane.owner, session)))
        .filter(|(owner, session)| wanted.includes_of(owner, session))
        .collect();
    all.sort_by(|(_, a), (_, b)| (b.last_activity, &b.session_id).cmp(&(a.last_activity, &a.session_id)));
    let is_ready = |session: &SessionRecord| horizon.is_none_or(|horizon| session.last_activity >= horizon);
    let waiting = all.split_off(all.iter().take_while(|(_, session)| is_ready(session)).count());
    Merged { ready: all, waiting: waiting.into_iter().map(|(owner, _)| owner).collect(), begun, looked_to }
}

impl Merged<'_> {
    /// Where the lanes go on when so many of the ready are taken; none where all are at their end.
    pub(super) fn next(&self, taken: usize) -> Option<BTreeMap<String, Option<Position>>> {
        let (taken, left) = self.ready.split_at(taken);
        let mut next = self.looked_to.clone();
        // A lane of which something is left goes on behind the last that was taken of it.
        for owner in left.iter().map(|(owner, _)| *owner).chain(self.waiting.iter().copied()) {
            let last = taken.iter().rfind(|(of, _)| of.user_id == owner.user_id).map(|(_, session)| session.position());
            let lane = owner.user_id.to_string();
            let from = last.or_else(|| self.begun.get(&lane).cloned().flatten());
            next.insert(lane, from);
        }
        Some(next).filter(|next| !next.is_empty())
    }
}
