//! Where a request comes from, and how long there is to answer it.
//!
//! An address is taken from where it cannot be made up: the gateway's own record or the connection.
//! Behind CloudFront that is an edge node's; what CloudFront says instead counts only with the
//! secret that the distribution adds.

use crate::clock;
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::{Timestamp, settings::Settings};
use lambda_http::{Context, request::RequestContext};
use secrecy::{ExposeSecret, SecretString};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

const SECRET_HEADER: &str = "x-origin-secret";
const VIEWER_HEADER: &str = "cloudfront-viewer-address";

/// Who is at the other end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peer {
    /// The address, where it is known.
    pub address: Option<IpAddr>,
    /// When the answer has to be over, where something ends it.
    pub deadline: Option<Timestamp>,
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

/// `ORIGIN_SECRET`: what CloudFront sends along to say that it is CloudFront.
#[must_use]
pub fn origin_secret(settings: &Settings) -> Option<SecretString> {
    settings.get("ORIGIN_SECRET").map(SecretString::from)
}

/// Finds the peer of a request, once, before anything else looks at it.
pub async fn find(secret: Option<SecretString>, mut request: Request, next: Next) -> Response {
    let viewer = secret.and_then(|secret| viewer(request.headers(), &secret));
    let extensions = request.extensions();
    let connection = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let gateway = extensions.get::<RequestContext>().and_then(gateway_address);
    let deadline = extensions.get::<Context>().and_then(deadline);
    let peer = Peer { address: viewer.or(gateway).or(connection), deadline };
    request.extensions_mut().insert(peer);
    next.run(request).await
}

/// When Lambda ends the invocation. A local stand-in may give a span instead of a time; what is over
/// before it began is none.
fn deadline(context: &Context) -> Option<Timestamp> {
    let millis = i64::try_from(context.deadline).unwrap_or(i64::MAX);
    Some(Timestamp::from_millis(millis)).filter(|deadline| *deadline > clock::now())
}

fn gateway_address(context: &RequestContext) -> Option<IpAddr> {
    let text = match context {
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref(),
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        _ => None,
    };
    text?.parse().ok()
}

/// The viewer's address as CloudFront gives it, `address:port`, IPv6 without brackets.
fn viewer(headers: &HeaderMap, secret: &SecretString) -> Option<IpAddr> {
    let given = headers.get(SECRET_HEADER)?.as_bytes();
    if !is_same(given, secret.expose_secret().as_bytes()) {
        return None;
    }
    let (address, _) = headers.get(VIEWER_HEADER)?.to_str().ok()?.rsplit_once(':')?;
    address.trim_matches(['[', ']']).parse().ok()
}

/// Compares in a time that says nothing about where two texts of one length differ.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(secret: &str, viewer: &str) -> HeaderMap {
        [(SECRET_HEADER, secret), (VIEWER_HEADER, viewer)]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .into_iter()
            .collect()
    }

    #[test]
    fn what_cloudfront_says_counts_only_with_its_secret() {
        let secret = SecretString::from("s3cret");
        let found = |given: &str, address: &str| viewer(&headers(given, address), &secret);
        assert_eq!(found("s3cret", "198.51.100.10:46532"), "198.51.100.10".parse().ok());
        assert_eq!(found("s3cret", "2001:db8::7:46532"), "2001:db8::7".parse().ok());
        assert_eq!(found("s3crex", "198.51.100.10:46532"), None);
        assert_eq!(found("", "198.51.100.10:46532"), None);
        assert_eq!(found("s3cret", "nonsense"), None);
    }
}
