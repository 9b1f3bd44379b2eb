//! Lists of sessions, the latest first: one's own and one's children's with their first and last
//! words, anybody's for staff without a word.

use crate::{
    Person, ReadError, Reading,
    close::access as access_to,
    cursor::{Cursor, open_cursor, seal_cursor},
    trail::Trace,
};
use domain::{
    AnimalId, Timestamp, UserId,
    access::{self, Action, Relation, Verdict},
    audit::{EventType, Metadata},
};
use edge::{Code, clock};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{
    sessions::{Position, SessionMetadata, SessionRecord, Span},
    users::UserRecord,
};
use vault::{DataKey, Label};

/// How many sessions are looked at for a page that is filtered by animal.
const LOOKED_AT: i32 = 200;
/// Months that one page may look into.
const MOST_MONTHS: usize = 4;

/// Which sessions are wanted.
#[derive(Debug, Clone, Serialize)]
pub struct Wanted {
    /// Whose; those of all whom the person may see where nobody is named.
    pub user: Option<UserId>,
    /// With which animals; with any where there are none.
    pub animals: Vec<AnimalId>,
    /// The earliest last activity.
    pub from: Option<Timestamp>,
    /// The latest last activity.
    pub to: Option<Timestamp>,
}

/// A session in a list.
#[derive(Debug)]
pub struct Listed {
    /// What is known without opening anything.
    pub metadata: SessionMetadata,
    /// The owner's name, for whom it is their own or their child's.
    pub display_name: Option<String>,
    /// The first and the last message, likewise.
    pub words: Option<(String, String)>,
}

/// A page of a list.
#[derive(Debug)]
pub struct Listing {
    /// The sessions.
    pub sessions: Vec<Listed>,
    /// The cursor to the next page.
    pub next: Option<String>,
}

/// One owner's part of a list.
struct Lane {
    owner: UserRecord,
    found: Vec<SessionRecord>,
    /// Behind what it was looked for.
    after: Option<Position>,
    /// How far was looked, where there may be more.
    looked_to: Option<Position>,
}

impl Reading {
    /// A page of the sessions that a person may see.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::ForeignCursor`] for a cursor of another list or caller.
    pub async fn sessions(
        &self,
        person: &Person,
        trace: &Trace,
        wanted: &Wanted,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Listing, ReadError> {
        let zoo = self.zoo_key().await?;
        let cursor = cursor.map(|cursor| open_cursor(&zoo, person, wanted, cursor)).transpose()?;
        let sees_all = access::decide(person.user().who(), Action::ListSessions, Relation::Zoo) == Verdict::Allowed;
        let (sessions, next) = match (&wanted.user, sees_all) {
            (None, true) => self.everybodys(wanted, limit, cursor).await?,
            (Some(user), _) => {
                let (owner, relation) = self.owner(person, trace, user).await?;
                let is_close = matches!(relation, Relation::Oneself | Relation::OwnChild);
                self.lanes(vec![owner], is_close.then_some((person, trace)), wanted, limit, cursor).await?
            }
            (None, false) => {
                let owners = self.own_and_childrens(person).await?;
                self.lanes(owners, Some((person, trace)), wanted, limit, cursor).await?
            }
        };
        let next = next.map(|next| seal_cursor(&zoo, person, wanted, &next)).transpose()?;
        Ok(Listing { sessions, next })
    }

    /// Whose sessions are asked for, if they are the person's to see.
    async fn owner(&self, person: &Person, trace: &Trace, user: &UserId) -> Result<(UserRecord, Relation), ReadError> {
        let owner = self.store().user(user).await?;
        let guardian = owner.as_ref().and_then(|owner| owner.parent_user_id.as_ref());
        let relation = Relation::of(person.user(), user, guardian);
        if access::decide(person.user().who(), Action::ListSessions, relation) == Verdict::Allowed {
            return Ok((owner.ok_or(ReadError::NoSession)?, relation));
        }
        let refused = access_to(EventType::UnauthorizedAccessAttempt, person, trace, user, Metadata::default());
        self.record_refusal(refused, Code::Forbidden).await;
        Err(ReadError::Forbidden)
    }

    async fn own_and_childrens(&self, person: &Person) -> Result<Vec<UserRecord>, ReadError> {
        let who = person.user().who();
        if access::decide(who, Action::ListSessions, Relation::Oneself) != Verdict::Allowed {
            return Err(ReadError::Forbidden);
        }
        let own = self.store().user(&person.user().user_id).await?.ok_or(ReadError::NoAccount)?;
        let mut owners = vec![own];
        if access::decide(who, Action::ListSessions, Relation::OwnChild) == Verdict::Allowed {
            owners.extend(self.store().children(&person.user().user_id).await?);
        }
        Ok(owners)
    }

    /// One query per owner, merged by last activity.
    async fn lanes(
        &self,
        owners: Vec<UserRecord>,
        close_to: Option<(&Person, &Trace)>,
        wanted: &Wanted,
        limit: usize,
        cursor: Option<Cursor>,
    ) -> Result<(Vec<Listed>, Option<Cursor>), ReadError> {
        let lanes = owners.into_iter().filter_map(|owner| match &cursor {
            None => Some((owner, None)),
            Some(Cursor(lanes)) => {
                let after = lanes.get(owner.user_id.as_str())?.clone();
                Some((owner, after))
            }
        });
        let lanes = lanes.map(|(owner, after)| self.lane(owner, wanted, limit, after));
        let lanes = futures_util::future::try_join_all(lanes).await?;
        let (taken, next) = merge(lanes, wanted, limit);
        let close = match close_to {
            Some((person, trace)) => self.close_ones(person, trace, &taken).await?,
            None => BTreeMap::new(),
        };
        let rows = taken.into_iter().map(|(owner, session)| self.row(close.get(&owner.user_id), session));
        Ok((futures_util::future::try_join_all(rows).await?, next))
    }

    async fn lane(
        &self,
        owner: UserRecord,
        wanted: &Wanted,
        limit: usize,
        after: Option<Position>,
    ) -> Result<Lane, ReadError> {
        let page = i32::try_from(limit + 1).unwrap_or(LOOKED_AT);
        let looked_at = if wanted.animals.is_empty() { page } else { LOOKED_AT };
        let span = self.span(wanted, after.clone(), looked_at);
        let found = self.store().sessions_of(&owner.user_id, &span).await?;
        let is_full = i32::try_from(found.len()).unwrap_or(i32::MAX) == looked_at;
        let looked_to = found.last().filter(|_| is_full).map(position);
        Ok(Lane { owner, found, after, looked_to })
    }

    /// Everybody's sessions, month by month, without a word.
    async fn everybodys(
        &self,
        wanted: &Wanted,
        limit: usize,
        cursor: Option<Cursor>,
    ) -> Result<(Vec<Listed>, Option<Cursor>), ReadError> {
        let Span { from, to, .. } = self.span(wanted, None, LOOKED_AT);
        let (mut month, mut after) = match cursor.and_then(|Cursor(lanes)| lanes.into_iter().next()) {
            Some((month, after)) => (month, after),
            None => (to.month(), None),
        };
        let (mut rows, mut looked_into) = (Vec::new(), 0);
        while month >= from.month() {
            if rows.len() == limit || looked_into == MOST_MONTHS {
                return Ok((rows, Some(Cursor([(month, after)].into()))));
            }
            looked_into += 1;
            let span = Span { from, to, after: after.take(), limit: LOOKED_AT };
            let found = self.store().sessions_in(&month, &span).await?;
            let is_full = i32::try_from(found.len()).unwrap_or(i32::MAX) == LOOKED_AT;
            for metadata in found {
                if rows.len() == limit {
                    return Ok((rows, Some(Cursor([(month, after)].into()))));
                }
                after =
                    Some(Position { last_activity: metadata.last_activity, session_id: metadata.session_id.clone() });
                if is_wanted(&metadata, wanted) {
                    rows.push(Listed { metadata, display_name: None, words: None });
                }
            }
            if !is_full {
                (month, after) = (domain::time::month_before(&month), None);
            }
        }
        Ok((rows, None))
    }

    /// Nothing is older than what is kept, and no clock is wrong by more than a day.
    fn span(&self, wanted: &Wanted, after: Option<Position>, limit: i32) -> Span {
        let (earliest, latest) = (clock::now().minus_days(self.store().ttl_days()), clock::now().plus_days(1));
        let from = wanted.from.map_or(earliest, |from| from.max(earliest));
        let to = wanted.to.map_or(latest, |to| to.min(latest)).max(from);
        Span { from, to, after, limit }
    }

    pub(crate) async fn zoo_key(&self) -> Result<DataKey, ReadError> {
        let kept = self.store().zoo_key().await?.ok_or(ReadError::NoAccount)?;
        Ok(self.vault().unwrap_key(&Label::zoo(), &kept.wrapped).await?)
    }
}

/// The latest of all lanes. What lies behind the point that a lane was looked to waits for the next
/// page: something later may come from there.
fn merge(lanes: Vec<Lane>, wanted: &Wanted, limit: usize) -> (Vec<(UserRecord, SessionRecord)>, Option<Cursor>) {
    let horizon = lanes.iter().filter_map(|lane| lane.looked_to.as_ref()).map(|at| at.last_activity).max();
    let mut next: BTreeMap<_, _> =
        lanes.iter().filter_map(|lane| Some((lane.owner.user_id.to_string(), Some(lane.looked_to.clone()?)))).collect();
    let begun: BTreeMap<_, _> = lanes.iter().map(|lane| (lane.owner.user_id.to_string(), lane.after.clone())).collect();
    let mut all: Vec<_> = lanes
        .into_iter()
        .flat_map(|lane| lane.found.into_iter().map(move |session| (lane.owner.clone(), session)))
        .filter(|(_, session)| is_wanted(&SessionMetadata::from(session), wanted))
        .collect();
    all.sort_by(|(_, a), (_, b)| (b.last_activity, &b.session_id).cmp(&(a.last_activity, &a.session_id)));
    let ready = all.iter().take_while(|(_, session)| horizon.is_none_or(|horizon| session.last_activity >= horizon));
    let taken = ready.count().min(limit);
    let left = all.split_off(taken);
    // A lane of which something is left goes on behind the last that was taken of it.
    for (owner, _) in &left {
        let last = all.iter().rfind(|(of, _)| of.user_id == owner.user_id).map(|(_, session)| position(session));
        let lane = owner.user_id.to_string();
        let from = last.or_else(|| begun.get(&lane).cloned().flatten());
        next.insert(lane, from);
    }
    (all, Some(Cursor(next)).filter(|Cursor(lanes)| !lanes.is_empty()))
}

fn is_wanted(session: &SessionMetadata, wanted: &Wanted) -> bool {
    let is_expired = clock::now() >= session.expires_at;
    !is_expired && (wanted.animals.is_empty() || wanted.animals.contains(&session.animal_id))
}

fn position(session: &SessionRecord) -> Position {
    Position { last_activity: session.last_activity, session_id: session.session_id.clone() }
}
