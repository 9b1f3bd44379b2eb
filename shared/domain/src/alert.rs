//! What gives alarm: a refused access, and patterns in the audit trail that single entries do not show.
//! Repeats of one pattern by one person within an hour are one alert.
//!
//! Knows neither where entries come from nor whom an alert reaches.

use crate::{
    LogId, Timestamp, UserId,
    audit::{Entry, EventType, chain::Digest},
    settings::{InvalidSetting, Settings},
    user::Role,
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is alarming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody was refused what is not theirs.
    AccessDenied,
    /// Somebody was refused again and again.
    DenialBurst,
    /// One member of staff looked at many people's conversations.
    BulkReading,
    /// Staff looked at conversations when the zoo sleeps.
    OddHours,
    /// A message changed and nobody is known to have done it.
    UnattributedChange,
    /// A change could not be understood and is not in the trail.
    Quarantined,
}

impl Kind {
    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::DenialBurst => "denial_burst",
            Self::BulkReading => "bulk_reading",
            Self::OddHours => "odd_hours",
            Self::UnattributedChange => "unattributed_change",
            Self::Quarantined => "quarantined",
        }
    }
}

/// An alert, and the entries that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The same for all repeats.
    pub alert_id: LogId,
    /// What.
    pub kind: Kind,
    /// By whom, where somebody is known.
    pub user_id: Option<UserId>,
    /// What they were to the zoo.
    pub role: Option<Role>,
    /// The hour it belongs to.
    pub since: Timestamp,
    /// The entries.
    pub entries: BTreeSet<LogId>,
}

/// From when on something is alarming.
#[derive(Debug, Clone)]
pub struct Thresholds {
    /// So many refusals (`AUDIT_DENIALS`) …
    pub denials: usize,
    /// … within so many minutes (`AUDIT_DENIALS_MINUTES`) are a burst.
    pub denial_minutes: u32,
    /// So many different people's conversations (`AUDIT_PEOPLE`) …
    pub people: usize,
    /// … within so many minutes (`AUDIT_PEOPLE_MINUTES`) are a bulk.
    pub people_minutes: u32,
    /// The hours in which staff work, such as `6-21` (`AUDIT_HOURS`): from the first to before the last.
    pub hours: (i8, i8),
    /// The zoo's time zone, an IANA name (`AUDIT_TIME_ZONE`).
    pub zone: TimeZone,
}

impl Thresholds {
    /// Reads them.
    ///
    /// # Errors
    /// [`InvalidSetting`] with the name of the variable.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let malformed = |name: &str, kind| InvalidSetting::Malformed(name.to_owned(), kind);
        let hours = settings.get("AUDIT_HOURS").unwrap_or("6-21");
        let hours = parse_hours(hours).ok_or_else(|| malformed("AUDIT_HOURS", "two hours such as 6-21"))?;
        let zone = TimeZone::get(settings.get("AUDIT_TIME_ZONE").unwrap_or("America/Denver"));
        Ok(Self {
            denials: settings.parsed_or("AUDIT_DENIALS", "a number", 5)?,
            denial_minutes: settings.parsed_or("AUDIT_DENIALS_MINUTES", "a number of minutes", 10)?,
            people: settings.parsed_or("AUDIT_PEOPLE", "a number", 20)?,
            people_minutes: settings.parsed_or("AUDIT_PEOPLE_MINUTES", "a number of minutes", 60)?,
            hours,
            zone: zone.map_err(|_| malformed("AUDIT_TIME_ZONE", "a time zone such as America/Denver"))?,
        })
    }

    /// How far back entries have to be looked at, in minutes.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        self.denial_minutes.max(self.people_minutes)
    }

    /// Whether staff do not work at a time.
    fn is_odd(&self, at: Timestamp) -> bool {
        let instant = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
        let hour = instant.to_zoned(self.zone.clone()).hour();
        !(self.hours.0..self.hours.1).contains(&hour)
    }
}

fn parse_hours(text: &str) -> Option<(i8, i8)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (0 <= from && from < to && to <= 24).then_some((from, to))
}

/// Whether an entry may be a part of a pattern: then the actor's earlier ones are wanted too.
#[must_use]
pub fn is_of_interest(entry: &Entry) -> bool {
    entry.event_type == EventType::UnauthorizedAccessAttempt || is_staffs_look(entry)
}

fn is_staffs_look(entry: &Entry) -> bool {
    let is_staff = entry.role.is_some_and(Role::is_staff);
    is_staff && entry.event_type.is_access() && entry.target_user_id != entry.user_id
}

/// The alerts that new entries give, seen together with earlier ones of the same people. The same
/// entries again give the same alerts.
#[must_use]
pub fn alerts(new: &[Entry], earlier: &[Entry], thresholds: &Thresholds) -> Vec<Alert> {
    let known: BTreeMap<_, _> = earlier.iter().chain(new).map(|entry| (&entry.log_id, entry)).collect();
    let known: Vec<&Entry> = known.into_values().collect();
    let mut found = BTreeMap::new();
    for entry in new {
        for (kind, entries) in kinds(entry, &known, thresholds) {
            let alert = Alert::new(kind, entry);
            found.entry(alert.alert_id.clone()).or_insert(alert).entries.extend(entries);
        }
    }
    found.into_values().collect()
}

/// What an entry gives alarm of, and which entries stand for it.
fn kinds(entry: &Entry, known: &[&Entry], thresholds: &Thresholds) -> Vec<(Kind, Vec<LogId>)> {
    let own = || vec![entry.log_id.clone()];
    let mut kinds = Vec::new();
    if entry.event_type == EventType::UnattributedChange {
        kinds.push((Kind::UnattributedChange, own()));
    }
    if entry.event_type == EventType::UnauthorizedAccessAttempt {
        kinds.push((Kind::AccessDenied, own()));
        let before = before(entry, known, thresholds.denial_minutes, |of| of.event_type == entry.event_type);
        if before.len() >= thresholds.denials {
            kinds.push((Kind::DenialBurst, before.iter().map(|of| of.log_id.clone()).collect()));
        }
    }
    if is_staffs_look(entry) {
        let before = before(entry, known, thresholds.people_minutes, is_staffs_look);
        let people: BTreeSet<_> = before.iter().filter_map(|of| of.target_user_id.as_ref()).collect();
        if people.len() >= thresholds.people {
            kinds.push((Kind::BulkReading, before.iter().map(|of| of.log_id.clone()).collect()));
        }
        if thresholds.is_odd(entry.timestamp) {
            kinds.push((Kind::OddHours, own()));
        }
    }
    kinds
}

/// The entries of the same person in the minutes up to one.
fn before<'a>(entry: &Entry, known: &[&'a Entry], minutes: u32, is_like: impl Fn(&Entry) -> bool) -> Vec<&'a Entry> {
    let from = entry.timestamp.minus_seconds(minutes * 60);
    let is_before = |of: &&&Entry| {
        of.user_id.is_some() && of.user_id == entry.user_id && (from..=entry.timestamp).contains(&of.timestamp)
    };
    known.iter().filter(is_before).filter(|of| is_like(of)).copied().collect()
}

impl Alert {
    fn new(kind: Kind, entry: &Entry) -> Self {
        let who = entry.user_id.clone();
        // Where nobody is known, whose conversation it is keeps alerts apart.
        let about = who.as_ref().or(entry.target_user_id.as_ref());
        Self::grouped(kind, about, who.clone(), entry.role, entry.timestamp)
    }

    /// The alert that a change could not be understood.
    #[must_use]
    pub fn of_quarantine(at: Timestamp, entry: LogId) -> Self {
        let mut alert = Self::grouped(Kind::Quarantined, None, None, None, at);
        alert.entries.insert(entry);
        alert
    }

    fn grouped(kind: Kind, about: Option<&UserId>, user_id: Option<UserId>, role: Option<Role>, at: Timestamp) -> Self {
        let since = at.hour();
        let digest = Digest::of_text(&format!("{}/{}", kind.name(), about.map_or("", UserId::as_str)));
        let alert_id = LogId::of_event(since, digest.half());
        Self { alert_id, kind, user_id, role, since, entries: BTreeSet::new() }
    }
}

#[cfg(test)]
#[path = "alert_tests.rs"]
mod tests;
