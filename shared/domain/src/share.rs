//! Shares: a conversation that its owner, or an owner's guardian, lets others read by a link.
//!
//! A share is good for as long as who made it might make it again. Knows no secret of any link.

use crate::{
    SessionId, Timestamp,
    access::{self, Action, Relation},
    notice::Version,
    session::Session,
    user::{Status, User},
};

/// The shortest time a share may be asked for, in seconds.
pub const SHORTEST_SECONDS: u32 = 5 * 60;
/// The longest time, in seconds.
pub const LONGEST_SECONDS: u32 = 30 * 24 * 60 * 60;
/// The time of a share for which none is asked for, in seconds.
pub const USUAL_SECONDS: u32 = 7 * 24 * 60 * 60;

/// How long a share is to be good, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime(u32);

/// A time that no share has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a share lives for 300 to 2592000 seconds")]
pub struct InvalidLifetime;

impl Lifetime {
    /// Takes the seconds that somebody asks for, or the usual ones.
    ///
    /// # Errors
    /// [`InvalidLifetime`] for seconds outside of [`SHORTEST_SECONDS`] to [`LONGEST_SECONDS`].
    pub fn parse(seconds: Option<u32>) -> Result<Self, InvalidLifetime> {
        match seconds.unwrap_or(USUAL_SECONDS) {
            seconds @ SHORTEST_SECONDS..=LONGEST_SECONDS => Ok(Self(seconds)),
            _ => Err(InvalidLifetime),
        }
    }

    /// When a share of a session ends that is made now: never later than the session.
    #[must_use]
    pub fn ends_at(self, now: Timestamp, session: &Session) -> Timestamp {
        now.plus_seconds(self.0).min(session.expires_at)
    }
}

/// Why a person may not share a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MayNotShare {
    /// It is not theirs to share, or one of the two accounts is not in use.
    #[error("this is not theirs to share")]
    Forbidden,
    /// The child's guardian has not agreed to showing it to others.
    #[error("a guardian has to agree first")]
    ConsentRequired,
}

/// Whether `person` may share the conversations of `owner` now, each as their account says, under the notice
/// of now.
///
/// # Errors
/// [`MayNotShare`].
pub fn may_share(person: &User, owner: &User, notice: Version) -> Result<(), MayNotShare> {
    let relation = Relation::of(person, &owner.user_id, owner.parent_user_id.as_ref());
    let are_in_use = person.status == Status::Active && owner.status == Status::Active;
    if !are_in_use || !access::allows(person, Action::ShareHistory, relation) {
        return Err(MayNotShare::Forbidden);
    }
    if owner.is_child() && !owner.consent.lets_share(notice) {
        return Err(MayNotShare::ConsentRequired);
    }
    Ok(())
}

/// What a share says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// What it opens.
    pub session_id: SessionId,
    /// How often the session's shares had been revoked when it was made.
    pub revocations: u64,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a share is held against: everything as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The time.
    pub now: Timestamp,
    /// The session that somebody wants to read.
    pub session_id: &'a SessionId,
    /// How often that session's shares have been revoked.
    pub revocations: u64,
    /// Whose session it is.
    pub owner: &'a User,
    /// Who made the share.
    pub maker: &'a User,
    /// The notice to parents.
    pub notice: Version,
}

impl Share {
    /// Whether it still opens what somebody wants to read.
    #[must_use]
    pub fn is_good(&self, at: Circumstances<'_>) -> bool {
        at.now < self.expires_at
            && self.session_id == *at.session_id
            && self.revocations == at.revocations
            && may_share(at.maker, at.owner, at.notice).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AnimalId, UserId,
        consent::Consent,
        session::Counts,
        user::{Controls, Role},
    };

    const SESSION: &str = "0190f3a1-7b2c-7def-8123-456789abcdef";

    fn person(id: &str, role: Role) -> User {
        User {
            user_id: UserId::parse(id).unwrap(),
            role,
            status: Status::Active,
            parent_user_id: None,
            consent: Consent::default(),
            controls: Controls::default(),
            generation: 0,
        }
    }

    fn now() -> Version {
        Version::of(90)
    }

    fn child(sharing: bool) -> User {
        let consent =
            Consent { collect: true, third_party: true, sharing, notice_version: Some(now()), ..Consent::default() };
        User { parent_user_id: Some(UserId::parse("pat").unwrap()), consent, ..person("sam", Role::User) }
    }

    fn session(expires_at: Timestamp) -> Session {
        Session {
            session_id: SessionId::parse(SESSION).unwrap(),
            user_id: UserId::parse("sam").unwrap(),
            animal_id: AnimalId::parse("lion_001").unwrap(),
            start_time: Timestamp::from_millis(0),
            last_activity: Timestamp::from_millis(0),
            expires_at,
            counts: Counts::default(),
        }
    }

    #[test]
    fn adults_share_their_own_and_guardians_their_childs_with_consent() {
        let pat = person("pat", Role::Parent);
        for role in [Role::User, Role::Parent, Role::Zookeeper, Role::Administrator] {
            let adult = person("uma", role);
            assert_eq!(may_share(&adult, &adult, now()), Ok(()));
            assert_eq!(may_share(&adult, &person("someone", Role::User), now()), Err(MayNotShare::Forbidden));
            assert_eq!(may_share(&adult, &child(true), now()), Err(MayNotShare::Forbidden));
        }
        let visitor = person("vic", Role::Visitor);
        assert_eq!(may_share(&visitor, &visitor, now()), Err(MayNotShare::Forbidden));
        assert_eq!(may_share(&pat, &child(true), now()), Ok(()));
        assert_eq!(may_share(&pat, &child(false), now()), Err(MayNotShare::ConsentRequired));
        assert_eq!(may_share(&child(true), &child(true), now()), Err(MayNotShare::Forbidden));
        assert_eq!(may_share(&child(false), &child(false), now()), Err(MayNotShare::Forbidden));
    }

    #[test]
    fn a_share_ends_in_time_and_never_later_than_its_session() {
        let now = Timestamp::from_millis(1_000_000);
        let long = session(now.plus_days(90));
        let ends_at = |seconds, session: &Session| Lifetime::parse(seconds).unwrap().ends_at(now, session);
        assert_eq!(ends_at(None, &long), now.plus_days(7));
        assert_eq!(ends_at(Some(SHORTEST_SECONDS), &long), now.plus_seconds(300));
        assert_eq!(ends_at(Some(LONGEST_SECONDS), &long), now.plus_days(30));
        for seconds in [0, SHORTEST_SECONDS - 1, LONGEST_SECONDS + 1, u32::MAX] {
            assert_eq!(Lifetime::parse(Some(seconds)), Err(InvalidLifetime));
        }
        let short = session(now.plus_seconds(60));
        assert_eq!(ends_at(None, &short), short.expires_at);
    }

    #[test]
    fn a_share_is_good_while_everything_holds_and_bad_as_soon_as_one_thing_does_not() {
        let ends = Timestamp::from_millis(5_000);
        let id = SessionId::parse(SESSION).unwrap();
        let other = SessionId::parse("0190f3a1-7b2c-7def-8123-456789abcde0").unwrap();
        let share = Share { session_id: id.clone(), revocations: 2, expires_at: ends };
        let (sam, pat) = (child(true), person("pat", Role::Parent));
        let at = Circumstances {
            now: Timestamp::from_millis(4_999),
            session_id: &id,
            revocations: 2,
            owner: &sam,
            maker: &pat,
            notice: Version::of(90),
        };
        assert!(share.is_good(at));
        assert!(!share.is_good(Circumstances { now: ends, ..at }), "its last millisecond is over");
        assert!(!share.is_good(Circumstances { session_id: &other, ..at }));
        assert!(!share.is_good(Circumstances { revocations: 3, ..at }));
        assert!(!share.is_good(Circumstances { owner: &child(false), ..at }));
        assert!(!share.is_good(Circumstances { notice: Version::of(30), ..at }));
        for status in [Status::Disabled, Status::Erased] {
            assert!(!share.is_good(Circumstances { owner: &User { status, ..child(true) }, ..at }));
            assert!(!share.is_good(Circumstances { maker: &User { status, ..pat.clone() }, ..at }));
        }
        let adopted = User { parent_user_id: Some(UserId::parse("robin").unwrap()), ..child(true) };
        assert!(!share.is_good(Circumstances { owner: &adopted, ..at }), "its maker is the guardian no longer");
    }
}
