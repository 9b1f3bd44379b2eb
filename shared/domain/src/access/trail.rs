//! Who may see what the audit trail says: everybody who looked at their own conversations, administrators all
//! of it.

use super::{Action, Relation, Verdict, Who};

/// Whether somebody may do an action that is about the audit trail.
pub(super) fn decide(who: Who, action: Action, relation: Relation) -> Verdict {
    let may = match (action, relation) {
        (Action::ReadAudit, Relation::Oneself) => who != Who::Visitor,
        (Action::ReadAudit, Relation::OwnChild) => matches!(who, Who::Parent | Who::Administrator),
        (Action::ReadAudit, Relation::OthersChild | Relation::OtherAdult | Relation::Zoo)
        | (Action::VerifyAudit, Relation::Zoo) => who == Who::Administrator,
        (Action::ReadAlerts, Relation::Zoo) => matches!(who, Who::Zookeeper | Who::Administrator),
        _ => false,
    };
    if may { Verdict::Allowed } else { Verdict::Forbidden }
}
