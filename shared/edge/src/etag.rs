//! Validators: an answer that the client has already is not sent again (RFC 9110, sections 8.8.3 and
//! 13.1.2).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// An answer that this validator stands for, or 304 where the client names it in `If-None-Match`.
pub fn answer(request: &HeaderMap, validator: &str, cache: &'static str, answer: impl IntoResponse) -> Response {
    let tag = format!("\"{validator}\"");
    let mut response = match names(request, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => answer.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The same for what one person may see: only that person's browser keeps it, and asks each time.
pub fn private(request: &HeaderMap, validator: &str, content: impl IntoResponse) -> Response {
    let mut response = answer(request, validator, "private, no-cache", content);
    response.headers_mut().append(header::VARY, HeaderValue::from_static("authorization"));
    response
}

/// Weakly compared, as the header asks for.
fn names(request: &HeaderMap, tag: &str) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_name_several_validators_or_any() {
        for (value, is_named) in
            [("\"a\"", true), ("\"b\", W/\"a\"", true), ("*", true), ("\"b\"", false), ("a", false), ("", false)]
        {
            let request = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]);
            let response = private(&request, "a", "all of it");
            assert_eq!(response.status() == StatusCode::NOT_MODIFIED, is_named, "{value}");
            assert_eq!(response.headers()[header::ETAG], "\"a\"");
            assert_eq!(response.headers()[header::VARY], "authorization");
        }
    }
}
