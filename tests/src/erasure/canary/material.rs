//! What is looked through: files, and sealed bytes with whatever keys there are.

use super::OLD_ENTRY;
use aws_lc_rs::{
    cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey},
    iv::FixedLength,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use std::{path::Path, time::Duration};

/// The sealed bytes begin with their form and a nonce, and end with a tag.
const NONCE: std::ops::Range<usize> = 1..13;
const TAG: usize = 16;

/// Everything sealed in the archive of a folder, which is made when an engine starts on it.
pub(super) async fn archived(folder: &Path) -> Vec<Vec<u8>> {
    let days = folder.join("data/archive/audit");
    for _ in 0..50 {
        let mut sealed = Vec::new();
        for file in files_with(&days, OLD_ENTRY) {
            for line in std::fs::read_to_string(file).unwrap().lines() {
                gather(&serde_json::from_str(line).unwrap(), &mut sealed);
            }
        }
        if !sealed.is_empty() {
            return sealed;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("nothing was archived");
}

/// All bytes in an item.
pub(super) fn gather(value: &Value, found: &mut Vec<Vec<u8>>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| name == "B") {
                    Some(text) => found.push(BASE64_STANDARD.decode(text).unwrap()),
                    None => gather(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, found)),
        _ => {}
    }
}

/// What a key makes of sealed bytes, whatever they were sealed for: without looking at the tag, so that no mistake about
/// the place they belong to hides that they open.
pub(super) fn opened(key: &[u8; 32], sealed: &[u8]) -> Vec<u8> {
    let mut counter = [0; 16];
    counter[..12].copy_from_slice(&sealed[NONCE]);
    // GCM encrypts with the counter from 2 on (NIST SP 800-38D, section 7.1).
    counter[15] = 2;
    let mut body = sealed[NONCE.end..sealed.len() - TAG].to_vec();
    let key = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).unwrap()).unwrap();
    let context = DecryptionContext::Iv128(FixedLength::from(counter));
    key.decrypt(&mut body, context).unwrap().to_vec()
}

/// Which of the words some key opens somewhere.
pub(super) fn found<'a>(sealed: &[Vec<u8>], keys: &[[u8; 32]], words: &[&'a str]) -> Vec<&'a str> {
    let long = sealed.iter().filter(|bytes| bytes.len() > NONCE.end + TAG);
    let all: Vec<Vec<u8>> = long.flat_map(|bytes| keys.iter().map(|key| opened(key, bytes))).collect();
    words.iter().copied().filter(|word| all.iter().any(|plain| holds(plain, word))).collect()
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// The files under a folder that hold a word.
pub(super) fn files_with(folder: &Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files_with(&entry.path(), word)),
            false if holds(&std::fs::read(entry.path()).unwrap(), word) => {
                found.push(entry.path().display().to_string());
            }
            false => {}
        }
    }
    found
}

/// How much there was to read: a look that finds nothing has to have looked at something.
pub(super) fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => bytes_in(&entry.path()),
            false => entry.metadata().unwrap().len(),
        })
        .sum()
}
