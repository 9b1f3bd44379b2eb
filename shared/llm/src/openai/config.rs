//! What the adapter is told: the endpoints, their keys, and how much may be asked of them at once.

use super::keys::Keys;
use domain::{
    endpoint::Hosts,
    settings::{InvalidSetting, Settings},
};
use reqwest::Url;
use secrecy::SecretString;
use std::num::NonZeroU16;

/// A chat-completions URL and the model to ask for there.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) url: Url,
    pub(super) model: String,
}

/// The endpoints, their keys and their queues. It does not print itself.
#[derive(Clone)]
pub struct Config {
    pub(super) default: Endpoint,
    pub(super) second: Option<Endpoint>,
    pub(super) hosts: Hosts,
    pub(super) keys: Keys,
    pub(super) max_concurrent: NonZeroU16,
    pub(super) max_waiting: u16,
}

impl Config {
    /// Reads the configuration: `CHAT_ENDPOINT`, `CHAT_MODEL`, `CHAT_FALLBACK_ENDPOINT`,
    /// `CHAT_FALLBACK_MODEL`, `CHAT_ENDPOINT_HOSTS`, `CHAT_MAX_CONCURRENT`, `CHAT_MAX_WAITING`,
    /// `OPENAI_API_KEY`.
    ///
    /// # Errors
    /// [`InvalidSetting`] with the name of the variable; there must be a `CHAT_ENDPOINT`.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        settings.required("CHAT_ENDPOINT")?;
        let model = settings.get("CHAT_MODEL").unwrap_or("gpt-4");
        let second_model = settings.get("CHAT_FALLBACK_MODEL").unwrap_or(model);
        let missing = || InvalidSetting::Missing("CHAT_ENDPOINT".to_owned());
        Ok(Self {
            default: endpoint(settings, "CHAT_ENDPOINT", model)?.ok_or_else(missing)?,
            second: endpoint(settings, "CHAT_FALLBACK_ENDPOINT", second_model)?,
            hosts: Hosts::read(settings)?,
            keys: Keys::parse(&SecretString::from(settings.get("OPENAI_API_KEY").unwrap_or_default()))?,
            max_concurrent: settings.parsed_or("CHAT_MAX_CONCURRENT", "a number from 1", DEFAULT_CONCURRENT)?,
            max_waiting: settings.parsed_or("CHAT_MAX_WAITING", "a number", 64)?,
        })
    }

    /// Takes the keys from a text that was kept elsewhere, in the form of `OPENAI_API_KEY`.
    ///
    /// # Errors
    /// [`InvalidSetting`], as [`Keys::parse`].
    pub fn with_keys(self, text: &SecretString) -> Result<Self, InvalidSetting> {
        Ok(Self { keys: Keys::parse(text)?, ..self })
    }
}

const DEFAULT_CONCURRENT: NonZeroU16 = NonZeroU16::new(32).unwrap();

fn endpoint(settings: &Settings, name: &str, model: &str) -> Result<Option<Endpoint>, InvalidSetting> {
    let Some(text) = settings.get(name) else { return Ok(None) };
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| InvalidSetting::Malformed(name.to_owned(), "an HTTP URL"))?;
    Ok(Some(Endpoint { url, model: model.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let settings = Settings::default().with("CHAT_ENDPOINT", "https://model.example/v1");
        assert!(Config::read(&settings).is_ok());
        for (name, value) in [
            ("CHAT_ENDPOINT", "ftp://model.example"),
            ("CHAT_ENDPOINT", ""),
            ("CHAT_FALLBACK_ENDPOINT", "model.example"),
            ("CHAT_ENDPOINT_HOSTS", "https://model.example"),
            ("CHAT_MAX_CONCURRENT", "0"),
            ("CHAT_MAX_WAITING", "-1"),
            ("OPENAI_API_KEY", "{"),
        ] {
            let error = Config::read(&settings.clone().with(name, value)).err().unwrap();
            assert!(error.to_string().contains(name), "{name}: {error}");
        }
    }

    #[test]
    fn the_second_endpoint_has_the_default_model_unless_it_has_its_own() {
        let settings = Settings::default().with("CHAT_ENDPOINT", "https://a.example").with("CHAT_MODEL", "a");
        let settings = settings.with("CHAT_FALLBACK_ENDPOINT", "https://b.example");
        let second_model = |settings: &Settings| Config::read(settings).unwrap().second.unwrap().model;
        assert_eq!(second_model(&settings), "a");
        assert_eq!(second_model(&settings.with("CHAT_FALLBACK_MODEL", "b")), "b");
    }
}
