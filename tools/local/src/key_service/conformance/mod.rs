//! What the vault needs of a key service, asked of every service in the same way: of the local one always, and
//! of two that others wrote, ministack and moto, by `make test-keys`. Where one of those falls short, it stands
//! in its list with the reason; an entry that is no longer needed fails.

mod cases;
mod faults;
mod service;

use cases::CASES;
use service::Service;

/// A case that a service cannot pass, and why.
type Exception = (&'static str, &'static str);

const NO_RE_ENCRYPT: &str = "ministack has no ReEncrypt";
const MINISTACK: &[Exception] = &[
    ("a changed ciphertext is refused", "ministack opens one"),
    ("a disabled key is not wrapped anew", NO_RE_ENCRYPT),
    ("a key pending deletion is not wrapped anew", NO_RE_ENCRYPT),
    ("a key passes to another wrapping key", NO_RE_ENCRYPT),
    ("a key passes to no other owner", NO_RE_ENCRYPT),
    ("a key is used for what it is for", "ministack calls it UnsupportedOperationException"),
];

const NO_STATES: &str = "moto uses keys whatever their state";
const NO_ARN: &str = "moto answers 500 where a key that is to be deleted is named by its ARN";
const MOTO: &[Exception] = &[
    ("a disabled key does nothing until it is enabled", NO_STATES),
    ("a disabled key is not wrapped anew", NO_STATES),
    ("a key pending deletion does nothing", NO_ARN),
    ("a key pending deletion is not wrapped anew", NO_ARN),
    ("a key pending deletion can be taken back", NO_ARN),
    ("a key is used for what it is for", "moto wraps with keys that sign"),
    ("signatures are their keys' and of their texts", "moto hashes a digest once more before it signs"),
];

async fn conforms(service: &Service, exceptions: &[Exception]) {
    let mut findings = Vec::new();
    for (name, case) in CASES {
        let reason = exceptions.iter().find(|(excepted, _)| excepted == name).map(|(_, reason)| reason);
        match (case(service).await, reason) {
            (Ok(()), None) => println!("{name}: ok"),
            (Err(why), Some(reason)) => println!("{name}: not here, as {reason} ({why})"),
            (Err(why), None) => findings.push(format!("{name}: {why}")),
            (Ok(()), Some(_)) => findings.push(format!("{name}: passes, take it out of the exceptions")),
        }
    }
    let unknown = exceptions.iter().filter(|(excepted, _)| CASES.iter().all(|(name, _)| name != excepted));
    findings.extend(unknown.map(|(name, _)| format!("{name}: there is no such case")));
    assert!(findings.is_empty(), "{findings:#?}");
}

#[tokio::test]
async fn the_local_key_service_does_all_that_the_vault_needs() {
    conforms(&Service::local().await, &[]).await;
}

/// `make test-keys` gives these the addresses that they need.
mod elsewhere {
    use super::*;

    #[tokio::test]
    async fn ministack_does_what_the_vault_needs() {
        conforms(&Service::at("MINISTACK_URL"), MINISTACK).await;
    }

    #[tokio::test]
    async fn moto_does_what_the_vault_needs() {
        conforms(&Service::at("MOTO_URL"), MOTO).await;
    }
}
