//! What an animal says for itself when no model answers.

use domain::animal::Animal;

/// A kind answer with something true in it; which fact depends on the turn, so that two in a row
/// differ.
pub(crate) fn answer(animal: &Animal, turn: &str) -> String {
    let seed: usize = turn.bytes().map(usize::from).sum();
    let fact = animal.facts.get(seed.checked_rem(animal.facts.len()).unwrap_or(0));
    let opening = format!("Oh, my thoughts just wandered off! I am {}, and I am happy you are here.", animal.name);
    match fact {
        Some(fact) => format!("{opening} Did you know this about me? {} Ask me again in a little while!", fact.text),
        None => format!("{opening} Ask me again in a little while!"),
    }
}
