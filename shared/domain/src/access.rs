//! Who may do what: with whose conversations, and with what belongs to the zoo. `docs/access.md` shows
//! every answer that this file gives, and a test holds the two together.

mod erasure;
mod family;
mod sharing;
mod trail;
mod zoo;

use crate::{
    UserId,
    user::{Role, User},
};

/// What somebody is to the zoo, as far as access goes: a role, and whether a guardian stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// May talk; nothing of it is stored.
    Visitor,
    /// A user with a guardian.
    Child,
    /// An adult without children here.
    User,
    /// A guardian.
    Parent,
    /// Staff who review.
    Zookeeper,
    /// Staff who may do everything.
    Administrator,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read a conversation's text.
    ReadHistory,
    /// Take a conversation away as a file.
    ExportHistory,
    /// Take all of somebody's conversations away, and what else is kept of them.
    ExportData,
    /// See that a conversation was, and how long: no text of it.
    ListSessions,
    /// Go on with a conversation.
    ContinueSession,
    /// Make a conversation disappear.
    DeleteSession,
    /// Make a link by which others read a conversation, and revoke all links to it. Of a child's, its
    /// guardian's consent is needed on top.
    ShareHistory,
    /// Read how many questions were asked and tokens used.
    ReadUsage,
    /// Read and change how the animals speak.
    ConfigureAnimals,
    /// See, make and switch off accounts.
    AdministerUsers,
    /// See who one is here, and change one's password.
    UseAccount,
    /// See who belongs to a family. Its own people are to it as one is to oneself.
    ReadFamily,
    /// Make families, change and end them.
    ManageFamily,
    /// Make an account for a child of a family. Its own people are to it as one is to oneself.
    AddChild,
    /// Invite somebody to be family, and answer such an invitation.
    Invite,
    /// Pause a child's chats, and limit its questions.
    SetControls,
    /// See how much a family's children talked, and with whom. Its own people are to it as one is to oneself.
    ReadInsights,
    /// See what a child asked about.
    ReadTopics,
    /// Read what a child's guardian has agreed to, and when.
    ReadConsent,
    /// Agree for a child, and take it back.
    GiveConsent,
    /// Read who saw and changed somebody's conversations; everybody's, where it is the zoo's.
    ReadAudit,
    /// Have the audit trail verified.
    VerifyAudit,
    /// Read what gave alarm.
    ReadAlerts,
    /// Make all of somebody's conversations disappear.
    EraseConversations,
    /// Make somebody's account disappear, with all that is theirs.
    EraseAccount,
    /// Read what became of such a wish.
    ReadReceipt,
}

/// What the person is to the one whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same person.
    Oneself,
    /// A child whose guardian the person is.
    OwnChild,
    /// A child of somebody else.
    OthersChild,
    /// Anybody else.
    OtherAdult,
    /// Anybody else who holds a good link to the conversation.
    SharedWith,
    /// It concerns no one person but the zoo.
    Zoo,
}

/// Whether it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// Yes, if they say why: staff who look at a child's words.
    AllowedWithReason,
    /// Not by themselves: their guardian has to confirm it.
    NeedsGuardian,
    /// No.
    Forbidden,
}

impl Who {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Visitor, Self::Child, Self::User, Self::Parent, Self::Zookeeper, Self::Administrator];
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::ReadHistory,
        Self::ExportHistory,
        Self::ExportData,
        Self::ListSessions,
        Self::ContinueSession,
        Self::DeleteSession,
        Self::ShareHistory,
        Self::ReadUsage,
        Self::ConfigureAnimals,
        Self::AdministerUsers,
        Self::UseAccount,
        Self::ReadFamily,
        Self::ManageFamily,
        Self::AddChild,
        Self::Invite,
        Self::SetControls,
        Self::ReadInsights,
        Self::ReadTopics,
        Self::ReadConsent,
        Self::GiveConsent,
        Self::ReadAudit,
        Self::VerifyAudit,
        Self::ReadAlerts,
        Self::EraseConversations,
        Self::EraseAccount,
        Self::ReadReceipt,
    ];
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Oneself, Self::OwnChild, Self::OthersChild, Self::OtherAdult, Self::SharedWith, Self::Zoo];

    /// What `person` is to the owner of something. A guardian is one by role and by the child's own
    /// account; being named as somebody's parent alone makes nobody one.
    #[must_use]
    pub fn of(person: &User, owner: &UserId, owners_guardian: Option<&UserId>) -> Self {
        match owners_guardian {
            _ if person.user_id == *owner => Self::Oneself,
            Some(guardian) if *guardian == person.user_id => Self::OwnChild,
            Some(_) => Self::OthersChild,
            None => Self::OtherAdult,
        }
    }
}

impl User {
    /// What this person is to the zoo.
    #[must_use]
    pub fn who(&self) -> Who {
        match self.role {
            Role::Visitor => Who::Visitor,
            Role::User if self.is_child() => Who::Child,
            Role::User => Who::User,
            Role::Parent => Who::Parent,
            Role::Zookeeper => Who::Zookeeper,
            Role::Administrator => Who::Administrator,
        }
    }
}

/// Whether somebody may do an action to somebody in a relation.
#[must_use]
pub fn decide(who: Who, action: Action, relation: Relation) -> Verdict {
    use Verdict::{Allowed, AllowedWithReason, Forbidden};
    match (action, relation) {
        (
            Action::ReadFamily
            | Action::ManageFamily
            | Action::AddChild
            | Action::Invite
            | Action::SetControls
            | Action::ReadInsights
            | Action::ReadTopics
            | Action::ReadConsent
            | Action::GiveConsent,
            _,
        ) => family::decide(who, action, relation),
        (Action::EraseConversations | Action::EraseAccount | Action::ReadReceipt, _) => {
            erasure::decide(who, action, relation)
        }
        (Action::ReadAudit | Action::VerifyAudit | Action::ReadAlerts, _) => trail::decide(who, action, relation),
        (Action::ConfigureAnimals | Action::AdministerUsers, _) => zoo::decide(who, action, relation),
        (Action::ExportHistory | Action::ExportData, _) => export(who, relation),
        (Action::ShareHistory, _) => sharing::share(who, relation),
        (_, Relation::SharedWith) => sharing::by_link(who, action),
        (Action::DeleteSession, _) => delete(who, relation),
        (Action::ReadHistory | Action::ListSessions | Action::ContinueSession, Relation::Oneself) => match who {
            Who::Visitor => Forbidden,
            Who::Child | Who::User | Who::Parent | Who::Zookeeper | Who::Administrator => Allowed,
        },
        (Action::ReadHistory | Action::ListSessions, Relation::OwnChild) => match who {
            Who::Parent | Who::Zookeeper | Who::Administrator => Allowed,
            Who::Visitor | Who::Child | Who::User => Forbidden,
        },
        (Action::ReadHistory, Relation::OthersChild) => match who {
            Who::Zookeeper | Who::Administrator => AllowedWithReason,
            Who::Visitor | Who::Child | Who::User | Who::Parent => Forbidden,
        },
        (Action::ReadHistory, Relation::OtherAdult)
        | (Action::ListSessions, Relation::OthersChild | Relation::OtherAdult | Relation::Zoo) => match who {
            Who::Zookeeper | Who::Administrator => Allowed,
            Who::Visitor | Who::Child | Who::User | Who::Parent => Forbidden,
        },
        (Action::ReadUsage, Relation::OwnChild | Relation::OthersChild | Relation::OtherAdult | Relation::Zoo) => {
            match who {
                Who::Administrator => Allowed,
                Who::Visitor | Who::Child | Who::User | Who::Parent | Who::Zookeeper => Forbidden,
            }
        }
        (Action::ReadUsage | Action::UseAccount, Relation::Oneself) => Allowed,
        (Action::ReadHistory, Relation::Zoo)
        | (
            Action::ContinueSession | Action::UseAccount,
            Relation::OwnChild | Relation::OthersChild | Relation::OtherAdult | Relation::Zoo,
        ) => Forbidden,
    }
}

/// Whether somebody may make a conversation of somebody in a relation disappear.
fn delete(who: Who, relation: Relation) -> Verdict {
    match (relation, who) {
        (Relation::Oneself, Who::Child) => Verdict::NeedsGuardian,
        (Relation::Oneself, Who::User | Who::Parent | Who::Zookeeper | Who::Administrator)
        | (Relation::OwnChild, Who::Parent | Who::Administrator)
        | (Relation::OthersChild | Relation::OtherAdult, Who::Administrator) => Verdict::Allowed,
        _ => Verdict::Forbidden,
    }
}

/// Whether somebody may take away the conversations of somebody in a relation.
fn export(who: Who, relation: Relation) -> Verdict {
    match (relation, who) {
        (Relation::Oneself, Who::Child | Who::User | Who::Parent | Who::Zookeeper | Who::Administrator)
        | (Relation::OwnChild, Who::Parent | Who::Administrator)
        | (Relation::OtherAdult, Who::Administrator) => Verdict::Allowed,
        (Relation::OthersChild, Who::Administrator) => Verdict::AllowedWithReason,
        _ => Verdict::Forbidden,
    }
}

/// Whether somebody may do it without more ado.
#[must_use]
pub fn allows(user: &User, action: Action, relation: Relation) -> bool {
    decide(user.who(), action, relation) == Verdict::Allowed
}

#[cfg(test)]
mod tests;
