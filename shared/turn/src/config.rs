//! Deadlines and limits of turns (seed 002, "Environment Variables Required").

use domain::{
    limits::{Limits, MOST_PER_MINUTE},
    settings::{InvalidSetting, Settings},
};
use std::time::Duration;

/// An answer in one piece is over before the gateway gives up, which it does after 29 seconds.
pub(crate) const LONGEST_WHOLE: Duration = Duration::from_secs(25);

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
                per_minute: per_minute(settings, "CHAT_RATE_LIMIT_PER_MINUTE", 20)?,
                per_day: number("CHAT_RATE_LIMIT_PER_DAY", 200)?,
                tokens_per_day: number("CHAT_MAX_TOKENS_PER_DAY", 5_000)?,
                tokens_per_month: number("CHAT_MAX_TOKENS_PER_MONTH", 100_000)?,
            },
            address: Limits {
                per_minute: per_minute(settings, "CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", 200)?,
                per_day: number("CHAT_ADDRESS_RATE_LIMIT_PER_DAY", 5_000)?,
                tokens_per_day: u64::MAX,
                tokens_per_month: u64::MAX,
            },
            caches_answers: settings.switch("CHAT_ANSWER_CACHE")?,
            serves_visitors: edge::visitors::are_served(settings)?,
        })
    }
}

fn per_minute(settings: &Settings, name: &str, default: usize) -> Result<usize, InvalidSetting> {
    let number = settings.parsed_or(name, "1 to 200", default)?;
    match (1..=MOST_PER_MINUTE).contains(&number) {
        true => Ok(number),
        false => Err(InvalidSetting::Malformed(name.to_owned(), "1 to 200")),
    }
}
