//! A data key: AES-256-GCM over text and over other keys, HKDF for what is derived from it.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac, rand,
};
use aws_sdk_kms::primitives::Blob;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Sealed, SessionId, Slot, UserId, WrappedKey, audit::Purpose};
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

/// The first byte of everything sealed: the form of what follows (nonce, ciphertext, tag).
const VERSION: u8 = 1;
const KEY_LEN: usize = 32;

/// What a wrapped key is for. It is part of what authenticates the key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    owner: String,
    key: String,
}

impl Label {
    /// The key that wraps the keys of a person's sessions, in one generation of their vault.
    #[must_use]
    pub fn conversations(owner: &UserId, generation: u64) -> Self {
        Self { owner: owner.to_string(), key: format!("conversations#{generation}") }
    }

    /// The key of a person's name and email.
    #[must_use]
    pub fn profile(owner: &UserId) -> Self {
        Self { owner: owner.to_string(), key: "profile".to_owned() }
    }

    /// The key of what the audit trail says of a person's devices and reasons.
    #[must_use]
    pub fn audit(owner: &UserId) -> Self {
        Self { owner: owner.to_string(), key: "audit".to_owned() }
    }

    /// The zoo's own key, from which look-up and cursor keys are derived.
    #[must_use]
    pub fn zoo() -> Self {
        Self { owner: "zoo".to_owned(), key: "root".to_owned() }
    }

    /// Whose key.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Which of theirs.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Something sealed does not open: another key, another place, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open")]
pub struct OpenError;

/// 32 bytes that are wiped when the last user lets go.
#[derive(zeroize::ZeroizeOnDrop)]
struct Secret([u8; KEY_LEN]);

/// An unwrapped key. It does not print itself and is wiped from memory after its last use.
#[derive(Clone)]
pub struct DataKey(Arc<Secret>);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl DataKey {
    /// Seals text for one attribute of one item.
    ///
    /// # Errors
    /// [`OpenError`] when the system gives no random bytes or refuses the cipher.
    pub fn seal(&self, slot: &Slot<'_>, text: &str) -> Result<Sealed, OpenError> {
        self.seal_bytes(slot, text.as_bytes())
    }

    /// Opens text sealed for exactly this slot.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, slot: &Slot<'_>, sealed: &Sealed) -> Result<String, OpenError> {
        let mut plain = self.open_bytes(slot, sealed)?;
        String::from_utf8(std::mem::take(&mut *plain)).map_err(|error| {
            error.into_bytes().zeroize();
            OpenError
        })
    }

    /// Seals bytes for one attribute of one item.
    ///
    /// # Errors
    /// As for [`DataKey::seal`].
    pub fn seal_bytes(&self, slot: &Slot<'_>, bytes: &[u8]) -> Result<Sealed, OpenError> {
        self.encrypt(&slot.to_bytes(), bytes).map(Sealed::from_bytes)
    }

    /// Opens bytes sealed for exactly this slot.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_bytes(&self, slot: &Slot<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        self.decrypt(&slot.to_bytes(), sealed.as_bytes())
    }

    /// Makes the key of a session and wraps it with this one.
    ///
    /// # Errors
    /// [`OpenError`] when the system gives no random bytes.
    pub fn create_session_key(&self, session: &SessionId) -> Result<(Self, WrappedKey), OpenError> {
        let mut bytes = Zeroizing::new([0_u8; KEY_LEN]);
        rand::fill(&mut *bytes).map_err(|_| OpenError)?;
        let wrapped = self.encrypt(session_label(session).as_bytes(), &*bytes)?;
        Ok((Self(Arc::new(Secret(*bytes))), WrappedKey::from_bytes(wrapped)))
    }

    /// Unwraps the key of a session, for a turn of the person's own or for somebody whose access is written
    /// down.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_session_key(
        &self,
        session: &SessionId,
        wrapped: &WrappedKey,
        _purpose: Purpose<'_>,
    ) -> Result<Self, OpenError> {
        let plain = self.decrypt(session_label(session).as_bytes(), wrapped.as_bytes())?;
        Self::from_slice(&plain)
    }

    /// A keyed digest for one purpose, 256 bits as base64url: for looking a text up, or comparing
    /// two, without keeping either. Keys of different purposes have nothing in common.
    ///
    /// # Errors
    /// [`OpenError`] when the system refuses the digest.
    pub fn fingerprint(&self, purpose: &str, text: &str) -> Result<String, OpenError> {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"menagerie fingerprint");
        let pseudo_random = salt.extract(&self.0.0);
        let info = [purpose.as_bytes()];
        let mut key = Zeroizing::new([0_u8; KEY_LEN]);
        pseudo_random
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|material| material.fill(&mut *key))
            .map_err(|_| OpenError)?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*key), text.as_bytes());
        Ok(BASE64_URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }

    /// What a sign-in name is looked up by, under the zoo's key; upper and lower case are one.
    ///
    /// # Errors
    /// As for [`DataKey::fingerprint`].
    pub fn login_fingerprint(&self, name: &str) -> Result<String, OpenError> {
        self.fingerprint("login", &name.trim().to_lowercase())
    }

    pub(crate) fn from_blob(blob: Option<Blob>) -> Result<Self, OpenError> {
        let bytes = Zeroizing::new(blob.ok_or(OpenError)?.into_inner());
        Self::from_slice(&bytes)
    }

    fn from_slice(bytes: &[u8]) -> Result<Self, OpenError> {
        Ok(Self(Arc::new(Secret(bytes.try_into().map_err(|_| OpenError)?))))
    }

    fn cipher(&self) -> Result<LessSafeKey, OpenError> {
        UnboundKey::new(&AES_256_GCM, &self.0.0).map(LessSafeKey::new).map_err(|_| OpenError)
    }

    fn encrypt(&self, bound_to: &[u8], plain: &[u8]) -> Result<Vec<u8>, OpenError> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| OpenError)?;
        let mut body = plain.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound_to), &mut body)
            .map_err(|_| OpenError)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(VERSION);
        sealed.extend(nonce);
        sealed.extend(body);
        Ok(sealed)
    }

    fn decrypt(&self, bound_to: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (version, rest) = sealed.split_first().ok_or(OpenError)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(OpenError)?;
        if *version != VERSION {
            return Err(OpenError);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self.cipher()?.open_in_place(nonce, Aad::from(bound_to), &mut body).map_err(|_| OpenError)?.len();
        body.truncate(length);
        Ok(body)
    }
}

/// A secret of 256 random bits for somebody to hold, base64url.
///
/// # Errors
/// [`OpenError`] when the system gives no random bytes.
pub fn random_token() -> Result<String, OpenError> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| OpenError)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn session_label(session: &SessionId) -> String {
    format!("session key {session}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fill: u8) -> DataKey {
        DataKey::from_slice(&[fill; KEY_LEN]).unwrap()
    }

    fn slot(sort: &str, generation: u64) -> Slot<'_> {
        Slot { table: "conversations", partition: "u", sort, attribute: "content", generation }
    }

    #[test]
    fn sealed_text_opens_only_in_its_own_slot_under_its_own_key() {
        let sealed = key(1).seal(&slot("a", 0), "roar").unwrap();
        assert_eq!(key(1).open(&slot("a", 0), &sealed).unwrap(), "roar");
        assert_eq!(key(1).open(&slot("b", 0), &sealed), Err(OpenError));
        assert_eq!(key(1).open(&slot("a", 1), &sealed), Err(OpenError));
        assert_eq!(key(2).open(&slot("a", 0), &sealed), Err(OpenError));
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let sealed = key(1).seal(&slot("a", 0), "roar").unwrap();
        for at in 0..sealed.as_bytes().len() {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[at] ^= 1;
            assert_eq!(key(1).open(&slot("a", 0), &Sealed::from_bytes(bytes)), Err(OpenError));
        }
        assert_eq!(key(1).open(&slot("a", 0), &Sealed::from_bytes(vec![])), Err(OpenError));
    }

    #[test]
    fn equal_texts_do_not_look_equal() {
        let [a, b] = [0, 1].map(|_| key(1).seal(&slot("a", 0), "roar").unwrap());
        assert_ne!(a, b);
    }

    #[test]
    fn a_session_key_opens_only_for_its_session() {
        let a = SessionId::parse("0190f3a1-7b2c-7def-8123-456789abcdef").unwrap();
        let b = SessionId::parse("0190f3a1-7b2c-7def-8123-456789abcde0").unwrap();
        let (session_key, wrapped) = key(1).create_session_key(&a).unwrap();
        let sealed = session_key.seal(&slot("a", 0), "roar").unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test reads its own words")]
        let purpose = Purpose::turn();
        let reopened = key(1).open_session_key(&a, &wrapped, purpose).unwrap();
        assert_eq!(reopened.open(&slot("a", 0), &sealed).unwrap(), "roar");
        assert!(key(1).open_session_key(&b, &wrapped, purpose).is_err());
        assert!(key(2).open_session_key(&a, &wrapped, purpose).is_err());
    }

    #[test]
    fn fingerprints_depend_on_key_purpose_and_text() {
        let of = |fill, purpose, text| key(fill).fingerprint(purpose, text).unwrap();
        assert_eq!(of(1, "login", "a"), of(1, "login", "a"));
        assert_ne!(of(1, "login", "a"), of(1, "login", "b"));
        assert_ne!(of(1, "login", "a"), of(1, "address", "a"));
        assert_ne!(of(1, "login", "a"), of(2, "login", "a"));
    }
}
