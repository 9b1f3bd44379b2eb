//! How an animal speaks, as it stands on the wire, and the way from there into the domain. What
//! keys open a model's endpoint is no part of it: members that are not known here are passed over.

use crate::merge::merged;
use domain::{
    AnimalId,
    animal::{ChatConfig, Personality},
    endpoint::Hosts,
};
use edge::{Code, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::animals::AnimalRecord;

const LONGEST_PROMPT: usize = 8000;
const LONGEST_ENTRY: usize = 80;
const MOST_ENTRIES: usize = 20;
const LONGEST_MODEL: usize = 100;
const LONGEST_ENDPOINT: usize = 2000;
const MOST_TOKENS: u32 = 1000;
/// As far as the chat-completions protocol goes.
const HIGHEST_TEMPERATURE: f32 = 2.0;

/// The answer of both methods.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    animal_id: &'a AnimalId,
    chat_config: Option<&'a ChatConfig>,
}

impl<'a> From<&'a AnimalRecord> for Document<'a> {
    fn from(record: &'a AnimalRecord) -> Self {
        Self { animal_id: &record.animal.animal_id, chat_config: record.animal.chat_config.as_ref() }
    }
}

/// What a patch says of `chatConfig`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Patch(Option<Value>);

impl From<Map<String, Value>> for Patch {
    fn from(mut members: Map<String, Value>) -> Self {
        Self(members.remove("chatConfig"))
    }
}

impl Patch {
    /// The configuration after the patch; `None` where the animal has none then.
    ///
    /// # Errors
    /// `invalid` and `endpoint_not_allowed`, without a word of what was sent.
    pub(crate) fn applied(&self, to: Option<&ChatConfig>, hosts: &Hosts) -> Result<Option<ChatConfig>, Problem> {
        let Some(patch) = &self.0 else { return Ok(to.cloned()) };
        let before = serde_json::to_value(to).map_err(|error| Problem::internal(&error))?;
        let after = merged(before, patch.clone());
        if after.is_null() {
            return Ok(None);
        }
        let kind = |_| invalid("a member of chatConfig is missing or not of its kind");
        let config: Wire = serde_json::from_value(after).map_err(kind)?;
        config.parse(hosts).map(Some)
    }
}

/// A configuration whose members have their kinds, and nothing more yet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    endpoint: Option<String>,
    model: Option<String>,
    system_prompt: String,
    temperature: f32,
    max_tokens: u32,
    #[serde(default)]
    personality: WirePersonality,
}

#[derive(Default, Deserialize)]
struct WirePersonality {
    #[serde(default)]
    traits: Vec<String>,
    #[serde(default)]
    knowledge: Vec<String>,
}

impl Wire {
    fn parse(self, hosts: &Hosts) -> Result<ChatConfig, Problem> {
        let personality = self.personality;
        Ok(ChatConfig {
            endpoint: self.endpoint.map(|endpoint| allowed(endpoint, hosts)).transpose()?,
            model: self.model.map(model).transpose()?,
            system_prompt: text(&self.system_prompt, LONGEST_PROMPT)
                .ok_or_else(|| invalid("systemPrompt has 1 to 8,000 characters"))?,
            temperature: Some(self.temperature)
                .filter(|temperature| (0.0..=HIGHEST_TEMPERATURE).contains(temperature))
                .ok_or_else(|| invalid("temperature is 0 to 2"))?,
            max_tokens: Some(self.max_tokens)
                .filter(|tokens| (1..=MOST_TOKENS).contains(tokens))
                .ok_or_else(|| invalid("maxTokens is 1 to 1,000"))?,
            personality: Personality {
                traits: entries(&personality.traits)
                    .ok_or_else(|| invalid("traits has at most 20 entries of 1 to 80 characters"))?,
                knowledge: entries(&personality.knowledge)
                    .ok_or_else(|| invalid("knowledge has at most 20 entries of 1 to 80 characters"))?,
            },
        })
    }
}

fn invalid(detail: &str) -> Problem {
    Problem::new(Code::Invalid).with_detail(detail)
}

/// An endpoint on the operator's list.
fn allowed(endpoint: String, hosts: &Hosts) -> Result<String, Problem> {
    if endpoint.len() > LONGEST_ENDPOINT {
        return Err(invalid("endpoint has at most 2,000 bytes"));
    }
    // The reason has words of ours and nothing of the endpoint.
    hosts.allows(&endpoint).map_err(|why| Problem::new(Code::EndpointNotAllowed).with_detail(why.to_string()))?;
    Ok(endpoint)
}

fn model(name: String) -> Result<String, Problem> {
    let is_printable = name.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let is_name = is_printable && !name.trim().is_empty() && name.len() <= LONGEST_MODEL;
    if is_name { Ok(name) } else { Err(invalid("model has 1 to 100 printable ASCII characters")) }
}

/// A text without the white space around it, if it is as long as it may be.
fn text(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    (1..=longest).contains(&text.chars().count()).then(|| text.to_owned())
}

fn entries(entries: &[String]) -> Option<Vec<String>> {
    let entries = (entries.len() <= MOST_ENTRIES).then_some(entries)?;
    entries.iter().map(|entry| text(entry, LONGEST_ENTRY)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config() -> ChatConfig {
        ChatConfig {
            endpoint: None,
            model: Some("gpt-4".to_owned()),
            system_prompt: "You are Leo.".to_owned(),
            temperature: 0.7,
            max_tokens: 500,
            personality: Personality { traits: vec!["playful".to_owned()], knowledge: Vec::new() },
        }
    }

    fn applied(patch: &Value) -> Result<Option<ChatConfig>, Problem> {
        let members = patch.as_object().unwrap().clone();
        Patch::from(members).applied(Some(&config()), &Hosts::default())
    }

    #[test]
    fn a_patch_of_nothing_and_one_of_what_is_there_change_nothing() {
        for patch in [json!({}), json!({ "chatConfig": {} }), json!({ "chatConfig": { "temperature": 0.7 } })] {
            assert_eq!(applied(&patch), Ok(Some(config())), "{patch}");
        }
    }

    #[test]
    fn members_are_merged_and_null_removes() {
        let personality = json!({ "traits": null, "knowledge": [" the savanna "] });
        let patch = json!({ "chatConfig": { "model": null, "maxTokens": 1, "personality": personality } });
        let found = applied(&patch).unwrap().unwrap();
        let knowledge = vec!["the savanna".to_owned()];
        let personality = Personality { traits: Vec::new(), knowledge };
        assert_eq!(found, ChatConfig { model: None, max_tokens: 1, personality, ..config() });
        assert_eq!(applied(&json!({ "chatConfig": null })), Ok(None));
    }

    #[test]
    fn a_problem_repeats_nothing_of_what_was_sent() {
        let long = "canary7291".repeat(9);
        for patch in [
            json!({ "endpoint": format!("https://{long}.example/") }),
            json!({ "endpoint": format!("{long}@") }),
            json!({ "model": format!("{long}é") }),
            json!({ "temperature": long }),
            json!({ "personality": { "traits": [long] } }),
        ] {
            let problem = applied(&json!({ "chatConfig": patch })).unwrap_err();
            assert_eq!(problem.status().as_u16(), 422);
            assert!(!problem.to_json().to_string().contains("canary"), "{patch}");
        }
    }
}
