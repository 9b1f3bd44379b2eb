//! The notice to parents (COPPA, 16 CFR 312.4): what is collected, why, who gets it, how long it is kept, and
//! how consent is taken back. What a guardian agrees to is agreed to under a version of it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The edition of the notice.
pub const EDITION: u16 = 1;

/// A version of the notice: the edition of its words, and the days that the zoo keeps conversations, which it
/// tells parents. `1.90` on the wire; to clients it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    edition: u16,
    keep_days: u32,
}

/// A text that is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a version of the notice")]
pub struct InvalidVersion;

impl Version {
    /// The version of now, where conversations are kept for so many days.
    #[must_use]
    pub fn of(keep_days: u32) -> Self {
        Self { edition: EDITION, keep_days }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.edition, self.keep_days)
    }
}

impl TryFrom<String> for Version {
    type Error = InvalidVersion;

    fn try_from(text: String) -> Result<Self, InvalidVersion> {
        let (edition, keep_days) = text.split_once('.').ok_or(InvalidVersion)?;
        let parsed = (edition.parse(), keep_days.parse());
        let (Ok(edition), Ok(keep_days)) = parsed else { return Err(InvalidVersion) };
        Ok(Self { edition, keep_days })
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_it_is_written() {
        let version = Version::of(90);
        assert_eq!(Version::try_from(String::from(version)), Ok(version));
        for text in ["", "1", "1.", ".90", "one.90", "1.90.1", "70000.1"] {
            assert_eq!(Version::try_from(text.to_owned()), Err(InvalidVersion), "{text}");
        }
    }
}
