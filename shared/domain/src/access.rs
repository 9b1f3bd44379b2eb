//! Who may do what: with whose conversations, and with what belongs to the zoo.

use crate::user::Role;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read a conversation.
    ReadHistory,
    /// Go on with a conversation.
    ContinueSession,
    /// Read how many questions were asked and tokens used.
    ReadUsage,
    /// Read and change how the animals speak.
    ConfigureAnimals,
}

/// What the person is to the one whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same person.
    Oneself,
    /// Anybody else.
    Other,
    /// It concerns no one person but the zoo.
    Zoo,
}

/// Whether a role may do an action to somebody in a relation. A visitor keeps no history, and so
/// has none to read. Somebody else's conversation stays closed to everyone until such a look
/// leaves a trace. Counts hold no words: an administrator sees everybody's.
#[must_use]
pub fn allows(role: Role, action: Action, relation: Relation) -> bool {
    use Action::{ConfigureAnimals, ContinueSession, ReadHistory, ReadUsage};
    use Relation::{Oneself, Other, Zoo};
    use Role::{Administrator, Parent, User, Visitor, Zookeeper};
    match (action, relation, role) {
        (ReadHistory | ContinueSession, Oneself, User | Parent | Zookeeper | Administrator)
        | (ReadUsage, Oneself, _)
        | (ReadUsage, Other | Zoo, Administrator)
        | (ConfigureAnimals, Zoo, Zookeeper | Administrator) => true,
        (ReadHistory | ContinueSession, Oneself, Visitor)
        | (ReadHistory | ContinueSession, Other | Zoo, _)
        | (ReadUsage, Other | Zoo, Visitor | User | Parent | Zookeeper)
        | (ConfigureAnimals, Zoo, Visitor | User | Parent)
        | (ConfigureAnimals, Oneself | Other, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 5] = [Role::Visitor, Role::User, Role::Parent, Role::Zookeeper, Role::Administrator];

    /// The roles that may do it.
    fn who_may(action: Action, relation: Relation) -> Vec<Role> {
        ROLES.into_iter().filter(|role| allows(*role, action, relation)).collect()
    }

    #[test]
    fn visitors_have_no_history_and_nobody_reads_anothers() {
        for action in [Action::ReadHistory, Action::ContinueSession] {
            assert_eq!(who_may(action, Relation::Oneself), ROLES[1..]);
            assert_eq!(who_may(action, Relation::Other), []);
        }
    }

    #[test]
    fn only_staff_change_how_animals_speak() {
        assert_eq!(who_may(Action::ConfigureAnimals, Relation::Zoo), [Role::Zookeeper, Role::Administrator]);
        assert_eq!(who_may(Action::ConfigureAnimals, Relation::Oneself), []);
    }

    #[test]
    fn everybody_sees_their_own_usage_and_administrators_everybodys() {
        assert_eq!(who_may(Action::ReadUsage, Relation::Oneself), ROLES);
        for relation in [Relation::Other, Relation::Zoo] {
            assert_eq!(who_may(Action::ReadUsage, relation), [Role::Administrator]);
        }
    }
}
