//! `POST /convo_turn/stream`: an answer as it is made, as server-sent events.

use axum::{Router, extract::State, http::HeaderMap, response::Response, routing::post};
use domain::settings::Settings;
use edge::{Caller, JsonBody, Problem};
use llm::Delivery;
use turn::{Turns, service::Service, sse, wire::TurnBody};

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let service = Service::connect(&settings).await?;
    let routes = Router::new().route("/convo_turn/stream", post(stream)).with_state(service);
    Ok(routes.merge(edge::health("convo-stream")))
}

async fn stream(
    State(turns): State<Turns>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(body): JsonBody<TurnBody>,
) -> Result<Response, Problem> {
    let question = body.parse(&headers, &caller, Delivery::Streamed)?;
    let running = turns.begin(question).await.map_err(|error| error.problem())?;
    Ok(sse::response(running))
}
