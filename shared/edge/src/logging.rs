//! Logs: JSON on standard error, one line per request, and never a body, a header or a name.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use domain::settings::Settings;
use tracing_subscriber::EnvFilter;

use crate::clock;

/// Starts logging at the level of `LOG_LEVEL`, `info` where it is not set.
pub fn start(settings: &Settings) {
    let level = settings.get("LOG_LEVEL").unwrap_or("info");
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::io::stderr);
    // A second start, as in a test, changes nothing.
    drop(lines.with_env_filter(filter).with_current_span(false).try_init());
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
