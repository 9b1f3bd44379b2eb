//! An animal: what visitors see of it, how it speaks, and what it knows.

use crate::AnimalId;
use serde::{Deserialize, Serialize};

/// An animal of the zoo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Animal {
    /// Which.
    pub animal_id: AnimalId,
    /// Its name, such as "Leo the Lion".
    pub name: String,
    /// The species' everyday name.
    pub species: String,
    /// The species' scientific name.
    pub scientific_name: String,
    /// Path of its portrait in the web app.
    pub avatar: String,
    /// What it says before the first question.
    pub greeting: String,
    /// Questions offered to tap.
    pub suggested_questions: Vec<String>,
    /// How it speaks; an animal without one gives a friendly default answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_config: Option<ChatConfig>,
    /// What it knows for certain.
    pub facts: Vec<Fact>,
}

/// How an animal speaks: seed 000, ticket 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatConfig {
    /// Its own chat-completions URL; the deployment's default where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Its own model; the deployment's default where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Who it is and how it talks, in the model's words.
    pub system_prompt: String,
    /// How freely it chooses its words, 0 to 2.
    pub temperature: f32,
    /// The longest answer, in tokens.
    pub max_tokens: u32,
    /// Its character.
    pub personality: Personality,
}

/// An animal's character.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Personality {
    /// Such as "playful".
    pub traits: Vec<String>,
    /// What it likes to talk about.
    pub knowledge: Vec<String>,
}

/// One true thing an animal can tell, with where it was looked up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Unique within the animal.
    pub id: String,
    /// The fact in the animal's own words.
    pub text: String,
    /// Words of questions that it answers, in lower case.
    pub topics: Vec<String>,
    /// Where it was looked up.
    pub source: Source,
}

/// Where a fact was looked up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The page's title.
    pub title: String,
    /// The page's address.
    pub url: String,
}
