//! A key service under test, and fresh keys in it.

use super::super::{Keys, serve};
use domain::settings::Settings;
use edge::clock;
use serde_json::{Value, json};
use tokio::sync::watch;
use vault::{Config, TokenSigner, Vault, WrappingKeys};

/// Whom a call is for, as a service that plays several reads it.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-west-2/kms/aws4_request, SignedHeaders=host, \
     Signature=0";

/// A key service.
pub(super) struct Service {
    pub(super) url: String,
    http: reqwest::Client,
    /// Ends the local one with its test.
    _stop: Option<watch::Sender<bool>>,
}

/// Keys of one case: two that wrap, one that signs; the first and the last have an alias.
pub(super) struct Bench {
    pub(super) url: String,
    pub(super) wrapping: String,
    pub(super) next: String,
    pub(super) signing: String,
    alias: String,
    signing_alias: String,
}

impl Service {
    pub(super) async fn local() -> Self {
        let listener = crate::listener::bind(0).await.unwrap();
        let url = crate::listener::url_of(&listener).unwrap();
        let (stop, stopped) = watch::channel(false);
        drop(serve(Keys::open(None).unwrap(), listener, stopped));
        Self { url, http: http(), _stop: Some(stop) }
    }

    pub(super) fn at(variable: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the Makefile says where the service is")]
        let url = std::env::var(variable);
        let url = url.unwrap_or_else(|_| panic!("{variable} says where the service is: run `make test-keys`"));
        Self { url, http: http(), _stop: None }
    }

    /// A call as the protocol has it: the answer, or the name of the error.
    pub(super) async fn call(&self, operation: &str, body: &Value) -> Result<Value, String> {
        let request = self.http.post(format!("{}/", self.url));
        let request = request
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("TrentService.{operation}"))
            .header("authorization", SIGNED)
            .header("x-amz-date", "20260101T000000Z");
        let response = request.body(body.to_string()).send().await.map_err(|error| error.to_string())?;
        let (status, text) = (response.status(), response.text().await.map_err(|error| error.to_string())?);
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        match status.is_success() {
            true => Ok(answer),
            false => Err(answer["__type"].as_str().unwrap_or(&text).to_owned()),
        }
    }

    /// New keys for a case.
    pub(super) async fn bench(&self) -> Result<Bench, String> {
        let wrapping = self.make(&json!({})).await?;
        let next = self.make(&json!({})).await?;
        let signing = self.make(&json!({ "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY" })).await?;
        let [alias, signing_alias] = ["vault", "signing"].map(|what| format!("alias/{what}-{}", clock::new_id()));
        for (alias, target) in [(&alias, &wrapping), (&signing_alias, &signing)] {
            self.call("CreateAlias", &json!({ "AliasName": alias, "TargetKeyId": target })).await?;
        }
        Ok(Bench { url: self.url.clone(), wrapping, next, signing, alias, signing_alias })
    }

    async fn make(&self, body: &Value) -> Result<String, String> {
        let made = self.call("CreateKey", body).await?;
        made["KeyMetadata"]["Arn"].as_str().map(str::to_owned).ok_or_else(|| "a key has no name".to_owned())
    }
}

impl Bench {
    /// The same keys over another address.
    pub(super) fn over(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            wrapping: self.wrapping.clone(),
            next: self.next.clone(),
            signing: self.signing.clone(),
            alias: self.alias.clone(),
            signing_alias: self.signing_alias.clone(),
        }
    }

    /// The same with keys that are not there.
    pub(super) fn without_keys(&self) -> Self {
        let nowhere = format!("alias/nowhere-{}", clock::new_id());
        Self { alias: nowhere.clone(), signing_alias: nowhere, ..self.over(&self.url) }
    }

    /// The same with a key that signs in place of the one that wraps, and the other way round.
    pub(super) fn exchanged(&self) -> Self {
        let (alias, signing_alias) = (self.signing_alias.clone(), self.alias.clone());
        Self { alias, signing_alias, ..self.over(&self.url) }
    }

    fn config(&self) -> Config {
        let settings = Settings::default()
            .with("VAULT_KEY_ID", self.alias.as_str())
            .with("SIGNING_KEY_ID", self.signing_alias.as_str())
            .with("KMS_ENDPOINT_URL", self.url.as_str())
            .with("CONVERSATION_TABLE_REGION", "us-west-2");
        Config::read(&settings).unwrap()
    }

    /// A vault with nothing in memory.
    pub(super) async fn vault(&self) -> Vault {
        let config = self.config();
        Vault::new(vault::connect(&config).await, &config)
    }

    pub(super) async fn keys(&self) -> WrappingKeys {
        let config = self.config();
        WrappingKeys::new(vault::connect(&config).await, &config)
    }

    pub(super) async fn signer(&self) -> TokenSigner {
        let config = self.config();
        TokenSigner::new(vault::connect(&config).await, &config)
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
