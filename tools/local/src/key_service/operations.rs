//! KMS's operations, as far as the product and those who look after its keys use them.

use super::{
    key::{Key, Spec, State},
    keys::{Keys, Ring, arn},
    refusal::Refusal,
};
use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::Timestamp;
use edge::clock;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a key is ending where nobody says, and how long it may be, in days.
const USUAL_PENDING_DAYS: u32 = 30;
const SHORTEST_PENDING_DAYS: u32 = 7;

type Context = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    key_id: Option<String>,
    #[serde(default)]
    encryption_context: Context,
    ciphertext_blob: Option<String>,
    destination_key_id: Option<String>,
    source_key_id: Option<String>,
    #[serde(default)]
    source_encryption_context: Context,
    #[serde(default)]
    destination_encryption_context: Context,
    message: Option<String>,
    message_type: Option<String>,
    number_of_bytes: Option<usize>,
    key_spec: Option<Spec>,
    #[serde(default)]
    description: String,
    alias_name: Option<String>,
    target_key_id: Option<String>,
    pending_window_in_days: Option<u32>,
}

/// Does what a call asks for.
pub(super) fn answer_to(keys: &Keys, target: &str, body: &str) -> Result<Value, Refusal> {
    let request: Request = serde_json::from_str(body).map_err(|_| Refusal::Validation)?;
    let request = &request;
    match target.strip_prefix("TrentService.").unwrap_or_default() {
        "GenerateDataKey" => keys.read(|ring| generate_data_key(ring, request)),
        "Decrypt" => keys.read(|ring| decrypt(ring, request)),
        "ReEncrypt" => keys.read(|ring| re_encrypt(ring, request)),
        "GetPublicKey" => keys.read(|ring| public_key(ring, request)),
        "Sign" => keys.read(|ring| sign(ring, request)),
        "DescribeKey" => keys.read(|ring| metadata(ring, ring.id(needed(request.key_id.as_ref())?)?)),
        "CreateKey" => keys.change(|ring| create_key(ring, request)),
        "CreateAlias" => keys.change(|ring| ring.create_alias(alias(request)?, target_key(ring, request)?)).map(empty),
        "UpdateAlias" => keys.change(|ring| ring.update_alias(alias(request)?, target_key(ring, request)?)).map(empty),
        "EnableKey" => keys.change(|ring| switch(ring, request, State::Enabled)).map(empty),
        "DisableKey" => keys.change(|ring| switch(ring, request, State::Disabled)).map(empty),
        "ScheduleKeyDeletion" => keys.change(|ring| schedule_deletion(ring, request)),
        "CancelKeyDeletion" => keys.change(|ring| cancel_deletion(ring, request)),
        _ => Err(Refusal::UnknownOperation),
    }
}

fn generate_data_key(ring: &Ring, request: &Request) -> Result<Value, Refusal> {
    if request.number_of_bytes != Some(32) {
        return Err(Refusal::Validation);
    }
    let id = key_of(ring, request)?;
    let mut plaintext = Zeroizing::new([0; 32]);
    rand::fill(&mut *plaintext).map_err(|_| Refusal::Internal)?;
    Ok(json!({
        "KeyId": arn(id),
        "Plaintext": BASE64_STANDARD.encode(*plaintext),
        "CiphertextBlob": wrapped(ring, id, &request.encryption_context, &*plaintext)?,
    }))
}

fn decrypt(ring: &Ring, request: &Request) -> Result<Value, Refusal> {
    let (id, plaintext) = unwrapped(ring, request, request.key_id.as_ref(), &request.encryption_context)?;
    Ok(json!({
        "KeyId": arn(id),
        "Plaintext": BASE64_STANDARD.encode(&*plaintext),
        "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    }))
}

fn re_encrypt(ring: &Ring, request: &Request) -> Result<Value, Refusal> {
    let destination = ring.id(needed(request.destination_key_id.as_ref())?)?;
    let source = &request.source_encryption_context;
    let (id, plaintext) = unwrapped(ring, request, request.source_key_id.as_ref(), source)?;
    Ok(json!({
        "SourceKeyId": arn(id),
        "KeyId": arn(destination),
        "CiphertextBlob": wrapped(ring, destination, &request.destination_encryption_context, &plaintext)?,
        "SourceEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "DestinationEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    }))
}

/// The bytes say which key wraps them; a call may say it too.
fn unwrapped(
    ring: &Ring,
    request: &Request,
    named: Option<&String>,
    context: &Context,
) -> Result<(Uuid, Zeroizing<Vec<u8>>), Refusal> {
    let bytes = bytes(request.ciphertext_blob.as_deref())?;
    let named = named.map(|name| ring.id(name)).transpose()?;
    let (id, own) = ring.wrapper(&bytes)?;
    if named.is_some_and(|named| named != id) {
        return Err(Refusal::IncorrectKey);
    }
    Ok((id, Zeroizing::new(ring.key(id)?.unwrap(context, own)?)))
}

/// Bytes that say which key wraps them.
fn wrapped(ring: &Ring, id: Uuid, context: &Context, plaintext: &[u8]) -> Result<String, Refusal> {
    let own = ring.key(id)?.wrap(context, plaintext)?;
    Ok(BASE64_STANDARD.encode([id.as_bytes().as_slice(), &own].concat()))
}

fn public_key(ring: &Ring, request: &Request) -> Result<Value, Refusal> {
    let id = key_of(ring, request)?;
    Ok(json!({
        "KeyId": arn(id),
        "PublicKey": BASE64_STANDARD.encode(ring.key(id)?.public_key()?),
        "KeySpec": "ECC_NIST_P256",
        "KeyUsage": "SIGN_VERIFY",
        "SigningAlgorithms": ["ECDSA_SHA_256"],
    }))
}

fn sign(ring: &Ring, request: &Request) -> Result<Value, Refusal> {
    if request.message_type.as_deref() != Some("DIGEST") {
        return Err(Refusal::Validation);
    }
    let id = key_of(ring, request)?;
    let signature = ring.key(id)?.sign_digest(&bytes(request.message.as_deref())?)?;
    Ok(json!({
        "KeyId": arn(id),
        "Signature": BASE64_STANDARD.encode(signature),
        "SigningAlgorithm": "ECDSA_SHA_256",
    }))
}

fn create_key(ring: &mut Ring, request: &Request) -> Result<Value, Refusal> {
    let spec = request.key_spec.unwrap_or(Spec::Wrapping);
    let mut key = Key::make(spec, clock::now()).ok_or(Refusal::Internal)?;
    key.description.clone_from(&request.description);
    let id = ring.add(key);
    metadata(ring, id)
}

fn metadata(ring: &Ring, id: Uuid) -> Result<Value, Refusal> {
    let key = ring.key(id)?;
    let usage = match key.spec {
        Spec::Wrapping => "ENCRYPT_DECRYPT",
        Spec::Signing => "SIGN_VERIFY",
    };
    let mut found = json!({
        "KeyId": id,
        "Arn": arn(id),
        "CreationDate": seconds(key.made_at),
        "Enabled": key.state == State::Enabled,
        "KeyState": key.state,
        "Description": key.description,
        "KeySpec": key.spec,
        "KeyUsage": usage,
        "KeyManager": "CUSTOMER",
        "Origin": "AWS_KMS",
    });
    if let Some(end) = key.ends_at {
        found["DeletionDate"] = json!(seconds(end));
    }
    Ok(json!({ "KeyMetadata": found }))
}

fn switch(ring: &mut Ring, request: &Request, state: State) -> Result<(), Refusal> {
    let id = key_of(ring, request)?;
    let key = ring.key_mut(id)?;
    if key.state == State::PendingDeletion {
        return Err(Refusal::InvalidState);
    }
    key.state = state;
    Ok(())
}

fn schedule_deletion(ring: &mut Ring, request: &Request) -> Result<Value, Refusal> {
    let days = request.pending_window_in_days.unwrap_or(USUAL_PENDING_DAYS);
    if !(SHORTEST_PENDING_DAYS..=USUAL_PENDING_DAYS).contains(&days) {
        return Err(Refusal::Validation);
    }
    let id = key_of(ring, request)?;
    let key = ring.key_mut(id)?;
    if key.state == State::PendingDeletion {
        return Err(Refusal::InvalidState);
    }
    let end = clock::now().plus_days(days);
    (key.state, key.ends_at) = (State::PendingDeletion, Some(end));
    Ok(json!({
        "KeyId": arn(id),
        "DeletionDate": seconds(end),
        "KeyState": key.state,
        "PendingWindowInDays": days,
    }))
}

/// What is taken back is switched off at first.
fn cancel_deletion(ring: &mut Ring, request: &Request) -> Result<Value, Refusal> {
    let id = key_of(ring, request)?;
    let key = ring.key_mut(id)?;
    if key.state != State::PendingDeletion {
        return Err(Refusal::InvalidState);
    }
    (key.state, key.ends_at) = (State::Disabled, None);
    Ok(json!({ "KeyId": arn(id) }))
}

fn key_of(ring: &Ring, request: &Request) -> Result<Uuid, Refusal> {
    ring.id(needed(request.key_id.as_ref())?)
}

fn target_key(ring: &Ring, request: &Request) -> Result<Uuid, Refusal> {
    ring.id(needed(request.target_key_id.as_ref())?)
}

fn alias(request: &Request) -> Result<&str, Refusal> {
    needed(request.alias_name.as_ref())
}

fn needed(value: Option<&String>) -> Result<&str, Refusal> {
    value.map(String::as_str).ok_or(Refusal::Validation)
}

fn bytes(text: Option<&str>) -> Result<Vec<u8>, Refusal> {
    text.and_then(|text| BASE64_STANDARD.decode(text).ok()).ok_or(Refusal::Validation)
}

/// A time as KMS writes it: seconds, with a fraction.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of our times fit into 53 bits")]
fn seconds(time: Timestamp) -> f64 {
    time.as_millis() as f64 / 1000.0
}

fn empty((): ()) -> Value {
    json!({})
}
