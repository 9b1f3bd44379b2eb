//! How items are addressed: every key that any table holds is made here.

use domain::{AnimalId, LogId, ReceiptId, SessionId, Slot, Timestamp, TurnId, UserId, message::Sender};
use uuid::Uuid;

/// The owner of the zoo's own keys in `cmz-keys`.
pub const ZOO: &str = "zoo";
/// The key in `cmz-keys` that wraps the keys of a person's sessions.
pub const CONVERSATIONS_KEY: &str = "conversations";
/// The key in `cmz-keys` that seals a person's name and email.
pub const PROFILE_KEY: &str = "profile";
/// The key in `cmz-keys` that seals what the audit trail says of a person's devices and reasons.
pub const AUDIT_KEY: &str = "audit";
/// The key in `cmz-keys` from which the zoo's look-up keys are derived.
pub const ROOT_KEY: &str = "root";
/// What the keys of public signing keys in `cmz-keys` begin with.
pub const SIGNING_PREFIX: &str = "signing#";
/// What the keys of sessions' keys in `cmz-keys` begin with.
pub(crate) const SESSION_PREFIX: &str = "session#";
/// The partitions of `ExpiryIndex` of `cmz-keys`.
pub const EXPIRY_SHARDS: [&str; 16] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];
/// What the epochs of wrapping keys in `cmz-keys` begin with.
pub const EPOCH_PREFIX: &str = "epoch#";
/// The item in `cmz-limits` that says what a principal has used.
pub const RATE: &str = "rate";
/// What the keys of shares in `cmz-tokens` begin with.
pub(crate) const SHARE: &str = "share#";
/// What the keys of invitations in `cmz-tokens` begin with, for whoever is invited.
pub const INVITATION: &str = "invitation#";
/// The same for whoever invites.
pub const INVITED: &str = "invited#";
/// The partition of all animals in `cmz-animals`.
pub const ANIMAL_KIND: &str = "animal";
/// The partition of version marks in `cmz-animals`.
pub const VERSION_KIND: &str = "version";

/// `cmz-conversations`: `sessionId#<turn start>#<turnId>#0|1`. Turns of the same millisecond do
/// not overwrite each other, and a question sorts before its answer.
#[must_use]
pub fn message(session: &SessionId, turn_start: Timestamp, turn: &TurnId, sender: Sender) -> String {
    let place = match sender {
        Sender::User => 0,
        Sender::Assistant => 1,
    };
    format!("{session}#{turn_start}#{turn}#{place}")
}

/// What the sort keys of a session's messages begin with.
#[must_use]
pub fn session_messages(session: &SessionId) -> String {
    format!("{session}#")
}

/// `cmz-turns`: the turn itself.
#[must_use]
pub fn turn(turn: &TurnId) -> String {
    turn.to_string()
}

/// `cmz-turns`: the words of a turn from an event on, behind the turn itself. Each owner has a log of
/// their own: who answers anew does not add to what was said before.
#[must_use]
pub fn turn_log(turn: &TurnId, owner: Uuid, first_event: u64) -> String {
    format!("{turn}#{owner}#{first_event:06}")
}

/// `cmz-limits`: a person.
#[must_use]
pub fn person(user: &UserId) -> String {
    format!("user#{user}")
}

/// `cmz-limits`: an address, as its fingerprint.
#[must_use]
pub fn address(fingerprint: &str) -> String {
    format!("address#{fingerprint}")
}

/// `cmz-limits`: the whole zoo in a month.
#[must_use]
pub fn zoo_usage(month: &str) -> String {
    format!("zoo#{month}")
}

/// `cmz-limits`: the zoo's usage of a day, one of several items that share the writes.
#[must_use]
pub fn usage_shard(date: &str, shard: u8) -> String {
    format!("{date}#{shard}")
}

/// `cmz-users`: an account.
#[must_use]
pub fn user(user: &UserId) -> String {
    format!("user#{user}")
}

/// `cmz-users`: the sign-in name of an account, as its fingerprint.
#[must_use]
pub fn login(fingerprint: &str) -> String {
    format!("login#{fingerprint}")
}

/// `cmz-users`: an erasure.
#[must_use]
pub fn erasure(id: &ReceiptId) -> String {
    format!("erasure#{id}")
}

/// `cmz-keys`: the key of a session.
#[must_use]
pub fn session_key(session: &SessionId) -> String {
    format!("{SESSION_PREFIX}{session}")
}

/// `cmz-keys`: the partition of `ExpiryIndex` that a session's key lies in, the last digit of its id.
#[must_use]
pub fn expiry_shard(session: &SessionId) -> &str {
    let id = session.as_str();
    id.get(id.len().saturating_sub(1)..).unwrap_or_default()
}

/// `cmz-keys`: an epoch of wrapping keys; numbers sort as texts.
#[must_use]
pub fn epoch(number: u64) -> String {
    format!("{EPOCH_PREFIX}{number:06}")
}

/// `cmz-keys`: a public signing key.
#[must_use]
pub fn signing_key(kid: &str) -> String {
    format!("{SIGNING_PREFIX}{kid}")
}

/// `cmz-tokens`: a family of refresh tokens.
#[must_use]
pub fn token_family(family: &str) -> String {
    format!("family#{family}")
}

/// `cmz-tokens`: a link to set a new password, by the fingerprint of what it carries.
#[must_use]
pub fn reset_link(fingerprint: &str) -> String {
    format!("reset#{fingerprint}")
}

/// `cmz-tokens`: an invitation, for whoever is invited.
#[must_use]
pub fn invitation(id: Uuid) -> String {
    format!("{INVITATION}{id}")
}

/// `cmz-tokens`: an invitation, for whoever invites.
#[must_use]
pub fn invited(id: Uuid) -> String {
    format!("{INVITED}{id}")
}

/// `cmz-tokens`: a share of a session, by the fingerprint of what its link carries.
#[must_use]
pub fn share(fingerprint: &str) -> String {
    format!("{SHARE}{fingerprint}")
}

/// `cmz-animals`: an animal's id in the partition of its kind.
#[must_use]
pub fn animal(animal: &AnimalId) -> String {
    animal.to_string()
}

/// `cmz-audit`: the entries about a person's conversations, or where they are about nobody's, about what
/// the person did. The prefix keeps people apart from what else the table holds.
#[must_use]
pub fn audit_subject(user: &UserId) -> String {
    format!("user#{user}")
}

/// `cmz-audit`: entries that name nobody.
pub const AUDIT_OF_NOBODY: &str = "user#";

/// `cmz-audit`: the blocks of the chain over all entries.
pub const AUDIT_CHAIN: &str = "chain";
/// `cmz-audit`: the signed checkpoints of the chain.
pub const AUDIT_CHECKPOINTS: &str = "checkpoint";

/// `cmz-audit`: how far the trail is archived.
pub const AUDIT_ARCHIVE: &str = "archive";

/// `cmz-audit`: what the runs of retention did.
pub const RETENTION: &str = "retention";

/// `cmz-audit`: alerts.
pub const ALERTS: &str = "alert";
/// `cmz-audit`: records of streams that could not be understood.
pub const QUARANTINE: &str = "quarantine";

/// `cmz-audit`: what was said for a child, change by change.
#[must_use]
pub fn consent_changes(child: &UserId) -> String {
    format!("consent#{child}")
}

/// `cmz-audit`: a block or its checkpoint; numbers sort as texts.
#[must_use]
pub fn audit_block(number: u64) -> String {
    format!("{number:020}")
}

/// Where a part of an audit entry is sealed, under the key of the person who acted. Erasing
/// conversations leaves it, so it has no generation.
#[must_use]
pub fn audit_slot<'a>(who: &'a UserId, entry: &'a LogId, attribute: &'static str) -> Slot<'a> {
    Slot { table: "audit", partition: who.as_str(), sort: entry.as_str(), attribute, generation: 0 }
}

/// Where a message's text is sealed.
#[must_use]
pub fn content_slot<'a>(user: &'a UserId, sort: &'a str, generation: u64) -> Slot<'a> {
    Slot { table: "conversations", partition: user.as_str(), sort, attribute: "content", generation }
}

/// Where a session's preview text is sealed.
#[must_use]
pub fn preview_slot<'a>(session: &'a SessionId, attribute: &'static str, generation: u64) -> Slot<'a> {
    Slot { table: "sessions", partition: session.as_str(), sort: "", attribute, generation }
}

/// Where words of a turn's log are sealed.
#[must_use]
pub fn log_slot<'a>(user: &'a UserId, sort: &'a str, generation: u64) -> Slot<'a> {
    Slot { table: "turns", partition: user.as_str(), sort, attribute: "words", generation }
}

/// Where the boundaries of a turn's answer are sealed.
#[must_use]
pub fn boundaries_slot<'a>(user: &'a UserId, turn: &'a TurnId, generation: u64) -> Slot<'a> {
    Slot { table: "turns", partition: user.as_str(), sort: turn.as_str(), attribute: "boundaries", generation }
}

/// Where a part of a person's profile is sealed. Erasing conversations leaves it, so it has no
/// generation.
#[must_use]
pub fn profile_slot<'a>(user: &'a UserId, attribute: &'static str) -> Slot<'a> {
    Slot { table: "users", partition: user.as_str(), sort: "", attribute, generation: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_sort_by_turn_and_a_question_before_its_answer() {
        let session = SessionId::parse("0190f3a1-7b2c-7def-8123-456789abcdef").unwrap();
        let [a, b] = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"]
            .map(|id| TurnId::parse(id).unwrap());
        let (early, late) = (Timestamp::from_millis(999), Timestamp::from_millis(1_000));
        let keys = [
            message(&session, early, &b, Sender::User),
            message(&session, early, &b, Sender::Assistant),
            message(&session, late, &a, Sender::User),
            message(&session, late, &a, Sender::Assistant),
            message(&session, late, &b, Sender::User),
        ];
        assert!(keys.is_sorted());
    }

    #[test]
    fn every_session_lies_in_one_of_the_partitions() {
        for last in "0123456789abcdef".chars() {
            let session = SessionId::parse(&format!("0190f3a1-7b2c-7def-8123-456789abcde{last}")).unwrap();
            assert!(EXPIRY_SHARDS.contains(&expiry_shard(&session)));
        }
    }
}
