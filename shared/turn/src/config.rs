//! Deadlines and limits of turns (seed 002, "Environment Variables Required").

use domain::{
    limits::{Limits, MOST_SLIDING, PerMinute},
    settings::{InvalidSetting, Settings},
};
use edge::{Peer, clock};
use llm::Delivery;
use std::time::Duration;

/// An answer in one piece is over before the gateway gives up, which it does after 29 seconds.
const LONGEST_WHOLE: Duration = Duration::from_secs(25);
/// What is left for the last writes when a deadline from outside ends an answer.
const FOR_THE_END: Duration = Duration::from_secs(3);

/// How long something may take that would take `longest` by itself: an answer in one piece less than
/// the gateway waits, and every one less than what ends its function.
pub(crate) fn bounded(longest: Duration, delivery: Delivery, peer: &Peer) -> Duration {
    let longest = if delivery == Delivery::Whole { longest.min(LONGEST_WHOLE) } else { longest };
    let Some(deadline) = peer.deadline else { return longest };
    longest.min(Duration::from_millis(deadline.millis_since(clock::now())).saturating_sub(FOR_THE_END))
}

/// How long turns may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// The whole answer (`CHAT_RESPONSE_TIMEOUT`, in milliseconds).
    pub response_timeout: Duration,
    /// Its first word.
    pub first_token_timeout: Duration,
    /// Each further one.
    pub idle_timeout: Duration,
    /// What a person may use (`CHAT_RATE_LIMIT_PER_MINUTE`, `CHAT_RATE_LIMIT_PER_DAY`,
    /// `CHAT_MAX_TOKENS_PER_DAY`, `CHAT_MAX_TOKENS_PER_MONTH`).
    pub person: Limits,
    /// What all at one address may use together (`CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE`,
    /// `CHAT_ADDRESS_RATE_LIMIT_PER_DAY`); more than a person, as a school is behind one address.
    pub address: Limits,
    /// Whether answers to the zoo's own questions are kept in memory (`CHAT_ANSWER_CACHE`).
    pub caches_answers: bool,
    /// Whether one may talk without an account (`VISITORS_WITHOUT_ACCOUNT`).
    pub serves_visitors: bool,
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`InvalidSetting`] with the name of the variable.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let millis = settings.parsed_or("CHAT_RESPONSE_TIMEOUT", "milliseconds", 30_000)?;
        let number = |name: &str, default| settings.parsed_or::<u64>(name, "a number", default);
        Ok(Self {
            response_timeout: Duration::from_millis(millis),
            first_token_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(20),
            person: Limits {
                per_minute: sliding(settings, "CHAT_RATE_LIMIT_PER_MINUTE", 20)?,
                per_day: number("CHAT_RATE_LIMIT_PER_DAY", 200)?,
                tokens_per_day: number("CHAT_MAX_TOKENS_PER_DAY", 5_000)?,
                tokens_per_month: number("CHAT_MAX_TOKENS_PER_MONTH", 100_000)?,
            },
            address: Limits {
                per_minute: PerMinute::Calendar(number("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", 200)?),
                per_day: number("CHAT_ADDRESS_RATE_LIMIT_PER_DAY", 5_000)?,
                tokens_per_day: u64::MAX,
                tokens_per_month: u64::MAX,
            },
            caches_answers: settings.switch("CHAT_ANSWER_CACHE")?,
            serves_visitors: edge::visitors::are_served(settings)?,
        })
    }
}

fn sliding(settings: &Settings, name: &str, default: usize) -> Result<PerMinute, InvalidSetting> {
    let number = settings.parsed_or(name, "1 to 100", default)?;
    match (1..=MOST_SLIDING).contains(&number) {
        true => Ok(PerMinute::Sliding(number)),
        false => Err(InvalidSetting::Malformed(name.to_owned(), "1 to 100")),
    }
}
