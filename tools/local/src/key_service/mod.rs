//! The local key service: the part of KMS's protocol that the vault uses (`GenerateDataKey`,
//! `Decrypt`, `GetPublicKey`, `Sign`), so that the same adapter runs here and on AWS.

mod keys;

pub(crate) use keys::{Keys, SIGNING_KEY, VAULT_KEY};

use crate::engine::stopping;
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use keys::Refusal;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Answers as KMS does, until it is time to stop.
#[expect(clippy::disallowed_methods, reason = "the key service runs beside the functions")]
pub(crate) fn serve(keys: Keys, listener: TcpListener, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    let service = Router::new().route("/", post(answer)).with_state(Arc::new(keys));
    tokio::spawn(async move {
        let serving = axum::serve(listener, service).with_graceful_shutdown(stopping(stopped));
        if let Err(cause) = serving.await {
            tracing::error!(%cause, "the key service ended");
        }
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    key_id: String,
    #[serde(default)]
    encryption_context: BTreeMap<String, String>,
    ciphertext_blob: Option<String>,
    message: Option<String>,
    message_type: Option<String>,
    number_of_bytes: Option<usize>,
}

async fn answer(State(keys): State<Arc<Keys>>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request = serde_json::from_str(&body).map_err(|_| Refusal::Validation);
    let answer = request.and_then(|request| match target {
        "TrentService.GenerateDataKey" => generate_data_key(&keys, &request),
        "TrentService.Decrypt" => decrypt(&keys, &request),
        "TrentService.GetPublicKey" => public_key(&keys, &request),
        "TrentService.Sign" => sign(&keys, &request),
        _ => Err(Refusal::UnknownOperation),
    });
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err(refusal) => (StatusCode::BAD_REQUEST, json!({ "__type": refusal.name() })),
    };
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.1")], Json(body).0.to_string()).into_response()
}

fn generate_data_key(keys: &Keys, request: &Request) -> Result<Value, Refusal> {
    if request.number_of_bytes != Some(32) {
        return Err(Refusal::Validation);
    }
    let (plaintext, wrapped) = keys.generate_data_key(&request.key_id, &request.encryption_context)?;
    Ok(json!({
        "KeyId": request.key_id,
        "Plaintext": BASE64_STANDARD.encode(plaintext),
        "CiphertextBlob": BASE64_STANDARD.encode(wrapped),
    }))
}

fn decrypt(keys: &Keys, request: &Request) -> Result<Value, Refusal> {
    let wrapped = bytes(request.ciphertext_blob.as_deref())?;
    let plaintext = keys.decrypt(&request.key_id, &request.encryption_context, &wrapped)?;
    Ok(json!({ "KeyId": request.key_id, "Plaintext": BASE64_STANDARD.encode(plaintext) }))
}

fn public_key(keys: &Keys, request: &Request) -> Result<Value, Refusal> {
    let der = keys.public_key(&request.key_id)?;
    Ok(json!({
        "KeyId": request.key_id,
        "PublicKey": BASE64_STANDARD.encode(der),
        "KeySpec": "ECC_NIST_P256",
        "KeyUsage": "SIGN_VERIFY",
        "SigningAlgorithms": ["ECDSA_SHA_256"],
    }))
}

fn sign(keys: &Keys, request: &Request) -> Result<Value, Refusal> {
    if request.message_type.as_deref() != Some("DIGEST") {
        return Err(Refusal::Validation);
    }
    let signature = keys.sign_digest(&request.key_id, &bytes(request.message.as_deref())?)?;
    Ok(json!({
        "KeyId": request.key_id,
        "Signature": BASE64_STANDARD.encode(signature),
        "SigningAlgorithm": "ECDSA_SHA_256",
    }))
}

fn bytes(text: Option<&str>) -> Result<Vec<u8>, Refusal> {
    text.and_then(|text| BASE64_STANDARD.decode(text).ok()).ok_or(Refusal::Validation)
}
