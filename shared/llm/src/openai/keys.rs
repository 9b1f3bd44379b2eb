//! Keys of endpoints, each for one host. They never print, and none goes to another host.

use domain::{endpoint::ListedHost, settings::InvalidSetting};
use reqwest::{Url, header::HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// Bearer tokens, and where each may go.
#[derive(Clone, Default)]
pub struct Keys {
    /// For the default endpoint's origin.
    default: Option<SecretString>,
    by_host: Vec<(ListedHost, SecretString)>,
}

impl Keys {
    /// Reads one key, or a JSON object of hosts (`host` or `host:port`) and their keys.
    ///
    /// # Errors
    /// [`InvalidSetting`] for what is neither; it holds nothing of the text.
    pub fn parse(text: &SecretString) -> Result<Self, InvalidSetting> {
        let text = text.expose_secret().trim();
        let keys = if text.starts_with('{') { Self::of_hosts(text) } else { Self::of_default(text) };
        keys.ok_or_else(|| {
            InvalidSetting::Malformed("OPENAI_API_KEY".to_owned(), "a key or a JSON object of hosts and keys")
        })
    }

    fn of_default(text: &str) -> Option<Self> {
        let default = if text.is_empty() { None } else { Some(key(text)?) };
        Some(Self { default, by_host: Vec::new() })
    }

    fn of_hosts(text: &str) -> Option<Self> {
        let texts: BTreeMap<String, String> = serde_json::from_str(text).ok()?;
        let pairs = texts.into_iter().map(|(host, text)| Some((host.parse().ok()?, key(&text)?)));
        Some(Self { default: None, by_host: pairs.collect::<Option<_>>()? })
    }

    /// The key for a URL, where the default endpoint is another one.
    pub(super) fn key_for(&self, url: &Url, default_endpoint: &Url) -> Option<&SecretString> {
        let default = self.default.as_ref().filter(|_| url.origin() == default_endpoint.origin());
        default.or_else(|| self.by_host.iter().find(|(host, _)| host.covers(url)).map(|(_, key)| key))
    }
}

/// A key that can stand in a header.
fn key(text: &str) -> Option<SecretString> {
    let text = text.trim();
    let is_usable = !text.is_empty() && HeaderValue::from_str(text).is_ok();
    is_usable.then(|| SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(keys: &str, url: &str) -> Option<String> {
        let keys = Keys::parse(&SecretString::from(keys)).unwrap();
        let default = Url::parse("https://model.example/v1/chat/completions").unwrap();
        keys.key_for(&Url::parse(url).unwrap(), &default).map(|key| key.expose_secret().to_owned())
    }

    #[test]
    fn one_key_goes_to_the_default_endpoints_origin_only() {
        assert_eq!(sent(" sk-1\n", "https://model.example/v2/chat").unwrap(), "sk-1");
        for url in ["https://model.example.evil/v1", "http://model.example/v1", "https://model.example:8443/v1"] {
            assert_eq!(sent("sk-1", url), None, "{url}");
        }
    }

    #[test]
    fn each_of_many_keys_goes_to_its_host_only() {
        let keys = r#"{"model.example": "sk-1", "zoo.example:8443": "sk-2"}"#;
        assert_eq!(sent(keys, "https://model.example/v1").unwrap(), "sk-1");
        assert_eq!(sent(keys, "https://zoo.example:8443/v1").unwrap(), "sk-2");
        for url in ["https://zoo.example/v1", "https://a.model.example/v1", "https://model.example:8443/"] {
            assert_eq!(sent(keys, url), None, "{url}");
        }
    }

    #[test]
    fn no_text_is_no_key_and_nonsense_is_refused_without_being_shown() {
        assert_eq!(sent("", "https://model.example/v1"), None);
        assert_eq!(sent("{}", "https://model.example/v1"), None);
        for text in [r#"{"a.example": 1}"#, r#"{"a/b": "canary"}"#, "{canary", "canary\u{7}", r#"{"a.example": ""}"#] {
            let error = Keys::parse(&SecretString::from(text)).err().unwrap();
            assert!(!error.to_string().contains("canary"), "{text}");
        }
    }
}
