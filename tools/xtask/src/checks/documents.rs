//! Links from the documents into the repository lead somewhere. Addresses on the web are not asked.

use crate::read::tree::{Tree, Trouble, ending};
use std::collections::BTreeSet;

/// Follows the relative links of every document.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let files: BTreeSet<&str> = tree.files().collect();
    let mut findings = Vec::new();
    for document in tree.files().filter(|file| is_document(file)) {
        findings.extend(dead_links(document, &tree.read(document)?, &files));
    }
    Ok(findings)
}

fn is_document(file: &str) -> bool {
    matches!(file, "README.md" | "ARCHITECTURE.md") || (file.starts_with("docs/") && ending(file) == "md")
}

fn dead_links(document: &str, text: &str, files: &BTreeSet<&str>) -> Vec<String> {
    let dead = |link: &&str| !resolved(document, link).is_some_and(|path| is_there(&path, files));
    links(text)
        .iter()
        .map(String::as_str)
        .filter(|link| is_relative(link))
        .filter(dead)
        .map(|link| format!("{document} links to {link}, which does not exist"))
        .collect()
}

/// A file, or a folder with a file in it.
fn is_there(path: &str, files: &BTreeSet<&str>) -> bool {
    let folder = format!("{path}/");
    path.is_empty() || files.contains(path) || files.iter().any(|file| file.starts_with(&folder))
}

fn is_relative(link: &str) -> bool {
    let scheme = link.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_address = scheme.len() > 1 && scheme.chars().all(|letter| letter.is_ascii_alphanumeric());
    !is_address && !link.starts_with("//") && !link.starts_with('#')
}

/// The path from the root, none if the link leads out of the repository. `/` is the root, as on GitHub.
fn resolved(document: &str, link: &str) -> Option<String> {
    let path = link.split(['#', '?']).next().unwrap_or(link).replace("%20", " ");
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let from_root = if path.starts_with('/') { path } else { format!("{folder}/{path}") };
    let mut parts = Vec::new();
    for part in from_root.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Every target of a link in a Markdown text, in the order of its lines; code has no links.
fn links(text: &str) -> Vec<String> {
    let (mut in_code, mut links) = (false, Vec::new());
    for line in text.lines() {
        let is_fence = ["```", "~~~"].iter().any(|fence| line.trim_start().starts_with(fence));
        in_code ^= is_fence;
        if !in_code && !is_fence {
            links.extend(links_of_line(&without_code(line)));
        }
    }
    links
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

fn links_of_line(line: &str) -> Vec<String> {
    let after = |opening: &'static str| line.match_indices(opening).map(move |(at, found)| &line[at + found.len()..]);
    let inline = after("](").map(|rest| target(rest, ')'));
    let html = after("href=\"").chain(after("src=\"")).map(|rest| target(rest, '"'));
    inline.chain(html).chain(definition(line)).filter(|link| !link.is_empty()).map(str::to_owned).collect()
}

/// The target that `text` begins with: `<a b>`, or what stands before the end, without a title.
fn target(text: &str, end: char) -> &str {
    match text.strip_prefix('<') {
        Some(rest) => rest.split('>').next().unwrap_or(rest),
        None => text.split([end, ' ']).next().unwrap_or(text),
    }
}

/// The target of `[label]: target`; a footnote is none.
fn definition(line: &str) -> Option<&str> {
    let (label, rest) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    (!label.starts_with('^') && !label.contains(']')).then(|| target(rest.trim_start(), ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(text: &str) -> Vec<String> {
        let files = BTreeSet::from(["README.md", "docs/adr/0001.md", "docs/operations.md", "docs/a b.md"]);
        dead_links("docs/operations.md", text, &files)
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for text in [
            "see [the key](adr/0002.md).",
            "![a](picture.png \"title\")",
            "[a](../../outside.md)",
            "[a](/docs/missing.md)",
            "[a](README.md)",
            "[a]: ./missing.md",
            "<img src=\"missing.png\">",
            "[`code`](missing.md)",
        ] {
            assert_eq!(dead(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        for text in [
            "[a](adr/0001.md#heading), [b](../README.md), [c](/README.md), [d](adr/), [e](..)",
            "[a](<a b.md>) and [b](a%20b.md)",
            "[a]: adr/0001.md",
            "[a](#heading), [b](https://example.org/x.md), [c](mailto:a@example.org)",
            "`[a](missing.md)`",
            "```\n[a](missing.md)\n```",
            "[^1]: missing.md is a footnote",
        ] {
            assert_eq!(dead(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_finding_names_document_and_link() {
        assert_eq!(dead("[a](b.md#c)"), ["docs/operations.md links to b.md#c, which does not exist"]);
    }

    #[test]
    fn documents_are_at_the_root_and_under_docs() {
        assert!(is_document("README.md") && is_document("docs/adr/0001.md"));
        assert!(!is_document("web/README.md") && !is_document("docs/a.svg"));
    }
}
