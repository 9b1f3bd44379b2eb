//! The editions of the notice to parents that were committed stay as they are: whoever changes a word of the
//! notice adds an edition, and guardians are asked again.

use crate::read::tree::{Tree, Trouble};
use std::ffi::OsStr;

const EDITIONS: &str = "docs/notice-editions.txt";

/// Compares the list with the last commit's.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let git = |arguments: &[&str]| tree.ask(OsStr::new("git"), arguments);
    let is_committed = !git(&["ls-tree", "--name-only", "HEAD", "--", EDITIONS])?.trim().is_empty();
    let before = if is_committed { git(&["show", &format!("HEAD:./{EDITIONS}")])? } else { String::new() };
    Ok(changed(&before, &tree.read(EDITIONS)?))
}

/// Lines that were there and are not any more, or not in their place.
fn changed(before: &str, now: &str) -> Vec<String> {
    let mut now = now.lines();
    let lost = before.lines().filter(|line| now.next() != Some(line));
    lost.map(|line| format!("{EDITIONS}: {line:?} was committed and is not to change: add an edition")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_added_and_nothing_else() {
        assert_eq!(changed("", "1 a\n"), Vec::<String>::new());
        assert_eq!(changed("1 a\n", "1 a\n2 b\n"), Vec::<String>::new());
        for now in ["1 b\n", "", "2 b\n1 a\n"] {
            assert_eq!(changed("1 a\n", now).len(), 1, "{now:?}");
        }
    }
}
