//! Access, held to its committed table.

use super::*;
use crate::{
    consent::Consent,
    user::{Controls, Status},
};
use std::fmt::Write;

/// Every answer, as a table that a person can read.
fn table() -> String {
    let mut text = String::from(
        "# Who may do what\n\n\
         Every answer of `shared/domain/src/access.rs`. Change the rules there and then this file with them:\n\
         `ACCESS_TABLE=write cargo test -p domain access` writes it anew.\n",
    );
    for action in Action::ALL {
        let _ = write!(text, "\n## {action:?}\n\n| |");
        for relation in Relation::ALL {
            let _ = write!(text, " {relation:?} |");
        }
        let _ = write!(text, "\n|{}\n", "---|".repeat(1 + Relation::ALL.len()));
        for who in Who::ALL {
            let _ = write!(text, "| {who:?} |");
            for relation in Relation::ALL {
                let answer = match decide(who, action, relation) {
                    Verdict::Allowed => "yes",
                    Verdict::AllowedWithReason => "with a reason",
                    Verdict::NeedsGuardian => "guardian confirms",
                    Verdict::Forbidden => "no",
                };
                let _ = write!(text, " {answer} |");
            }
            text.push('\n');
        }
    }
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test asks how it is to be run")]
fn the_committed_table_says_what_the_code_does() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/access.md");
    if std::env::var("ACCESS_TABLE").is_ok_and(|how| how == "write") {
        std::fs::write(&file, table()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), table());
}

#[test]
fn visitors_have_no_history_and_nobody_goes_on_with_anothers() {
    for relation in Relation::ALL {
        for action in [
            Action::ReadHistory,
            Action::ExportHistory,
            Action::ExportData,
            Action::ListSessions,
            Action::ContinueSession,
            Action::DeleteSession,
            Action::ShareHistory,
        ] {
            assert_eq!(decide(Who::Visitor, action, relation), Verdict::Forbidden);
        }
        for who in Who::ALL.into_iter().filter(|_| relation != Relation::Oneself) {
            assert_eq!(decide(who, Action::ContinueSession, relation), Verdict::Forbidden);
        }
    }
}

#[test]
fn who_holds_a_link_may_read_and_nothing_else() {
    for action in Action::ALL.into_iter().filter(|action| *action != Action::ReadHistory) {
        for who in Who::ALL {
            assert_eq!(decide(who, action, Relation::SharedWith), Verdict::Forbidden, "{who:?} {action:?}");
        }
    }
}

#[test]
fn a_relation_comes_from_the_accounts() {
    let id = |text: &str| UserId::parse(text).unwrap();
    let person = User {
        user_id: id("pat"),
        role: Role::Parent,
        status: Status::Active,
        parent_user_id: None,
        consent: Consent::default(),
        controls: Controls::default(),
        generation: 0,
    };
    assert_eq!(Relation::of(&person, &id("pat"), None), Relation::Oneself);
    assert_eq!(Relation::of(&person, &id("sam"), Some(&id("pat"))), Relation::OwnChild);
    assert_eq!(Relation::of(&person, &id("noa"), Some(&id("robin"))), Relation::OthersChild);
    assert_eq!(Relation::of(&person, &id("uma"), None), Relation::OtherAdult);
    assert_eq!(User { role: Role::User, parent_user_id: Some(id("pat")), ..person }.who(), Who::Child);
}
