//! What every function's router gets: prefixes, health, the answer to unknown routes, headers.

mod handlers;

pub use handlers::{Methods, Proven, Routes, delete, get, patch, post, put};

use crate::{Code, Problem, access::Open, logging, peer};
use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{self, Next},
    response::Response,
};
use domain::settings::Settings;
use serde_json::json;
use tower_http::{
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

/// The route that says that a function is up, without touching a table.
pub fn health(function: &str) -> Router {
    let answer = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
    let answer = get(async move |_: Open| Json(answer));
    Routes::new().route(&format!("/health/{function}"), answer).with_state(())
}

/// The routes as they are, under `/v1`, and under `/api`, the web app's origin.
pub fn prefixed(routes: Router) -> Router {
    let routes = routes.method_not_allowed_fallback(|| async { Problem::new(Code::MethodNotAllowed) });
    let routes = routes.layer(middleware::from_fn(without_head));
    Router::new().nest("/v1", routes.clone()).nest("/api", routes.clone()).merge(routes)
}

/// A router would answer `HEAD` by what answers `GET`. The contract has no such operation and the gateway no such
/// route: nobody opens a conversation, and leaves a trace of it, to see nothing.
async fn without_head(request: Request, next: Next) -> Result<Response, Problem> {
    if request.method() == Method::HEAD {
        Err(Problem::new(Code::MethodNotAllowed))
    } else {
        Ok(next.run(request).await)
    }
}

/// Finds out who is at the other end of each request, for handlers that take a [`peer::Peer`].
pub fn with_peer(router: Router, settings: &Settings) -> Router {
    let secret = peer::origin_secret(settings);
    router.layer(middleware::from_fn(move |request, next| peer::find(secret.clone(), request, next)))
}

/// Lets the web app of `WEB_ORIGIN` read the answers where it is served from another origin. The
/// gateway answers preflights itself; a local one finds its answer here.
pub(crate) fn with_origin(router: Router, settings: &Settings) -> Router {
    let Some(origin) = settings.get("WEB_ORIGIN").and_then(|origin| HeaderValue::from_str(origin).ok()) else {
        return router;
    };
    let origin = if origin == "*" { AllowOrigin::any() } else { AllowOrigin::exact(origin) };
    let sent = [header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH, header::IF_NONE_MATCH];
    let sent_too = ["idempotency-key", "last-event-id", "x-access-reason", "x-share"].map(HeaderName::from_static);
    let read = [header::ETAG, header::RETRY_AFTER];
    let read_too = ["ratelimit", "ratelimit-policy"].map(HeaderName::from_static);
    router.layer(
        CorsLayer::new()
            .allow_origin(origin)
            .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
            .allow_headers(sent.into_iter().chain(sent_too).collect::<Vec<_>>())
            .expose_headers(read.into_iter().chain(read_too).collect::<Vec<_>>()),
    )
}

/// The answer to a route that does not exist.
pub async fn no_such_route() -> Problem {
    Problem::new(Code::NotFound)
}

/// A router as it goes into service: logged, and closed to caches and content sniffing where a
/// route says nothing else.
pub fn app(router: Router) -> Router {
    let unless_set = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router
        .layer(unless_set(header::CACHE_CONTROL, "no-store"))
        .layer(unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(middleware::from_fn(logging::request_line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, extract::Request};
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_preflight_allows_the_headers_of_our_own() {
        let router = with_origin(health("x"), &Settings::default().with("WEB_ORIGIN", "https://chat.cmz.org"));
        let request =
            Request::builder().method(Method::OPTIONS).uri("/health/x").header("origin", "https://chat.cmz.org");
        let request = request.header("access-control-request-method", "GET").body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let allowed = answer.headers()["access-control-allow-headers"].to_str().unwrap();
        for header in ["authorization", "x-access-reason", "x-share"] {
            assert!(allowed.split(',').any(|allowed| allowed == header), "{header} in {allowed}");
        }
    }
}
