//! JSON bodies: 415, 413, 400 and 422 in this order, and no word of what was sent.

use crate::{Code, Problem};
use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use serde::de::{DeserializeOwned, IgnoredAny};

/// The largest body, in bytes.
pub const LARGEST_BODY: usize = 64 * 1024;

/// A JSON body of at most 64 KiB. Unknown fields are passed over.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        let body = to_bytes(request.into_body(), LARGEST_BODY).await;
        let body = body.map_err(|_| Problem::new(Code::PayloadTooLarge))?;
        serde_json::from_slice(&body).map(Self).map_err(|_| {
            // Of a name that is a number or null the parser itself says that it is not JSON.
            match serde_json::from_slice::<IgnoredAny>(&body) {
                Ok(_) => Problem::new(Code::Invalid).with_detail("a field is missing or not of its kind"),
                Err(_) => Problem::new(Code::BadRequest).with_detail("the body is not JSON"),
            }
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}
