//! Who may make all of somebody's conversations or their account disappear, and read what became of it.

use super::{Action, Relation, Verdict, Who};

/// Whether somebody may do an action that is about erasing.
pub(super) fn decide(who: Who, action: Action, relation: Relation) -> Verdict {
    use Verdict::{Allowed, AllowedWithReason, Forbidden, NeedsGuardian};
    match (action, relation, who) {
        (Action::ReadReceipt, Relation::Oneself, _) => Allowed,
        (Action::ReadReceipt, Relation::OwnChild, Who::Parent)
        | (
            Action::ReadReceipt,
            Relation::OwnChild | Relation::OthersChild | Relation::OtherAdult,
            Who::Administrator,
        ) => Allowed,
        (Action::EraseConversations | Action::EraseAccount, Relation::Oneself, Who::Child) => NeedsGuardian,
        // Of a visitor nothing was kept but the account.
        (Action::EraseConversations, Relation::Oneself, Who::Visitor) => Forbidden,
        (Action::EraseConversations | Action::EraseAccount, Relation::Oneself, _)
        | (Action::EraseConversations | Action::EraseAccount, Relation::OwnChild, Who::Parent | Who::Administrator)
        | (Action::EraseConversations | Action::EraseAccount, Relation::OtherAdult, Who::Administrator) => Allowed,
        (Action::EraseConversations | Action::EraseAccount, Relation::OthersChild, Who::Administrator) => {
            AllowedWithReason
        }
        _ => Forbidden,
    }
}
