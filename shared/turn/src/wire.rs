//! A turn's request and answer as both routes take and give them.

use crate::{Begun, Question, Running};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{
    AnimalId, SessionId, TurnId, UserId,
    ids::InvalidId,
    message::{InvalidMessage, MessageText},
};
use edge::{Authenticator, Caller, Code, Peer, Problem, access::Proof};
use llm::Delivery;
use serde::Deserialize;

/// Questions that a visitor may send along.
const MOST_EARLIER: usize = 10;

/// Who asks. Whether they may is decided from their account when the turn begins, in the one trip that
/// reads all it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Somebody with an account.
    Person(UserId),
    /// Somebody without one, where the zoo serves them.
    Visitor,
}

/// Somebody who comes back to a turn of their own: no other's is found by their id, and whether their
/// account is in use is asked together with the turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner(UserId);

impl Owner {
    /// Who.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.0
    }
}

impl Proof for Owner {}

impl<S> FromRequestParts<S> for Owner
where
    Authenticator: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self(Caller::from_request_parts(parts, state).await?.user_id))
    }
}

/// Whether visitors without an account are answered.
#[derive(Debug, Clone, Copy)]
pub struct ServesVisitors(pub bool);

impl Proof for Asker {}

impl<S> FromRequestParts<S> for Asker
where
    Authenticator: FromRef<S>,
    ServesVisitors: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // A token that is not good is refused, and not taken for none.
        if ServesVisitors::from_ref(state).0 && !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self::Visitor);
        }
        Ok(Self::Person(Caller::from_request_parts(parts, state).await?.user_id))
    }
}

/// `{animalId, message, sessionId?, turnId?, history?}`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnBody {
    animal_id: String,
    message: String,
    session_id: Option<String>,
    turn_id: Option<String>,
    #[serde(default)]
    history: Vec<String>,
}

impl TurnBody {
    /// Reads a body as a question. The turn's id may also come as `Idempotency-Key`; where both are
    /// given they are the same.
    ///
    /// # Errors
    /// `invalid` with the rule that is broken.
    pub fn parse(self, headers: &HeaderMap, asker: Asker, peer: Peer, delivery: Delivery) -> Result<Question, Problem> {
        let header = headers.get("idempotency-key").map(|value| value.to_str().unwrap_or_default());
        let turn_id = self.turn_id.as_deref().or(header).map(TurnId::parse).transpose().map_err(invalid_id)?;
        if header.is_some_and(|header| TurnId::parse(header).ok() != turn_id) {
            return Err(invalid("Idempotency-Key and turnId differ"));
        }
        if self.history.len() > MOST_EARLIER {
            return Err(invalid("history has at most 10 messages"));
        }
        let earlier = self.history.iter().map(|text| MessageText::parse(text));
        Ok(Question {
            asker,
            animal_id: AnimalId::parse(&self.animal_id).map_err(invalid_id)?,
            text: MessageText::parse(&self.message).map_err(invalid_text)?,
            session_id: self.session_id.as_deref().map(SessionId::parse).transpose().map_err(invalid_id)?,
            turn_id,
            earlier: earlier.collect::<Result<_, _>>().map_err(invalid_text)?,
            delivery,
            peer,
        })
    }
}

impl Begun {
    /// The answer to a question, with what is left of the asker's limits.
    pub async fn respond<F, R>(self, answer: impl FnOnce(Running) -> F) -> Response
    where
        F: Future<Output = Result<R, Problem>>,
        R: IntoResponse,
    {
        let answered = match self.outcome {
            Ok(running) => answer(running).await,
            Err(error) => Err(error.problem()),
        };
        let mut response = answered.into_response();
        if let Some(standing) = self.standing {
            standing.write(response.headers_mut());
        }
        response
    }
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(Code::Invalid).with_detail(detail)
}

fn invalid_id(error: InvalidId) -> Problem {
    invalid(error.to_string())
}

fn invalid_text(error: InvalidMessage) -> Problem {
    invalid(error.to_string())
}
