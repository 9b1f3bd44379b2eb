//! The checks that Cargo, clippy and rustfmt cannot express.
//!
//! This file owns the command line and the output; each check is a file of its own under `checks`,
//! and what the checks read is under `read`.

mod checks;
mod read;

use checks::CHECKS;
use read::tree::Tree;
use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

const USAGE: &str = "usage, from the root of the repository: cargo run -p xtask -- check | criteria";

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(".");
    if arguments == ["check"] {
        let findings = all_findings(root);
        report(&findings, &mut io::stdout().lock())?;
        Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    } else if arguments == ["criteria"] {
        print_criteria(root)
    } else {
        writeln!(io::stderr(), "{USAGE}")?;
        Ok(ExitCode::from(2))
    }
}

/// Prints which tests prove which acceptance criterion; says nothing about whether that suffices.
fn print_criteria(root: &Path) -> io::Result<ExitCode> {
    match Tree::open(root).and_then(|tree| checks::criteria::table(&tree)) {
        Ok(table) => write!(io::stdout().lock(), "{table}").map(|()| ExitCode::SUCCESS),
        Err(trouble) => writeln!(io::stderr(), "criteria: {trouble}").map(|()| ExitCode::FAILURE),
    }
}

/// What every check has to say, one line each. A check that cannot do its work says so: it never passes.
fn all_findings(root: &Path) -> Vec<String> {
    let tree = match Tree::open(root) {
        Ok(tree) => tree,
        Err(trouble) => return vec![format!("tree: {trouble}")],
    };
    let lines = |(name, check): &(&str, checks::Check)| {
        let found = check(&tree).unwrap_or_else(|trouble| vec![trouble.to_string()]);
        found.into_iter().map(move |finding| format!("{name}: {finding}")).collect::<Vec<_>>()
    };
    CHECKS.iter().flat_map(lines).collect()
}

fn report(findings: &[String], out: &mut impl Write) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    if findings.is_empty() {
        let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
        writeln!(out, "all {} checks pass: {}", names.len(), names.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(findings: &[&str]) -> String {
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let mut out = Vec::new();
        report(&findings, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn findings_stand_one_to_a_line() {
        assert_eq!(printed(&["sizes: a", "mains: b"]), "sizes: a\nmains: b\n");
    }

    #[test]
    fn silence_is_one_line_that_names_the_checks() {
        let line = printed(&[]);
        assert_eq!(line.lines().count(), 1);
        assert!(CHECKS.iter().all(|(name, _)| line.contains(name)), "{line}");
    }

    #[test]
    fn a_tree_that_cannot_be_read_does_not_pass() {
        let findings = all_findings(Path::new("/nowhere/at/all"));
        assert!(findings.iter().any(|finding| finding.starts_with("tree: ")), "{findings:?}");
    }
}
