//! Failed attempts at a secret: who fails often waits, a known name as long as an unknown one.

use crate::store_problem;
use domain::UserId;
use edge::{Code, Problem, clock};
use store::{
    Store,
    attempts::{Attempt, Wait},
    keys,
};

/// The attempts at one secret.
pub struct Attempts<'a> {
    store: &'a Store,
    principal: String,
    attempt: Attempt,
}

impl<'a> Attempts<'a> {
    /// Those under a sign-in name, as its fingerprint; nobody needs to have it.
    #[must_use]
    pub fn of_login(store: &'a Store, login: &str, attempt: Attempt) -> Self {
        Self { store, principal: keys::login(login), attempt }
    }

    /// Those of somebody who is signed in already.
    #[must_use]
    pub fn of_user(store: &'a Store, user: &UserId, attempt: Attempt) -> Self {
        Self { store, principal: keys::person(user), attempt }
    }

    /// Whether one may try at all: saves the work where one has to wait.
    ///
    /// # Errors
    /// `too_many_requests`; `unavailable` where the database does not answer.
    pub async fn check(&self) -> Result<(), Problem> {
        let waits = self.store.attempt_waits(&self.principal, self.attempt, clock::now()).await;
        waits.map_err(|error| store_problem(&error))?.map_or(Ok(()), |wait| Err(too_many(wait)))
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// As for [`Attempts::check`].
    pub async fn failed(&self) -> Result<(), Problem> {
        let counted = self.store.attempt_failed(&self.principal, self.attempt, clock::now()).await;
        counted.map_err(|error| store_problem(&error))?.map_err(too_many)
    }

    /// Forgets the failures. Where others failed meanwhile, even the right secret has to wait: guesses at
    /// the same time are no way around.
    ///
    /// # Errors
    /// As for [`Attempts::check`].
    pub async fn succeeded(&self) -> Result<(), Problem> {
        let cleared = self.store.attempt_succeeded(&self.principal, self.attempt, clock::now()).await;
        cleared.map_err(|error| store_problem(&error))?.map_err(too_many)
    }
}

fn too_many(Wait(seconds): Wait) -> Problem {
    let problem = Problem::new(Code::TooManyRequests).with_detail("too many attempts; please wait a little");
    problem.with_retry_after(seconds)
}
