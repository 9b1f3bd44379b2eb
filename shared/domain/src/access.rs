//! Who may do what with whose conversations.

use crate::user::Role;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read a conversation.
    ReadHistory,
    /// Go on with a conversation.
    ContinueSession,
}

/// What the person is to the owner of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The owner.
    Oneself,
    /// Anybody else.
    Other,
}

/// Whether a role may do an action to somebody in a relation. A visitor keeps no history, and so
/// has none to read. Somebody else's conversation stays closed to everyone until such a look
/// leaves a trace.
#[must_use]
pub fn allows(role: Role, action: Action, relation: Relation) -> bool {
    match (role, action, relation) {
        (Role::Visitor, _, _) | (_, _, Relation::Other) => false,
        (
            Role::User | Role::Parent | Role::Zookeeper | Role::Administrator,
            Action::ReadHistory | Action::ContinueSession,
            Relation::Oneself,
        ) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_have_no_history_and_nobody_reads_anothers() {
        assert!(!allows(Role::Visitor, Action::ReadHistory, Relation::Oneself));
        assert!(!allows(Role::Administrator, Action::ReadHistory, Relation::Other));
        assert!(allows(Role::User, Action::ReadHistory, Relation::Oneself));
    }
}
