//! Why a handler may run: its first argument is a proof of it, which only an extractor makes. Routes
//! that are registered through [`crate::routing`] take no handler without one.
//!
//! Knows what an account may do by itself. What it may do with somebody's conversation is decided where
//! conversations are opened, and has proofs of its own there.

use crate::{Authenticator, Caller, Code, Problem};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use domain::{
    UserId,
    access::{Action, Relation, Verdict, decide},
    directory::Account,
    user::{Status, User},
};
use std::{convert::Infallible, marker::PhantomData};

/// Something that lets a handler run: an extractor that refuses the request where it must not.
pub trait Proof {}

/// Anybody may: the answer concerns no one person, or the request itself carries the secret that it
/// needs.
#[derive(Debug, Clone, Copy)]
pub struct Open(());

impl Proof for Open {}

impl<S: Sync> FromRequestParts<S> for Open {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(()))
    }
}

/// Something that an account may do or not by itself, as a type.
pub trait Right: Send + Sync {
    /// What.
    const ACTION: Action;
    /// With what of the zoo, or of its own.
    const RELATION: Relation;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident: $action:ident, $relation:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl Right for $name {
            const ACTION: Action = Action::$action;
            const RELATION: Relation = Relation::$relation;
        }
    )*};
}

rights! {
    /// To use one's own account.
    UseAccount: UseAccount, Oneself;
    /// To list conversations: one's own at least.
    ListSessions: ListSessions, Oneself;
    /// To read usage: one's own at least.
    ReadUsage: ReadUsage, Oneself;
    /// To read and change how the animals speak.
    ConfigureAnimals: ConfigureAnimals, Zoo;
    /// To look after accounts.
    AdministerUsers: AdministerUsers, Zoo;
    /// To see families: one's own at least.
    ReadFamily: ReadFamily, Oneself;
    /// To make families, change and end them.
    ManageFamily: ManageFamily, Zoo;
    /// To make accounts for children: one's own at least.
    AddChild: AddChild, Oneself;
    /// To invite somebody to be family, and to be invited.
    Invite: Invite, Oneself;
    /// To set things for children: one's own at least.
    SetControls: SetControls, OwnChild;
    /// To see how much children talked: one's own at least.
    ReadInsights: ReadInsights, Oneself;
    /// To read what was agreed to for children: for oneself at least.
    ReadConsent: ReadConsent, Oneself;
    /// To agree for children: one's own at least.
    GiveConsent: GiveConsent, OwnChild;
    /// To read the audit trail: of one's own conversations at least.
    ReadAudit: ReadAudit, Oneself;
    /// To have the audit trail verified.
    VerifyAudit: VerifyAudit, Zoo;
    /// To read what gave alarm.
    ReadAlerts: ReadAlerts, Zoo;
}

/// Somebody who has a right, by what their account says now: what a token said once counts for
/// nothing.
#[derive(Debug, Clone)]
pub struct Permit<R> {
    user: User,
    sign_in: Option<String>,
    right: PhantomData<R>,
}

impl<R> Permit<R> {
    /// Who.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Their id.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user.user_id
    }

    /// The sign-in that the token comes from.
    #[must_use]
    pub fn sign_in(&self) -> Option<&str> {
        self.sign_in.as_deref()
    }

    /// Who, for good.
    #[must_use]
    pub fn into_user(self) -> User {
        self.user
    }
}

impl<R> Proof for Permit<R> {}

impl<R: Right, S> FromRequestParts<S> for Permit<R>
where
    Authenticator: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let user = Authenticator::from_ref(state).account(&caller).await?;
        match decide(user.who(), R::ACTION, R::RELATION) {
            Verdict::Allowed => Ok(Self { user, sign_in: caller.sign_in, right: PhantomData }),
            Verdict::AllowedWithReason | Verdict::NeedsGuardian | Verdict::Forbidden => {
                Err(Problem::new(Code::Forbidden))
            }
        }
    }
}

/// The account of a caller, where it is in use.
pub(crate) fn in_use(account: Option<Account>) -> Result<User, Problem> {
    match account {
        None => Err(Problem::new(Code::Unauthorized)),
        Some(Account::Known(user)) if user.status == Status::Active => Ok(user),
        Some(Account::Known(_) | Account::Strange) => Err(Problem::new(Code::Forbidden)),
    }
}
