//! Finding words in what was said: whichever way they are written, in capitals or not, full or half
//! width, composed or not.
//!
//! Text is compared grapheme by grapheme in its compatibility form (Unicode NFKC) with case folded, so
//! that a find can be shown as it was written and is never cut in the middle of a character.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::ComposingNormalizerBorrowed;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// The most Unicode scalar values that can be looked for.
const LONGEST: usize = 100;
/// About how many scalar values of a text are shown around a find.
const SHOWN: usize = 80;
/// What stands where the text goes on.
const MORE: char = '…';

const CASES: CaseMapperBorrowed<'static> = CaseMapper::new();
const FORMS: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// What is looked for: 1 to 100 scalar values, trimmed and folded. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Needle(String);

/// Why a text cannot be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is looked for has 1 to {LONGEST} characters")]
pub struct InvalidNeedle;

impl Needle {
    /// Trims, measures and folds a text.
    ///
    /// # Errors
    /// [`InvalidNeedle`].
    pub fn parse(text: &str) -> Result<Self, InvalidNeedle> {
        let trimmed = text.trim();
        if !(1..=LONGEST).contains(&trimmed.chars().count()) {
            return Err(InvalidNeedle);
        }
        let folded = Folded::of(trimmed).text;
        if folded.is_empty() { Err(InvalidNeedle) } else { Ok(Self(folded)) }
    }

    /// It as it is compared: the same for two that find the same.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.0
    }

    /// About 80 characters of a text around the first place that has it, if one does.
    #[must_use]
    pub fn excerpt(&self, text: &str) -> Option<String> {
        let folded = Folded::of(text);
        let found = folded.text.find(&self.0)?;
        Some(excerpt(text, folded.original(found..found + self.0.len())))
    }
}

impl std::fmt::Debug for Needle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Needle(…)")
    }
}

/// A text as it is compared, and from where in the original each part of it is.
struct Folded {
    text: String,
    /// Where each grapheme begins, here and in the original; the end of both is the last.
    starts: Vec<(usize, usize)>,
}

impl Folded {
    fn of(original: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(original.len()), starts: Vec::new() };
        for (at, grapheme) in original.grapheme_indices(true) {
            folded.starts.push((folded.text.len(), at));
            if grapheme.is_ascii() {
                folded.text.extend(grapheme.chars().map(|c| c.to_ascii_lowercase()));
            } else {
                // Folding may give what another form writes otherwise.
                let cased = CASES.fold_string(&FORMS.normalize(grapheme)).into_owned();
                folded.text.push_str(&FORMS.normalize(&cased));
            }
        }
        folded.starts.push((folded.text.len(), original.len()));
        folded
    }

    /// The graphemes of the original that a part comes from.
    fn original(&self, part: Range<usize>) -> Range<usize> {
        let first = self.starts.partition_point(|(at, _)| *at <= part.start).saturating_sub(1);
        let end = self.starts.partition_point(|(at, _)| *at < part.end).min(self.starts.len() - 1);
        self.starts[first].1..self.starts[end].1
    }
}

/// A find and the graphemes around it, as many on both sides where there are.
fn excerpt(text: &str, found: Range<usize>) -> String {
    let (before, after) = (&text[..found.start], &text[found.end..]);
    let room = SHOWN.saturating_sub(text[found.clone()].chars().count());
    // What one side does not need, the other has.
    let short = |side: &str| side.chars().take(room).count();
    let (left, right) = match (short(before), short(after)) {
        (all, _) if all <= room / 2 => (all, room - all),
        (_, all) if all <= room / 2 => (room - all, all),
        _ => (room / 2, room / 2),
    };
    let begin = found.start - taken(before.graphemes(true).rev(), left);
    let end = found.end + taken(after.graphemes(true), right);
    let mut shown = String::new();
    if begin > 0 {
        shown.push(MORE);
    }
    shown.push_str(&text[begin..end]);
    if end < text.len() {
        shown.push(MORE);
    }
    shown
}

/// The bytes of as many whole graphemes as have room.
fn taken<'a>(graphemes: impl Iterator<Item = &'a str>, mut room: usize) -> usize {
    let fits = |grapheme: &&str| {
        let chars = grapheme.chars().count();
        let fits = chars <= room;
        room = room.saturating_sub(chars);
        fits
    };
    graphemes.take_while(fits).map(str::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn find(needle: &str, text: &str) -> Option<String> {
        Needle::parse(needle).unwrap().excerpt(text)
    }

    #[test]
    fn case_width_and_form_do_not_matter() {
        for (needle, text) in [
            ("LION", "a lion"),
            ("strasse", "Große Straße"),
            ("ｌｉｏｎ", "Lion"),
            ("lion", "Ｌｉｏｎ"),
            ("ガゼル", "ｶﾞｾﾞﾙ"),
            ("caf\u{e9}", "CAFE\u{301}"),
            ("fin", "ﬁn whale"),
            ("σοφος", "ΣΟΦΟΣ"),
            ("狮子", "我喜欢狮子吗"),
            ("a lion", "a\u{3000}lion"),
        ] {
            assert_eq!(find(needle, text).as_deref(), Some(text), "{needle} in {text}");
        }
        assert_eq!(find("tiger", "a lion"), None);
        assert_eq!(find("e", "\u{e9}"), None, "another letter");
    }

    #[test]
    fn an_excerpt_is_about_eighty_characters_around_the_find() {
        let long = format!("{} LION {}", "a".repeat(300), "b".repeat(300));
        let found = find("lion", &long).unwrap();
        assert!(found.starts_with("…a") && found.ends_with("b…") && found.contains("LION"), "{found}");
        assert_eq!(found.chars().count(), SHOWN + 2);
        assert_eq!(find("lion", &long[299..]).unwrap().chars().count(), SHOWN + 1, "there is more room at its end");
        assert_eq!(find("lion", &long[..306]).unwrap().chars().count(), SHOWN + 1);
        let family = "👨‍👩‍👧‍👦".repeat(60);
        let found = find("🦁", &format!("{family}🦁{family}")).unwrap();
        assert!(found.trim_matches(MORE).split('🦁').all(|side| side.replace("👨‍👩‍👧‍👦", "").is_empty()), "{found}");
    }

    #[test]
    fn a_hundred_characters_can_be_looked_for_and_one_more_cannot() {
        assert!(Needle::parse(&"é".repeat(100)).is_ok());
        assert_eq!(Needle::parse(&"é".repeat(101)), Err(InvalidNeedle));
        assert_eq!(Needle::parse(" \t\u{3000}"), Err(InvalidNeedle));
        assert_eq!(format!("{:?}", Needle::parse("secret").unwrap()), "Needle(…)");
    }

    proptest! {
        #[test]
        fn every_part_of_a_text_between_graphemes_is_found_in_it(text in "\\PC{1,60}", a in 0usize..60, b in 0usize..60) {
            let graphemes: Vec<_> = text.graphemes(true).collect();
            let (a, b) = (a.min(b) % graphemes.len(), a.max(b) % graphemes.len());
            let part = graphemes[a.min(b)..=a.max(b)].concat();
            // A part that stands alone may fall into other graphemes than within the text.
            prop_assume!(part.graphemes(true).eq(graphemes[a.min(b)..=a.max(b)].iter().copied()));
            prop_assume!(part.trim() == part);
            if let Ok(needle) = Needle::parse(&part) {
                let shown = needle.excerpt(&text);
                prop_assert!(shown.is_some());
                let shown = shown.unwrap();
                prop_assert!(text.contains(shown.trim_matches(MORE)));
            }
        }
    }
}
