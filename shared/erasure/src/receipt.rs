//! The receipt: a compact JSON Web Signature that anybody can verify with the zoo's public keys.

use crate::{Erasure, ErasureError};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{
    Timestamp,
    erasure::{Claims, RECEIPT_DAYS, RECEIPT_TYPE},
};
use serde_json::json;
use store::{erasures::ErasureRecord, signing_keys::PublishedKey};

impl Erasure {
    /// Signs what an erasure came to. The key stays published for as long as the receipt is kept.
    pub(crate) async fn receipt(
        &self,
        erasure: &ErasureRecord,
        generation: u64,
        now: Timestamp,
    ) -> Result<String, ErasureError> {
        let counts = erasure.counts.unwrap_or_default();
        let claims = Claims {
            iss: self.0.issuer.clone(),
            iat: now.as_seconds(),
            receipt_id: erasure.receipt_id.clone(),
            what: erasure.scope,
            subject: self.zoo_key().await?.fingerprint("erasure receipt", erasure.subject.as_str())?,
            generation,
            counts,
            keys_destroyed: counts.keys,
            requested_at: erasure.requested_at,
            completed_at: now,
        };
        let key = self.0.signer.public_key().await?;
        let header = json!({ "alg": "ES256", "typ": RECEIPT_TYPE, "kid": key.kid });
        let needed_until = Some(now.plus_days(RECEIPT_DAYS));
        self.store().publish_signing_key(&PublishedKey { key, needed_until }).await?;
        let parts = [header.to_string(), serde_json::to_string(&claims)?];
        let input = parts.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.0.signer.sign(&input).await?;
        Ok(format!("{input}.{signature}"))
    }
}
