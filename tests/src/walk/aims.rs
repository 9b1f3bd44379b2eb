//! Whom a request concerns, seen from whoever asks.

use super::principals::Principal;

/// Whom or what a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aim {
    /// Nobody is named.
    Nobody,
    /// The whole zoo.
    Zoo,
    Own,
    OwnChild,
    OthersChild,
    OtherAdult,
    Keeper,
    ErasedOwner,
    OwnExpired,
    OwnDeleted,
    Missing,
    Malformed,
}

/// Operations that concern nobody.
pub(super) const NOBODY: &[Aim] = &[Aim::Nobody];
/// Operations that name an account.
pub(super) const ACCOUNTS: &[Aim] = &[
    Aim::Own,
    Aim::OwnChild,
    Aim::OthersChild,
    Aim::OtherAdult,
    Aim::Keeper,
    Aim::ErasedOwner,
    Aim::Missing,
    Aim::Malformed,
];
/// Operations that name a family: the one of whom they aim at.
pub(super) const FAMILIES: &[Aim] =
    &[Aim::Own, Aim::OwnChild, Aim::OthersChild, Aim::OtherAdult, Aim::Keeper, Aim::Missing, Aim::Malformed];
/// Operations that name something of a kind that nobody here has.
pub(super) const NOTHING: &[Aim] = &[Aim::Missing, Aim::Malformed];
/// Operations that may name an account.
pub(super) const ACCOUNTS_OR_NOBODY: &[Aim] = &[
    Aim::Nobody,
    Aim::Own,
    Aim::OwnChild,
    Aim::OthersChild,
    Aim::OtherAdult,
    Aim::Keeper,
    Aim::ErasedOwner,
    Aim::Missing,
    Aim::Malformed,
];
/// Operations that may name an account, or the whole zoo.
pub(super) const ACCOUNTS_OR_ZOO: &[Aim] = &[
    Aim::Nobody,
    Aim::Own,
    Aim::OwnChild,
    Aim::OthersChild,
    Aim::OtherAdult,
    Aim::Keeper,
    Aim::ErasedOwner,
    Aim::Missing,
    Aim::Malformed,
    Aim::Zoo,
];
/// Operations that name a conversation, or a turn of one.
pub(super) const CONVERSATIONS: &[Aim] = &[
    Aim::Own,
    Aim::OwnChild,
    Aim::OthersChild,
    Aim::OtherAdult,
    Aim::Keeper,
    Aim::OwnExpired,
    Aim::OwnDeleted,
    Aim::ErasedOwner,
    Aim::Missing,
    Aim::Malformed,
];
/// Operations that may name a conversation.
pub(super) const CONVERSATIONS_OR_NOBODY: &[Aim] = &[
    Aim::Nobody,
    Aim::Own,
    Aim::OwnChild,
    Aim::OthersChild,
    Aim::OtherAdult,
    Aim::Keeper,
    Aim::OwnExpired,
    Aim::OwnDeleted,
    Aim::ErasedOwner,
    Aim::Missing,
    Aim::Malformed,
];

/// Whose a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Principal(Principal),
    ChildOf(Principal),
    OthersChild,
    OtherAdult,
    Keeper,
    Erased,
    /// The guardian of the principals that are children, and of somebody else's child.
    Guardian,
}

/// What has become of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Open,
    Expired,
    Deleted,
}

impl Owner {
    /// Whose family it is that somebody belongs to, if they belong to any.
    pub(super) fn guardian(self) -> Self {
        match self {
            Self::ChildOf(principal) => Self::Principal(principal),
            Self::OthersChild => Self::Guardian,
            Self::Principal(principal) if principal.is_child() => Self::Guardian,
            _ => self,
        }
    }
}

impl Aim {
    /// What the table calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody named",
            Self::Zoo => "the zoo",
            Self::Own => "own",
            Self::OwnChild => "own child's",
            Self::OthersChild => "another's child's",
            Self::OtherAdult => "another adult's",
            Self::Keeper => "a keeper's",
            Self::ErasedOwner => "of an erased account",
            Self::OwnExpired => "own, expired",
            Self::OwnDeleted => "own, deleted",
            Self::Missing => "no such",
            Self::Malformed => "malformed",
        }
    }

    /// Whose it is and what has become of it, where there is or was such a thing.
    pub(super) fn of(self, principal: Principal) -> Option<(Owner, State)> {
        let own = Owner::Principal(principal.account());
        let found = match self {
            Self::Nobody | Self::Zoo | Self::Missing | Self::Malformed => return None,
            Self::Own => (own, State::Open),
            Self::OwnExpired => (own, State::Expired),
            Self::OwnDeleted => (own, State::Deleted),
            Self::OwnChild => (Owner::ChildOf(principal.account()), State::Open),
            Self::OthersChild => (Owner::OthersChild, State::Open),
            Self::OtherAdult => (Owner::OtherAdult, State::Open),
            Self::Keeper => (Owner::Keeper, State::Open),
            Self::ErasedOwner => (Owner::Erased, State::Open),
        };
        Some(found)
    }
}

impl Owner {
    /// What the table calls the words of this owner.
    pub(super) fn name(self, principal: Principal) -> &'static str {
        match self {
            Self::Principal(of) if of == principal.account() => "own",
            Self::ChildOf(of) if of == principal.account() => "own child's",
            Self::OthersChild => "another's child's",
            Self::OtherAdult => "another adult's",
            Self::Keeper => "a keeper's",
            Self::Erased => "an erased account's",
            Self::Principal(_) | Self::ChildOf(_) | Self::Guardian => "somebody's",
        }
    }
}
