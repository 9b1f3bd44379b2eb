//! Who may make all of somebody's conversations or their account disappear, and read what became of it.

use super::{Action, Relation, Verdict, Who};

/// Whether somebody may do an action that is about erasing.
pub(super) fn decide(who: Who, action: Action, relation: Relation) -> Verdict {
    match action {
        Action::EraseConversations if (who, relation) == (Who::Visitor, Relation::Oneself) => {
            // Of a visitor nothing was kept but the account.
            Verdict::Forbidden
        }
        Action::EraseConversations | Action::EraseAccount => erase(who, relation),
        Action::ReadReceipt => read_receipt(who, relation),
        _ => Verdict::Forbidden,
    }
}

fn erase(who: Who, relation: Relation) -> Verdict {
    match (relation, who) {
        (Relation::Oneself, Who::Child) => Verdict::NeedsGuardian,
        (Relation::Oneself, _)
        | (Relation::OwnChild, Who::Parent | Who::Administrator)
        | (Relation::OtherAdult, Who::Administrator) => Verdict::Allowed,
        (Relation::OthersChild, Who::Administrator) => Verdict::AllowedWithReason,
        _ => Verdict::Forbidden,
    }
}

fn read_receipt(who: Who, relation: Relation) -> Verdict {
    match (relation, who) {
        (Relation::Oneself, _)
        | (Relation::OwnChild, Who::Parent)
        | (Relation::OwnChild | Relation::OthersChild | Relation::OtherAdult, Who::Administrator) => Verdict::Allowed,
        _ => Verdict::Forbidden,
    }
}
