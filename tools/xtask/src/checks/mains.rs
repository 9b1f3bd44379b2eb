//! A function's `main.rs` starts its library and does nothing else.

use crate::read::tree::{Tree, Trouble};

const MOST_LINES: usize = 15;

/// Counts the lines of every function's `main.rs`.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| is_main(file)) {
        findings.extend(finding(file, &tree.read(file)?));
    }
    Ok(findings)
}

fn is_main(file: &str) -> bool {
    let parts: Vec<&str> = file.split('/').collect();
    matches!(parts[..], ["functions", _, "src", "main.rs"])
}

fn finding(file: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > MOST_LINES).then(|| format!("{file} has {lines} lines, and {MOST_LINES} are enough for a main"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_main_of_sixteen_lines_is_found() {
        assert_eq!(finding("m", &"x\n".repeat(15)), None);
        assert!(finding("m", &"x\n".repeat(16)).is_some());
    }

    #[test]
    fn only_mains_of_functions_are_counted() {
        assert!(is_main("functions/auth/src/main.rs"));
        assert!(!is_main("functions/auth/src/inner/main.rs") && !is_main("tools/local/src/main.rs"));
    }
}
