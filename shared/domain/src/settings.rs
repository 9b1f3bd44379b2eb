//! Configuration as named text values, read once where a program starts.

use std::{collections::BTreeMap, str::FromStr};

/// The named values a program was started with.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<String, String>);

/// A setting that is missing or cannot be understood. Says the name, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSetting {
    /// It has no value.
    #[error("{0} is not set")]
    Missing(String),
    /// Its value is not of its kind.
    #[error("{0} has a value that cannot be read as {1}")]
    Malformed(String, &'static str),
    /// Two names for one thing have different values.
    #[error("{0} and {1} differ")]
    Differ(String, String),
}

impl Settings {
    /// Sets a value, replacing one of the same name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a value where the name has none.
    #[must_use]
    pub fn with_default(mut self, name: &str, value: impl Into<String>) -> Self {
        if self.get(name).is_none() {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The value of a name; an empty one counts as not set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of a name that must have one.
    ///
    /// # Errors
    /// [`InvalidSetting::Missing`].
    pub fn required(&self, name: &str) -> Result<&str, InvalidSetting> {
        self.get(name).ok_or_else(|| InvalidSetting::Missing(name.to_owned()))
    }

    /// The value of a name, read as `T`, or the default where it has none.
    ///
    /// # Errors
    /// [`InvalidSetting::Malformed`].
    pub fn parsed_or<T: FromStr>(&self, name: &str, kind: &'static str, default: T) -> Result<T, InvalidSetting> {
        self.get(name)
            .map_or(Ok(default), |value| value.parse().map_err(|_| InvalidSetting::Malformed(name.to_owned(), kind)))
    }

    /// A switch: `on`, or `off` where nothing is set.
    ///
    /// # Errors
    /// [`InvalidSetting::Malformed`] for any other value: a spelling mistake must not switch anything.
    pub fn switch(&self, name: &str) -> Result<bool, InvalidSetting> {
        match self.get(name) {
            Some("on") => Ok(true),
            Some("off") | None => Ok(false),
            Some(_) => Err(InvalidSetting::Malformed(name.to_owned(), "on or off")),
        }
    }

    /// The value of one thing that has two names, the second an older one.
    ///
    /// # Errors
    /// [`InvalidSetting::Differ`] when both are set to different values.
    pub fn either(&self, name: &str, older: &str) -> Result<Option<&str>, InvalidSetting> {
        match (self.get(name), self.get(older)) {
            (Some(a), Some(b)) if a != b => Err(InvalidSetting::Differ(name.to_owned(), older.to_owned())),
            (a, b) => Ok(a.or(b)),
        }
    }
}

impl FromIterator<(String, String)> for Settings {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// Whether a URL points to this machine itself.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let has_user_info = authority.contains('@');
    !has_user_info && (host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_variable_and_not_its_value() {
        let settings = Settings::default().with("CONVERSATION_TTL_DAYS", "soon");
        let error = settings.parsed_or("CONVERSATION_TTL_DAYS", "a number of days", 90_u32).unwrap_err();
        assert!(error.to_string().contains("CONVERSATION_TTL_DAYS"));
        assert!(!error.to_string().contains("soon"));
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for url in ["http://127.0.0.1:8000", "http://localhost/x", "http://[::1]:9"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://127.0.0.1.example",
            "https://localhost@evil.example",
            "http://localhost:80@evil.example",
            "http://[::1]@evil.example",
            "http://10.0.0.1",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn two_names_for_one_table_must_agree() {
        let settings = Settings::default().with("A", "x").with("B", "y");
        assert!(settings.either("A", "B").is_err());
        assert_eq!(settings.with("B", "x").either("A", "B").unwrap(), Some("x"));
    }
}
