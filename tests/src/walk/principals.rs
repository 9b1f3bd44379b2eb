//! Who asks: everybody whom the product has to tell apart.

/// Somebody who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Principal {
    NoToken,
    /// The same where people may talk without an account.
    NoTokenWhereVisitorsAreServed,
    Malformed,
    Forged,
    NoAlgorithm,
    OtherIssuer,
    OtherAudience,
    Expired,
    Disabled,
    Erased,
    NoAccount,
    UnknownRole,
    Visitor,
    Child,
    ChildWithoutConsent,
    User,
    Parent,
    Zookeeper,
    ZookeeperWithReason,
    Administrator,
    AdministratorWithReason,
}

use Principal as P;

/// Principals whose rows are mostly the same, and what they are called together; the wider group first.
pub(super) const GROUPS: [(&str, &[Principal]); 6] = [
    ("everybody", &P::ALL),
    (
        "no good token",
        &[
            P::NoToken,
            P::NoTokenWhereVisitorsAreServed,
            P::Malformed,
            P::Forged,
            P::NoAlgorithm,
            P::OtherIssuer,
            P::OtherAudience,
            P::Expired,
        ],
    ),
    ("any bad token", &[P::Malformed, P::Forged, P::NoAlgorithm, P::OtherIssuer, P::OtherAudience, P::Expired]),
    ("staff", &[P::Zookeeper, P::ZookeeperWithReason, P::Administrator, P::AdministratorWithReason]),
    ("zookeepers", &[P::Zookeeper, P::ZookeeperWithReason]),
    ("administrators", &[P::Administrator, P::AdministratorWithReason]),
];

impl Principal {
    /// All of them, as they stand in the table.
    pub(super) const ALL: [Self; 21] = [
        P::NoToken,
        P::NoTokenWhereVisitorsAreServed,
        P::Malformed,
        P::Forged,
        P::NoAlgorithm,
        P::OtherIssuer,
        P::OtherAudience,
        P::Expired,
        P::Disabled,
        P::Erased,
        P::NoAccount,
        P::UnknownRole,
        P::Visitor,
        P::Child,
        P::ChildWithoutConsent,
        P::User,
        P::Parent,
        P::Zookeeper,
        P::ZookeeperWithReason,
        P::Administrator,
        P::AdministratorWithReason,
    ];

    /// What the table calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            P::NoToken => "no token",
            P::NoTokenWhereVisitorsAreServed => "no token where visitors are served",
            P::Malformed => "malformed token",
            P::Forged => "forged token",
            P::NoAlgorithm => "unsigned token",
            P::OtherIssuer => "token of another issuer",
            P::OtherAudience => "token for another audience",
            P::Expired => "expired token",
            P::Disabled => "disabled account",
            P::Erased => "erased account",
            P::NoAccount => "no such account",
            P::UnknownRole => "unknown role",
            P::Visitor => "visitor",
            P::Child => "child",
            P::ChildWithoutConsent => "child without consent",
            P::User => "user",
            P::Parent => "parent",
            P::Zookeeper => "zookeeper without a reason",
            P::ZookeeperWithReason => "zookeeper with a reason",
            P::Administrator => "administrator without a reason",
            P::AdministratorWithReason => "administrator with a reason",
        }
    }

    /// Whose account is behind it: those without a good token have one administrator's, so that
    /// nothing but the token stands between them and everything.
    pub(super) fn account(self) -> Self {
        if self < P::Disabled { P::NoToken } else { self }
    }

    /// What stands as the role in the account.
    pub(super) fn role(self) -> &'static str {
        match self {
            P::UnknownRole => "owner",
            P::Visitor => "visitor",
            P::Child | P::ChildWithoutConsent | P::User => "user",
            P::Parent => "parent",
            P::Zookeeper | P::ZookeeperWithReason => "zookeeper",
            _ => "administrator",
        }
    }

    /// What stands as the status in the account.
    pub(super) fn status(self) -> &'static str {
        match self {
            P::Disabled => "disabled",
            P::Erased => "erased",
            _ => "active",
        }
    }

    pub(super) fn is_child(self) -> bool {
        matches!(self, P::Child | P::ChildWithoutConsent)
    }

    /// Whether it says why it looks: all but the two that are to show what happens without.
    pub(super) fn gives_reason(self) -> bool {
        !matches!(self, P::Zookeeper | P::Administrator)
    }
}
