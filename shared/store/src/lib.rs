//! DynamoDB: the only crate that talks to it. One file per aggregate; `keys` says how items are
//! addressed.
//!
//! Text comes in and goes out as [`domain::Sealed`]: the store cannot read what it keeps. It knows
//! no roles and no rules beyond the conditions its callers' promises need.

pub mod accounts;
pub mod alerts;
pub mod animals;
pub mod attempts;
pub mod audit;
pub mod audit_archive;
pub mod audit_chain;
mod audit_links;
pub mod audit_query;
pub mod consent;
pub mod conversations;
mod deletion;
mod directory;
pub mod epochs;
pub mod erasing;
pub mod erasures;
mod error;
pub mod expiry;
pub mod families;
pub mod invitations;
pub mod keys;
pub mod limits;
pub mod refresh_tokens;
pub mod reset_links;
mod retention_runs;
pub mod sessions;
pub mod shares;
pub mod signing_keys;
pub mod tally;
mod transact;
pub mod turns;
pub mod users;
pub mod wrapped_keys;

pub use error::StoreError;

use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, timeout::TimeoutConfig},
    types::AttributeValue,
};
use domain::{
    retention::CONVERSATION_DAYS,
    settings::{InvalidSetting, Settings, is_loopback},
};
use serde::de::DeserializeOwned;
use std::{collections::HashMap, sync::Arc, time::Duration};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The names of the tables, where they are, and how long a conversation is kept.
#[derive(Debug, Clone)]
pub struct Config {
    /// `CONVERSATION_TABLE_NAME`, or as the first system called it, `CONVERSATION_DYNAMO_TABLE_NAME`.
    pub conversations: String,
    /// `SESSIONS_TABLE_NAME`.
    pub sessions: String,
    /// `TURNS_TABLE_NAME`.
    pub turns: String,
    /// `USERS_TABLE_NAME`.
    pub users: String,
    /// `ANIMALS_TABLE_NAME`.
    pub animals: String,
    /// `KEYS_TABLE_NAME`.
    pub keys: String,
    /// `TOKENS_TABLE_NAME`.
    pub tokens: String,
    /// `LIMITS_TABLE_NAME`.
    pub limits: String,
    /// `AUDIT_TABLE_NAME`.
    pub audit: String,
    /// `CONVERSATION_TABLE_REGION`.
    pub region: Option<String>,
    /// `DYNAMODB_ENDPOINT_URL`, where it is not AWS's own.
    pub endpoint_url: Option<String>,
    /// `CONVERSATION_TTL_DAYS`: days a session lives, counted from its first message.
    pub ttl_days: u32,
}

impl Config {
    /// Reads the configuration. Tables have the names of `template.yaml` where nothing else is set.
    ///
    /// # Errors
    /// [`InvalidSetting`] with the name of the variable.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let table = |name: &str, default: &str| settings.get(name).unwrap_or(default).to_owned();
        let conversations = settings.either("CONVERSATION_TABLE_NAME", "CONVERSATION_DYNAMO_TABLE_NAME")?;
        Ok(Self {
            conversations: conversations.unwrap_or("cmz-conversations").to_owned(),
            sessions: table("SESSIONS_TABLE_NAME", "cmz-sessions"),
            turns: table("TURNS_TABLE_NAME", "cmz-turns"),
            users: table("USERS_TABLE_NAME", "cmz-users"),
            animals: table("ANIMALS_TABLE_NAME", "cmz-animals"),
            keys: table("KEYS_TABLE_NAME", "cmz-keys"),
            tokens: table("TOKENS_TABLE_NAME", "cmz-tokens"),
            limits: table("LIMITS_TABLE_NAME", "cmz-limits"),
            audit: table("AUDIT_TABLE_NAME", "cmz-audit"),
            region: settings.get("CONVERSATION_TABLE_REGION").map(str::to_owned),
            endpoint_url: settings.get("DYNAMODB_ENDPOINT_URL").map(str::to_owned),
            ttl_days: settings.parsed_or("CONVERSATION_TTL_DAYS", "a number of days", CONVERSATION_DAYS)?,
        })
    }
}

/// The tables.
#[derive(Clone)]
pub struct Store {
    client: Client,
    config: Arc<Config>,
}

impl Store {
    /// Connects to DynamoDB. A loopback address gets fixed credentials, as local engines ask for
    /// some and check none.
    pub async fn connect(config: Config) -> Self {
        let mut loader = aws_config::defaults(aws_config::BehaviorVersion::latest()).timeout_config(patience());
        if let Some(region) = &config.region {
            loader = loader.region(aws_config::Region::new(region.clone()));
        }
        if let Some(url) = &config.endpoint_url {
            loader = loader.endpoint_url(url);
            if is_loopback(url) {
                let local = Credentials::new("local", "local", None, None, "loopback");
                loader = loader.credentials_provider(local);
            }
        }
        Self { client: Client::new(&loader.load().await), config: Arc::new(config) }
    }

    /// How long a session lives, in days from its first message.
    #[must_use]
    pub fn ttl_days(&self) -> u32 {
        self.config.ttl_days
    }

    /// Reads one item, consistently.
    async fn get<T: DeserializeOwned>(&self, table: &str, key: Item) -> Result<Option<T>, StoreError> {
        self.get_item(table, key).await?.map(from_item).transpose()
    }

    /// The same as it lies there.
    async fn get_item(&self, table: &str, key: Item) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(table).set_key(Some(key)).consistent_read(true);
        Ok(request.send().await.map_err(|error| StoreError::from_sdk(&error))?.item)
    }
}

/// How long a call may take. Without an end, a connection that is silent would hold a turn open.
fn patience() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(6))
        .build()
}

/// A key or expression values from name and text pairs.
pub(crate) fn strings<const N: usize>(pairs: [(&str, &str); N]) -> Item {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn signed(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|_| StoreError::malformed())
}

pub(crate) fn to_item<T: serde::Serialize>(record: &T) -> Result<Item, StoreError> {
    serde_dynamo::to_item(record).map_err(|_| StoreError::malformed())
}
