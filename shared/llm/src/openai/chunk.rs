//! The protocol's JSON: a streamed chunk or a whole answer. Endpoints differ in small things, so
//! that what is missing or null is nothing, and only what says something else is malformed.

use crate::{Delta, ModelError};
use domain::turn::Usage;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// A streamed chunk or a whole answer: they differ in `delta` and `message`.
#[derive(Deserialize)]
struct Chunk {
    choices: Option<FirstChoice>,
    usage: Option<TokenCounts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "message")]
    delta: Option<Said>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    content: Option<Content>,
}

#[derive(Deserialize)]
struct TokenCounts {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

/// Reads a chunk and passes on what it says: text, then the end, then counts.
pub(super) fn read(json: &[u8], mut on_delta: impl FnMut(Delta)) -> Result<(), ModelError> {
    let chunk: Chunk = serde_json::from_slice(json).map_err(|_| ModelError::Malformed)?;
    if let Some(error) = chunk.error {
        return Err(said_error(&error));
    }
    if chunk.choices.is_none() && chunk.usage.is_none() {
        return Err(ModelError::Malformed);
    }
    if let Some(choice) = chunk.choices.and_then(|choices| choices.0) {
        let text = choice.delta.and_then(|said| said.content).map(|content| content.0);
        text.filter(|text| !text.is_empty()).map(Delta::Text).map(&mut on_delta);
        let why = choice.finish_reason.filter(|why| !why.is_empty());
        why.map(|why| Delta::End { truncated: why == "length" }).map(&mut on_delta);
    }
    let usage = chunk.usage.map(|count| Usage { prompt: count.prompt_tokens, completion: count.completion_tokens });
    usage.map(Delta::Usage).map(on_delta);
    Ok(())
}

/// An error that an endpoint puts inside an answer of status 200: its code is a status or a word.
fn said_error(error: &Value) -> ModelError {
    let says = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    match error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()) {
        Some(429) => ModelError::RateLimited { retry_after: None },
        Some(status @ 400..600) => ModelError::Refused(status),
        _ if says("code") == "rate_limit_exceeded" || says("type") == "rate_limit_error" => {
            ModelError::RateLimited { retry_after: None }
        }
        _ => ModelError::Failed,
    }
}

/// The first of the choices; one is asked for.
struct FirstChoice(Option<Choice>);

impl<'de> Deserialize<'de> for FirstChoice {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct First;

        impl<'de> Visitor<'de> for First {
            type Value = FirstChoice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("choices")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut choices: A) -> Result<FirstChoice, A::Error> {
                let first = choices.next_element()?;
                while choices.next_element::<IgnoredAny>()?.is_some() {}
                Ok(FirstChoice(first))
            }
        }

        from.deserialize_seq(First)
    }
}

/// The text of a message: a string, or parts of which those of text count.
struct Content(String);

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Cow<'a, str>,
    text: Option<String>,
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or parts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Content, A::Error> {
                let mut content = String::new();
                while let Some(part) = parts.next_element::<Part<'_>>()? {
                    content.extend(part.text.filter(|_| part.kind == "text"));
                }
                Ok(Content(content))
            }
        }

        from.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deltas(json: &str) -> Result<Vec<Delta>, ModelError> {
        let mut deltas = Vec::new();
        read(json.as_bytes(), |delta| deltas.push(delta)).map(|()| deltas)
    }

    fn content(json: &str) -> Result<Vec<Delta>, ModelError> {
        deltas(&format!(r#"{{"choices":[{{"delta":{{"content":{json}}}}}]}}"#))
    }

    #[test]
    fn content_is_text_or_parts_of_text_or_nothing() {
        let roar = || Ok(vec![Delta::Text("Ro\"ar🦁".to_owned())]);
        assert_eq!(content(r#""Ro\"ar\ud83e\udd81""#), roar());
        let parts = r#"[{"type":"text","text":"Ro\"a"},{"type":"thinking","text":"hm"},{"type":"image_url"},
            {"type":"text","text":"r🦁"}]"#;
        assert_eq!(content(parts), roar());
        for nothing in ["null", "[]", r#""""#, r#"[{"type":"text"}]"#] {
            assert_eq!(content(nothing), Ok(vec![]), "{nothing}");
        }
        for nonsense in ["1", "true", "{}", r#"["a"]"#, r#""\ud83e""#] {
            assert_eq!(content(nonsense), Err(ModelError::Malformed), "{nonsense}");
        }
    }

    #[test]
    fn what_says_nothing_is_nothing() {
        for nothing in [
            r#"{"choices":[]}"#,
            r#"{"choices":[{}]}"#,
            r#"{"choices":[{"delta":null,"finish_reason":""}]}"#,
            r#"{"choices":[{"delta":{"role":"assistant"},"finish_reason":null}],"usage":null,"error":null}"#,
        ] {
            assert_eq!(deltas(nothing), Ok(vec![]), "{nothing}");
        }
    }

    #[test]
    fn what_is_no_chunk_is_malformed() {
        for nonsense in
            ["", "{}", "[]", "null", r#"{"choices":{}}"#, r#"{"choices":null}"#, r#"{"choices":[1]}"#, "{\"choi"]
        {
            assert_eq!(deltas(nonsense), Err(ModelError::Malformed), "{nonsense}");
        }
    }

    #[test]
    fn the_first_choice_counts_and_comes_before_the_counts() {
        let json = r#"{"usage":{"prompt_tokens":7,"completion_tokens":2,"more":{}},"choices":[
            {"message":{"content":"Roar"},"finish_reason":"length"},{"message":{"content":"Purr"}}]}"#;
        let usage = Usage { prompt: 7, completion: 2 };
        let expected = vec![Delta::Text("Roar".to_owned()), Delta::End { truncated: true }, Delta::Usage(usage)];
        assert_eq!(deltas(json), Ok(expected));
    }

    #[test]
    fn an_error_inside_an_answer_says_what_it_is() {
        let limited = ModelError::RateLimited { retry_after: None };
        for (error, said) in [
            (r#"{"code":429,"message":"slow down"}"#, limited.clone()),
            (r#"{"code":"rate_limit_exceeded"}"#, limited.clone()),
            (r#"{"type":"rate_limit_error","code":null}"#, limited),
            (r#"{"code":502}"#, ModelError::Refused(502)),
            (r#"{"code":"server_error"}"#, ModelError::Failed),
            (r#"{"code":7}"#, ModelError::Failed),
            (r#""boom""#, ModelError::Failed),
            ("{}", ModelError::Failed),
        ] {
            assert_eq!(deltas(&format!(r#"{{"error":{error},"choices":[]}}"#)), Err(said), "{error}");
        }
    }
}
