//! The notice and the policy, held to their committed documents and to the digests of all editions.

use super::*;
use crate::retention::{self, CONVERSATION_DAYS};
use sha2::{Digest, Sha256};
use std::{fmt::Write, path::PathBuf};

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a test asks how it is to be run")]
fn is_written() -> bool {
    std::env::var("NOTICE").is_ok_and(|how| how == "write")
}

/// The digest of all words, with the usual days.
fn digest() -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(document(CONVERSATION_DAYS)) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[test]
fn the_committed_notice_and_policy_say_what_the_code_does() {
    for (path, text) in
        [("docs/notice.md", document(CONVERSATION_DAYS)), ("docs/retention-policy.md", retention::policy())]
    {
        if is_written() {
            std::fs::write(file(path), &text).unwrap();
        }
        assert_eq!(read(path), text, "{path} is written anew by `NOTICE=write cargo test -p domain notice`");
    }
}

#[test]
fn no_word_of_the_notice_changes_without_a_new_edition() {
    let editions = "docs/notice-editions.txt";
    let line = format!("{EDITION} {}", digest());
    if is_written() && !read(editions).lines().any(|line| line.starts_with(&format!("{EDITION} "))) {
        std::fs::write(file(editions), format!("{}{line}\n", read(editions))).unwrap();
    }
    let known = read(editions);
    assert_eq!(
        known.lines().last(),
        Some(&*line),
        "the notice has other words than its edition had: raise EDITION in shared/domain/src/notice.rs, and \
         `NOTICE=write cargo test -p domain notice` adds the line"
    );
    let numbers: Vec<u16> = known.lines().map(|line| line.split_once(' ').unwrap().0.parse().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=EDITION), "{numbers:?}");
}

#[test]
fn the_days_that_the_zoo_chose_stand_in_the_notice_and_in_its_version() {
    let other = document(365);
    assert!(other.contains("365 days from its first message") && other.contains("Version 1.365"));
    assert_ne!(Version::of(365), Version::of(CONVERSATION_DAYS));
}

#[test]
fn the_template_keeps_logs_for_as_long_as_the_notice_says() {
    let template = read("template.yaml");
    let days: Vec<_> = template.lines().filter_map(|line| line.trim().strip_prefix("RetentionInDays: ")).collect();
    assert!(!days.is_empty() && days.iter().all(|days| *days == retention::LOG_DAYS.to_string()), "{days:?}");
}

#[test]
fn a_version_is_read_as_it_is_written() {
    let version = Version::of(90);
    assert_eq!(Version::try_from(String::from(version)), Ok(version));
    for text in ["", "1", "1.", ".90", "one.90", "1.90.1", "70000.1"] {
        assert_eq!(Version::try_from(text.to_owned()), Err(InvalidVersion), "{text}");
    }
}
