//! The tests of the tree by name: test functions in Rust, titles in the web app.

use super::{
    rust,
    tree::{Tree, Trouble, ending},
};

/// What a title may be the first argument of; skipped and unfinished tests prove nothing.
const TEST_CALLS: [&str; 9] =
    ["test", "it", "describe", "each", "only", "concurrent", "sequential", "serial", "parallel"];

/// A test, by the file it is in and its name or title.
pub(crate) struct Test {
    pub(crate) file: String,
    pub(crate) name: String,
}

/// Every test of the tree, new files included.
pub(crate) fn all(tree: &Tree) -> Result<Vec<Test>, Trouble> {
    let mut tests = Vec::new();
    for file in tree.files() {
        let names = if ending(file) == "rs" {
            functions(&tree.read(file)?)
        } else if is_web_test(file) {
            titles(&tree.read(file)?)
        } else {
            continue;
        };
        tests.extend(names.into_iter().map(|name| Test { file: file.to_owned(), name }));
    }
    Ok(tests)
}

fn is_web_test(file: &str) -> bool {
    let is_unit = file.starts_with("web/src/") && (file.ends_with(".test.ts") || file.ends_with(".test.tsx"));
    is_unit || (file.starts_with("web/e2e/") && file.ends_with(".spec.ts"))
}

/// The functions that Rust runs as tests.
fn functions(text: &str) -> Vec<String> {
    let code = rust::code_alone(text);
    let functions = code.match_indices("fn ").filter(|(at, _)| {
        let before = &code[..*at];
        let attributes = &before[before.rfind([';', '{', '}']).map_or(0, |end| end + 1)..];
        !before.ends_with(is_of_a_name) && runs(attributes)
    });
    let name = |after: &str| after.trim_start().chars().take_while(|letter| is_of_a_name(*letter)).collect();
    functions.map(|(at, found)| name(&code[at + found.len()..])).collect()
}

/// Whether attributes without their literals make a test: `#[test]`, `#[tokio::test(…)]`.
fn runs(attributes: &str) -> bool {
    let is_test = ["[test]", "::test]", "::test("].iter().any(|mark| attributes.contains(mark));
    is_test && !attributes.contains("#[ignore")
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The first arguments, as far as they are literals, of the calls that make web tests or groups of them.
fn titles(text: &str) -> Vec<String> {
    let (mut line_before, mut titles) = ("", Vec::new());
    for line in text.lines().filter(|line| !line.trim().is_empty() && !is_comment(line)) {
        for (at, quote) in line.char_indices().filter(|(_, letter)| matches!(letter, '"' | '\'' | '`')) {
            let before = if line[..at].trim().is_empty() { line_before } else { &line[..at] };
            if opens_a_test(before) {
                titles.push(until(quote, &line[at + 1..]));
            }
        }
        line_before = line;
    }
    titles
}

fn is_comment(line: &str) -> bool {
    ["//", "/*", "*"].iter().any(|mark| line.trim_start().starts_with(mark))
}

/// `test(`, `it.only(`, or the second call of `it.each([])(`.
fn opens_a_test(before: &str) -> bool {
    let Some(callee) = before.strip_suffix('(') else { return false };
    let path = callee.rsplit(|letter| !is_of_a_name(letter) && letter != '.').next().unwrap_or(callee);
    if path.is_empty() {
        return callee.ends_with([')', '`']);
    }
    let is_of_tests = matches!(path.split('.').next(), Some("test" | "it" | "describe"));
    is_of_tests && path.split('.').all(|name| TEST_CALLS.contains(&name))
}

fn until(quote: char, text: &str) -> String {
    text.split(quote).next().unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_as_a_test_is_a_test() {
        let text = r##"
            #[test]
            fn a() {}
            #[tokio::test(flavor = "multi; thread")]
            /// c
            pub(crate) async fn b() { call(); fn inner() {} }
            #[cfg(test)]
            fn not_run() {}
            #[test]
            #[ignore = "slow"]
            fn ignored() {}
            // #[test] fn commented() {}
            const A: &str = "#[test] fn quoted() {}";
            fn plain() {}
        "##;
        assert_eq!(functions(text), ["a", "b"]);
    }

    #[test]
    fn titles_are_what_test_calls_begin_with() {
        let text = "
            test(\"a\", async () => {
            it.each([\"x\"])(
              'b',
            test.describe(`c ${d}, e`, () => {
            it.each([\"x\"])(\"f\", () => expect(\"g\"));
            test(
              // why
              \"h\",
        ";
        assert_eq!(titles(text), ["a", "b", "c ${d}, e", "f", "h"]);
    }

    #[test]
    fn what_is_no_test_or_does_not_run_has_no_title() {
        for line in [
            "// test(\"a\", b)",
            " * test(\"a\", b)",
            "test.fixme(\"a\", b)",
            "it.todo(\"a\")",
            "it.skip(\"a\", b)",
            "await test.step(\"a\", b)",
            "expect(\"a\")",
            "const a = \"b\";",
        ] {
            assert_eq!(titles(line), Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn web_tests_are_known_by_folder_and_name() {
        for file in ["web/src/a/b.test.ts", "web/src/b.test.tsx", "web/e2e/a/b.spec.ts"] {
            assert!(is_web_test(file), "{file}");
        }
        for file in ["web/src/b.ts", "web/e2e/support/model.ts", "web/node_modules/a.test.ts"] {
            assert!(!is_web_test(file), "{file}");
        }
    }
}
