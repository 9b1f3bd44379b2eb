//! Secrets Manager: reads the text of one secret. What it says is never printed, in no error either.

use crate::aws::{self, Patience};
use aws_sdk_secretsmanager::{Client, error::ProvideErrorMetadata};
use domain::settings::Settings;
use secrecy::SecretString;
use std::time::Duration;

/// A program that starts waits for it.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(1), attempt: Duration::from_secs(2), call: Duration::from_secs(6) };

/// A secret could not be read. Holds the service's error code and nothing of the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a secret could not be read: {0}")]
pub struct SecretError(String);

/// Secrets Manager, connected.
#[derive(Clone)]
pub struct Secrets {
    client: Client,
}

impl Secrets {
    /// Connects, at `SECRETS_ENDPOINT_URL` where that is not AWS's own.
    pub async fn connect(settings: &Settings) -> Self {
        Self { client: Client::new(&aws::config(settings, "SECRETS_ENDPOINT_URL", PATIENCE).await) }
    }

    /// The text of the current version of a secret, by its name or ARN.
    ///
    /// # Errors
    /// [`SecretError`], also for a secret that is bytes and no text, or empty.
    pub async fn text(&self, name: &str) -> Result<SecretString, SecretError> {
        let asked = self.client.get_secret_value().secret_id(name).send().await;
        let answer = asked.map_err(|error| SecretError(error.code().unwrap_or("no answer").to_owned()))?;
        let text = answer.secret_string.filter(|text| !text.is_empty());
        text.map(SecretString::from).ok_or_else(|| SecretError("it holds no text".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Json, Router, http::HeaderMap, http::StatusCode, response::IntoResponse, routing::post};
    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    /// The one call of the service's JSON protocol.
    async fn answer(headers: HeaderMap, body: String) -> impl IntoResponse {
        let body: Value = serde_json::from_str(&body).unwrap();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("x-amz-target"), "secretsmanager.GetSecretValue");
        assert!(header("authorization").contains("Credential=local/"));
        match body["SecretId"].as_str().unwrap() {
            "cmz-openai" => (StatusCode::OK, Json(json!({ "Name": "cmz-openai", "SecretString": "sk-zoo" }))),
            "bytes" => (StatusCode::OK, Json(json!({ "Name": "bytes", "SecretBinary": "c2stem9v" }))),
            _ => {
                let error = json!({ "__type": "ResourceNotFoundException", "Message": "no sk-zoo here" });
                (StatusCode::BAD_REQUEST, Json(error))
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
    async fn service() -> Secrets {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
        let settings =
            Settings::default().with("SECRETS_ENDPOINT_URL", url).with("CONVERSATION_TABLE_REGION", "us-west-2");
        Secrets::connect(&settings).await
    }

    #[tokio::test]
    async fn a_secrets_text_is_read_and_does_not_print() {
        let secret = service().await.text("cmz-openai").await.unwrap();
        assert_eq!(secret.expose_secret(), "sk-zoo");
        assert!(!format!("{secret:?}").contains("sk-zoo"));
    }

    #[tokio::test]
    async fn a_missing_secret_is_named_by_the_services_code_alone() {
        let error = service().await.text("other").await.unwrap_err();
        assert_eq!(error.to_string(), "a secret could not be read: ResourceNotFoundException");
    }

    #[tokio::test]
    async fn a_secret_of_bytes_is_no_text() {
        assert!(service().await.text("bytes").await.is_err());
    }
}
