//! The wish: of an adult, of a child whose guardian has to confirm it, or of a guardian who has days to think again.

use crate::{Erasure, ErasureError};
use domain::{
    ReceiptId, Timestamp,
    erasure::{ASKED_DAYS, Scope, State, destroy_at},
    user::{Status, User},
};
use edge::clock;
use store::{erasures::ErasureRecord, users::UserRecord};
use tokio::time::Instant;

/// Attempts at a wish that others of the same person come in between.
const ATTEMPTS: usize = 4;

/// That something be erased, by somebody who may ask for it.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Who.
    pub by: &'a User,
    /// Of whom, as read just before.
    pub subject: &'a UserRecord,
    /// What.
    pub scope: Scope,
    /// Whether it is theirs to decide, or their guardian's.
    pub is_confirmed: bool,
    /// Whether a child's is to go at once.
    pub is_immediate: bool,
}

impl Erasure {
    /// Keeps a wish, carries out what of it is due now as far as there is time to wait for it, and gives it as it
    /// stands then. A wish that is open already becomes no second one, but a child's is confirmed by its guardian,
    /// and one that waits is brought forward where that is wanted. Where one is under way, what the person has begun
    /// since is none of its: that becomes a wish of its own.
    ///
    /// # Errors
    /// [`ErasureError`] where it has not begun.
    pub async fn erase(&self, wish: Wish<'_>) -> Result<ErasureRecord, ErasureError> {
        let end = Instant::now() + self.0.config.answer_within;
        let mut subject = wish.subject.clone();
        for _ in 0..ATTEMPTS {
            let asked = self.ask(Wish { subject: &subject, ..wish }).await?;
            if asked.destroy_at.is_none_or(|at| at > clock::now()) {
                return Ok(asked);
            }
            let was_running = asked.state == State::Running;
            let done = Box::pin(self.carry_out_until(end, asked)).await;
            let is_the_end = match &done {
                Ok(done) => !was_running || !done.state.is_over() || wish.scope == Scope::Account,
                // It was not theirs, and whose it was may not any more.
                Err(ErasureError::Withdrawn) => wish.is_confirmed,
                Err(_) => true,
            };
            if is_the_end {
                return done;
            }
            subject = self.store().user(&subject.user_id).await?.ok_or(ErasureError::NoSubject)?;
            if done.is_ok() && subject.sessions.is_empty() {
                return done;
            }
        }
        Err(ErasureError::Raced)
    }

    async fn ask(&self, wish: Wish<'_>) -> Result<ErasureRecord, ErasureError> {
        let mut subject = wish.subject.clone();
        for _ in 0..ATTEMPTS {
            let now = clock::now();
            match self.attempt(&Wish { subject: &subject, ..wish }, now).await {
                Err(ErasureError::Store(error)) if error.is_conflict() => {}
                done => return done,
            }
            subject = self.store().user(&subject.user_id).await?.ok_or(ErasureError::NoSubject)?;
        }
        Err(ErasureError::Raced)
    }

    async fn attempt(&self, wish: &Wish<'_>, now: Timestamp) -> Result<ErasureRecord, ErasureError> {
        let open = match wish.subject.erasing(wish.scope) {
            Some(id) => self.open(wish, id).await?,
            None => None,
        };
        match open {
            Some(open) if !wish.is_confirmed || open.state == State::Running => Ok(open),
            // Who confirms it last stands for it: who did before them may not be asked any more.
            Some(open) => {
                let (by, own) = ((&wish.by.user_id, wish.by.role), self.destroy_at(wish, now));
                let at = open.destroy_at.map_or(own, |at| at.min(own));
                Ok(self.store().schedule_erasure(&open, by, at).await?)
            }
            None if wish.subject.status == Status::Erased => Err(ErasureError::Erased),
            None => self.begin_wish(wish, now).await,
        }
    }

    /// The erasure that an account names, where it is open.
    async fn open(&self, wish: &Wish<'_>, id: &ReceiptId) -> Result<Option<ErasureRecord>, ErasureError> {
        let found = self.store().erasure(id).await?;
        let is_over = found.as_ref().is_some_and(|found| found.state.is_over());
        if found.is_some() && !is_over {
            return Ok(found);
        }
        // A name that leads to nothing would stand in the way of any wish.
        self.store().unmark_erasure(&wish.subject.user_id, wish.scope, id).await?;
        // Of an account that is erased nothing is left to ask for.
        if is_over && wish.scope == Scope::Account { Err(ErasureError::Erased) } else { Ok(None) }
    }

    async fn begin_wish(&self, wish: &Wish<'_>, now: Timestamp) -> Result<ErasureRecord, ErasureError> {
        if wish.scope == Scope::Account {
            self.may_go(wish.subject).await?;
        }
        let destroy_at = wish.is_confirmed.then(|| self.destroy_at(wish, now));
        let erasure = ErasureRecord {
            receipt_id: ReceiptId::from(clock::new_id()),
            subject: wish.subject.user_id.clone(),
            scope: wish.scope,
            state: if wish.is_confirmed { State::Pending } else { State::Asked },
            requested_by: wish.by.user_id.clone(),
            requested_role: wish.by.role,
            requested_at: now,
            guardian: wish.subject.parent_user_id.clone(),
            destroy_at,
            generation: None,
            login: None,
            counts: None,
            completed_at: None,
            receipt: None,
            due_at: destroy_at.unwrap_or_else(|| now.plus_days(ASKED_DAYS)),
        };
        self.store().open_erasure(&erasure, clock::new_id()).await?;
        Ok(erasure)
    }

    fn destroy_at(&self, wish: &Wish<'_>, now: Timestamp) -> Timestamp {
        destroy_at(wish.subject.parent_user_id.is_some(), wish.is_immediate, self.0.config.grace_days, now)
    }

    /// Takes a wish back as it was read; everything is as it was.
    ///
    /// # Errors
    /// [`ErasureError::Changed`] where it is not what was read any more, as it has begun, or somebody else has decided
    /// about it.
    pub async fn withdraw(&self, seen: &ErasureRecord) -> Result<(), ErasureError> {
        match self.store().withdraw_erasure(seen, clock::new_id()).await {
            Err(error) if error.is_conflict() => Err(ErasureError::Changed),
            done => Ok(done?),
        }
    }
}
