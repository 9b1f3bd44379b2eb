//! Who may do what with families. Who belongs to one stands in the children's accounts: for an action that is
//! about a whole family, its own people are to it as one is to oneself.

use super::{Action, Relation, Verdict, Who};

/// Whether somebody may do an action that is about families.
pub(super) fn decide(who: Who, action: Action, relation: Relation) -> Verdict {
    let may = match (action, relation) {
        // A grown-up's own account has nobody's consent in it; to ask is no offence.
        (Action::ReadFamily | Action::ReadConsent, Relation::Oneself) => who != Who::Visitor,
        (Action::ReadFamily | Action::ReadInsights, Relation::OtherAdult | Relation::Zoo) => {
            matches!(who, Who::Zookeeper | Who::Administrator)
        }
        (Action::ReadInsights, Relation::Oneself) => matches!(who, Who::Parent | Who::Zookeeper | Who::Administrator),
        (Action::ManageFamily, Relation::Zoo)
        | (Action::AddChild, Relation::OtherAdult)
        | (Action::SetControls, Relation::OthersChild)
        | (Action::ReadConsent, Relation::OthersChild | Relation::OtherAdult) => who == Who::Administrator,
        (Action::ReadTopics | Action::GiveConsent, Relation::OwnChild) => who == Who::Parent,
        (Action::ReadConsent, Relation::OwnChild) => matches!(who, Who::Parent | Who::Administrator),
        (Action::AddChild, Relation::Oneself) | (Action::SetControls, Relation::OwnChild) => {
            matches!(who, Who::Parent | Who::Administrator)
        }
        // Whoever is a child already has a guardian, and staff have no family here.
        (Action::Invite, Relation::Oneself) => matches!(who, Who::User | Who::Parent),
        _ => false,
    };
    if may { Verdict::Allowed } else { Verdict::Forbidden }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_guardian_agrees_for_a_child_and_sees_what_it_asked_about() {
        for (who, relation) in Who::ALL.into_iter().flat_map(|who| Relation::ALL.map(|relation| (who, relation))) {
            let is_guardian = (who, relation) == (Who::Parent, Relation::OwnChild);
            for action in [Action::ReadTopics, Action::GiveConsent] {
                assert_eq!(decide(who, action, relation) == Verdict::Allowed, is_guardian);
            }
        }
        for relation in Relation::ALL {
            assert_eq!(decide(Who::Child, Action::SetControls, relation), Verdict::Forbidden);
            assert_eq!(decide(Who::Child, Action::ReadInsights, relation), Verdict::Forbidden);
            assert_eq!(decide(Who::Zookeeper, Action::SetControls, relation), Verdict::Forbidden);
        }
    }
}
