//! What an animal says for itself when no model answers.

use domain::{animal::Animal, turn::FinishReason};

/// A kind answer with something true in it; which fact depends on the turn, so that two in a row
/// differ.
pub(crate) fn answer(animal: &Animal, turn: &str, reason: FinishReason) -> String {
    let name = &animal.name;
    let (opening, closing) = match reason {
        FinishReason::Budget => (
            format!("We have talked so much that {name} needs a rest now!"),
            "Have a look at my fact cards, and come back another day: I will be waiting for you.",
        ),
        _ => (
            format!("Oh, my thoughts just wandered off! I am {name}, and I am happy you are here."),
            "Ask me again in a little while!",
        ),
    };
    let seed: usize = turn.bytes().map(usize::from).sum();
    match animal.facts.get(seed.checked_rem(animal.facts.len()).unwrap_or(0)) {
        Some(fact) => format!("{opening} Did you know this about me? {} {closing}", fact.text),
        None => format!("{opening} {closing}"),
    }
}
