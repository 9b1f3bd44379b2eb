//! Every acceptance criterion has a test that names it, or stands on the list of those without one,
//! which only shrinks.

use crate::read::{
    criterion::{Id, List, Tag},
    proofs::{self, Test},
    tree::{Tree, Trouble},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fmt::Write,
};

const CRITERIA: &str = "docs/criteria.md";
const OPEN: &str = "docs/criteria-open.txt";

/// Compares the criteria, the tests and the list of what is open.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    Ok(State::read(tree)?.findings())
}

/// Which tests prove which criterion, a line for each, and how many are open.
pub(crate) fn table(tree: &Tree) -> Result<String, Trouble> {
    Ok(State::read(tree)?.table())
}

struct State {
    criteria: List,
    open: List,
    tests: Vec<Test>,
    committed: Option<Committed>,
}

/// The two lists as the last commit has them.
struct Committed {
    criteria: List,
    open: List,
}

impl State {
    fn read(tree: &Tree) -> Result<Self, Trouble> {
        Ok(Self {
            criteria: List::of_markdown(&tree.read(CRITERIA)?),
            open: List::of_lines(&tree.read(OPEN)?),
            tests: proofs::all(tree)?,
            committed: committed(tree)?,
        })
    }

    fn findings(&self) -> Vec<String> {
        let lists = [(CRITERIA, &self.criteria), (OPEN, &self.open)];
        let of_lists = lists.into_iter().flat_map(|(file, list)| disorder(file, list));
        let mut findings: Vec<String> = of_lists.collect();
        findings.extend(self.unproven());
        findings.extend(self.of_open());
        findings.extend(self.unknown_tags());
        findings.extend(self.grown());
        findings
    }

    fn unproven(&self) -> Vec<String> {
        let proofs = self.proofs();
        let neither = |id: &&Id| !proofs.contains_key(id) && !self.open.ids.contains(id);
        self.criteria.ids.iter().filter(neither).map(|id| format!("{id} has no test and is not in {OPEN}")).collect()
    }

    /// Lines of the list of what is open that are not true.
    fn of_open(&self) -> Vec<String> {
        let proofs = self.proofs();
        let wrong = |id: &Id| match proofs.get(id) {
            _ if !self.criteria.ids.contains(id) => Some(format!("{OPEN}: {id} is not in {CRITERIA}")),
            Some(tests) => {
                let by = tests.first().map_or(String::new(), |test| format!(", {}", place(test)));
                Some(format!("{OPEN}: {id} has a test now{by}: remove it: the file only shrinks"))
            }
            None => None,
        };
        self.open.ids.iter().filter_map(wrong).collect()
    }

    fn unknown_tags(&self) -> Vec<String> {
        let unknown = |test: &Test| {
            let tags = Tag::all(&test.name).into_iter().filter(|tag| self.meaning(tag).is_none());
            tags.map(|tag| format!("{} names {}, which is not in {CRITERIA}", place(test), tag.0)).collect::<Vec<_>>()
        };
        self.tests.iter().flat_map(unknown).collect()
    }

    /// What became open since the last commit, unless the criterion is as new.
    fn grown(&self) -> Vec<String> {
        let Some(committed) = &self.committed else { return Vec::new() };
        let is_grown = |id: &&Id| !committed.open.ids.contains(id) && committed.criteria.ids.contains(id);
        let grown = self.open.ids.iter().filter(is_grown);
        grown.map(|id| format!("{OPEN}: {id} was not open before: the file only shrinks")).collect()
    }

    /// The tests of every criterion that has some.
    fn proofs(&self) -> BTreeMap<Id, Vec<&Test>> {
        let mut proofs: BTreeMap<Id, Vec<&Test>> = BTreeMap::new();
        for test in &self.tests {
            let named: BTreeSet<Id> = Tag::all(&test.name).iter().filter_map(|tag| self.meaning(tag)).collect();
            for id in named {
                proofs.entry(id).or_default().push(test);
            }
        }
        proofs
    }

    /// The criterion that a tag names.
    fn meaning(&self, tag: &Tag<'_>) -> Option<Id> {
        tag.readings().into_iter().find(|id| self.criteria.ids.contains(id))
    }

    fn table(&self) -> String {
        let (proofs, mut text) = (self.proofs(), String::new());
        for id in &self.criteria.ids {
            let tests = proofs.get(id).map_or(Vec::new(), |tests| tests.iter().map(|test| place(test)).collect());
            let without = if self.open.ids.contains(id) { "open" } else { "no test, and not open" };
            let cells = if tests.is_empty() { vec![without.to_owned()] } else { tests };
            for (row, cell) in cells.iter().enumerate() {
                let first = if row == 0 { id.to_string() } else { String::new() };
                _ = writeln!(text, "{first:<10}  {cell}");
            }
        }
        let (all, proven, open) = (self.criteria.ids.len(), proofs.len(), self.open.ids.len());
        _ = writeln!(text, "{all} criteria: {proven} with a test, {open} open");
        text
    }
}

fn committed(tree: &Tree) -> Result<Option<Committed>, Trouble> {
    let git = |arguments: &[&str]| tree.ask(OsStr::new("git"), arguments);
    let shown = |file: &str| git(&["show", &format!("HEAD:./{file}")]);
    let there = git(&["ls-tree", "--name-only", "HEAD", "--", OPEN, CRITERIA])?;
    if there.lines().count() < 2 {
        return Ok(None);
    }
    Ok(Some(Committed { criteria: List::of_markdown(&shown(CRITERIA)?), open: List::of_lines(&shown(OPEN)?) }))
}

/// Entries that are no ids, or twice there, or not in their order.
fn disorder(file: &str, list: &List) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let twice = list.ids.iter().filter(|id| !seen.insert(**id)).map(|id| format!("{file}: {id} is there twice"));
    let unreadable = list.unreadable.iter().map(|entry| format!("{file}: {entry:?} is no id"));
    let misplaced = list.ids.windows(2).find(|pair| pair[0] > pair[1]);
    let misplaced = misplaced.map(|pair| format!("{file}: {} stands before {}", pair[0], pair[1]));
    unreadable.chain(twice).chain(misplaced).collect()
}

fn place(test: &Test) -> String {
    format!("{}:{}", test.file, test.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(criteria: &str, open: &str, tests: &[&str]) -> State {
        let criteria = criteria.split_whitespace().map(|id| format!("- **{id}** a\n")).collect::<String>();
        let open = open.split_whitespace().map(|id| format!("{id}\n")).collect::<String>();
        let test = |name: &&str| Test { file: "a.rs".to_owned(), name: (*name).to_owned() };
        State {
            criteria: List::of_markdown(&criteria),
            open: List::of_lines(&open),
            tests: tests.iter().map(test).collect(),
            committed: None,
        }
    }

    fn findings(criteria: &str, open: &str, tests: &[&str]) -> Vec<String> {
        state(criteria, open, tests).findings()
    }

    fn after(before: &State, mut now: State) -> Vec<String> {
        let of = |list: &List| List { ids: list.ids.clone(), unreadable: Vec::new() };
        now.committed = Some(Committed { criteria: of(&before.criteria), open: of(&before.open) });
        now.findings()
    }

    #[test]
    fn what_is_proven_or_open_is_fine() {
        let tests = ["c000_1_1_and_c002_5_3_1_a", "c000_1_1_b", "c000_2_1_30_seconds", "something_else"];
        assert_eq!(findings("000-1-1 000-1-2 000-2-1 002-5.3-1", "000-1-2", &tests), Vec::<String>::new());
    }

    #[test]
    fn a_criterion_with_neither_test_nor_open_line_is_found() {
        assert_eq!(findings("000-1-1", "", &[]), ["000-1-1 has no test and is not in docs/criteria-open.txt"]);
    }

    #[test]
    fn an_open_line_with_a_test_is_found() {
        assert_eq!(
            findings("000-1-1", "000-1-1", &["c000_1_1_b"]),
            ["docs/criteria-open.txt: 000-1-1 has a test now, a.rs:c000_1_1_b: \
                 remove it: the file only shrinks"]
        );
    }

    #[test]
    fn an_open_line_without_a_criterion_is_found() {
        assert_eq!(findings("", "000-1-1", &[]), ["docs/criteria-open.txt: 000-1-1 is not in docs/criteria.md"]);
    }

    #[test]
    fn a_test_that_names_no_criterion_is_found() {
        for name in ["c000_1_9_a", "c000_1", "c002_5_3_1_a"] {
            let found = findings("000-1-1", "000-1-1", &[name]);
            assert!(found.len() == 1 && found[0].starts_with(&format!("a.rs:{name} names c00")), "{found:?}");
        }
    }

    #[test]
    fn duplicates_are_found_in_both_lists() {
        assert_eq!(
            findings("000-1-1 000-1-1", "000-1-1 000-1-1", &[]),
            ["docs/criteria.md: 000-1-1 is there twice", "docs/criteria-open.txt: 000-1-1 is there twice"]
        );
    }

    #[test]
    fn what_is_no_id_and_what_is_out_of_order_is_found() {
        assert_eq!(findings("000-1-1", "000-1-1 1-1", &[]), ["docs/criteria-open.txt: \"1-1\" is no id"]);
        assert_eq!(
            findings("000-1-1 000-1-2", "000-1-2 000-1-1", &[]),
            ["docs/criteria-open.txt: 000-1-2 stands before 000-1-1"]
        );
    }

    #[test]
    fn a_criterion_that_loses_its_test_cannot_become_open() {
        let before = state("000-1-1 000-1-2", "000-1-2", &["c000_1_1_a"]);
        let found = after(&before, state("000-1-1 000-1-2", "000-1-1 000-1-2", &[]));
        assert_eq!(found, ["docs/criteria-open.txt: 000-1-1 was not open before: the file only shrinks"]);
    }

    #[test]
    fn a_new_criterion_may_be_open() {
        let before = state("000-1-1", "000-1-1", &[]);
        assert_eq!(after(&before, state("000-1-1 000-1-2", "000-1-1 000-1-2", &[])), Vec::<String>::new());
    }

    #[test]
    fn the_table_shows_every_criterion_and_counts() {
        let table = state("000-1-1 000-1-2 000-1-3", "000-1-2", &["c000_1_1_a", "c000_1_1_b"]).table();
        let lines: Vec<String> =
            table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            lines,
            [
                "000-1-1 a.rs:c000_1_1_a",
                "a.rs:c000_1_1_b",
                "000-1-2 open",
                "000-1-3 no test, and not open",
                "3 criteria: 1 with a test, 1 open"
            ]
        );
    }
}
