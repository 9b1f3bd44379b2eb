//! One key: what it is made of, what it does, and whether it may.

use super::refusal::Refusal;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, rand,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a DER `SubjectPublicKeyInfo` of a P-256 point begins with (RFC 5480).
const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Spec {
    /// Wraps: AES-256-GCM, the encryption context authenticated.
    #[serde(rename = "SYMMETRIC_DEFAULT")]
    Wrapping,
    /// Signs: P-256.
    #[serde(rename = "ECC_NIST_P256")]
    Signing,
}

/// Whether a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Enabled,
    Disabled,
    PendingDeletion,
}

/// A key as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) spec: Spec,
    /// base64: 32 bytes, or PKCS #8.
    material: String,
    pub(crate) state: State,
    pub(crate) made_at: Timestamp,
    /// When it is no more, where it is ending.
    pub(crate) ends_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) description: String,
}

impl Key {
    /// A new key; none where the system gives no random bytes.
    pub(crate) fn make(spec: Spec, now: Timestamp) -> Option<Self> {
        let material = match spec {
            Spec::Wrapping => {
                let mut bytes = [0; 32];
                rand::fill(&mut bytes).ok()?;
                BASE64_STANDARD.encode(bytes)
            }
            Spec::Signing => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).ok()?;
                BASE64_STANDARD.encode(pair.to_pkcs8v1().ok()?.as_ref())
            }
        };
        Some(Self::of_before(spec, material, now))
    }

    /// A key of a folder of before, which has its material only.
    pub(crate) fn of_before(spec: Spec, material: String, now: Timestamp) -> Self {
        Self { spec, material, state: State::Enabled, made_at: now, ends_at: None, description: String::new() }
    }

    /// Whether the material is what it should be.
    pub(crate) fn is_whole(&self) -> bool {
        match self.spec {
            Spec::Wrapping => self.cipher().is_ok(),
            Spec::Signing => self.pair().is_ok(),
        }
    }

    /// That it may be used, and for this.
    pub(crate) fn check(&self, spec: Spec) -> Result<(), Refusal> {
        match self.state {
            State::Disabled => Err(Refusal::Disabled),
            State::PendingDeletion => Err(Refusal::InvalidState),
            State::Enabled if self.spec != spec => Err(Refusal::InvalidKeyUsage),
            State::Enabled => Ok(()),
        }
    }

    /// Nonce, ciphertext and tag.
    pub(crate) fn wrap(&self, context: &BTreeMap<String, String>, plaintext: &[u8]) -> Result<Vec<u8>, Refusal> {
        self.check(Spec::Wrapping)?;
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| Refusal::Internal)?;
        let mut body = plaintext.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        let sealed = self.cipher()?.seal_in_place_append_tag(unique, Aad::from(bound(context)), &mut body);
        sealed.map_err(|_| Refusal::Internal)?;
        Ok([nonce.as_slice(), &body].concat())
    }

    pub(crate) fn unwrap(&self, context: &BTreeMap<String, String>, wrapped: &[u8]) -> Result<Vec<u8>, Refusal> {
        self.check(Spec::Wrapping)?;
        let invalid = || Refusal::InvalidCiphertext;
        let (nonce, body) = wrapped.split_at_checked(NONCE_LEN).ok_or_else(invalid)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| invalid())?;
        let mut body = body.to_vec();
        let plaintext = self.cipher()?.open_in_place(nonce, Aad::from(bound(context)), &mut body);
        plaintext.map(|plaintext| plaintext.to_vec()).map_err(|_| invalid())
    }

    /// DER `SubjectPublicKeyInfo`.
    pub(crate) fn public_key(&self) -> Result<Vec<u8>, Refusal> {
        self.check(Spec::Signing)?;
        Ok([&SPKI_PREFIX, self.pair()?.public_key().as_ref()].concat())
    }

    /// A DER signature of a SHA-256 digest.
    pub(crate) fn sign_digest(&self, hash: &[u8]) -> Result<Vec<u8>, Refusal> {
        self.check(Spec::Signing)?;
        let hash = digest::Digest::import_less_safe(hash, &digest::SHA256).map_err(|_| Refusal::Validation)?;
        let signature = self.pair()?.sign_digest(&hash).map_err(|_| Refusal::Internal)?;
        Ok(signature.as_ref().to_vec())
    }

    fn cipher(&self) -> Result<LessSafeKey, Refusal> {
        let key = BASE64_STANDARD.decode(&self.material).map_err(|_| Refusal::Internal)?;
        UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new).map_err(|_| Refusal::Internal)
    }

    fn pair(&self) -> Result<EcdsaKeyPair, Refusal> {
        let key = BASE64_STANDARD.decode(&self.material).map_err(|_| Refusal::Internal)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key).map_err(|_| Refusal::Internal)
    }
}

/// The encryption context as bytes, in one order.
fn bound(context: &BTreeMap<String, String>) -> Vec<u8> {
    serde_json::to_vec(context).unwrap_or_default()
}
