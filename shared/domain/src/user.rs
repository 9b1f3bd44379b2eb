//! People: their roles, their standing, and what guardians have agreed to and set for a child.

use crate::{UserId, consent::Consent, notice::Version};
use serde::{Deserialize, Serialize};

/// What a person is to the zoo. An unknown role is refused, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May talk; nothing of it is stored.
    Visitor,
    /// May talk and see own history. With a parent, a child.
    User,
    /// A user who also looks after children.
    Parent,
    /// Staff who review conversations and look after the animals' answers.
    Zookeeper,
    /// Staff who may do everything.
    Administrator,
}

impl Role {
    /// All of them, those who may do most first.
    pub const ALL: [Self; 5] = [Self::Administrator, Self::Zookeeper, Self::Parent, Self::User, Self::Visitor];

    /// Its name on the wire and in keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::User => "user",
            Self::Parent => "parent",
            Self::Zookeeper => "zookeeper",
            Self::Administrator => "administrator",
        }
    }

    /// Whether what this person says is kept.
    #[must_use]
    pub fn has_history(self) -> bool {
        !matches!(self, Self::Visitor)
    }
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In use.
    Active,
    /// Switched off by an administrator.
    Disabled,
    /// Its data is gone; only this mark is left.
    Erased,
}

impl Status {
    /// Its name on the wire and in conditions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Erased => "erased",
        }
    }
}

/// What a guardian has set for a child.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Controls {
    /// Whether the child may not talk for now.
    #[serde(default)]
    pub paused: bool,
    /// Questions that the child may ask in a day, where there are to be fewer than everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_limit: Option<u32>,
}

/// A person as the rules see them; names and secrets are elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub user_id: UserId,
    /// What they are to the zoo.
    pub role: Role,
    /// Whether the account may be used.
    pub status: Status,
    /// The guardian, where this is a child's account.
    pub parent_user_id: Option<UserId>,
    /// What the guardian has agreed to; only a child's counts.
    pub consent: Consent,
    /// What the guardian has set; only a child's counts.
    pub controls: Controls,
    /// How often this person's conversations have been erased.
    pub generation: u64,
}

/// Why a person may not talk with an animal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MayNotConverse {
    /// The account is switched off or erased.
    #[error("the account is not active")]
    NotActive,
    /// The child's guardian has not agreed.
    #[error("a guardian has to agree first")]
    ConsentRequired,
    /// The child's guardian has agreed, but under another notice than now's.
    #[error("a guardian has to be asked again")]
    AskAgain,
    /// The child's guardian has paused its chats.
    #[error("a guardian has paused this")]
    Paused,
}

impl User {
    /// Whether this is a child's account.
    #[must_use]
    pub fn is_child(&self) -> bool {
        self.parent_user_id.is_some()
    }

    /// Whether this person may talk with an animal now. A child needs its guardian's consent to
    /// both keeping the text and sending it to the model, given under the `notice` of now, and that it has
    /// not paused the child's chats.
    ///
    /// # Errors
    /// [`MayNotConverse`].
    pub fn may_converse(&self, notice: Version) -> Result<(), MayNotConverse> {
        if self.status != Status::Active {
            return Err(MayNotConverse::NotActive);
        }
        if self.is_child() && !self.consent.lets_talk(notice) {
            let is_outdated = self.consent.is_outdated(notice);
            return Err(if is_outdated { MayNotConverse::AskAgain } else { MayNotConverse::ConsentRequired });
        }
        if self.is_child() && self.controls.paused {
            return Err(MayNotConverse::Paused);
        }
        Ok(())
    }

    /// Questions that this person's guardian lets them ask in a day, where it has said so.
    #[must_use]
    pub fn daily_limit(&self) -> Option<u64> {
        self.controls.daily_limit.filter(|_| self.is_child()).map(u64::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Version {
        Version::of(90)
    }

    fn agreed() -> Consent {
        Consent { collect: true, third_party: true, notice_version: Some(now()), ..Consent::default() }
    }

    fn child(consent: Consent) -> User {
        User {
            user_id: UserId::parse("child").unwrap(),
            role: Role::User,
            status: Status::Active,
            parent_user_id: Some(UserId::parse("parent").unwrap()),
            consent,
            controls: Controls::default(),
            generation: 0,
        }
    }

    #[test]
    fn a_child_talks_only_with_both_consents() {
        let both = agreed();
        assert_eq!(child(both).may_converse(now()), Ok(()));
        assert_eq!(child(both).may_converse(Version::of(30)), Err(MayNotConverse::AskAgain));
        let before_notices = Consent { notice_version: None, ..both };
        assert_eq!(child(before_notices).may_converse(now()), Err(MayNotConverse::AskAgain));
        for consent in [Consent { third_party: false, ..both }, Consent { collect: false, ..both }, Consent::default()]
        {
            assert_eq!(child(consent).may_converse(now()), Err(MayNotConverse::ConsentRequired));
        }
    }

    #[test]
    fn a_guardian_pauses_and_limits_a_child_and_nobody_else() {
        let controls = Controls { paused: true, daily_limit: Some(5) };
        let held = User { controls, ..child(agreed()) };
        assert_eq!((held.may_converse(now()), held.daily_limit()), (Err(MayNotConverse::Paused), Some(5)));
        // What was never agreed to matters more than what is paused.
        assert_eq!(
            User { controls, ..child(Consent::default()) }.may_converse(now()),
            Err(MayNotConverse::ConsentRequired)
        );
        let adult = User { parent_user_id: None, ..held };
        assert_eq!((adult.may_converse(now()), adult.daily_limit()), (Ok(()), None));
    }

    #[test]
    fn an_adult_needs_nobodys_consent_but_an_active_account() {
        let adult = User { parent_user_id: None, ..child(Consent::default()) };
        assert_eq!(adult.may_converse(now()), Ok(()));
        let disabled = User { status: Status::Disabled, ..adult };
        assert_eq!(disabled.may_converse(now()), Err(MayNotConverse::NotActive));
    }

    #[test]
    fn names_are_those_on_the_wire() {
        type Read<'a> = serde::de::value::StrDeserializer<'a, serde::de::value::Error>;
        for role in Role::ALL {
            assert_eq!(Role::deserialize(Read::new(role.name())), Ok(role));
        }
        for status in [Status::Active, Status::Disabled, Status::Erased] {
            assert_eq!(Status::deserialize(Read::new(status.name())), Ok(status));
        }
    }

    #[test]
    fn an_unknown_role_is_not_a_role() {
        let role: Result<Role, _> =
            serde::Deserialize::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new("owner"));
        assert!(role.is_err());
    }
}
