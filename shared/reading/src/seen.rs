//! Who saw what: the audit trail, opened for somebody. Administrators see all of it, and that they looked
//! is written down. Everybody else sees what concerns their own conversations and their children's, with
//! members of staff as what they are to the zoo and not as who they are.

use crate::{
    Person, ReadError, Reading,
    cursor::Binding,
    trail::{Access, Trace},
};
use domain::{
    LogId, Sealed, SessionId, Timestamp, UserId,
    access::{self, Action, Relation, Verdict},
    audit::{Entry, EventType, Metadata, Outcome, RETENTION_DAYS},
    user::Role,
};
use edge::{Code, clock};
use futures_util::future::try_join_all;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{audit_query::Entries, keys};
use vault::{DataKey, Label};

/// Which entries are sought.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Sought {
    /// By whom.
    pub user: Option<UserId>,
    /// About whose conversations.
    pub target: Option<UserId>,
    /// About which conversation.
    pub session: Option<SessionId>,
    /// Of which type.
    pub event: Option<EventType>,
    /// The earliest.
    pub from: Option<Timestamp>,
    /// The latest.
    pub to: Option<Timestamp>,
}

/// Who did it, in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenBy {
    /// Whoever asks.
    You,
    /// A child of whoever asks.
    YourChild,
    /// The guardian of whoever asks.
    YourGuardian,
    /// Staff who review.
    Zookeeper,
    /// Staff who may do everything.
    Administrator,
    /// Somebody else.
    SomebodyElse,
    /// The product itself, or nobody who is known.
    Nobody,
}

/// An entry, opened for somebody.
#[derive(Debug)]
pub struct Seen {
    /// The entry. Who did it is left out where whoever asks has only to know what they are to the zoo.
    pub entry: Entry,
    /// Who did it, in plain words.
    pub by: SeenBy,
    /// Why staff looked.
    pub access_reason: Option<String>,
    /// From which network address, for administrators and of one's own doing.
    pub ip_address: Option<String>,
    /// With which program, likewise.
    pub user_agent: Option<String>,
}

/// A page of entries, the latest first.
#[derive(Debug)]
pub struct SeenPage {
    /// The entries.
    pub entries: Vec<Seen>,
    /// The cursor to the next page.
    pub next: Option<String>,
}

impl Reading {
    /// A page of the entries that a person may see.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::ForeignCursor`] for a cursor of another list or caller.
    pub async fn seen(
        &self,
        person: &Person,
        trace: &Trace,
        sought: &Sought,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<SeenPage, ReadError> {
        let lanes = self.lanes_of_trail(person, trace, sought).await?;
        let list = serde_json::to_string(sought).map_err(|_| ReadError::ForeignCursor)?;
        let binding = Binding::of(self.zoo_key().await?, person, list);
        let position = cursor.map(|cursor| binding.open_text(cursor)).transpose()?;
        let before = position.map(|id| LogId::parse(&id).map_err(|_| ReadError::ForeignCursor)).transpose()?;
        let (from, to) = span(sought, before.as_ref());
        let (entries, last) =
            if from > to { (Vec::new(), None) } else { self.latest_entries(&lanes, (&from, &to), limit).await? };
        let next = last.map(|last| binding.seal_text(last.as_str())).transpose()?;
        Ok(SeenPage { entries: self.open_entries(person, entries).await?, next })
    }

    /// A cursor of a list without parameters of its own.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn seal_position(&self, person: &Person, list: &str, position: &str) -> Result<String, ReadError> {
        Binding::of(self.zoo_key().await?, person, list.to_owned()).seal_text(position)
    }

    /// What such a cursor holds.
    ///
    /// # Errors
    /// [`ReadError::ForeignCursor`] for one of another list or caller.
    pub async fn open_position(&self, person: &Person, list: &str, cursor: &str) -> Result<String, ReadError> {
        Binding::of(self.zoo_key().await?, person, list.to_owned()).open_text(cursor)
    }

    /// Where to look: everywhere for administrators; else at the person's own conversations and their
    /// children's, each by itself.
    async fn lanes_of_trail(&self, person: &Person, trace: &Trace, sought: &Sought) -> Result<Vec<Entries>, ReadError> {
        let Sought { user, target, session, event, .. } = sought;
        let lane =
            |target: Option<UserId>| Entries { user: user.clone(), target, session: session.clone(), event: *event };
        let who = person.user().who();
        if access::decide(who, Action::ReadAudit, Relation::Zoo) == Verdict::Allowed {
            let metadata = Metadata::default();
            let (event, action, user) = (EventType::AuditViewed, Action::ReadAudit, person.user());
            let access =
                Access { event, action, user, target: target.as_ref(), session: session.as_ref(), trace, metadata };
            self.record(access).await?;
            return Ok(vec![lane(target.clone())]);
        }
        let own = &person.user().user_id;
        let children = match access::decide(who, Action::ReadAudit, Relation::OwnChild) {
            Verdict::Allowed => self.store().children(own).await?,
            _ => Vec::new(),
        };
        let children = children.into_iter().map(|child| child.user_id);
        let family: Vec<UserId> = std::iter::once(own.clone()).chain(children).collect();
        // To ask for a member of staff by id would say who looked.
        let stranger = [target, user].into_iter().flatten().find(|named| !family.contains(named));
        if let Some(stranger) = stranger {
            // A name that nobody has is nobody to write down.
            let known = self.store().user(stranger).await?.map(|account| account.user_id);
            let (event, action, user) = (EventType::UnauthorizedAccessAttempt, Action::ReadAudit, person.user());
            let (target, session, metadata) = (known.as_ref(), session.as_ref(), Metadata::default());
            let access = Access { event, action, user, target, session, trace, metadata };
            self.record_refusal(access, Code::Forbidden).await;
            return Err(ReadError::Forbidden);
        }
        Ok(match target {
            Some(target) => vec![lane(Some(target.clone()))],
            None => family.into_iter().map(|member| lane(Some(member))).collect(),
        })
    }

    /// The latest entries of all lanes. What lies behind the point that a lane was looked to waits for
    /// the next page: something later may come from there.
    async fn latest_entries(
        &self,
        lanes: &[Entries],
        span: (&LogId, &LogId),
        limit: usize,
    ) -> Result<(Vec<Entry>, Option<LogId>), ReadError> {
        let pages = try_join_all(lanes.iter().map(|lane| self.store().entries(lane, span, limit))).await?;
        let horizon = pages.iter().filter_map(|page| page.last.clone()).max();
        let mut entries: Vec<_> = pages.into_iter().flat_map(|page| page.entries).collect();
        entries.sort_by(|a, b| b.log_id.cmp(&a.log_id));
        entries.retain(|entry| horizon.as_ref().is_none_or(|horizon| entry.log_id >= *horizon));
        let is_full = entries.len() > limit;
        entries.truncate(limit);
        let last = if is_full { entries.last().map(|entry| entry.log_id.clone()) } else { horizon };
        Ok((entries, last))
    }

    /// Opens what is sealed, with each actor's key once. Where a key is destroyed, that is gone.
    async fn open_entries(&self, person: &Person, entries: Vec<Entry>) -> Result<Vec<Seen>, ReadError> {
        let mut actors: Vec<UserId> = entries.iter().filter_map(|entry| entry.user_id.clone()).collect();
        actors.sort_unstable();
        actors.dedup();
        let unlocked = actors.into_iter().map(async |actor| {
            let key = self.known_audit_key(&actor).await?;
            Ok::<_, ReadError>((actor, key))
        });
        let keys: BTreeMap<_, _> = try_join_all(unlocked).await?.into_iter().collect();
        let seen = entries.into_iter().map(|entry| {
            let key = entry.user_id.as_ref().and_then(|actor| keys.get(actor)).and_then(Option::as_ref);
            open_entry(person, entry, key)
        });
        Ok(seen.collect())
    }

    async fn known_audit_key(&self, actor: &UserId) -> Result<Option<DataKey>, ReadError> {
        let Some(kept) = self.store().audit_key(actor).await? else { return Ok(None) };
        Ok(Some(self.vault().unwrap_key(&Label::audit(actor), &kept.wrapped).await?))
    }
}

/// The ids of the time that is sought, behind a cursor. Nothing is older than what is kept, and no clock
/// is wrong by more than a day.
fn span(sought: &Sought, before: Option<&LogId>) -> (LogId, LogId) {
    let now = clock::now();
    let from = sought.from.unwrap_or_else(|| now.minus_days(RETENTION_DAYS + 1));
    let to = LogId::last_at(sought.to.unwrap_or_else(|| now.plus_days(1)));
    (LogId::first_at(from), before.map_or(to.clone(), |before| before.before().min(to)))
}

fn open_entry(person: &Person, mut entry: Entry, key: Option<&DataKey>) -> Seen {
    let by = by(person, &entry);
    let (log_id, actor) = (entry.log_id.clone(), entry.user_id.clone());
    // What was sealed before a key was destroyed does not open with the next one of the same person.
    let open = |attribute, sealed: Option<Sealed>| {
        let ((key, actor), sealed) = key.zip(actor.as_ref()).zip(sealed)?;
        key.open(&keys::audit_slot(actor, &log_id, attribute), &sealed).ok()
    };
    let sees_all = person.user().role == Role::Administrator;
    let sees_devices = sees_all || by == SeenBy::You;
    // Nobody but staff who were let in puts words of their own in front of a child.
    let sees_reason = sees_all || (entry.role.is_some_and(Role::is_staff) && entry.result == Outcome::Success);
    let (ip_address, user_agent) = (entry.ip_address.take(), entry.user_agent.take());
    let access_reason = entry.access_reason.take();
    let seen = Seen {
        by,
        access_reason: open("accessReason", access_reason.filter(|_| sees_reason)),
        ip_address: open("ipAddress", ip_address.filter(|_| sees_devices)),
        user_agent: open("userAgent", user_agent.filter(|_| sees_devices)),
        entry,
    };
    if sees_all || is_family(by) { seen } else { seen.without_name() }
}

fn is_family(by: SeenBy) -> bool {
    matches!(by, SeenBy::You | SeenBy::YourChild | SeenBy::YourGuardian)
}

fn by(person: &Person, entry: &Entry) -> SeenBy {
    let me = person.user();
    match (&entry.user_id, entry.role) {
        (None, _) => SeenBy::Nobody,
        (Some(who), _) if *who == me.user_id => SeenBy::You,
        (Some(who), _) if Some(who) == me.parent_user_id.as_ref() => SeenBy::YourGuardian,
        (_, Some(Role::Zookeeper)) => SeenBy::Zookeeper,
        (_, Some(Role::Administrator)) => SeenBy::Administrator,
        // Entries that are not the person's own are about a child of theirs, unless they see all.
        (who, _) if *who == entry.target_user_id && me.role == Role::Parent => SeenBy::YourChild,
        _ => SeenBy::SomebodyElse,
    }
}

impl Seen {
    fn without_name(mut self) -> Self {
        self.entry.user_id = None;
        self
    }
}
