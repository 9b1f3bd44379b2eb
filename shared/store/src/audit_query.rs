//! `cmz-audit`: pages of entries, the latest first, each by one query of the table or of an index.

use crate::{
    Store, StoreError,
    audit::{TRAIL, readable},
    keys, text,
};
use domain::{
    LogId, SessionId, UserId,
    audit::{Entry, EventType},
};

/// How many entries are looked at for a page that is filtered besides.
const LOOKED_AT: i32 = 200;

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    /// By whom.
    pub user: Option<UserId>,
    /// About whose conversations.
    pub target: Option<UserId>,
    /// About which conversation.
    pub session: Option<SessionId>,
    /// Of which type.
    pub event: Option<EventType>,
}

/// A page of entries.
#[derive(Debug)]
pub struct EntryPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The last that was looked at, where there may be more.
    pub last: Option<LogId>,
}

/// Where the wanted entries lie, and what has to be looked at in them besides.
struct Place<'a> {
    index: Option<&'static str>,
    partition: &'static str,
    value: String,
    besides: Vec<(&'static str, &'a str)>,
}

impl Entries {
    /// The narrowest place. Routine entries are in the table and in the indexes of sessions and types
    /// only; a person's own turns make those about themselves.
    fn place(&self) -> Place<'_> {
        let is_routine = self.event.is_some_and(EventType::is_routine);
        let (user, target) = (self.user.as_ref(), self.target.as_ref());
        let (index, partition, value) = match (&self.session, target.or(user.filter(|_| is_routine)), user, self.event)
        {
            (Some(session), ..) => (Some("SessionIndex"), "sessionId", session.to_string()),
            (_, Some(about), ..) if is_routine => (None, "subject", keys::audit_subject(about)),
            (_, Some(about), ..) => (Some("TargetIndex"), "about", about.to_string()),
            (_, _, Some(user), _) => (Some("ActorIndex"), "actor", user.to_string()),
            (_, _, _, Some(event)) => (Some("EventIndex"), "eventType", event.name().to_owned()),
            _ => (Some("TrailIndex"), "trail", TRAIL.to_owned()),
        };
        let all = [
            ("targetUserId", target.map(UserId::as_str)),
            ("userId", user.map(UserId::as_str)),
            ("eventType", self.event.map(EventType::name)),
        ];
        let is_met = |name: &str| {
            name == partition
                || (name == "userId" && partition == "actor")
                || (name == "targetUserId" && partition == "about")
        };
        let besides = all.into_iter().filter(|(name, _)| !is_met(name)).filter_map(|(name, of)| Some((name, of?)));
        Place { index, partition, value, besides: besides.collect() }
    }
}

impl Store {
    /// A page of entries whose ids lie in a span.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entries(
        &self,
        wanted: &Entries,
        (from, to): (&LogId, &LogId),
        limit: usize,
    ) -> Result<EntryPage, StoreError> {
        let place = wanted.place();
        // One more than asked for tells whether there is more.
        let page = i32::try_from(limit + 1).unwrap_or(LOOKED_AT);
        let looked_at = if place.besides.is_empty() { page } else { LOOKED_AT };
        let mut query = self
            .client
            .query()
            .table_name(&self.config.audit)
            .set_index_name(place.index.map(str::to_owned))
            .key_condition_expression("#partition = :partition AND logId BETWEEN :from AND :to")
            .expression_attribute_names("#partition", place.partition)
            .expression_attribute_values(":partition", text(place.value))
            .expression_attribute_values(":from", text(from.as_str()))
            .expression_attribute_values(":to", text(to.as_str()))
            .scan_index_forward(false)
            .limit(looked_at);
        let filter: Vec<_> = place.besides.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
        for (name, value) in &place.besides {
            query = query.expression_attribute_values(format!(":{name}"), text(*value));
        }
        if !filter.is_empty() {
            query = query.filter_expression(filter.join(" AND "));
        }
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(&error))?;
        let mut entries = readable(answer.items.unwrap_or_default());
        let looked_to =
            answer.last_evaluated_key.as_ref().and_then(|key| LogId::parse(key.get("logId")?.as_s().ok()?).ok());
        // Where not all fit, the page ends with the last that does.
        let is_full = entries.len() > limit;
        entries.truncate(limit);
        let last = if is_full { entries.last().map(|entry| entry.log_id.clone()) } else { looked_to };
        Ok(EntryPage { entries, last })
    }
}
