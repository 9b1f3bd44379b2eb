//! Records of streams, each read by itself. What is said of one that cannot be read holds nothing of it.

use crate::change::{Change, What};
use aws_lambda_events::dynamodb::EventRecord;
use domain::{
    LogId, MessageId, SessionId, Timestamp, TurnId, UserId,
    alert::Alert,
    audit::{Entry, chain::Digest, chain::Link},
};
use serde::Deserialize;
use serde_dynamo::from_item;
use serde_json::Value;
use store::{alerts::Quarantined, audit::AuditRecord, audit_chain::link_of, keys};

/// Who deletes what is over, as the stream names it.
const TIME_TO_LIVE: &str = "dynamodb.amazonaws.com";

/// What a record tells.
pub(crate) enum Told {
    /// A message was stored, changed or deleted.
    Change(Change),
    /// An entry was put.
    Entry(Link, Box<Entry>),
    /// An entry was put of which only its place is understood. It is linked like any other.
    Unknown(Link, Poison),
    /// Nothing that concerns the trail.
    Nothing,
}

/// A record that cannot be read.
#[derive(Debug)]
pub(crate) struct Poison {
    pub(crate) event_id: String,
    pub(crate) sequence_number: Option<String>,
    pub(crate) stream: &'static str,
    pub(crate) why: &'static str,
    /// The record's own time, where it has one.
    pub(crate) happened_at: Option<Timestamp>,
}

impl Poison {
    pub(crate) fn of(record: &Value, why: &'static str) -> Self {
        let seconds = record["dynamodb"]["ApproximateCreationDateTime"].as_f64();
        let seconds = seconds.filter(|seconds| (1.0..1e11).contains(seconds));
        Self {
            event_id: text(&record["eventID"]).unwrap_or_else(|| Digest::of_text(&record.to_string()).to_string()),
            sequence_number: text(&record["dynamodb"]["SequenceNumber"]),
            stream: if is_of_trail(record) { "audit" } else { "conversations" },
            why,
            happened_at: seconds.and_then(whole).map(|seconds| Timestamp::from_millis(seconds * 1_000)),
        }
    }

    /// What is put aside, and the alert. Told of twice, the alert is the same one and counts once.
    pub(crate) fn aside(self, now: Timestamp) -> (Quarantined, Alert) {
        let Self { event_id, sequence_number, stream, why, happened_at } = self;
        let at = happened_at.unwrap_or(now);
        let id = LogId::of_event(happened_at.unwrap_or(Timestamp::from_millis(0)), Digest::of_text(&event_id).half());
        (Quarantined { event_id, sequence_number, stream, why, at: now }, Alert::of_quarantine(at, id))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "whole seconds of a few thousand years")]
fn whole(seconds: f64) -> Option<i64> {
    seconds.is_finite().then_some(seconds as i64)
}

/// What is needed of a message: no text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    user_id: UserId,
    session_id: SessionId,
    message_id: MessageId,
    turn_id: TurnId,
    timestamp: Timestamp,
}

/// Reads a record, and gives its place in the stream.
pub(crate) fn read(record: &Value) -> Result<(String, Told), Poison> {
    let poison = |why| Poison::of(record, why);
    let event: EventRecord = serde_json::from_value(record.clone()).map_err(|_| poison("it is no stream record"))?;
    let place = event.change.sequence_number.clone().ok_or_else(|| poison("it has no sequence number"))?;
    if event.event_id.is_empty() {
        return Err(poison("it has no id"));
    }
    let told = if is_of_trail(record) { entry(event, record) } else { change(event) };
    told.map(|told| (place, told)).map_err(poison)
}

/// Only the trail's items have a subject.
fn is_of_trail(record: &Value) -> bool {
    !record["dynamodb"]["Keys"]["subject"].is_null()
}

/// Ids are short; whatever is not is not repeated.
fn text(value: &Value) -> Option<String> {
    let is_id = |text: &&str| {
        (1..=128).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    value.as_str().filter(is_id).map(str::to_owned)
}

/// A new entry. Blocks, checkpoints and alerts lie in the same table and are none; that an entry goes when
/// its time is over is as it should be, and that one changes is for the chain to find.
fn entry(event: EventRecord, record: &Value) -> Result<Told, &'static str> {
    let subject = record["dynamodb"]["Keys"]["subject"]["S"].as_str().unwrap_or_default();
    if event.event_name != "INSERT" || !subject.starts_with(keys::AUDIT_OF_NOBODY) {
        return Ok(Told::Nothing);
    }
    let image = event.change.new_image;
    let link = link_of(image.clone()).ok_or("it is no entry")?;
    Ok(match from_item::<_, AuditRecord>(image) {
        Ok(record) => Told::Entry(link, Box::new(record.entry)),
        Err(_) => Told::Unknown(link, Poison::of(record, "it is no entry that is known here")),
    })
}

fn change(event: EventRecord) -> Result<Told, &'static str> {
    let is_over = event.user_identity.as_ref().is_some_and(|identity| identity.principal_id == TIME_TO_LIVE);
    let (image, what) = match event.event_name.as_str() {
        "INSERT" => (event.change.new_image, What::Insert),
        "MODIFY" if event.change.new_image == event.change.old_image => return Ok(Told::Nothing),
        "MODIFY" => (event.change.new_image, What::Modify),
        "REMOVE" if is_over => (event.change.old_image, What::Expire),
        "REMOVE" => (event.change.old_image, What::Remove),
        _ => return Err("it is of an unknown kind"),
    };
    let message: Message = from_item(image).map_err(|_| "it is no message")?;
    // Some records come without a time.
    let at = match event.change.approximate_creation_date_time.timestamp_millis() {
        0 => message.timestamp,
        millis => Timestamp::from_millis(millis),
    };
    Ok(Told::Change(Change {
        log_id: LogId::of_event(at, Digest::of_text(&event.event_id).half()),
        event_id: event.event_id,
        at,
        what,
        owner: message.user_id,
        session_id: message.session_id,
        message_id: message.message_id,
        turn_id: message.turn_id,
    }))
}
