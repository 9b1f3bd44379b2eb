//! Nothing is switched off: no lint, no test, no unfinished code. A lint that must be broken is
//! expected, with its reason.

use crate::read::{
    rust,
    tree::{Tree, Trouble, ending},
};

const IN_RUST: [&str; 5] = ["#[allow(", "#![allow(", "#[ignore", "todo!", "unimplemented!"];
const IN_WEB_TESTS: [&str; 4] = [".only(", ".only.", ".skip(", ".skip."];
/// This crate speaks of all of them.
const OWN_SOURCES: &str = "tools/xtask/";

/// Looks through every tracked Rust file and every test of the web app.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let mut findings = Vec::new();
    for file in tree.tracked() {
        if ending(file) == "rs" && !file.starts_with(OWN_SOURCES) {
            findings.extend(found(file, &rust::without_comments(&tree.read(file)?), &IN_RUST));
        } else if is_web_test(file) {
            findings.extend(found(file, &tree.read(file)?, &IN_WEB_TESTS));
        }
    }
    Ok(findings)
}

fn is_web_test(file: &str) -> bool {
    let Some(path) = file.strip_prefix("web/") else { return false };
    let is_script = matches!(ending(path), "ts" | "tsx");
    let is_test = path.contains(".test.") || path.contains(".spec.") || path.starts_with("tests/");
    is_script && (is_test || path.starts_with("e2e/"))
}

fn found(file: &str, text: &str, wanted: &[&str]) -> Vec<String> {
    let lines = text.lines().zip(1..);
    let hits = lines
        .flat_map(|(line, number)| wanted.iter().filter(|word| line.contains(**word)).map(move |word| (number, word)));
    hits.map(|(number, word)| format!("{file}:{number} has {word}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_silencing_rust_is_found_with_its_line() {
        for line in [
            "#[allow(dead_code)]",
            "#![allow(x)]",
            "#[ignore = \"slow\"]",
            "#[ignore]",
            "todo!()",
            "unimplemented!(\"y\")",
        ] {
            let found = found("a.rs", &format!("fn f() {{}}\n{line}\n"), &IN_RUST);
            assert!(found.len() == 1 && found[0].starts_with("a.rs:2 has "), "{line}: {found:?}");
        }
    }

    #[test]
    fn an_expectation_with_a_reason_is_fine() {
        assert_eq!(found("a.rs", "#[expect(dead_code, reason = \"b\")]", &IN_RUST), Vec::<String>::new());
    }

    #[test]
    fn each_way_of_silencing_a_web_test_is_found() {
        for line in ["it.only('a', b)", "describe.skip('a', b)", "test.skip.each([])('a', b)"] {
            assert_eq!(found("a.test.ts", line, &IN_WEB_TESTS).len(), 1, "{line}");
        }
    }

    #[test]
    fn tests_of_the_web_app_are_known_by_name_and_folder() {
        for file in ["web/src/api/session.test.ts", "web/e2e/chat.ts", "web/tests/setup.ts", "web/a.spec.tsx"] {
            assert!(is_web_test(file), "{file}");
        }
        assert!(!is_web_test("web/src/api/session.ts") && !is_web_test("tests/src/a.ts"));
    }
}
