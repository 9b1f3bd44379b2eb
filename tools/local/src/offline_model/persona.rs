//! What the offline model says. It knows nothing but its instructions: the animal's name, and its
//! facts with the topics they are about. It picks the facts that fit the question, prefers those
//! it has not told yet, and says so when none fits.

use super::Message;
use domain::topics::{Card, matches, words};
use std::cmp::Reverse;

const GREETINGS: [&str; 12] =
    ["hello", "hi", "hey", "hiya", "howdy", "greetings", "morning", "hola", "buenos", "你好", "您好", "嗨"];
const THANKS: [&str; 8] = ["thanks", "thank", "thx", "bye", "goodbye", "gracias", "adiós", "谢谢"];
const OPENERS: [&str; 8] = [
    "Ooh, good question!",
    "I like that you ask!",
    "Let me tell you.",
    "Ha, I know this one!",
    "Come a little closer.",
    "That is one of my favourite things to talk about.",
    "You are curious, just like me!",
    "Listen to this.",
];
const MORE: [&str; 4] =
    ["And did you know?", "Here is something else:", "My keepers love this part:", "One more thing:"];

struct Fact<'a> {
    card: Card,
    text: &'a str,
}

/// The answer to the last message of a conversation.
pub(crate) fn reply(messages: &[Message]) -> String {
    let instructions = said(messages, "system").last().copied().unwrap_or_default();
    let question = said(messages, "user").last().copied().unwrap_or_default();
    let told = said(messages, "assistant").join(" ");
    let facts = facts(instructions);
    let name = name(instructions);
    let words = words(question);
    // The question and what came before decide, so that the same question twice is answered
    // differently and the same conversation always alike.
    let turn = messages.len() + question.len() + told.len();
    let is_said = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let mut fitting = fitting(&facts, question, name, &told);
    if fitting.is_empty() && is_said(&GREETINGS) {
        let teaser = untold(&facts, &told, turn).unwrap_or("There is so much to talk about.");
        return format!("Hello! I'm {name}, and I'm so happy to see you. {teaser} What would you like to know?");
    }
    if fitting.is_empty() && is_said(&THANKS) {
        return format!("Thank you for talking with me, that made my day! Come and see me again soon. Your {name}");
    }
    if fitting.is_empty() {
        let other = untold(&facts, &told, turn).unwrap_or("Ask my keepers, they know nearly everything.");
        return format!("Hmm, I'm not sure about that one, maybe a keeper can help. But I do know this: {other}");
    }
    let hello = if is_said(&GREETINGS) { "Hello! " } else { "" };
    let first = fitting.remove(0);
    let opener = pick(&OPENERS, turn);
    match fitting.first().copied().or_else(|| untold(&facts, &format!("{told} {first}"), turn)) {
        Some(second) => format!("{hello}{opener} {first} {} {second}", pick(&MORE, turn)),
        None => format!("{hello}{opener} {first}"),
    }
}

fn said<'a>(messages: &'a [Message], role: &str) -> Vec<&'a str> {
    messages.iter().filter(|message| message.role == role).map(|message| message.content.as_str()).collect()
}

fn name(instructions: &str) -> &str {
    instructions.lines().find_map(|line| line.strip_prefix("Your name: ")).unwrap_or("your friend")
}

/// Lines such as `- [eat, food] I eat hay.`
fn facts(instructions: &str) -> Vec<Fact<'_>> {
    let fact = |line| {
        let (topics, text) = str::strip_prefix(line, "- [")?.split_once("] ")?;
        Some(Fact { card: Card::new(topics, text), text })
    };
    instructions.lines().filter_map(fact).collect()
}

/// The facts that fit a question, best first; those already told come after the others.
fn fitting<'a>(facts: &[Fact<'a>], question: &str, name: &str, told: &str) -> Vec<&'a str> {
    let cards: Vec<_> = facts.iter().map(|fact| fact.card.clone()).collect();
    let found = matches(&cards, question, name).into_iter();
    let mut fitting: Vec<_> = found.filter_map(|found| Some((found.score, facts.get(found.card)?.text))).collect();
    fitting.sort_by_key(|(score, text)| (told.contains(text), Reverse(*score)));
    fitting.into_iter().map(|(_, text)| text).collect()
}

fn untold<'a>(facts: &[Fact<'a>], told: &str, turn: usize) -> Option<&'a str> {
    let fresh: Vec<_> = facts.iter().filter(|fact| !told.contains(fact.text)).collect();
    let index = turn.checked_rem(fresh.len())?;
    fresh.get(index).map(|fact| fact.text)
}

fn pick<'a>(list: &[&'a str], turn: usize) -> &'a str {
    list.get(turn % list.len()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTRUCTIONS: &str = "You are Leo.\nYour name: Leo the Lion\n\nFacts:\n\
        - [eat, food, hungry] I eat meat, up to forty kilograms at once.\n\
        - [roar, loud, sound] You can hear my roar eight kilometres away.\n\
        - [sleep, nap] I sleep up to twenty hours a day.\n";

    fn ask(conversation: &[(&str, &str)]) -> String {
        let message =
            |(role, content): &(&str, &str)| Message { role: (*role).to_owned(), content: (*content).to_owned() };
        let system = [("system", INSTRUCTIONS)];
        reply(&system.iter().chain(conversation).map(message).collect::<Vec<_>>())
    }

    #[test]
    fn a_greeting_is_greeted_back() {
        let answer = ask(&[("user", "Hello Leo!")]);
        assert!(answer.starts_with("Hello! I'm Leo the Lion"), "{answer}");
    }

    #[test]
    fn the_answer_is_about_the_question() {
        for (question, expected) in [
            ("What do you eat?", "meat"),
            ("How loud are your roars?", "roar eight"),
            ("Hi! Do you like sleeping?", "twenty hours"),
        ] {
            let answer = ask(&[("user", question)]);
            assert!(answer.contains(expected), "{question}: {answer}");
        }
    }

    #[test]
    fn the_same_question_twice_is_answered_differently() {
        let first = ask(&[("user", "What do you eat?")]);
        let second = ask(&[("user", "What do you eat?"), ("assistant", &first), ("user", "What do you eat?")]);
        assert_ne!(first, second);
    }

    #[test]
    fn an_unknown_thing_is_not_made_up() {
        let answer = ask(&[("user", "What is the capital of France?")]);
        assert!(answer.contains("not sure"), "{answer}");
    }
}
