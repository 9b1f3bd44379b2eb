//! Families: a guardian, who consents, and the children whose accounts name them. Nobody is family without
//! having said so: one invites, the other confirms.

use crate::{
    UserId,
    access::Who,
    user::{Status, User},
};
use serde::{Deserialize, Serialize};

/// How long an invitation is good, in days; then the name in it is forgotten.
pub const INVITED_DAYS: u32 = 14;

/// What somebody is invited to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The inviter's child.
    Child,
    /// The inviter's guardian.
    Guardian,
}

/// Who becomes what by an invitation that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bond {
    /// Who looks after the child.
    pub guardian: UserId,
    /// Who is looked after.
    pub child: UserId,
}

/// Whether somebody may invite somebody to be this. A guardian is a parent; whoever has none may look for
/// one.
#[must_use]
pub fn may_invite(inviter: &User, kind: Kind) -> bool {
    match kind {
        Kind::Child => inviter.who() == Who::Parent,
        Kind::Guardian => inviter.who() == Who::User,
    }
}

/// What an invitation makes of two people, if it can be so now.
#[must_use]
pub fn bond(inviter: &User, invited: &User, kind: Kind) -> Option<Bond> {
    let (guardian, child) = match kind {
        Kind::Child => (inviter, invited),
        Kind::Guardian => (invited, inviter),
    };
    let are_active = [guardian, child].iter().all(|user| user.status == Status::Active);
    let fit = guardian.who() == Who::Parent && child.who() == Who::User;
    (are_active && fit).then(|| Bond { guardian: guardian.user_id.clone(), child: child.user_id.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        consent::Consent,
        user::{Controls, Role},
    };

    fn person(id: &str, role: Role, guardian: Option<&str>) -> User {
        User {
            user_id: UserId::parse(id).unwrap(),
            role,
            status: Status::Active,
            parent_user_id: guardian.map(|id| UserId::parse(id).unwrap()),
            consent: Consent::default(),
            controls: Controls::default(),
            generation: 0,
        }
    }

    #[test]
    fn only_a_parent_and_somebody_without_a_guardian_become_family() {
        let (pat, uma) = (person("pat", Role::Parent, None), person("uma", Role::User, None));
        let expected = Some(Bond { guardian: pat.user_id.clone(), child: uma.user_id.clone() });
        assert_eq!(bond(&pat, &uma, Kind::Child), expected);
        assert_eq!(bond(&uma, &pat, Kind::Guardian), expected);
        let others = [
            person("sam", Role::User, Some("robin")),
            person("robin", Role::Parent, None),
            person("kim", Role::Zookeeper, None),
            person("alex", Role::Administrator, None),
            person("vic", Role::Visitor, None),
            User { status: Status::Disabled, ..uma.clone() },
        ];
        for other in others {
            assert_eq!(bond(&pat, &other, Kind::Child), None, "{other:?}");
        }
        assert_eq!(bond(&uma, &person("ula", Role::User, None), Kind::Guardian), None);
    }

    #[test]
    fn whoever_has_a_guardian_invites_nobody() {
        for kind in [Kind::Child, Kind::Guardian] {
            assert!(!may_invite(&person("sam", Role::User, Some("pat")), kind));
            assert!(!may_invite(&person("kim", Role::Zookeeper, None), kind));
        }
        assert!(may_invite(&person("pat", Role::Parent, None), Kind::Child));
        assert!(may_invite(&person("uma", Role::User, None), Kind::Guardian));
    }
}
