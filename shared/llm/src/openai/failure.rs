//! Why a call gave nothing, whether it may be repeated and when, and which of many reasons to tell.

use super::resolve;
use crate::ModelError;
use reqwest::{Response, StatusCode, header};
use std::time::Duration;

/// How often a call to one endpoint is repeated.
pub(super) const RETRIES: u32 = 2;
/// The longest pause before the first repetition; it doubles with each.
const BASE_PAUSE: Duration = Duration::from_millis(200);
/// The longest wait asked for by an endpoint that is waited for: someone is watching.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A call that gave nothing before its first text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) error: ModelError,
    /// The shortest wait before the same call may succeed; `None` where it is not worth it.
    pub(super) retry: Option<Duration>,
}

impl Failure {
    /// Of a call that was not answered. Only where there was no connection is it certain that the
    /// question was not taken.
    pub(super) fn of_call(error: &reqwest::Error) -> Self {
        if resolve::is_guarded(error) {
            return Self { error: ModelError::NotAllowed, retry: None };
        }
        let retry = error.is_connect().then_some(Duration::ZERO);
        Self { error: ModelError::Unreachable, retry }
    }

    /// Of an answer that is no success. A wait that cannot be read (a date, say: there is no clock
    /// here) is taken for a long one.
    pub(super) fn of_response(response: &Response) -> Self {
        let asked = response.headers().get(header::RETRY_AFTER);
        let retry_after = asked.and_then(|v| v.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs);
        let error = match response.status() {
            StatusCode::TOO_MANY_REQUESTS => ModelError::RateLimited { retry_after },
            status => ModelError::Refused(status.as_u16()),
        };
        let failure = Self::from(error);
        let wait = if asked.is_some() { retry_after } else { Some(Duration::ZERO) };
        let wait = wait.filter(|wait| *wait <= LONGEST_WAIT);
        Self { retry: failure.retry.and(wait), ..failure }
    }
}

/// Of an answer that failed before its first text.
impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        let may_pass = matches!(error, ModelError::RateLimited { .. } | ModelError::Refused(500..));
        Self { error, retry: may_pass.then_some(Duration::ZERO) }
    }
}

/// The pause before a repetition: what was asked for, and a random part on top, so that many that
/// failed together do not come back together ("full jitter").
pub(super) fn pause(asked: Duration, repetition: u32) -> Duration {
    let longest = BASE_PAUSE * 2_u32.saturating_pow(repetition);
    asked + longest.mul_f64(fastrand::f64())
}

/// The most telling of the reasons why nothing came: a limit of the rate, of those the longest,
/// else what came first.
#[derive(Default)]
pub(super) struct Telling(Option<ModelError>);

impl Telling {
    pub(super) fn note(&mut self, error: ModelError) {
        use ModelError::RateLimited;
        self.0 = match (self.0.take(), error) {
            (Some(RateLimited { retry_after: a }), RateLimited { retry_after: b }) => {
                Some(RateLimited { retry_after: a.max(b) })
            }
            (Some(known), RateLimited { retry_after }) if !matches!(known, RateLimited { .. }) => {
                Some(RateLimited { retry_after })
            }
            (Some(known), _) => Some(known),
            (None, error) => Some(error),
        };
    }

    pub(super) fn into_error(self) -> ModelError {
        self.0.unwrap_or(ModelError::Unreachable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(errors: &[ModelError]) -> ModelError {
        let mut telling = Telling::default();
        errors.iter().cloned().for_each(|error| telling.note(error));
        telling.into_error()
    }

    #[test]
    fn a_limit_of_the_rate_is_told_before_anything_else() {
        let limited = |seconds: Option<u64>| ModelError::RateLimited { retry_after: seconds.map(Duration::from_secs) };
        assert_eq!(told(&[ModelError::Silent, limited(Some(3)), ModelError::Busy]), limited(Some(3)));
        assert_eq!(told(&[limited(Some(3)), limited(None), limited(Some(9)), limited(Some(1))]), limited(Some(9)));
        assert_eq!(told(&[ModelError::NotAllowed, ModelError::Refused(500)]), ModelError::NotAllowed);
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        for error in [ModelError::RateLimited { retry_after: None }, ModelError::Refused(500), ModelError::Refused(503)]
        {
            assert!(Failure::from(error).retry.is_some());
        }
        for error in [ModelError::Refused(400), ModelError::Refused(302), ModelError::BrokeOff, ModelError::Malformed] {
            assert!(Failure::from(error).retry.is_none());
        }
    }

    proptest! {
        #[test]
        fn a_pause_is_what_was_asked_and_a_little_more(asked in 0u64..2_000, repetition in 0u32..RETRIES) {
            let asked = Duration::from_millis(asked);
            let pause = pause(asked, repetition);
            prop_assert!(pause >= asked && pause <= asked + BASE_PAUSE * 2);
        }
    }
}
