//! Every error a client can see: RFC 9457 `application/problem+json` with a stable `code`.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use serde::Serialize;

/// What went wrong, as clients may rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// No token, or one that is not good.
    Unauthorized,
    /// The sign-in name or the password is wrong.
    InvalidCredentials,
    /// Not the caller's to see or do.
    Forbidden,
    /// A guardian has to agree first.
    ConsentRequired,
    /// A guardian has paused the child's chats.
    ChatPaused,
    /// Staff have to say why they look.
    ReasonRequired,
    /// There is no such thing, or not any more.
    NotFound,
    /// It was, and somebody whose it was to decide had it erased.
    Erased,
    /// The route exists, the method does not.
    MethodNotAllowed,
    /// There is no such turn, or not any more.
    TurnExpired,
    /// The body is not JSON, or a parameter is not what it should be.
    BadRequest,
    /// The body is over 64 KiB.
    PayloadTooLarge,
    /// The file would be larger than any that is given out.
    ExportTooLarge,
    /// The body does not say it is JSON.
    UnsupportedMediaType,
    /// A value breaks a rule.
    Invalid,
    /// The session is with another animal.
    OtherAnimal,
    /// The turn id was used for another question.
    TurnReused,
    /// A model's address that the operator has not listed.
    EndpointNotAllowed,
    /// A link that was used, is too old or never was.
    LinkExpired,
    /// Another account has this email address.
    EmailTaken,
    /// Another account has this username.
    UsernameTaken,
    /// The guardian has a family already.
    FamilyExists,
    /// A guardian has children who need another one first.
    HasChildren,
    /// Administrators do not switch themselves off.
    OwnAccount,
    /// There has to be an administrator.
    LastAdministrator,
    /// What has begun to be erased is not brought back.
    ErasureBegun,
    /// Somebody else changed it since the client read it.
    PreconditionFailed,
    /// The caller, or the caller's address, asks more often than we allow.
    TooManyRequests,
    /// The model's provider wants fewer questions.
    RateLimited,
    /// The model did not answer, or broke off.
    UpstreamUnavailable,
    /// A service this one needs did not answer.
    Unavailable,
    /// A mistake of ours.
    Internal,
}

impl Code {
    /// The codes that a turn can end with.
    const OF_TURNS: [Self; 7] = [
        Self::Forbidden,
        Self::ConsentRequired,
        Self::ChatPaused,
        Self::RateLimited,
        Self::UpstreamUnavailable,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.parts().0
    }

    /// The code of a turn that ended badly, as it was stored by name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::OF_TURNS.into_iter().find(|code| code.name() == name)
    }

    /// Its name on the wire, its HTTP status and its title.
    fn parts(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::Unauthorized => ("unauthorized", S::UNAUTHORIZED, "Please sign in"),
            Self::InvalidCredentials => ("invalid_credentials", S::UNAUTHORIZED, "The name or the password is wrong"),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "This is not yours to see"),
            Self::ReasonRequired => {
                ("reason_required", S::PRECONDITION_REQUIRED, "Please say why you look at a child's conversation")
            }
            Self::ConsentRequired => {
                ("consent_required", S::FORBIDDEN, "A grown-up who looks after you has to say yes first")
            }
            Self::ChatPaused => {
                ("chat_paused", S::FORBIDDEN, "Your grown-up has paused talking with the animals for now")
            }
            Self::NotFound => ("not_found", S::NOT_FOUND, "There is nothing here"),
            Self::Erased => ("erased", S::GONE, "This was deleted, and nobody can bring it back"),
            Self::MethodNotAllowed => ("method_not_allowed", S::METHOD_NOT_ALLOWED, "This cannot be done here"),
            Self::TurnExpired => ("turn_expired", S::NOT_FOUND, "This answer is not here any more"),
            Self::BadRequest => ("bad_request", S::BAD_REQUEST, "The request cannot be understood"),
            Self::PayloadTooLarge => ("payload_too_large", S::PAYLOAD_TOO_LARGE, "The request is too large"),
            Self::ExportTooLarge => {
                ("export_too_large", S::PAYLOAD_TOO_LARGE, "This conversation is too long for a file of this kind")
            }
            Self::UnsupportedMediaType => {
                ("unsupported_media_type", S::UNSUPPORTED_MEDIA_TYPE, "The request has to be JSON")
            }
            Self::Invalid => ("invalid", S::UNPROCESSABLE_ENTITY, "A value is not allowed"),
            Self::OtherAnimal => ("other_animal", S::UNPROCESSABLE_ENTITY, "This conversation is with another animal"),
            Self::TurnReused => ("turn_reused", S::UNPROCESSABLE_ENTITY, "This turn id belongs to another question"),
            Self::EndpointNotAllowed => {
                ("endpoint_not_allowed", S::UNPROCESSABLE_ENTITY, "A model at this address may not be asked")
            }
            Self::LinkExpired => ("link_expired", S::UNPROCESSABLE_ENTITY, "This link is not good any more"),
            Self::EmailTaken => ("email_taken", S::CONFLICT, "Another account has this email address"),
            Self::UsernameTaken => ("username_taken", S::CONFLICT, "Somebody else has this username"),
            Self::FamilyExists => ("family_exists", S::CONFLICT, "This guardian has a family already"),
            Self::HasChildren => {
                ("has_children", S::CONFLICT, "The children of this family need another guardian first")
            }
            Self::OwnAccount => ("own_account", S::CONFLICT, "Another administrator has to change your account"),
            Self::LastAdministrator => (
                "last_administrator",
                S::CONFLICT,
                "The last administrator cannot go: somebody has to look after the zoo",
            ),
            Self::ErasureBegun => ("erasure_begun", S::CONFLICT, "This has begun, and cannot be taken back any more"),
            Self::PreconditionFailed => {
                ("precondition_failed", S::PRECONDITION_FAILED, "Somebody else has changed this meanwhile")
            }
            Self::TooManyRequests => {
                ("too_many_requests", S::TOO_MANY_REQUESTS, "That was a lot of questions; please wait a little")
            }
            Self::RateLimited => ("rate_limited", S::TOO_MANY_REQUESTS, "Too many questions at once"),
            Self::UpstreamUnavailable => {
                ("upstream_unavailable", S::SERVICE_UNAVAILABLE, "The animal cannot answer right now")
            }
            Self::Unavailable => ("unavailable", S::SERVICE_UNAVAILABLE, "This does not work right now"),
            Self::Internal => ("internal", S::INTERNAL_SERVER_ERROR, "Something went wrong"),
        }
    }
}

/// An error for a client. Its text never holds what the client sent or what a service said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Option<String>,
    retry_after_seconds: Option<u64>,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    /// For clients of the first system.
    error: &'a str,
    detail: &'a str,
    retryable: bool,
}

impl Problem {
    /// A problem without further detail.
    #[must_use]
    pub fn new(code: Code) -> Self {
        let retry_after_seconds = match code {
            Code::TooManyRequests | Code::RateLimited | Code::UpstreamUnavailable | Code::Unavailable => Some(1),
            _ => None,
        };
        Self { code, detail: None, retry_after_seconds }
    }

    /// Adds what is wrong, in words of ours.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says how long to wait.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// A service did not answer: logs why, tells the client only that it may try again.
    #[must_use]
    pub fn unavailable(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(%cause, "a service did not answer");
        Self::new(Code::Unavailable)
    }

    /// A mistake of ours: logs it, tells the client nothing.
    #[must_use]
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(%cause, "a mistake of ours");
        Self::new(Code::Internal)
    }

    /// A failed call: to be repeated where it may succeed later, else a mistake of ours.
    #[must_use]
    pub fn failure(cause: &(dyn std::error::Error + 'static), is_unavailable: bool) -> Self {
        if is_unavailable { Self::unavailable(cause) } else { Self::internal(cause) }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.code.parts().1
    }

    /// The problem document as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let (code, status, title) = self.code.parts();
        let detail = self.detail.as_deref().unwrap_or(title);
        let document = Document {
            r#type: format!("urn:menagerie:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            error: detail,
            detail,
            retryable: self.retry_after_seconds.is_some(),
        };
        serde_json::to_value(document).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.to_json().to_string()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
