//! What the model is asked: who the animal is, what it knows for certain, what was said, the question.

use crate::{Question, read};
use domain::{
    TurnId,
    animal::Animal,
    message::{MessageText, Sender},
};
use llm::{ChatRequest, PromptMessage, Role};
use std::time::Duration;
use store::conversations::MessageRecord;
use vault::{DataKey, OpenError};

/// Messages of the conversation that go along (seed 000, ticket 1).
pub(crate) const CONTEXT_MESSAGES: usize = 10;
/// Their longest length together, in bytes: about 3,000 tokens.
const CONTEXT_BYTES: usize = 12_000;

/// The request for an answer; `None` where the animal has no configuration.
pub(crate) fn request(
    animal: &Animal,
    context: Vec<PromptMessage>,
    question: &Question,
    patience: Duration,
) -> Option<ChatRequest> {
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
        patience,
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

/// What was said last, as the model may see it, collected from the newest message back.
#[derive(Default)]
pub(crate) struct Context {
    newest_first: Vec<PromptMessage>,
    bytes: usize,
}

impl Context {
    /// Takes messages of one session until there are enough, and says whether there are. Left out
    /// are answers that broke off or were cancelled, and the turn that asks.
    pub(crate) fn take(
        &mut self,
        key: &DataKey,
        newest_first: &[MessageRecord],
        own: &TurnId,
    ) -> Result<bool, OpenError> {
        for message in newest_first.iter().filter(|message| message.turn_id != *own && read::is_context(message)) {
            if self.newest_first.len() == CONTEXT_MESSAGES {
                return Ok(true);
            }
            let content = key.open(&message.content_slot(), &message.content)?;
            self.bytes += content.len();
            if self.bytes > CONTEXT_BYTES {
                return Ok(true);
            }
            let role = match message.message_type {
                Sender::User => Role::User,
                Sender::Assistant => Role::Assistant,
            };
            self.newest_first.push(PromptMessage { role, content });
        }
        Ok(self.newest_first.len() == CONTEXT_MESSAGES)
    }

    /// Oldest first.
    pub(crate) fn into_messages(mut self) -> Vec<PromptMessage> {
        self.newest_first.reverse();
        self.newest_first
    }
}

/// What a visitor asked before, as the visitor says.
pub(crate) fn earlier(questions: &[MessageText]) -> Vec<PromptMessage> {
    let said = |question: &MessageText| PromptMessage { role: Role::User, content: question.as_str().to_owned() };
    questions.iter().map(said).collect()
}
