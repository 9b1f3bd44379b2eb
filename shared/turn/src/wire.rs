//! The body of a turn as both routes take it.

use crate::Question;
use axum::http::HeaderMap;
use domain::{AnimalId, SessionId, TurnId, ids::InvalidId, message::MessageText};
use edge::{Caller, Code, Problem};
use llm::Delivery;
use serde::Deserialize;

/// `{animalId, message, sessionId?, turnId?}`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnBody {
    animal_id: String,
    message: String,
    session_id: Option<String>,
    turn_id: Option<String>,
}

impl TurnBody {
    /// Reads a body as a question. The turn's id may also come as `Idempotency-Key`; where both are
    /// given they are the same.
    ///
    /// # Errors
    /// `invalid` with the rule that is broken.
    pub fn parse(self, headers: &HeaderMap, caller: &Caller, delivery: Delivery) -> Result<Question, Problem> {
        let header = headers.get("idempotency-key").map(|value| value.to_str().unwrap_or_default());
        let turn_id = self.turn_id.as_deref().or(header).map(TurnId::parse).transpose().map_err(invalid_id)?;
        if header.is_some_and(|header| TurnId::parse(header).ok() != turn_id) {
            return Err(Problem::new(Code::Invalid).with_detail("Idempotency-Key and turnId differ"));
        }
        Ok(Question {
            user_id: caller.user_id.clone(),
            animal_id: AnimalId::parse(&self.animal_id).map_err(invalid_id)?,
            text: MessageText::parse(&self.message)
                .map_err(|error| Problem::new(Code::Invalid).with_detail(error.to_string()))?,
            session_id: self.session_id.as_deref().map(SessionId::parse).transpose().map_err(invalid_id)?,
            turn_id,
            delivery,
        })
    }
}

fn invalid_id(error: InvalidId) -> Problem {
    Problem::new(Code::Invalid).with_detail(error.to_string())
}
