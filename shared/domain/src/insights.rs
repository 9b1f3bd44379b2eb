//! How much children talked, when and with whom, from when messages were sent: no word of them is read.

use crate::{AnimalId, SessionId, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// Two messages of a session that are no further apart have a talk between them, in minutes.
const LONGEST_PAUSE: i64 = 5;
const MILLIS_PER_MINUTE: i64 = 60_000;

/// That something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The child whose session it is in.
    pub child: UserId,
    /// The session.
    pub session: SessionId,
    /// The animal of the session.
    pub animal: AnimalId,
    /// When.
    pub at: Timestamp,
    /// Whether the child said it.
    pub is_question: bool,
}

/// What a day, or a time, was like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Talk {
    /// Messages, questions and answers.
    pub messages: u64,
    /// Those of the child.
    pub questions: u64,
    /// Minutes in which there was a message, or a pause of a talk. One minute counts once, however many
    /// talks there are in it.
    pub minutes: u64,
}

/// What one child did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Insight {
    /// By day (UTC), such as `2026-11-21`; days without a message are not there.
    pub days: BTreeMap<String, Talk>,
    /// Questions to each animal.
    pub animals: BTreeMap<AnimalId, u64>,
}

impl Insight {
    /// All days together.
    #[must_use]
    pub fn total(&self) -> Talk {
        self.days.values().fold(Talk::default(), |sum, day| Talk {
            messages: sum.messages + day.messages,
            questions: sum.questions + day.questions,
            minutes: sum.minutes + day.minutes,
        })
    }
}

/// What each child did who said something.
#[must_use]
pub fn of(said: &[Said]) -> BTreeMap<UserId, Insight> {
    let mut insights: BTreeMap<UserId, Insight> = BTreeMap::new();
    for said in said {
        let insight = insights.entry(said.child.clone()).or_default();
        let day = insight.days.entry(said.at.date()).or_default();
        day.messages += 1;
        if said.is_question {
            day.questions += 1;
            *insight.animals.entry(said.animal.clone()).or_default() += 1;
        }
    }
    for (child, minutes) in minutes(said) {
        let days = &mut insights.entry(child).or_default().days;
        for minute in minutes {
            let at = Timestamp::from_millis(minute * MILLIS_PER_MINUTE);
            // A pause over midnight belongs to days with a message on both of its sides.
            if let Some(day) = days.get_mut(&at.date()) {
                day.minutes += 1;
            }
        }
    }
    insights
}

/// The minutes since 1970 in which each child talked.
fn minutes(said: &[Said]) -> BTreeMap<UserId, BTreeSet<i64>> {
    let mut sessions: BTreeMap<(&UserId, &SessionId), BTreeSet<i64>> = BTreeMap::new();
    for said in said {
        let minute = said.at.as_millis().div_euclid(MILLIS_PER_MINUTE);
        sessions.entry((&said.child, &said.session)).or_default().insert(minute);
    }
    let mut minutes: BTreeMap<UserId, BTreeSet<i64>> = BTreeMap::new();
    for ((child, _), session) in sessions {
        let all = minutes.entry(child.clone()).or_default();
        let mut before: Option<i64> = None;
        for minute in session {
            let from = before.filter(|before| minute - before <= LONGEST_PAUSE).unwrap_or(minute);
            all.extend(from..=minute);
            before = Some(minute);
        }
    }
    minutes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(child: &str, session: u8, at: &str, is_question: bool) -> Said {
        Said {
            child: UserId::parse(child).unwrap(),
            session: SessionId::parse(&format!("0190f3a1-7b2c-7def-8123-4567890000{session:02x}")).unwrap(),
            animal: AnimalId::parse(if session == 0 { "lion_001" } else { "bear_001" }).unwrap(),
            at: at.parse().unwrap(),
            is_question,
        }
    }

    #[test]
    fn messages_and_minutes_are_counted_by_day_and_child() {
        let all = [
            said("mia", 0, "2026-11-21T10:00:10Z", true),
            said("mia", 0, "2026-11-21T10:00:12Z", false),
            // Three minutes later: the pause belongs to the talk.
            said("mia", 0, "2026-11-21T10:03:00Z", true),
            // Another talk at the same time counts its minutes once.
            said("mia", 1, "2026-11-21T10:02:00Z", true),
            // A long pause is none of a talk.
            said("mia", 0, "2026-11-21T11:00:00Z", false),
            said("mia", 0, "2026-11-22T00:00:00Z", true),
            said("sam", 1, "2026-11-21T10:00:00Z", true),
        ];
        let insights = of(&all);
        let mia = &insights[&UserId::parse("mia").unwrap()];
        assert_eq!(mia.days["2026-11-21"], Talk { messages: 5, questions: 3, minutes: 5 });
        assert_eq!(mia.days["2026-11-22"], Talk { messages: 1, questions: 1, minutes: 1 });
        assert_eq!(mia.total(), Talk { messages: 6, questions: 4, minutes: 6 });
        let animals: Vec<_> = mia.animals.iter().map(|(id, count)| (id.as_str(), *count)).collect();
        assert_eq!(animals, [("bear_001", 1), ("lion_001", 3)]);
        assert_eq!(insights[&UserId::parse("sam").unwrap()].total(), Talk { messages: 1, questions: 1, minutes: 1 });
    }

    proptest! {
        #[test]
        fn no_message_is_lost_and_no_day_has_more_minutes_than_it_has(
            times in prop::collection::vec((0i64..3 * 86_400_000, 0u8..3, any::<bool>()), 0..200)
        ) {
            let all: Vec<_> = times.iter().map(|(at, session, is_question)| Said {
                at: Timestamp::from_millis(*at),
                ..said("mia", *session, "1970-01-01T00:00:00Z", *is_question)
            }).collect();
            let insights = of(&all);
            let total = insights.values().next().map(Insight::total).unwrap_or_default();
            prop_assert_eq!(total.messages, all.len() as u64);
            prop_assert_eq!(total.questions, times.iter().filter(|(.., is_question)| *is_question).count() as u64);
            let distinct: BTreeSet<_> = times.iter().map(|(at, ..)| at / MILLIS_PER_MINUTE).collect();
            prop_assert!(total.minutes >= distinct.len() as u64);
            prop_assert!(insights.values().flat_map(|one| one.days.values()).all(|day| day.minutes <= 24 * 60));
        }
    }
}
