//! The keys that never leave the key service: one that wraps (AES-256-GCM, the encryption context
//! authenticated) and two that sign (P-256), the second for changing over. In a data folder they lie in `keys.json`, readable
//! by its owner only.

use crate::failure::{Explain, Failure};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, rand,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

pub(crate) const VAULT_KEY: &str = "alias/cmz-vault";
pub(crate) const SIGNING_KEY: &str = "alias/cmz-signing";
/// What `SIGNING_KEY_ID` names after the signing key was changed.
pub(crate) const NEXT_SIGNING_KEY: &str = "alias/cmz-signing-next";
/// What a DER `SubjectPublicKeyInfo` of a P-256 point begins with (RFC 5480).
const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Why the service does not do what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotFound,
    InvalidCiphertext,
    Validation,
    UnknownOperation,
    Internal,
}

impl Refusal {
    /// KMS's own name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotFound => "NotFoundException",
            Self::InvalidCiphertext => "InvalidCiphertextException",
            Self::Validation => "ValidationException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::Internal => "KMSInternalException",
        }
    }
}

/// The keys.
pub(crate) struct Keys {
    wrapping: LessSafeKey,
    signing: EcdsaKeyPair,
    next_signing: EcdsaKeyPair,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    wrapping: String,
    signing: String,
    /// Folders of before do not have it.
    next_signing: Option<String>,
}

impl Keys {
    /// Reads the keys of a folder, or makes them where there are none; without a folder, makes
    /// keys that end with the process.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = folder else { return Self::read(&generate()?) };
        let file = folder.join("keys.json");
        let what = format!("the keys {} cannot be used", file.display());
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let mut stored: Stored = serde_json::from_str(&text).explain(&what)?;
                if stored.next_signing.is_none() {
                    stored.next_signing = Some(generate_signing()?);
                    save(&file, &stored).explain(&what)?;
                }
                Self::read(&stored)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let stored = generate()?;
                save(&file, &stored).explain(&what)?;
                Self::read(&stored)
            }
            Err(error) => Err(error).explain(&what),
        }
    }

    fn read(stored: &Stored) -> Result<Self, Failure> {
        let what = "the keys cannot be read";
        let wrapping = BASE64_STANDARD.decode(&stored.wrapping).explain(what)?;
        let wrapping = UnboundKey::new(&AES_256_GCM, &wrapping).explain(what)?;
        let signing = |text: &str| {
            let key = BASE64_STANDARD.decode(text).explain(what)?;
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key).explain(what)
        };
        Ok(Self {
            wrapping: LessSafeKey::new(wrapping),
            signing: signing(&stored.signing)?,
            next_signing: signing(stored.next_signing.as_deref().unwrap_or_default())?,
        })
    }

    pub(crate) fn generate_data_key(
        &self,
        key: &str,
        context: &BTreeMap<String, String>,
    ) -> Result<([u8; 32], Vec<u8>), Refusal> {
        found(key, VAULT_KEY)?;
        let mut plaintext = [0; 32];
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut plaintext).and_then(|()| rand::fill(&mut nonce)).map_err(|_| Refusal::Internal)?;
        let mut body = plaintext.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        let sealed = self.wrapping.seal_in_place_append_tag(unique, Aad::from(bound(context)), &mut body);
        sealed.map_err(|_| Refusal::Internal)?;
        Ok((plaintext, [nonce.as_slice(), &body].concat()))
    }

    pub(crate) fn decrypt(
        &self,
        key: &str,
        context: &BTreeMap<String, String>,
        wrapped: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        found(key, VAULT_KEY)?;
        let invalid = || Refusal::InvalidCiphertext;
        let (nonce, body) = wrapped.split_at_checked(NONCE_LEN).ok_or_else(invalid)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| invalid())?;
        let mut body = body.to_vec();
        let plaintext = self.wrapping.open_in_place(nonce, Aad::from(bound(context)), &mut body);
        plaintext.map(|plaintext| plaintext.to_vec()).map_err(|_| invalid())
    }

    pub(crate) fn public_key(&self, key: &str) -> Result<Vec<u8>, Refusal> {
        Ok([&SPKI_PREFIX, self.signing_key(key)?.public_key().as_ref()].concat())
    }

    pub(crate) fn sign_digest(&self, key: &str, hash: &[u8]) -> Result<Vec<u8>, Refusal> {
        let signing = self.signing_key(key)?;
        let hash = digest::Digest::import_less_safe(hash, &digest::SHA256).map_err(|_| Refusal::Validation)?;
        let signature = signing.sign_digest(&hash).map_err(|_| Refusal::Internal)?;
        Ok(signature.as_ref().to_vec())
    }

    fn signing_key(&self, key: &str) -> Result<&EcdsaKeyPair, Refusal> {
        match key {
            SIGNING_KEY => Ok(&self.signing),
            NEXT_SIGNING_KEY => Ok(&self.next_signing),
            _ => Err(Refusal::NotFound),
        }
    }
}

fn found(key: &str, expected: &str) -> Result<(), Refusal> {
    if key == expected { Ok(()) } else { Err(Refusal::NotFound) }
}

/// The encryption context as bytes, in one order.
fn bound(context: &BTreeMap<String, String>) -> Vec<u8> {
    serde_json::to_vec(context).unwrap_or_default()
}

fn generate() -> Result<Stored, Failure> {
    let mut wrapping = [0; 32];
    rand::fill(&mut wrapping).explain("the system gives no random bytes")?;
    Ok(Stored {
        wrapping: BASE64_STANDARD.encode(wrapping),
        signing: generate_signing()?,
        next_signing: Some(generate_signing()?),
    })
}

fn generate_signing() -> Result<String, Failure> {
    let signing = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).explain("no signing key can be made")?;
    let signing = signing.to_pkcs8v1().explain("no signing key can be made")?;
    Ok(BASE64_STANDARD.encode(signing.as_ref()))
}

/// Writes beside and renames: a start that is cut short leaves no half a key.
fn save(file: &Path, stored: &Stored) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut new = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    new.write_all(&serde_json::to_vec(stored)?)?;
    new.sync_all()?;
    std::fs::rename(beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(owner: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("owner".to_owned(), owner.to_owned())])
    }

    #[test]
    fn a_wrapped_key_opens_in_its_own_context_only() {
        let keys = Keys::open(None).unwrap();
        let (plaintext, wrapped) = keys.generate_data_key(VAULT_KEY, &context("a")).unwrap();
        assert_eq!(keys.decrypt(VAULT_KEY, &context("a"), &wrapped).unwrap(), plaintext);
        let other = keys.decrypt(VAULT_KEY, &context("b"), &wrapped);
        assert_eq!(other, Err(Refusal::InvalidCiphertext));
        let mut changed = wrapped.clone();
        changed[20] ^= 1;
        assert_eq!(keys.decrypt(VAULT_KEY, &context("a"), &changed), Err(Refusal::InvalidCiphertext));
        assert_eq!(keys.decrypt("alias/other", &context("a"), &wrapped), Err(Refusal::NotFound));
    }

    #[test]
    fn a_folder_of_before_gets_its_second_signing_key_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keys::open(Some(folder.path())).unwrap().public_key(SIGNING_KEY).unwrap();
        let file = folder.path().join("keys.json");
        let mut stored: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        stored.as_object_mut().unwrap().remove("next_signing");
        std::fs::write(&file, stored.to_string()).unwrap();
        let [one, two] = [0, 1].map(|_| Keys::open(Some(folder.path())).unwrap());
        assert_eq!((one.public_key(SIGNING_KEY), two.public_key(SIGNING_KEY)), (Ok(first.clone()), Ok(first.clone())));
        assert_eq!(one.public_key(NEXT_SIGNING_KEY), two.public_key(NEXT_SIGNING_KEY));
        assert_ne!(one.public_key(NEXT_SIGNING_KEY), Ok(first));
    }

    #[test]
    fn keys_outlive_a_restart_and_are_their_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (plaintext, wrapped) =
            Keys::open(Some(folder.path())).unwrap().generate_data_key(VAULT_KEY, &context("a")).unwrap();
        let again = Keys::open(Some(folder.path())).unwrap();
        assert_eq!(again.decrypt(VAULT_KEY, &context("a"), &wrapped).unwrap(), plaintext);
        let mode = folder.path().join("keys.json").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
