//! What a visitor may say in one message.

/// The most Unicode scalar values a message may have.
pub const MAX_CHARS: usize = 1000;

/// A message of 1 to 1,000 Unicode scalar values, trimmed. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageText(String);

/// Why a text is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMessage {
    /// Nothing but white space.
    #[error("a message needs at least one character")]
    Empty,
    /// More than [`MAX_CHARS`].
    #[error("a message has at most {MAX_CHARS} characters")]
    TooLong,
}

impl MessageText {
    /// Trims and measures a text.
    ///
    /// # Errors
    /// [`InvalidMessage`].
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        let trimmed = text.trim();
        match trimmed.chars().count() {
            0 => Err(InvalidMessage::Empty),
            1..=MAX_CHARS => Ok(Self(trimmed.to_owned())),
            _ => Err(InvalidMessage::TooLong),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MessageText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageText(…)")
    }
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sender {
    /// The visitor.
    User,
    /// The animal.
    Assistant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_scalar_values_are_a_message_and_one_more_is_not() {
        assert!(MessageText::parse(&"🦁".repeat(1000)).is_ok());
        assert_eq!(MessageText::parse(&"é".repeat(1001)), Err(InvalidMessage::TooLong));
        assert_eq!(MessageText::parse(" \n\t "), Err(InvalidMessage::Empty));
        assert_eq!(MessageText::parse("  hi ").unwrap().as_str(), "hi");
    }
}
