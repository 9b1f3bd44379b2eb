//! The notice to parents (COPPA, 16 CFR 312.4): what is collected, why, who gets it, how long it is kept, and
//! how consent is taken back. What a guardian agrees to is agreed to under a version of it.
//!
//! The words are made of the times that the code uses. A test holds them to `docs/notice.md` and to the digest
//! that `docs/notice-editions.txt` has of this edition, so that no word changes without guardians being asked
//! again.

use crate::{
    audit::{ARCHIVE_DAYS, ARCHIVED_AFTER_DAYS, RETENTION_DAYS},
    family::INVITED_DAYS,
    retention::{BACKUP_DAYS, LIMIT_DAYS, LOG_DAYS},
    share,
    turn::REMEMBERED_DAYS,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The edition of the notice: one more whenever a word of it changes.
pub const EDITION: u16 = 1;

/// A version of the notice: the edition of its words, and the days that the zoo keeps conversations, which it
/// tells parents. `1.90` on the wire; to clients it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    edition: u16,
    keep_days: u32,
}

/// A text that is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a version of the notice")]
pub struct InvalidVersion;

impl Version {
    /// The version of now, where conversations are kept for so many days.
    #[must_use]
    pub fn of(keep_days: u32) -> Self {
        Self { edition: EDITION, keep_days }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.edition, self.keep_days)
    }
}

impl TryFrom<String> for Version {
    type Error = InvalidVersion;

    fn try_from(text: String) -> Result<Self, InvalidVersion> {
        let (edition, keep_days) = text.split_once('.').ok_or(InvalidVersion)?;
        let parsed = (edition.parse(), keep_days.parse());
        let (Ok(edition), Ok(keep_days)) = parsed else { return Err(InvalidVersion) };
        Ok(Self { edition, keep_days })
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

/// A part of the notice: a heading and paragraphs of plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it is about.
    pub heading: &'static str,
    /// What it says.
    pub paragraphs: Vec<String>,
}

/// What stands above it.
pub const TITLE: &str = "Talking with the animals: what we ask you as a parent";

/// The notice, where conversations are kept for so many days.
#[must_use]
pub fn sections(keep_days: u32) -> Vec<Section> {
    vec![why(), collected(), used(), given(), kept(keep_days), choices(), withdrawn(keep_days)]
}

fn section(heading: &'static str, paragraphs: Vec<String>) -> Section {
    Section { heading, paragraphs }
}

fn why() -> Section {
    section(
        "Why we ask you",
        vec![
            "Your child would like to talk with the zoo's animals. The animals' answers are written by a computer \
             program, a language model."
                .to_owned(),
            "The law (the Children's Online Privacy Protection Act) wants us to tell you first what we keep about \
             your child, and to have your consent. Until you agree your child cannot talk with the animals, and \
             nothing that it types is stored or sent on."
                .to_owned(),
            format!(
                "If somebody typed your address to invite you into a family and you do not answer, we forget the \
                 address after {INVITED_DAYS} days."
            ),
        ],
    )
}

fn collected() -> Section {
    section(
        "What we keep",
        vec![
            "The name that is shown for your child and the name it signs in with.".to_owned(),
            "What your child asks, what the animals answer, and when. A child may type anything, so this may hold \
             names or other things about your family."
                .to_owned(),
            "How many questions were asked and how long the answers were, and a fingerprint of the network address, \
             to hold limits."
                .to_owned(),
            "Who looked at your child's conversations or changed something about them, from which network address \
             and with which program."
                .to_owned(),
            "No photographs, no voice, no place, no contacts. There is no advertising.".to_owned(),
        ],
    )
}

fn used() -> Section {
    section(
        "What for",
        vec![
            "So that the animals can answer and remember what was said before, so that your child and you can read \
             it again, and so that the zoo's staff can look into it when something is wrong."
                .to_owned(),
            "We train no model with it, we build no profile of your child, and we sell nothing.".to_owned(),
        ],
    )
}

fn given() -> Section {
    section(
        "Who gets to see it",
        vec![
            "The provider of the language model gets each question and some of the messages before it in the same \
             conversation, without your child's name or address."
                .to_owned(),
            "Amazon Web Services stores everything for the zoo; words, names and addresses are encrypted with keys \
             of the zoo before they are stored."
                .to_owned(),
            "Zookeepers and administrators of the zoo, who have to write down a reason before they open your child's \
             conversation. You and your child can see that they did."
                .to_owned(),
            "Whoever you send a link to, if you agree to sharing.".to_owned(),
        ],
    )
}

fn kept(keep_days: u32) -> Section {
    let shared = share::LONGEST_SECONDS / (24 * 60 * 60);
    section(
        "For how long",
        vec![
            format!(
                "A conversation: {keep_days} days from its first message. You can delete it earlier, and then it is \
                 gone at once."
            ),
            format!(
                "Pieces of an answer, to take up a broken connection again: {REMEMBERED_DAYS} day. A link that you \
                 made: {shared} days at most. Counts for the limits: {LIMIT_DAYS} days. Logs, which hold none of your \
                 child's words and no names: {LOG_DAYS} days."
            ),
            format!(
                "Who looked and who changed something: {RETENTION_DAYS} days; after {ARCHIVED_AFTER_DAYS} days also in \
                 an archive, for {} years. None of your child's words are in it.",
                ARCHIVE_DAYS / 365
            ),
            format!(
                "Backups go back {BACKUP_DAYS} days. What has been deleted stays encrypted in them, and its key is \
                 destroyed."
            ),
            "What you agreed to and when: without an end, as proof that you were asked. It holds no names.".to_owned(),
        ],
    )
}

fn choices() -> Section {
    section(
        "What you can agree to",
        vec![
            "Keeping (collect): we store your child's conversations as described here. Nothing else works without it."
                .to_owned(),
            "The language model (third_party): we send your child's questions to its provider. Your child can talk \
             only if you agree to this and to keeping."
                .to_owned(),
            "Sharing (sharing): you can make links by which others read a conversation. Your child can talk without \
             it."
            .to_owned(),
            "If anything in this notice changes we ask you again, and until you have agreed your child cannot talk."
                .to_owned(),
        ],
    )
}

fn withdrawn(keep_days: u32) -> Section {
    section(
        "How you take it back",
        vec![
            "You can take back each of them at any time, where you gave it, and need no reason. Your child's next \
             question is refused, an answer under way stops within seconds and is not stored, and links open nothing \
             any more."
                .to_owned(),
            format!(
                "What was stored before stays yours to read and to take away until you delete it, {keep_days} days at \
                 most. You can also pause your child's talks, and limit how many questions it asks in a day."
            ),
        ],
    )
}

/// The notice, as `docs/notice.md` has it.
#[must_use]
pub fn document(keep_days: u32) -> String {
    let mut text = format!("# {TITLE}\n\nVersion {}\n", Version::of(keep_days));
    for Section { heading, paragraphs } in sections(keep_days) {
        text.extend(["\n## ", heading, "\n"]);
        for paragraph in paragraphs {
            text.extend(["\n", &paragraph, "\n"]);
        }
    }
    text
}

#[cfg(test)]
mod tests;
