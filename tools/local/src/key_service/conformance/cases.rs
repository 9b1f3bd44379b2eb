//! The cases.

use super::{
    faults::{Fault, wire},
    service::{Bench, Service},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{NewKey, UserId, WrappedKey};
use edge::clock;
use futures_util::future::BoxFuture;
use serde_json::json;
use std::time::Duration;
use vault::{DataKey, Label, VaultError, is_signed};

type Done = Result<(), String>;
type Case = for<'a> fn(&'a Service) -> BoxFuture<'a, Done>;

/// Each case by its name.
pub(super) const CASES: &[(&str, Case)] = &[
    ("a wrapped key opens", |service| Box::pin(opens(service))),
    ("another owner or purpose is refused", |service| Box::pin(other_context(service))),
    ("a changed ciphertext is refused", |service| Box::pin(changed(service))),
    ("a disabled key does nothing until it is enabled", |service| Box::pin(disabled(service))),
    ("a disabled key is not wrapped anew", |service| Box::pin(disabled_source(service))),
    ("a key pending deletion does nothing", |service| Box::pin(pending(service))),
    ("a key pending deletion is not wrapped anew", |service| Box::pin(pending_source(service))),
    ("a key pending deletion can be taken back", |service| Box::pin(taken_back(service))),
    ("an unknown key is refused", |service| Box::pin(unknown(service))),
    ("a key is used for what it is for", |service| Box::pin(usage(service))),
    ("a call that is throttled is tried again", |service| Box::pin(throttled(service))),
    ("a service that only throttles is a passing error", |service| Box::pin(throttled_for_ever(service))),
    ("a service that is silent is given up", |service| Box::pin(silent(service))),
    ("a key passes to another wrapping key", |service| Box::pin(rewrapped(service))),
    ("a key passes to no other owner", |service| Box::pin(rewrapped_for_another(service))),
    ("an alias names the newest key", |service| Box::pin(alias(service))),
    ("a new wrapping key is made", |service| Box::pin(made(service))),
    ("signatures are r and s", |service| Box::pin(raw_signatures(service))),
    ("signatures are their keys' and of their texts", |service| Box::pin(signatures(service))),
    ("public keys are those of their keys", |service| Box::pin(public_keys(service))),
];

fn label() -> Label {
    Label::profile(&UserId::from(clock::new_id()))
}

fn expect(what: &str, holds: bool) -> Done {
    if holds { Ok(()) } else { Err(format!("not so: {what}")) }
}

fn text<T: std::fmt::Display>(error: T) -> String {
    error.to_string()
}

/// What is refused has to be refused in KMS's own words.
fn refused<T, E: std::fmt::Display>(what: &str, done: Result<T, E>, codes: &[&str]) -> Done {
    match done {
        Ok(_) => Err(format!("{what} is not refused")),
        Err(error) => {
            let said = error.to_string();
            expect(
                &format!("{what} is refused by {codes:?}, but {said}"),
                codes.iter().any(|code| said.ends_with(code)),
            )
        }
    }
}

async fn create(bench: &Bench, label: &Label) -> Result<(DataKey, NewKey), String> {
    bench.vault().await.create(label).await.map_err(text)
}

/// With nothing in memory.
async fn open(bench: &Bench, label: &Label, wrapped: &WrappedKey) -> Result<DataKey, VaultError> {
    bench.vault().await.unwrap_key(label, wrapped).await
}

fn same(one: &DataKey, other: &DataKey) -> Done {
    let of = |key: &DataKey| key.fingerprint("test", "test").map_err(text);
    expect("both are the same key", of(one)? == of(other)?)
}

async fn opens(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let (key, new) = create(&bench, &label).await?;
    expect("it says what wraps it", new.wrapped_by == bench.wrapping)?;
    same(&key, &open(&bench, &label, &new.wrapped).await.map_err(text)?)?;
    let (other, _) = create(&bench, &label).await?;
    expect("no two keys are the same", same(&key, &other).is_err())
}

async fn other_context(service: &Service) -> Done {
    let bench = service.bench().await?;
    let owner = UserId::from(clock::new_id());
    let (_, new) = create(&bench, &Label::profile(&owner)).await?;
    for other in [Label::audit(&owner), Label::conversations(&owner, 0), label(), Label::zoo()] {
        refused("another label", open(&bench, &other, &new.wrapped).await, &["InvalidCiphertextException"])?;
    }
    Ok(())
}

async fn changed(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let (_, new) = create(&bench, &label).await?;
    let whole = new.wrapped.as_bytes();
    for at in [whole.len() - 1, whole.len() - 20, whole.len() - 40] {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 1;
        let opened = open(&bench, &label, &WrappedKey::from_bytes(bytes)).await;
        refused("a changed byte", opened, &["InvalidCiphertextException"])?;
    }
    let cut = WrappedKey::from_bytes(whole[..whole.len() - 1].to_vec());
    refused("a missing byte", open(&bench, &label, &cut).await, &["InvalidCiphertextException"])
}

/// By a key's id: moto knows no other name here.
async fn switch(service: &Service, operation: &str, name: &str) -> Done {
    let (_, id) = name.rsplit_once('/').unwrap_or_default();
    service.call(operation, &json!({ "KeyId": id })).await.map(drop)
}

async fn disabled(service: &Service) -> Done {
    let (bench, label, code) = (service.bench().await?, label(), ["DisabledException"]);
    let (key, new) = create(&bench, &label).await?;
    for name in [&bench.wrapping, &bench.signing] {
        switch(service, "DisableKey", name).await?;
    }
    refused("making", bench.vault().await.create(&label).await, &code)?;
    refused("opening", open(&bench, &label, &new.wrapped).await, &code)?;
    refused("signing", bench.signer().await.sign("text").await, &code)?;
    switch(service, "EnableKey", &bench.wrapping).await?;
    same(&key, &open(&bench, &label, &new.wrapped).await.map_err(text)?)
}

async fn disabled_source(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let (_, new) = create(&bench, &label).await?;
    switch(service, "DisableKey", &bench.wrapping).await?;
    let passed = bench.keys().await.rewrap(&label, &new.wrapped, &bench.next).await;
    refused("a disabled source", passed, &["DisabledException"])
}

async fn pending(service: &Service) -> Done {
    let (bench, label, code) = (service.bench().await?, label(), ["KMSInvalidStateException"]);
    let (_, new) = create(&bench, &label).await?;
    let keys = bench.keys().await;
    let (now, end) = (clock::now(), keys.end(&bench.wrapping).await.map_err(text)?);
    let days = end.millis_since(now) / (24 * 60 * 60 * 1000);
    expect(&format!("seven days, not {days}"), (6..=7).contains(&days))?;
    refused("making", bench.vault().await.create(&label).await, &code)?;
    refused("opening", open(&bench, &label, &new.wrapped).await, &code)?;
    expect("ending twice is ending once", keys.end(&bench.wrapping).await.map_err(text)? == end)
}

async fn pending_source(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let (_, new) = create(&bench, &label).await?;
    let keys = bench.keys().await;
    keys.end(&bench.wrapping).await.map_err(text)?;
    let passed = keys.rewrap(&label, &new.wrapped, &bench.next).await;
    expect("it is known by its state", passed.as_ref().is_err_and(vault::KeyServiceError::is_of_state))?;
    refused("a source that is ending", passed, &["KMSInvalidStateException"])
}

async fn taken_back(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let (key, new) = create(&bench, &label).await?;
    let keys = bench.keys().await;
    keys.end(&bench.wrapping).await.map_err(text)?;
    expect("it is ending", keys.current().await.map_err(text)?.ends_at.is_some())?;
    switch(service, "CancelKeyDeletion", &bench.wrapping).await?;
    refused("opening", open(&bench, &label, &new.wrapped).await, &["DisabledException"])?;
    switch(service, "EnableKey", &bench.wrapping).await?;
    expect("it is not", keys.current().await.map_err(text)?.ends_at.is_none())?;
    same(&key, &open(&bench, &label, &new.wrapped).await.map_err(text)?)
}

async fn unknown(service: &Service) -> Done {
    let bench = service.bench().await?;
    let (nowhere, code) = (bench.without_keys(), ["NotFoundException"]);
    refused("making", nowhere.vault().await.create(&label()).await, &code)?;
    refused("signing", nowhere.signer().await.sign("text").await, &code)?;
    refused("a public key", nowhere.signer().await.public_key().await, &code)?;
    refused("a description", nowhere.keys().await.current().await, &code)?;
    refused("moving an alias", nowhere.keys().await.make_current(&bench.next).await, &code)
}

async fn usage(service: &Service) -> Done {
    let exchanged = service.bench().await?.exchanged();
    let code = ["InvalidKeyUsageException"];
    refused("wrapping", exchanged.vault().await.create(&label()).await, &code)?;
    refused("signing", exchanged.signer().await.sign("text").await, &code)
}

async fn throttled(service: &Service) -> Done {
    let bench = service.bench().await?;
    let bench = bench.over(&wire(&service.url, Fault::Throttled(2)).await);
    let (key, new) = create(&bench, &Label::zoo()).await?;
    same(&key, &open(&bench, &Label::zoo(), &new.wrapped).await.map_err(text)?)
}

async fn throttled_for_ever(service: &Service) -> Done {
    let bench = service.bench().await?.over(&wire(&service.url, Fault::Throttled(usize::MAX)).await);
    let made = bench.vault().await.create(&label()).await;
    expect("it may pass", made.as_ref().is_err_and(VaultError::is_unavailable))?;
    let signed = bench.signer().await.sign("text").await;
    expect("it may pass", signed.as_ref().is_err_and(vault::KeyServiceError::is_passing))?;
    refused("making", made, &["ThrottlingException"])
}

async fn silent(service: &Service) -> Done {
    let bench = service.bench().await?.over(&wire(&service.url, Fault::Silent).await);
    let vault = bench.vault().await;
    let label = label();
    let made = tokio::time::timeout(Duration::from_secs(8), vault.create(&label)).await;
    let made = made.map_err(|_| "it is waited for too long".to_owned())?;
    expect("it may pass", made.as_ref().is_err_and(VaultError::is_unavailable))?;
    refused("making", made, &["no answer"])
}

async fn rewrapped(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let (key, old) = create(&bench, &label).await?;
    let keys = bench.keys().await;
    let new = keys.rewrap(&label, &old.wrapped, &bench.next).await.map_err(text)?;
    expect("it says what wraps it", new.wrapped_by == bench.next)?;
    expect("other bytes", new.wrapped != old.wrapped)?;
    for wrapped in [&old.wrapped, &new.wrapped] {
        same(&key, &open(&bench, &label, wrapped).await.map_err(text)?)?;
    }
    refused("another label", open(&bench, &Label::zoo(), &new.wrapped).await, &["InvalidCiphertextException"])
}

async fn rewrapped_for_another(service: &Service) -> Done {
    let bench = service.bench().await?;
    let (_, old) = create(&bench, &label()).await?;
    let passed = bench.keys().await.rewrap(&label(), &old.wrapped, &bench.next).await;
    refused("another label", passed, &["InvalidCiphertextException"])
}

async fn alias(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let (key, old) = create(&bench, &label).await?;
    let keys = bench.keys().await;
    expect("the first is current", keys.current().await.map_err(text)?.name == bench.wrapping)?;
    keys.make_current(&bench.next).await.map_err(text)?;
    expect("the next is current", keys.current().await.map_err(text)?.name == bench.next)?;
    let (_, new) = create(&bench, &label).await?;
    expect("new keys are under it", new.wrapped_by == bench.next)?;
    same(&key, &open(&bench, &label, &old.wrapped).await.map_err(text)?)
}

async fn made(service: &Service) -> Done {
    let (bench, label) = (service.bench().await?, label());
    let keys = bench.keys().await;
    let made = keys.make().await.map_err(text)?;
    expect("it is new", made.made_at.millis_since(clock::now()) < 60_000 && made.ends_at.is_none())?;
    keys.make_current(&made.name).await.map_err(text)?;
    let (key, new) = create(&bench, &label).await?;
    expect("it wraps", new.wrapped_by == made.name)?;
    same(&key, &open(&bench, &label, &new.wrapped).await.map_err(text)?)
}

async fn raw_signatures(service: &Service) -> Done {
    let signer = service.bench().await?.signer().await;
    for round in 0..20 {
        let signature = signer.sign(&format!("header.claims {round}")).await.map_err(text)?;
        let length = BASE64_URL_SAFE_NO_PAD.decode(&signature).map_err(text)?.len();
        expect(&format!("64 bytes, not {length}"), length == 64)?;
    }
    Ok(())
}

async fn signatures(service: &Service) -> Done {
    let signer = service.bench().await?.signer().await;
    let key = signer.public_key().await.map_err(text)?;
    for round in 0..20 {
        let input = format!("header.claims {round}");
        let signature = signer.sign(&input).await.map_err(text)?;
        expect("it is the key's", is_signed(&key, &input, &signature))?;
        expect("of this text only", !is_signed(&key, "header.others", &signature))?;
    }
    Ok(())
}

async fn public_keys(service: &Service) -> Done {
    let [one, other] = [service.bench().await?, service.bench().await?];
    let key = one.signer().await.public_key().await.map_err(text)?;
    expect("it stays the same", one.signer().await.public_key().await.map_err(text)? == key)?;
    let other = other.signer().await.public_key().await.map_err(text)?;
    expect("keys have ids of their own", other.kid != key.kid && other.x != key.x)?;
    for part in [&key.kid, &key.x, &key.y] {
        expect("32 bytes", BASE64_URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| bytes.len() == 32))?;
    }
    let signature = one.signer().await.sign("text").await.map_err(text)?;
    expect("no other key's", !is_signed(&other, "text", &signature))
}
