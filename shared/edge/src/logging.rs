//! Logs: JSON on standard error, one line per request, and never a body, a header or a name.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use domain::settings::Settings;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::clock;

/// The crates of this workspace. No other may say more than that something is wrong: at lower
/// levels libraries log requests, and with them tokens and text.
const OWN_CRATES: [&str; 23] = [
    "animals",
    "audit",
    "audit_fanout",
    "auth",
    "cloud",
    "convo_stream",
    "convo_turn",
    "edge",
    "exports",
    "family",
    "history",
    "llm",
    "menagerie",
    "people",
    "privacy",
    "reading",
    "retention",
    "rotation",
    "sessions",
    "store",
    "trail",
    "turn",
    "vault",
];

/// Starts logging at the level of `LOG_LEVEL` (`error`, `warn`, `info`, `debug`, `trace`), `info`
/// where it is not set.
pub fn start(settings: &Settings) {
    let level = settings.get("LOG_LEVEL").and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let own = OWN_CRATES.map(|name| (name, level));
    let filter = Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets(own);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    // A second start, as in a test, changes nothing.
    drop(tracing_subscriber::registry().with(lines).with(filter).try_init());
}

/// Writes the line of a request: the route as it is declared, not as it was called.
pub(crate) async fn request_line(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    let operation = format!("{} {path}", request.method());
    let begun = clock::now();
    let response = next.run(request).await;
    let duration_ms = clock::now().millis_since(begun);
    tracing::info!(operation, status = response.status().as_u16(), duration_ms, "request");
    response
}
