use super::*;
use crate::audit::{Metadata, Outcome};

/// Noon in Denver, in winter.
const NOON: i64 = 1_763_751_600_000;

fn entry(event_type: EventType, role: Role, target: &str, at: i64) -> Entry {
    let timestamp = Timestamp::from_millis(at);
    Entry {
        log_id: LogId::of_event(timestamp, Digest::of_text(&format!("{target}{at}")).half()),
        timestamp,
        event_type,
        action: "read_history".to_owned(),
        user_id: UserId::parse("kim").ok(),
        role: Some(role),
        target_user_id: UserId::parse(target).ok(),
        session_id: None,
        result: Outcome::Success,
        reason: None,
        access_reason: None,
        ip_address: None,
        user_agent: None,
        metadata: Metadata::default(),
    }
}

fn thresholds() -> Thresholds {
    Thresholds::read(&Settings::default()).unwrap()
}

fn kinds_of(alerts: &[Alert]) -> Vec<(Kind, usize)> {
    let mut kinds: Vec<_> = alerts.iter().map(|alert| (alert.kind, alert.entries.len())).collect();
    kinds.sort_unstable();
    kinds
}

#[test]
fn refusals_are_one_alert_and_many_are_a_burst() {
    let denial = |at| entry(EventType::UnauthorizedAccessAttempt, Role::User, "sam", NOON + at);
    let four: Vec<_> = (0..4).map(denial).collect();
    assert_eq!(kinds_of(&alerts(&four, &[], &thresholds())), [(Kind::AccessDenied, 4)]);
    let fifth = [denial(5)];
    let both = alerts(&fifth, &four, &thresholds());
    assert_eq!(kinds_of(&both), [(Kind::AccessDenied, 1), (Kind::DenialBurst, 5)]);
    let late = [denial(11 * 60_000)];
    assert_eq!(kinds_of(&alerts(&late, &four, &thresholds())), [(Kind::AccessDenied, 1)], "the burst is over");
    assert_eq!(both, alerts(&fifth, &[&four[..], &fifth].concat(), &thresholds()), "told of twice");
}

#[test]
fn looking_at_many_people_is_bulk_and_at_one_is_not() {
    let look = |n: i64| entry(EventType::ConversationViewed, Role::Zookeeper, &format!("child{n}"), NOON + n);
    let many: Vec<_> = (0..20).map(look).collect();
    assert_eq!(kinds_of(&alerts(&many, &[], &thresholds())), [(Kind::BulkReading, 20)]);
    assert_eq!(alerts(&many[..19], &[], &thresholds()), []);
    let again = |n| entry(EventType::ConversationViewed, Role::Zookeeper, "sam", NOON + n);
    assert_eq!(alerts(&(0..50).map(again).collect::<Vec<_>>(), &[], &thresholds()), []);
    let parents = |n| entry(EventType::ConversationViewed, Role::Parent, &format!("child{n}"), NOON + n);
    assert_eq!(alerts(&(0..30).map(parents).collect::<Vec<_>>(), &[], &thresholds()), []);
}

#[test]
fn odd_hours_are_the_zoos_own() {
    let look = |role, at| entry(EventType::ConversationViewed, role, "sam", at);
    let night = NOON + 10 * 3_600_000;
    assert_eq!(kinds_of(&alerts(&[look(Role::Zookeeper, night)], &[], &thresholds())), [(Kind::OddHours, 1)]);
    assert_eq!(alerts(&[look(Role::Parent, night)], &[], &thresholds()), []);
    let settings = Settings::default().with("AUDIT_TIME_ZONE", "Asia/Tokyo");
    let tokyo = Thresholds::read(&settings).unwrap();
    assert_eq!(kinds_of(&alerts(&[look(Role::Zookeeper, NOON)], &[], &tokyo)), [(Kind::OddHours, 1)]);
    assert_eq!(alerts(&[look(Role::Zookeeper, night)], &[], &tokyo), []);
}

#[test]
fn what_makes_no_sense_stops_the_start() {
    for (name, value) in
        [("AUDIT_HOURS", "21-6"), ("AUDIT_HOURS", "6"), ("AUDIT_TIME_ZONE", "Mars"), ("AUDIT_PEOPLE", "x")]
    {
        let error = Thresholds::read(&Settings::default().with(name, value)).unwrap_err();
        assert!(error.to_string().starts_with(name), "{error}");
    }
}
