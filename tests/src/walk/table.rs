//! The table that people read: per operation the principals as rows, whom it concerns as columns.

use super::{
    cells::{Cell, Outcome},
    principals::{GROUPS, Principal},
};
use crate::testkit::Route;
use std::fmt::Write;

const HEAD: &str = "\
# What every route answers to whom

A test asks every operation of `openapi.yaml` as everybody about everybody, over HTTP and on the real engine
(`tests/src/walk`), and the answers have to be these. Change the rules and then this file with them; this writes it anew,
and every line that changed wants to be read:

    ROUTES_TABLE=write cargo nextest run -p tests -E 'test(walk::every_route)'

**Cells.** The status, and the problem's code where it is not the usual one: 400 `bad_request`, 401 `unauthorized`, 403
`forbidden`, 404 `not_found`, 422 `invalid`. `text` says that the answer held words of the one whom the request names, or
of the caller where nobody is named; where it held others' words they are named. No refusal ever held any.

**Rows.** \"No good token\" is no token at all, and \"any bad token\": a malformed, a forged, an unsigned and an expired
one, one of another issuer and one for another audience. Behind each stands the account of an administrator, so that only
the token is in the way. Every good token says to be an administrator's; the account decides. The disabled and the erased
account are administrators' as well. \"No such account\" had one. All give a reason (`X-Access-Reason`) but those of whom it
says otherwise.

**Columns.** Whom the request concerns, seen from the row: every principal has had conversations, and stands as the
guardian in the account of a child, which means something for parents and staff only. The erased account here has its mark
and its keys still, as if an erasure had just begun.

";

/// An operation and what its cells answered.
pub(super) struct Section<'a> {
    pub(super) route: &'a Route,
    pub(super) cells: &'a [(Cell, Outcome)],
}

/// The whole file.
pub(super) fn render(sections: &[Section<'_>]) -> String {
    let mut groups: Vec<(String, Vec<&Section<'_>>)> = Vec::new();
    for section in sections {
        let table = section.table();
        match groups.iter_mut().find(|(same, _)| *same == table) {
            Some((_, group)) => group.push(section),
            None => groups.push((table, vec![section])),
        }
    }
    let mut text = HEAD.to_owned();
    text.push_str("| operation | function | |\n|---|---|---|\n");
    for section in sections {
        let (_, group) = groups.iter().find(|(_, group)| group.iter().any(|one| std::ptr::eq(*one, section))).unwrap();
        let Route { method, path, function, id, .. } = section.route;
        let _ = writeln!(text, "| `{method} {path}` | {function} | [{id}](#{}) |", anchor(&title(group)));
    }
    for (table, group) in &groups {
        let _ = write!(text, "\n## {}\n\n{table}", title(group));
    }
    text
}

fn title(group: &[&Section<'_>]) -> String {
    group.iter().map(|section| section.route.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// The anchor of a heading.
fn anchor(title: &str) -> String {
    title.to_lowercase().replace(", ", "-")
}

impl Section<'_> {
    /// The rows, equal ones together.
    fn table(&self) -> String {
        let aims = self.cells[0].0.operation.aims;
        let mut rows: Vec<(Vec<&str>, Vec<Principal>)> = Vec::new();
        for cells in self.cells.chunks(aims.len()) {
            let words: Vec<_> = cells.iter().map(|(_, outcome)| outcome.words.as_str()).collect();
            match rows.iter_mut().find(|(same, _)| *same == words) {
                Some((_, principals)) => principals.push(cells[0].0.principal),
                None => rows.push((words, vec![cells[0].0.principal])),
            }
        }
        let names: Vec<_> = aims.iter().map(|aim| aim.name()).collect();
        let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
        for (words, principals) in rows {
            let _ = writeln!(text, "| {} | {} |", called(&principals), words.join(" | "));
        }
        text
    }
}

/// What principals are called together.
fn called(principals: &[Principal]) -> String {
    let mut left = principals.to_vec();
    let mut names: Vec<(Principal, &str)> = Vec::new();
    for (name, members) in GROUPS {
        if members.iter().all(|member| left.contains(member)) {
            names.push((members[0], name));
            left.retain(|one| !members.contains(one));
        }
    }
    names.extend(left.into_iter().map(|one| (one, one.name())));
    names.sort_unstable();
    names.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}
