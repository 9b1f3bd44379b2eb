//! Files that fit on a few screens, and names that say what is inside.

use crate::read::{
    rust,
    tree::{Tree, Trouble, ending},
};

const MOST_LINES: usize = 300;
const SOURCES: [&str; 3] = ["rs", "ts", "tsx"];
/// Files and folders that tools write.
const GENERATED: [&str; 2] = ["web/src/api/schema.d.ts", "web/src/paraglide/"];
/// Names that fit anything and so say nothing.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helper", "helpers", "manager", "managers"];

/// Looks at the length and the names of every tracked file.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let mut findings = Vec::new();
    for file in tree.tracked().filter(|file| !is_generated(file)) {
        findings.extend(name_finding(file));
        if is_source(file) {
            findings.extend(text_findings(file, &tree.read(file)?));
        }
    }
    Ok(findings)
}

fn is_generated(file: &str) -> bool {
    GENERATED.iter().any(|generated| file == *generated || (generated.ends_with('/') && file.starts_with(generated)))
}

fn is_source(file: &str) -> bool {
    SOURCES.contains(&ending(file))
}

fn name_finding(file: &str) -> Option<String> {
    let stems = file.split('/').map(|part| part.split('.').next().unwrap_or(part).to_lowercase());
    let empty = stems.into_iter().find(|stem| EMPTY_NAMES.contains(&stem.as_str()))?;
    Some(format!("{file}: {empty} says nothing about what is inside"))
}

fn text_findings(file: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    let long = (lines > MOST_LINES).then(|| format!("{file} has {lines} lines, more than {MOST_LINES}"));
    let modules = if ending(file) == "rs" { inline_modules(text) } else { Vec::new() };
    let modules = modules.into_iter().map(|name| format!("{file}: a module {name} says nothing about what is inside"));
    long.into_iter().chain(modules).collect()
}

fn inline_modules(text: &str) -> Vec<&'static str> {
    let code = rust::code_alone(text);
    let words: Vec<&str> = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    let named = |name: &&str| words.windows(2).any(|pair| pair == ["mod", *name]);
    EMPTY_NAMES.into_iter().filter(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_301_lines_is_found() {
        assert_eq!(text_findings("a.ts", &"x\n".repeat(300)), Vec::<String>::new());
        assert_eq!(text_findings("a.ts", &"x\n".repeat(301)), ["a.ts has 301 lines, more than 300"]);
    }

    #[test]
    fn generated_files_and_other_formats_may_be_long() {
        assert!(is_generated("web/src/api/schema.d.ts") && is_generated("web/src/paraglide/runtime.js"));
        assert!(!is_generated("web/src/api/schema.d.tsx") && !is_generated("web/src/api/client.ts"));
        assert!(is_source("a/b.tsx") && is_source("a.rs") && !is_source("Cargo.lock"));
    }

    #[test]
    fn an_empty_name_of_a_file_or_a_folder_is_found() {
        for file in ["a/utils.rs", "web/src/Helpers/index.ts", "a/manager.test.ts"] {
            assert!(name_finding(file).is_some(), "{file}");
        }
        assert_eq!(name_finding("shared/store/src/managed.rs"), None);
    }

    #[test]
    fn a_module_with_an_empty_name_is_found() {
        assert_eq!(text_findings("a.rs", "pub mod utils {}\n").len(), 1);
        assert_eq!(text_findings("a.rs", "// mod utils\nmod users;\nfn f() { \"mod utils\" }\n"), Vec::<String>::new());
    }
}
