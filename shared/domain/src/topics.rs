//! Which of an animal's fact cards a question is about: the one rule, for who answers from the cards and
//! for who counts what was asked about.

use std::collections::BTreeSet;
use unicode_segmentation::UnicodeSegmentation;

/// What counts for a topic word, against 1 for a word of the card's text.
const TOPIC_WEIGHT: usize = 3;

const SMALL_WORDS: [&str; 44] = [
    "a", "about", "an", "and", "are", "at", "can", "could", "do", "does", "for", "from", "have", "how", "i", "in",
    "is", "it", "know", "like", "make", "me", "more", "my", "of", "on", "or", "please", "so", "tell", "that", "the",
    "there", "they", "this", "to", "was", "what", "when", "who", "why", "with", "you", "your",
];

/// A fact card, ready to be compared with questions.
#[derive(Debug, Clone)]
pub struct Card {
    topics: BTreeSet<String>,
    text: BTreeSet<String>,
}

impl Card {
    /// A card of these topics and this text.
    #[must_use]
    pub fn new(topics: &str, text: &str) -> Self {
        Self { topics: words(topics).into_iter().collect(), text: words(text).into_iter().collect() }
    }

    fn score(&self, asked: &BTreeSet<String>) -> usize {
        asked.intersection(&self.topics).count() * TOPIC_WEIGHT + asked.intersection(&self.text).count()
    }
}

/// A card that fits a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Its place among the cards.
    pub card: usize,
    /// How well it fits; above 0.
    pub score: usize,
}

/// The cards that fit a question to somebody of this name, in the order of the cards: the best, and those
/// that are hardly worse.
#[must_use]
pub fn matches(cards: &[Card], question: &str, name: &str) -> Vec<Match> {
    let own_name = words(name);
    let asked: BTreeSet<_> = words(question)
        .into_iter()
        .filter(|word| !own_name.contains(word) && !SMALL_WORDS.contains(&word.as_str()))
        .collect();
    let scores: Vec<_> = cards.iter().map(|card| card.score(&asked)).collect();
    let best = scores.iter().copied().max().unwrap_or(0);
    let matches = scores.into_iter().enumerate().map(|(card, score)| Match { card, score });
    matches.filter(|found| found.score > 0 && found.score + 1 >= best).collect()
}

/// Words in lower case, without their commonest endings: "roars" and "roaring" are "roar".
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    text.unicode_words().map(|word| stem(&word.to_lowercase())).collect()
}

fn stem(word: &str) -> String {
    let endings = ["ing", "ed", "es", "s"];
    let bare = endings.iter().find_map(|ending| word.strip_suffix(ending).filter(|bare| bare.len() > 2));
    bare.unwrap_or(word).trim_end_matches('e').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_finds_the_cards_that_it_is_about() {
        let cards = [
            Card::new("eat, food, hungry", "I eat meat, up to forty kilograms at once."),
            Card::new("roar, loud, sound", "You can hear my roar eight kilometres away."),
        ];
        let found = |question| matches(&cards, question, "Leo the Lion").iter().map(|one| one.card).collect::<Vec<_>>();
        assert_eq!(found("What do you eat?"), [0]);
        assert_eq!(found("How loud are your roars?"), [1]);
        assert_eq!(found("Hello Leo!"), [0; 0]);
        assert_eq!(found("What is the capital of France?"), [0; 0]);
    }
}
