//! What was said of an answer, word for word and event for event.

/// An answer and where its token events begin and end. The first token event has id 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    text: String,
    /// The byte behind each event's words.
    ends: Vec<usize>,
}

/// Boundaries that do not fit their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the boundaries are not of this text")]
pub struct InvalidBoundaries;

impl Transcript {
    /// Adds the words of the next event.
    pub fn push(&mut self, words: &str) {
        self.text.push_str(words);
        self.ends.push(self.text.len());
    }

    /// All of it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The last event's id, 0 before the first.
    #[must_use]
    pub fn last_id(&self) -> u64 {
        self.ends.len() as u64
    }

    /// The events behind one that was seen already, as id and words.
    pub fn after(&self, id: u64) -> impl Iterator<Item = (u64, &str)> {
        let seen = usize::try_from(id).unwrap_or(usize::MAX).min(self.ends.len());
        let begin = |at: usize| at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (seen..self.ends.len()).map(move |at| (at as u64 + 1, &self.text[begin(at)..self.ends[at]]))
    }

    /// The lengths of the events' words in bytes, each as LEB128: with the text they make the
    /// transcript again.
    #[must_use]
    pub fn boundaries(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.ends.len());
        let mut begin = 0;
        for end in &self.ends {
            leb128(&mut bytes, end - begin);
            begin = *end;
        }
        bytes
    }

    /// A transcript of a text and its boundaries.
    ///
    /// # Errors
    /// [`InvalidBoundaries`].
    pub fn from_parts(text: String, boundaries: &[u8]) -> Result<Self, InvalidBoundaries> {
        let mut ends = Vec::with_capacity(boundaries.len());
        let mut end = 0_usize;
        for number in boundaries.split_inclusive(|byte| byte & 0x80 == 0) {
            let length = from_leb128(number).ok_or(InvalidBoundaries)?;
            end = end.checked_add(length).filter(|end| text.is_char_boundary(*end)).ok_or(InvalidBoundaries)?;
            ends.push(end);
        }
        if end == text.len() { Ok(Self { text, ends }) } else { Err(InvalidBoundaries) }
    }
}

fn leb128(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn from_leb128(bytes: &[u8]) -> Option<usize> {
    let is_whole = bytes.len() <= 4 && bytes.last().is_some_and(|last| last & 0x80 == 0);
    is_whole.then(|| bytes.iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(words: &[String]) -> Transcript {
        let mut transcript = Transcript::default();
        for word in words {
            transcript.push(word);
        }
        transcript
    }

    #[test]
    fn boundaries_of_another_text_are_refused() {
        let boundaries = of(&["Hello ".into(), "狮子".into()]).boundaries();
        for text in ["Hello", "Hello 狮子!", "Hello 狮", "狮子狮子狮子"] {
            assert_eq!(Transcript::from_parts(text.into(), &boundaries), Err(InvalidBoundaries), "{text}");
        }
        assert_eq!(Transcript::from_parts("a".into(), &[0x81]), Err(InvalidBoundaries));
        assert_eq!(Transcript::from_parts("a".into(), &[0xff; 9]), Err(InvalidBoundaries));
    }

    proptest! {
        /// Cut at any event and taken up again, by a reader that has only text and boundaries: the
        /// same text, and every event once.
        #[test]
        fn whoever_comes_back_misses_nothing(words in prop::collection::vec("[a-z狮🦁 ]{0,200}", 0..60), cut in 0usize..70) {
            let live = of(&words);
            let stored = Transcript::from_parts(live.text().to_owned(), &live.boundaries()).unwrap();
            prop_assert_eq!(&stored, &live);
            let cut = cut.min(words.len());
            let before = live.after(0).take(cut);
            let events: Vec<_> = before.chain(stored.after(cut as u64)).collect();
            prop_assert!(events.iter().map(|(id, _)| *id).eq(1..=words.len() as u64));
            let said: String = events.iter().map(|(_, words)| *words).collect();
            prop_assert_eq!(said, words.concat());
        }
    }
}
