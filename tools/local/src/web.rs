//! The built web app: files, and the page itself for every other path a browser asks for.

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::path::{Path, PathBuf};
use tower::ServiceExt;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// Scripts, styles, fonts and pictures from here only, and nobody frames the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     font-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";
const MISSING: &str = "<!doctype html><title>Menagerie</title><p>The web app is not built yet: run \
     <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>.</p>";

/// Serves the folder of the web app to every path that is not a route.
pub(crate) fn serve(routes: Router, folder: &Path) -> Router {
    let folder = folder.to_owned();
    let always =
        |name: HeaderName, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let pages = Router::new()
        .fallback(move |request: Request| answer(folder.clone(), request))
        .layer(always(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(always(header::REFERRER_POLICY, "no-referrer"))
        .layer(always(header::CACHE_CONTROL, "no-cache"));
    routes.fallback_service(pages)
}

async fn answer(folder: PathBuf, request: Request) -> Response {
    let path = request.uri().path();
    if ["/api/", "/v1/"].iter().any(|prefix| path.starts_with(prefix)) {
        return edge::no_such_route().await.into_response();
    }
    let index = folder.join("index.html");
    if !index.is_file() {
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], MISSING).into_response();
    }
    // A file has a dot in its name; what is missing is missing then, and no page instead.
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let is_built = path.starts_with("/assets/");
    let files = ServeDir::new(folder);
    let mut response = match is_file {
        true => files.oneshot(request).await.map(|response| response.map(Body::new)),
        false => ServeFile::new(index).oneshot(request).await.map(|response| response.map(Body::new)),
    }
    .unwrap_or_else(|never| match never {});
    if is_built && response.status() == StatusCode::OK {
        let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, for_ever);
    }
    response
}
