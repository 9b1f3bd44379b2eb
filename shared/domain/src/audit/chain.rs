//! The chain over the audit trail: every entry's digest stands in a block, every block's hash in the
//! next one, and now and then the last one's is signed. What it holds are digests of the items as they
//! are stored, sealed parts as ciphertext: destroying a key changes nothing here.

use crate::{LogId, Timestamp, audit::ARCHIVED_AFTER_DAYS};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Days that blocks and checkpoints are kept: longer than any entry that they speak of.
pub const CHAIN_DAYS: u32 = 2 * ARCHIVED_AFTER_DAYS;
/// The most links of one block; with more its item would come near to DynamoDB's 400 KB.
pub const LONGEST_BLOCK: usize = 1_000;

/// A value of a stored item, as DynamoDB has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number in the one spelling that DynamoDB gives back.
    Number(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Yes or no.
    Flag(bool),
    /// Nothing.
    Nothing,
    /// Values in their order.
    List(Vec<Value>),
    /// Named values.
    Map(BTreeMap<String, Value>),
    /// A set of texts, numbers or bytes: its kind, and its members' bytes.
    Set(u8, BTreeSet<Vec<u8>>),
}

/// A SHA-256 digest. It prints as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(#[serde(with = "serde_bytes")] [u8; 32]);

/// One entry's place in a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The entry's partition key.
    pub subject: String,
    /// The entry.
    pub log_id: LogId,
    /// The digest of its item.
    pub digest: Digest,
}

/// A number of entries, linked at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Counts from 1.
    pub number: u64,
    /// When, never before the block before.
    pub linked_at: Timestamp,
    /// The hash of the block before; [`Digest::NONE`] in the first.
    pub previous: Digest,
    /// When the block before was linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_at: Option<Timestamp>,
    /// Entries in all blocks before.
    pub entries_before: u64,
    /// The entries.
    pub links: Vec<Link>,
    /// The hash of all this.
    pub hash: Digest,
}

/// A signed statement of how far the chain went, and to what hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// The last block.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
    /// Entries up to and with it.
    pub entries: u64,
    /// When that block was linked.
    pub linked_at: Timestamp,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The id of the key that signed (RFC 7638).
    pub kid: String,
    /// ES256 of [`Checkpoint::statement`], base64url.
    pub signature: String,
}

impl Digest {
    /// The digest of nothing that ever was.
    pub const NONE: Self = Self([0; 32]);

    /// The digest of an item, whatever order its attributes came in.
    #[must_use]
    pub fn of_item(item: &BTreeMap<String, Value>) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"menagerie audit entry\0");
        write_map(&mut hash, item);
        Self(hash.finalize().into())
    }

    /// The digest of a text, such as the id of an event.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The first half.
    #[must_use]
    pub fn half(self) -> [u8; 16] {
        let [half @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.0;
        half
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// Everything has its kind and its length before it, so that no two items look alike.
fn write_value(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Text(text) => write_bytes(hash, b'S', text.as_bytes()),
        Value::Number(digits) => write_bytes(hash, b'N', digits.as_bytes()),
        Value::Bytes(bytes) => write_bytes(hash, b'B', bytes),
        Value::Flag(flag) => write_bytes(hash, b'F', &[u8::from(*flag)]),
        Value::Nothing => write_bytes(hash, b'0', &[]),
        Value::List(values) => {
            hash.update(b"L");
            write_number(hash, values.len() as u64);
            for value in values {
                write_value(hash, value);
            }
        }
        Value::Map(values) => write_map(hash, values),
        Value::Set(kind, members) => {
            hash.update([b's', *kind]);
            write_number(hash, members.len() as u64);
            for member in members {
                write_bytes(hash, b'B', member);
            }
        }
    }
}

fn write_map(hash: &mut Sha256, values: &BTreeMap<String, Value>) {
    hash.update(b"M");
    write_number(hash, values.len() as u64);
    for (name, value) in values {
        write_bytes(hash, b'S', name.as_bytes());
        write_value(hash, value);
    }
}

fn write_bytes(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    write_number(hash, bytes.len() as u64);
    hash.update(bytes);
}

fn write_number(hash: &mut Sha256, number: u64) {
    hash.update(number.to_be_bytes());
}

fn write_time(hash: &mut Sha256, time: Option<Timestamp>) {
    hash.update(time.map_or(-1, Timestamp::as_millis).to_be_bytes());
}

impl Block {
    /// The block behind another, or the first. Clocks of servers differ; time in the chain does not go
    /// back.
    #[must_use]
    pub fn after(head: Option<&Self>, links: Vec<Link>, now: Timestamp) -> Self {
        let mut block = Self {
            number: head.map_or(1, |head| head.number + 1),
            linked_at: head.map_or(now, |head| now.max(head.linked_at)),
            previous: head.map_or(Digest::NONE, |head| head.hash),
            previous_at: head.map(|head| head.linked_at),
            entries_before: head.map_or(0, Self::entries),
            links,
            hash: Digest::NONE,
        };
        block.hash = block.computed();
        block
    }

    /// Entries up to and with this block.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.entries_before + self.links.len() as u64
    }

    /// The hash of what the block says.
    #[must_use]
    pub fn computed(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"menagerie audit block\0");
        write_number(&mut hash, self.number);
        write_time(&mut hash, Some(self.linked_at));
        hash.update(self.previous.0);
        write_time(&mut hash, self.previous_at);
        write_number(&mut hash, self.entries_before);
        write_number(&mut hash, self.links.len() as u64);
        for link in &self.links {
            write_bytes(&mut hash, b'S', link.subject.as_bytes());
            write_bytes(&mut hash, b'S', link.log_id.as_str().as_bytes());
            hash.update(link.digest.0);
        }
        Digest(hash.finalize().into())
    }

    /// When DynamoDB may delete it, in seconds.
    #[must_use]
    pub fn ttl(&self) -> i64 {
        self.linked_at.plus_days(CHAIN_DAYS).as_seconds()
    }
}

impl Checkpoint {
    /// What is to be signed for a block. No access token looks like it: those are two parts with a full
    /// stop between them.
    #[must_use]
    pub fn statement(number: u64, hash: Digest, entries: u64, signed_at: Timestamp) -> String {
        format!("menagerie audit checkpoint\n{number}\n{hash}\n{entries}\n{}", signed_at.as_millis())
    }

    /// What its signature is of.
    #[must_use]
    pub fn own_statement(&self) -> String {
        Self::statement(self.number, self.hash, self.entries, self.signed_at)
    }
}
