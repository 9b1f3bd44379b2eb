//! What the model is asked: who the animal is, what it knows for certain, what was said, the question.

use crate::Question;
use domain::{animal::Animal, message::Sender};
use llm::{ChatRequest, PromptMessage, Role};
use store::conversations::MessageRecord;
use vault::{DataKey, OpenError};

/// Messages of the conversation that go along (seed 000, ticket 1).
const CONTEXT_MESSAGES: usize = 10;
/// Their longest length together, in bytes: about 3,000 tokens.
const CONTEXT_BYTES: usize = 12_000;

/// The request for an answer; `None` where the animal has no configuration.
pub(crate) fn request(animal: &Animal, context: Vec<PromptMessage>, question: &Question) -> Option<ChatRequest> {
    let config = animal.chat_config.as_ref()?;
    let system = PromptMessage { role: Role::System, content: instructions(animal)? };
    let asked = PromptMessage { role: Role::User, content: question.text.as_str().to_owned() };
    Some(ChatRequest {
        endpoint: config.endpoint.clone(),
        model: config.model.clone(),
        messages: [vec![system], context, vec![asked]].concat(),
        temperature: config.temperature,
        max_tokens: config.max_tokens,
        delivery: question.delivery,
    })
}

/// The animal's own words about itself, then its character, then the facts it may rely on.
fn instructions(animal: &Animal) -> Option<String> {
    let config = animal.chat_config.as_ref()?;
    let facts = animal.facts.iter().map(|fact| format!("- [{}] {}\n", fact.topics.join(", "), fact.text));
    let facts: String = facts.collect();
    Some(format!(
        "{}\n\nYour name: {}\nYour species: {} ({})\nYour character: {}\nYou like to talk about: {}\n\n\
         Facts you know to be true, each behind the topics it is about:\n{facts}\n\
         Answer in the language of the question. Say so when you do not know something.",
        config.system_prompt,
        animal.name,
        animal.species,
        animal.scientific_name,
        config.personality.traits.join(", "),
        config.personality.knowledge.join(", "),
    ))
}

/// The last messages of a session as the model may see them, oldest first. Answers that broke off
/// are left out.
pub(crate) fn context(key: &DataKey, newest_first: &[MessageRecord]) -> Result<Vec<PromptMessage>, OpenError> {
    let mut bytes = 0;
    let mut messages = Vec::new();
    let counts = |message: &&MessageRecord| message.finish_reason.is_none_or(domain::turn::FinishReason::is_context);
    for message in newest_first.iter().filter(counts).take(CONTEXT_MESSAGES) {
        let content = key.open(&message.content_slot(), &message.content)?;
        bytes += content.len();
        if bytes > CONTEXT_BYTES {
            break;
        }
        let role = match message.message_type {
            Sender::User => Role::User,
            Sender::Assistant => Role::Assistant,
        };
        messages.push(PromptMessage { role, content });
    }
    messages.reverse();
    Ok(messages)
}
