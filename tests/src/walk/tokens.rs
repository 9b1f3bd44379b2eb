//! Tokens of every kind: good ones, signed with the deployment's real key, and such as must not be
//! good.

use super::principals::Principal;
use crate::testkit::Client;
use aws_lc_rs::{
    digest,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

/// What tokens are made with.
pub(super) struct Mint {
    http: reqwest::Client,
    keys_url: String,
    header: Value,
    claims: Value,
}

impl Mint {
    /// Makes tokens like this one, which is good.
    pub(super) fn like(token: &str, keys_url: &str) -> Self {
        let parts: Vec<_> = token.split('.').collect();
        let part = |at: usize| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[at]).unwrap()).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, keys_url: keys_url.to_owned(), header: part(0), claims: part(1) }
    }

    /// A good token of somebody's, who says to be an administrator: what a token says of the role
    /// has to count for nothing.
    pub(super) async fn good(&self, user: &str) -> String {
        self.signed(&self.claims_of(user)).await
    }

    /// A client as a principal is one.
    pub(super) async fn client(&self, client: &Client, principal: Principal, user: &str) -> Client {
        let with = |name: &str, value: Value| {
            let mut claims = self.claims_of(user);
            claims[name] = value;
            claims
        };
        let token = match principal {
            Principal::NoToken | Principal::NoTokenWhereVisitorsAreServed => return client.clone(),
            Principal::Malformed => "nonsense".to_owned(),
            Principal::Forged => self.forged(&self.claims_of(user)),
            Principal::NoAlgorithm => {
                let mut header = self.header.clone();
                header["alg"] = json!("none");
                format!("{}.{}.", part(&header), part(&self.claims_of(user)))
            }
            Principal::OtherIssuer => self.signed(&with("iss", json!("elsewhere"))).await,
            Principal::OtherAudience => self.signed(&with("aud", json!("elsewhere"))).await,
            Principal::Expired => {
                let issued = self.claims["iat"].as_i64().unwrap();
                self.signed(&with("exp", json!(issued - 60))).await
            }
            _ => self.good(user).await,
        };
        client.with_token(&token)
    }

    fn claims_of(&self, user: &str) -> Value {
        let mut claims = self.claims.clone();
        claims["sub"] = json!(user);
        claims["role"] = json!("administrator");
        claims
    }

    /// Signed by the key service.
    async fn signed(&self, claims: &Value) -> String {
        let text = format!("{}.{}", part(&self.header), part(claims));
        let hash = digest::digest(&digest::SHA256, text.as_bytes());
        let body = json!({
            "KeyId": "alias/cmz-signing",
            "Message": BASE64_STANDARD.encode(hash),
            "MessageType": "DIGEST",
            "SigningAlgorithm": "ECDSA_SHA_256",
        });
        let request = self.http.post(&self.keys_url).header("x-amz-target", "TrentService.Sign");
        let answer: Value = request.body(body.to_string()).send().await.unwrap().json().await.unwrap();
        let der = BASE64_STANDARD.decode(answer["Signature"].as_str().expect("a signature")).unwrap();
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(raw(&der)))
    }

    /// Signed by a key of one's own, under the name of the real one.
    fn forged(&self, claims: &Value) -> String {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let text = format!("{}.{}", part(&self.header), part(claims));
        let signature = key.sign(&aws_lc_rs::rand::SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(raw(signature.as_ref())))
    }
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The two numbers of a DER signature, 32 bytes each, as a token has them (RFC 7518, section 3.4).
fn raw(der: &[u8]) -> [u8; 64] {
    let (mut raw, mut rest) = ([0; 64], &der[2..]);
    for place in raw.chunks_exact_mut(32) {
        let (number, behind) = rest[2..].split_at(usize::from(rest[1]));
        let digits = number.strip_prefix(&[0]).unwrap_or(number);
        place[32 - digits.len()..].copy_from_slice(digits);
        rest = behind;
    }
    raw
}
