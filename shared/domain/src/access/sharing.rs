//! Who may make links to conversations, and what one may do because one holds a good one.

use super::{Action, Relation, Verdict, Who};

/// Whether somebody may make links to the conversations of somebody in a relation.
pub(super) fn share(who: Who, relation: Relation) -> Verdict {
    match (relation, who) {
        (Relation::Oneself, Who::User | Who::Parent | Who::Zookeeper | Who::Administrator)
        | (Relation::OwnChild, Who::Parent) => Verdict::Allowed,
        (Relation::Oneself, Who::Visitor | Who::Child)
        | (Relation::OwnChild, Who::Visitor | Who::Child | Who::User | Who::Zookeeper | Who::Administrator)
        | (Relation::OthersChild | Relation::OtherAdult | Relation::SharedWith | Relation::Zoo, _) => {
            Verdict::Forbidden
        }
    }
}

/// Whether somebody may do it because they hold a good link: read, and nothing else.
pub(super) fn by_link(who: Who, action: Action) -> Verdict {
    match action {
        Action::ReadHistory => match who {
            Who::Child | Who::User | Who::Parent => Verdict::Allowed,
            // A link may lead to a child's words.
            Who::Zookeeper | Who::Administrator => Verdict::AllowedWithReason,
            Who::Visitor => Verdict::Forbidden,
        },
        Action::ExportHistory
        | Action::ExportData
        | Action::ListSessions
        | Action::ContinueSession
        | Action::DeleteSession
        | Action::ShareHistory
        | Action::ReadUsage
        | Action::ConfigureAnimals
        | Action::AdministerUsers
        | Action::UseAccount
        | Action::ReadFamily
        | Action::ManageFamily
        | Action::AddChild
        | Action::Invite
        | Action::SetControls
        | Action::ReadInsights
        | Action::ReadTopics
        | Action::ReadConsent
        | Action::GiveConsent
        | Action::ReadAudit
        | Action::VerifyAudit
        | Action::ReadAlerts
        | Action::EraseConversations
        | Action::EraseAccount
        | Action::ReadReceipt => Verdict::Forbidden,
    }
}
