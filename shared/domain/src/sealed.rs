//! Text and keys nobody can read without another key, and the place a text belongs to.

use serde::{Deserialize, Serialize};

/// Encrypted text. The vault makes and opens it; the store keeps it and cannot do either. The default, of no
/// bytes at all, opens with no key.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed(#[serde(with = "serde_bytes")] Vec<u8>);

impl Sealed {
    /// Takes bytes that the vault sealed, or that were stored as such.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The sealed bytes: version, nonce, ciphertext, tag.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// A key as it is stored: wrapped by KMS or by another key.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WrappedKey(#[serde(with = "serde_bytes")] Vec<u8>);

impl WrappedKey {
    /// Takes bytes that were wrapped, or that were stored as such.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The wrapped bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrappedKey(…)")
    }
}

/// A key that the key service wrapped, and which of its own keys did: the newest wrapping key when it was
/// made or wrapped anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The key.
    pub wrapped: WrappedKey,
    /// The key service's own name of the wrapping key.
    pub wrapped_by: String,
}

/// The one attribute of the one item that a sealed text belongs to. It is authenticated with the
/// text, so a ciphertext moved to another item, attribute or generation does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot<'a> {
    /// The logical table, independent of how a deployment names it.
    pub table: &'static str,
    /// The partition key's value.
    pub partition: &'a str,
    /// The sort key's value, empty where the table has none.
    pub sort: &'a str,
    /// The attribute's name.
    pub attribute: &'static str,
    /// The generation of the owner's vault; it rises when a person's conversations are erased.
    pub generation: u64,
}

impl Slot<'_> {
    /// The slot as bytes, each part with its length before it, so that no two slots look alike.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts = [self.table, self.partition, self.sort, self.attribute];
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum::<usize>() + 8);
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes.extend(self.generation.to_be_bytes());
        bytes
    }
}
