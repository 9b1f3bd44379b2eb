//! Signatures of access tokens: ES256 (RFC 7518, section 3.4) by a P-256 key that never leaves KMS.

use crate::{Config, KeyServiceError};
use aws_lc_rs::{
    digest,
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey},
};
use aws_sdk_kms::{
    Client,
    primitives::Blob,
    types::{MessageType, SigningAlgorithmSpec},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::token::PublicKey;
use std::sync::Arc;

/// What a DER `SubjectPublicKeyInfo` of an uncompressed P-256 point begins with (RFC 5480).
const SPKI_PREFIX: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
const COORDINATE: usize = 32;

/// Reads a DER `SubjectPublicKeyInfo`; `None` for anything but a P-256 point.
fn public_key(der: &[u8]) -> Option<PublicKey> {
    let point = der.strip_prefix(&SPKI_PREFIX)?;
    let (x, y) = point.split_at_checked(COORDINATE).filter(|(_, y)| y.len() == COORDINATE)?;
    let [x, y] = [x, y].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let thumbprint = digest::digest(&digest::SHA256, canonical.as_bytes());
    Some(PublicKey { kid: BASE64_URL_SAFE_NO_PAD.encode(thumbprint), x, y })
}

/// Signs with the deployment's signing key.
#[derive(Clone)]
pub struct TokenSigner {
    kms: Client,
    key_id: Arc<str>,
}

impl TokenSigner {
    /// A signer on a KMS client.
    #[must_use]
    pub fn new(kms: Client, config: &Config) -> Self {
        Self { kms, key_id: config.signing_key_id.as_str().into() }
    }

    /// The public half of the signing key.
    ///
    /// # Errors
    /// [`KeyServiceError`], also when the key is not P-256.
    pub async fn public_key(&self) -> Result<PublicKey, KeyServiceError> {
        let answer = self.kms.get_public_key().key_id(&*self.key_id).send().await;
        let answer = answer.map_err(|error| KeyServiceError::from_sdk(&error))?;
        answer
            .public_key
            .and_then(|der| public_key(der.as_ref()))
            .ok_or_else(|| KeyServiceError("the signing key is not a P-256 key".to_owned()))
    }

    /// Signs a token's `header.claims`; the signature is base64url of r and s, 32 bytes each.
    ///
    /// # Errors
    /// [`KeyServiceError`].
    pub async fn sign(&self, signing_input: &str) -> Result<String, KeyServiceError> {
        let hash = digest::digest(&digest::SHA256, signing_input.as_bytes());
        let answer = self
            .kms
            .sign()
            .key_id(&*self.key_id)
            .message_type(MessageType::Digest)
            .message(Blob::new(hash.as_ref()))
            .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256)
            .send()
            .await
            .map_err(|error| KeyServiceError::from_sdk(&error))?;
        answer
            .signature
            .and_then(|der| raw_signature(der.as_ref()))
            .map(|raw| BASE64_URL_SAFE_NO_PAD.encode(raw))
            .ok_or_else(|| KeyServiceError("the signature is not ECDSA's".to_owned()))
    }
}

/// Whether a signature, base64url of r and s, is a key's of a text.
#[must_use]
pub fn is_signed(key: &PublicKey, text: &str, signature: &str) -> bool {
    let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    let (Some(x), Some(y), Some(signature)) = (decode(&key.x), decode(&key.y), decode(signature)) else {
        return false;
    };
    // An uncompressed point (SEC 1, section 2.3.3).
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text.as_bytes(), &signature).is_ok()
}

/// Turns KMS's DER signature (`SEQUENCE` of two `INTEGER`s, RFC 3279) into JWT's r and s.
fn raw_signature(der: &[u8]) -> Option<[u8; 2 * COORDINATE]> {
    let body = der_value(der, 0x30).filter(|(_, rest)| rest.is_empty())?.0;
    let (r, rest) = der_value(body, 0x02)?;
    let (s, _) = der_value(rest, 0x02).filter(|(_, rest)| rest.is_empty())?;
    let mut raw = [0_u8; 2 * COORDINATE];
    for (number, place) in [r, s].into_iter().zip(raw.chunks_exact_mut(COORDINATE)) {
        let digits = number.strip_prefix(&[0]).unwrap_or(number);
        place.get_mut(COORDINATE.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    }
    Some(raw)
}

/// The value of a DER element with a one-byte length, and what follows it.
fn der_value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    (found == tag && length < 0x80).then(|| rest.split_at_checked(usize::from(length)))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
    use proptest::prelude::*;

    #[test]
    fn der_signatures_verify_after_they_became_raw() {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
        for round in 0_u32..300 {
            let message = round.to_be_bytes();
            let der = pair.sign(&random, &message).unwrap();
            public.verify(&message, &raw_signature(der.as_ref()).unwrap()).unwrap();
        }
    }

    /// A number as DER writes it: as short as it can be, with a zero before what would look negative.
    fn integer(number: &[u8]) -> Vec<u8> {
        let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len() - 1);
        let digits = &number[start..];
        let sign: &[u8] = if digits[0] >= 0x80 { &[0] } else { &[] };
        [&[0x02, u8::try_from(sign.len() + digits.len()).unwrap()], sign, digits].concat()
    }

    proptest! {
        #[test]
        fn any_r_and_s_keep_their_places_however_short_they_are(
            r: [u8; COORDINATE],
            s: [u8; COORDINATE],
            zeros_of_r in 0..COORDINATE,
            zeros_of_s in 0..COORDINATE,
        ) {
            let (mut r, mut s) = (r, s);
            r[..zeros_of_r].fill(0);
            s[..zeros_of_s].fill(0);
            let body = [integer(&r), integer(&s)].concat();
            let der = [&[0x30, u8::try_from(body.len()).unwrap()], body.as_slice()].concat();
            let raw = raw_signature(&der);
            prop_assert_eq!(raw.map(|raw| raw.to_vec()), Some([r, s].concat()));
            prop_assert_eq!(raw_signature(&der[..der.len() - 1]), None);
        }
    }

    #[test]
    fn a_signature_is_good_for_its_text_and_key_only() {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let [pair, other] = [0; 2].map(|_| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap());
        let public = |pair: &EcdsaKeyPair| {
            let (x, y) = pair.public_key().as_ref()[1..].split_at(COORDINATE);
            let [x, y] = [x, y].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
            PublicKey { kid: String::new(), x, y }
        };
        let der = pair.sign(&random, b"text").unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.encode(raw_signature(der.as_ref()).unwrap());
        assert!(is_signed(&public(&pair), "text", &signature));
        assert!(!is_signed(&public(&pair), "texts", &signature));
        assert!(!is_signed(&public(&other), "text", &signature));
        assert!(!is_signed(&public(&pair), "text", ""));
        assert!(!is_signed(&PublicKey { kid: String::new(), x: "!".to_owned(), y: String::new() }, "text", &signature));
    }

    #[test]
    fn truncated_signatures_and_other_keys_are_refused() {
        assert_eq!(raw_signature(&[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01]), None);
        assert_eq!(raw_signature(&[]), None);
        assert_eq!(public_key(&[0x30; 91]), None);
    }
}
