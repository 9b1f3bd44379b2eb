//! `GET /convo_history`: a conversation in the shape that the first system gave it (requirement
//! document 001). All of it at once, up to the longest page.

use crate::{MAX_LIMIT, read_page};
use axum::{Json, extract::State};
use domain::{AnimalId, SessionId, Timestamp, UserId, message::Sender};
use edge::{Code, Problem, query::Parameters};
use reading::{Grant, Reading, grant::Read};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    user_id: Option<String>,
    animal_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConvoHistory {
    session_id: SessionId,
    animal_id: AnimalId,
    user_id: UserId,
    turns: Vec<Said>,
}

#[derive(Serialize)]
struct Said {
    role: Sender,
    content: String,
    timestamp: Timestamp,
}

pub(crate) async fn history(
    grant: Grant<Read>,
    State(reading): State<Reading>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<ConvoHistory>, Problem> {
    let session = grant.session();
    // The other parameters only ever narrow.
    let is_other = |given: &Option<String>, found: &str| given.as_deref().is_some_and(|given| given != found);
    if is_other(&query.user_id, session.user_id.as_str()) || is_other(&query.animal_id, session.animal_id.as_str()) {
        return Err(Problem::new(Code::NotFound));
    }
    let conversation = reading.open(grant).await.map_err(|error| error.problem())?;
    let page = read_page(&reading, conversation, MAX_LIMIT, None).await?;
    let turns = page.messages.messages.iter().map(|message| {
        let content = page.conversation.text(message)?;
        Ok(Said { role: message.message_type, content, timestamp: message.timestamp })
    });
    let turns = turns.collect::<Result<_, vault::OpenError>>().map_err(|error| Problem::internal(&error))?;
    let session = page.conversation.session();
    Ok(Json(ConvoHistory {
        session_id: session.session_id.clone(),
        animal_id: session.animal_id.clone(),
        user_id: session.user_id.clone(),
        turns,
    }))
}
