use super::*;
use proptest::prelude::*;

const LIMITS: Limits =
    Limits { per_minute: PerMinute::Sliding(20), per_day: 200, tokens_per_day: 5_000, tokens_per_month: 6_000 };

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis)
}

#[test]
fn the_twenty_first_of_a_minute_waits_until_the_first_is_a_minute_old() {
    let mut account = Account::new(&LIMITS, at(0));
    for i in 0..20 {
        assert_eq!(account.admit(&LIMITS, 0, at(i)), Ok(()));
    }
    assert_eq!(account.minute_left(&LIMITS, at(20)), Left { requests: 0, reset_seconds: 60 });
    assert_eq!(account.admit(&LIMITS, 0, at(59_999)), Err(Exceeded::Minute(1)));
    assert_eq!(account.admit(&LIMITS, 0, at(60_000)), Ok(()));
    assert_eq!(account.admit(&LIMITS, 0, at(60_000)), Err(Exceeded::Minute(1)));
}

#[test]
fn tokens_are_reserved_up_to_the_limit_and_not_beyond() {
    let mut account = Account::new(&LIMITS, at(0));
    assert_eq!(account.admit(&LIMITS, 5_000, at(0)), Ok(()));
    assert_eq!(account.admit(&LIMITS, 1, at(1)), Err(Exceeded::Tokens));
    assert_eq!(account.admit(&LIMITS, 0, at(1)), Ok(()), "an answer without tokens");
    let mut tomorrow = account.at(&LIMITS, at(24 * 60 * 60 * 1000));
    assert_eq!((tomorrow.day_tokens, tomorrow.month_tokens), (0, 5_000));
    assert_eq!(tomorrow.admit(&LIMITS, 1_001, at(24 * 60 * 60 * 1000)), Err(Exceeded::Tokens));
}

#[test]
fn a_calendar_minute_begins_at_nothing_again() {
    let limits = Limits { per_minute: PerMinute::Calendar(3), ..LIMITS };
    let noon: Timestamp = "2026-11-21T12:00:20Z".parse().unwrap();
    let mut account = Account::new(&limits, noon);
    for _ in 0..3 {
        assert_eq!(account.admit(&limits, 0, noon), Ok(()));
    }
    assert_eq!(account.admit(&limits, 0, noon), Err(Exceeded::Minute(40)));
    assert!(account.is_current(&limits, noon));
    let next = noon.plus_seconds(40);
    assert!(!account.is_current(&limits, next));
    let mut account = account.at(&limits, next);
    assert_eq!(account.minute_left(&limits, next).requests, 3);
    assert_eq!(account.admit(&limits, 0, next), Ok(()));
    assert_eq!(account.clone().at(&limits, noon), account, "time does not go back");
}

proptest! {
    /// However requests come: no minute has more than its limit, and no request is refused
    /// while its minute has room.
    #[test]
    fn no_minute_has_more_than_its_limit(gaps in prop::collection::vec(0i64..9_000, 1..150)) {
        let mut account = Account::new(&LIMITS, at(0));
        let limits = Limits { per_day: u64::MAX, ..LIMITS };
        let (mut now, mut admitted) = (0, Vec::new());
        for gap in gaps {
            now += gap;
            let in_window = admitted.iter().filter(|time| **time > now - 60_000).count();
            let is_admitted = account.admit(&limits, 0, at(now)).is_ok();
            prop_assert_eq!(is_admitted, in_window < 20);
            if is_admitted {
                admitted.push(now);
            }
        }
    }

    #[test]
    fn a_changed_limit_forgets_nothing_that_still_counts(fewer in 1usize..20, used in 0i64..20) {
        let mut account = Account::new(&LIMITS, at(0));
        for i in 0..used {
            account.admit(&LIMITS, 0, at(i)).unwrap();
        }
        let limits = Limits { per_minute: PerMinute::Sliding(fewer), ..LIMITS };
        let account = account.at(&limits, at(100));
        let free = (fewer as u64).saturating_sub(u64::try_from(used).unwrap());
        prop_assert_eq!(account.minute_left(&limits, at(100)).requests, free);
    }
}
