//! The steps, in their order.

use crate::{Erasure, ErasureError, TAKEN_UP_SECONDS};
use domain::{
    UserId,
    access::{Action, Relation, Verdict, decide},
    erasure::{Counts, Scope},
    user::{Role, Status},
};
use edge::clock;
use std::collections::BTreeSet;
use store::{
    erasing::Erasing,
    erasures::{Beginning, ErasureRecord},
    users::UserRecord,
};
use vault::Label;

/// Attempts at a beginning that others of the same person come in between, and at keys that come back.
const ATTEMPTS: usize = 4;

impl Erasure {
    /// Carries out an erasure, whatever its time, and whatever of it is done.
    ///
    /// # Errors
    /// [`ErasureError`]; what is begun is gone on with by the same again.
    pub async fn carry_out(&self, erasure: ErasureRecord) -> Result<ErasureRecord, ErasureError> {
        let erasure = self.begun(erasure).await?;
        if erasure.state.is_over() {
            return Ok(erasure);
        }
        self.note_intent(&erasure).await?;
        let erasure = Box::pin(self.counted(erasure)).await?;
        let erasing = of(&erasure)?;
        self.destroy_keys(erasing, erasure.scope).await?;
        self.delete_items(&erasure).await?;
        self.verify(&erasure).await?;
        self.complete(&erasure, erasing.generation).await
    }

    /// The erasure, after the point of no return.
    async fn begun(&self, mut erasure: ErasureRecord) -> Result<ErasureRecord, ErasureError> {
        for attempt in 0..ATTEMPTS {
            if !erasure.state.can_be_withdrawn() {
                return Ok(erasure);
            }
            match self.begin(&erasure, attempt).await {
                Err(ErasureError::Store(error)) if !error.is_conflict() => return Err(error.into()),
                Err(ErasureError::Store(_)) | Ok(()) => {}
                Err(error) if error.ends_a_wish() => match self.withdraw(&erasure).await {
                    // What was decided meanwhile is another wish.
                    Err(ErasureError::Changed) => {}
                    done => return done.and(Err(error)),
                },
                Err(error) => return Err(error),
            }
            erasure = self.find(&erasure.receipt_id).await?.ok_or(ErasureError::Withdrawn)?;
        }
        if erasure.state.can_be_withdrawn() { Err(ErasureError::Raced) } else { Ok(erasure) }
    }

    async fn begin(&self, erasure: &ErasureRecord, attempt: usize) -> Result<(), ErasureError> {
        let (by, account) =
            tokio::try_join!(self.store().user(&erasure.requested_by), self.store().user(&erasure.subject))?;
        let account = account.filter(|account| account.status != Status::Erased);
        // The account went, and with it what this was about.
        let account = &account.ok_or(ErasureError::Withdrawn)?;
        if !by.is_some_and(|by| may_still(erasure, &by, account)) {
            self.note_end(erasure, clock::now()).await?;
            return Err(ErasureError::Withdrawn);
        }
        let is_account = erasure.scope == Scope::Account;
        if is_account {
            self.may_go(account).await?;
        }
        let others = if is_account { self.other_administrators(account).await? } else { Vec::new() };
        let login = if is_account { self.login(account).await? } else { None };
        let now = clock::now();
        let beginning = Beginning {
            erasure,
            account,
            login: login.as_deref(),
            other_administrator: others.get(attempt % others.len().max(1)),
            now,
            due_at: now.plus_seconds(TAKEN_UP_SECONDS),
            attempt: clock::new_id(),
        };
        Ok(self.store().begin_erasure(&beginning).await?)
    }

    /// Whether nobody needs an account.
    pub(crate) async fn may_go(&self, account: &UserRecord) -> Result<(), ErasureError> {
        if account.role == Role::Parent && !self.store().children(&account.user_id).await?.is_empty() {
            return Err(ErasureError::HasChildren);
        }
        self.other_administrators(account).await.map(drop)
    }

    /// Administrators who stay when one goes; of anybody else it does not matter.
    async fn other_administrators(&self, account: &UserRecord) -> Result<Vec<UserId>, ErasureError> {
        if account.role != Role::Administrator || account.status != Status::Active {
            return Ok(Vec::new());
        }
        let found = self.store().accounts(Role::Administrator, Some(Status::Active), None, ATTEMPTS + 1).await?;
        let others = found.into_iter().map(|row| row.user_id).filter(|other| *other != account.user_id);
        let others: Vec<_> = others.collect();
        if others.is_empty() { Err(ErasureError::LastAdministrator) } else { Ok(others) }
    }

    /// What an account's sign-in name is found by: read before the key to it is destroyed.
    async fn login(&self, account: &UserRecord) -> Result<Option<String>, ErasureError> {
        let Some(kept) = self.store().profile_key(&account.user_id).await? else { return Ok(None) };
        let key = self.0.vault.unwrap_key(&Label::profile(&account.user_id), &kept.wrapped).await?;
        let name = key.open(&account.email_slot(), &account.email)?;
        Ok(Some(self.zoo_key().await?.login_fingerprint(&name)?))
    }

    /// With what there was: counted once, before anything is destroyed, when nothing can be added any more.
    async fn counted(&self, erasure: ErasureRecord) -> Result<ErasureRecord, ErasureError> {
        if erasure.counts.is_some() {
            return Ok(erasure);
        }
        let erasing = of(&erasure)?;
        let (found, keys, turns) = tokio::try_join!(
            self.store().messages_to_erase(erasing),
            self.store().keys_to_erase(erasing, erasure.scope == Scope::Account),
            self.store().turns_to_erase(erasing),
        )?;
        let (messages, mut sessions): (u64, BTreeSet<_>) = found;
        sessions.extend(keys.iter().filter_map(store::erasing::KeyOf::session));
        let counts = Counts { messages, sessions: sessions.len() as u64, turns, keys: keys.len() as u64 };
        Ok(self.store().count_erasure(&erasure.receipt_id, counts).await?)
    }

    /// Destroys the keys, until none is there any more.
    pub(crate) async fn destroy_keys(&self, erasing: Erasing<'_>, scope: Scope) -> Result<(), ErasureError> {
        for _ in 0..ATTEMPTS {
            let keys = self.store().keys_to_erase(erasing, scope == Scope::Account).await?;
            if keys.is_empty() {
                return Ok(());
            }
            self.store().destroy_keys(erasing.user, &keys).await?;
        }
        Err(ErasureError::Unfinished)
    }

    pub(crate) async fn delete_items(&self, erasure: &ErasureRecord) -> Result<(), ErasureError> {
        let (store, erasing, now) = (self.store(), of(erasure)?, clock::now());
        store.erase_messages(erasing, now).await?;
        store.erase_sessions(erasing, now).await?;
        store.erase_turns(erasing).await?;
        for maker in [Some(erasing.user), erasure.guardian.as_ref()].into_iter().flatten() {
            store.erase_shares(erasing, maker).await?;
        }
        if erasure.scope == Scope::Account {
            let login = erasure.login.as_deref();
            store.erase_tokens(erasing.user, login).await?;
            store.erase_limits(erasing.user, login).await?;
            if let Some(login) = login {
                store.erase_login(erasing.user, login).await?;
            }
        }
        Ok(())
    }

    /// Reads that nothing is left, and deletes again what is.
    async fn verify(&self, erasure: &ErasureRecord) -> Result<(), ErasureError> {
        let erasing = of(erasure)?;
        for _ in 0..ATTEMPTS {
            self.destroy_keys(erasing, erasure.scope).await?;
            let ((messages, _), of_turns) =
                tokio::try_join!(self.store().messages_to_erase(erasing), self.store().turn_items_to_erase(erasing))?;
            if messages + of_turns == 0 {
                return Ok(());
            }
            Box::pin(self.delete_items(erasure)).await?;
        }
        Err(ErasureError::Unfinished)
    }

    /// Signs the receipt, unless somebody else has.
    async fn complete(&self, erasure: &ErasureRecord, generation: u64) -> Result<ErasureRecord, ErasureError> {
        let now = clock::now();
        let receipt = self.receipt(erasure, generation, now).await?;
        let look_again = now.plus_seconds(crate::due::LOOK_AGAIN_SECONDS);
        let done = match self.store().complete_erasure(erasure, &receipt, (now, look_again)).await {
            Err(error) if error.is_conflict() => {
                let found = self.find(&erasure.receipt_id).await?;
                found.filter(|found| found.state.is_over()).ok_or(ErasureError::Raced)?
            }
            done => done?,
        };
        self.note_completion(&done).await?;
        self.store().unmark_erasure(&done.subject, done.scope, &done.receipt_id).await?;
        tracing::info!(messages = done.counts.map(|counts| counts.messages), "an erasure is complete");
        Ok(done)
    }
}

/// Whether who asked for it might still: a child may have left the family meanwhile, or who asked be switched off.
fn may_still(erasure: &ErasureRecord, by: &UserRecord, subject: &UserRecord) -> bool {
    let action = match erasure.scope {
        Scope::Conversations => Action::EraseConversations,
        Scope::Account => Action::EraseAccount,
    };
    let user = by.user();
    let relation = Relation::of(&user, &subject.user_id, subject.parent_user_id.as_ref());
    let is_in_use = relation == Relation::Oneself || by.status == Status::Active;
    is_in_use && matches!(decide(user.who(), action, relation), Verdict::Allowed | Verdict::AllowedWithReason)
}

/// What an erasure that has begun is about.
pub(crate) fn of(erasure: &ErasureRecord) -> Result<Erasing<'_>, ErasureError> {
    let generation = erasure.generation.ok_or(ErasureError::Unfinished)?;
    Ok(Erasing { user: &erasure.subject, generation })
}
