//! Whole words out of a stream of fragments.
//!
//! A model's tokens split words anywhere; what is sent on must not (seed 000, ticket 2: "complete
//! words are sent"). A word is what Unicode says it is (UAX #29), so Chinese has words too.

use unicode_segmentation::UnicodeSegmentation;

/// Text held back at most, in bytes: a longer "word" is passed on as it is.
const LONGEST_WORD: usize = 512;

/// Collects fragments and gives out whole words. What it gives out, put together, is what it got.
#[derive(Debug, Default)]
pub struct WordBuffer {
    pending: String,
}

impl WordBuffer {
    /// Takes a fragment and gives out the words that no later fragment can change.
    pub fn push(&mut self, fragment: &str) -> Option<String> {
        self.pending.push_str(fragment);
        let end = settled_end(&self.pending);
        if end == 0 && self.pending.len() <= LONGEST_WORD {
            return None;
        }
        let rest = if end == 0 { String::new() } else { self.pending.split_off(end) };
        Some(std::mem::replace(&mut self.pending, rest))
    }

    /// Gives out what is left when no fragment follows.
    pub fn finish(&mut self) -> Option<String> {
        Some(std::mem::take(&mut self.pending)).filter(|rest| !rest.is_empty())
    }
}

/// The byte at which the part that may still change begins. The last segment can grow; a mark such
/// as the apostrophe of "can'" joins what stands on both sides of it, so the segment before a
/// closing mark is held back with it.
fn settled_end(text: &str) -> usize {
    let mut segments = text.split_word_bound_indices().rev();
    let Some((last_start, last)) = segments.next() else { return 0 };
    let joins = !last.chars().any(|c| c.is_alphanumeric() || c.is_whitespace());
    match segments.next() {
        Some((before_start, before)) if joins && !before.contains(char::is_whitespace) => before_start,
        _ => last_start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn feed(fragments: &[String]) -> Vec<String> {
        let mut buffer = WordBuffer::default();
        let mut words: Vec<_> = fragments.iter().filter_map(|f| buffer.push(f)).collect();
        words.extend(buffer.finish());
        words
    }

    #[test]
    fn words_split_by_the_model_arrive_whole() {
        let fragments = ["Hel", "lo", ", li", "ttle fri", "end! I can", "'", "t wait: 3", ".", "14 m"];
        let words = feed(&fragments.map(str::to_owned));
        assert_eq!(words, ["Hello, ", "little ", "friend! I ", "can't wait: ", "3.14 ", "m"]);
    }

    #[test]
    fn chinese_is_not_held_back_to_the_end() {
        let words = feed(&["狮子会".to_owned(), "吼叫。".to_owned()]);
        assert!(words.len() > 1);
        assert_eq!(words.concat(), "狮子会吼叫。");
    }

    #[test]
    fn an_endless_word_is_not_held_back_for_ever() {
        let mut buffer = WordBuffer::default();
        assert!((0..LONGEST_WORD).any(|_| buffer.push("aa").is_some()));
    }

    /// Text of all the sorts of characters that word boundaries depend on.
    fn text() -> impl Strategy<Value = String> {
        let atoms = [
            "a",
            "b",
            "c",
            "'",
            ".",
            ",",
            ":",
            "-",
            "0",
            "1",
            "2",
            " ",
            "\n",
            "狮",
            "子",
            "é",
            "e\u{301}",
            "🦁",
            "👩\u{200d}👧",
            "🇺🇸",
            "ア",
            "カ",
            "\"",
            "_",
        ];
        prop::collection::vec(prop::sample::select(atoms.to_vec()), 0..60).prop_map(|atoms| atoms.concat())
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_word_is_cut(text in text(), sizes in prop::collection::vec(1usize..6, 60)) {
            let mut letters = text.chars();
            let fragments: Vec<String> = sizes.iter().map(|size| letters.by_ref().take(*size).collect()).collect();
            let text = fragments.concat();
            let words = feed(&fragments);
            prop_assert_eq!(words.concat(), text.clone());
            let bounds: BTreeSet<_> = text.split_word_bound_indices().map(|(at, _)| at).collect();
            let mut at = 0;
            for word in words.iter().rev().skip(1).rev() {
                at += word.len();
                prop_assert!(bounds.contains(&at), "cut inside a word at {at} of {text:?}");
            }
        }
    }
}
