//! `POST` and `DELETE /conversations/history/{sessionId}/shares`: links by which others read a
//! conversation (requirement document 000, ticket 8).

use axum::{Json, extract::State, http::StatusCode};
use domain::{SessionId, Timestamp, settings::Settings, share::Lifetime};
use edge::{Code, JsonBody, Problem};
use reading::{Grant, Reading, grant::Share};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where links lead.
#[derive(Clone)]
pub(crate) struct Links(Arc<str>);

impl Links {
    /// To the web app of `WEB_ORIGIN`; where that names no one place, links are relative.
    pub(crate) fn read(settings: &Settings) -> Self {
        let origin = settings.get("WEB_ORIGIN").filter(|origin| *origin != "*").unwrap_or_default();
        Self(origin.trim_end_matches('/').into())
    }

    /// The secret stands behind the `#`: browsers send that part to nobody, so that no server, proxy
    /// or log of theirs comes to see it.
    fn link(&self, session: &SessionId, secret: &SecretString) -> String {
        format!("{}/history/{session}#share={}", self.0, secret.expose_secret())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    /// In seconds.
    expires_in: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shared {
    share_id: String,
    link: String,
    expires_at: Timestamp,
}

pub(crate) async fn create(
    grant: Grant<Share>,
    State(reading): State<Reading>,
    State(links): State<Links>,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<(StatusCode, Json<Shared>), Problem> {
    let invalid = |_| Problem::new(Code::Invalid).with_detail("expiresIn is 300 to 2592000 seconds");
    let lifetime = Lifetime::parse(wanted.expires_in).map_err(invalid)?;
    let share = reading.share(&grant, lifetime).await.map_err(|error| error.problem())?;
    let link = links.link(&grant.session().session_id, &share.secret);
    Ok((StatusCode::CREATED, Json(Shared { share_id: share.share_id, link, expires_at: share.expires_at })))
}

pub(crate) async fn revoke(grant: Grant<Share>, State(reading): State<Reading>) -> Result<StatusCode, Problem> {
    let revoked = reading.revoke_shares(&grant).await;
    revoked.map(|()| StatusCode::NO_CONTENT).map_err(|error| error.problem())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(settings: &Settings) -> String {
        let session = SessionId::parse("0190f3a1-7b2c-7def-8123-456789abcdef").unwrap();
        Links::read(settings).link(&session, &"s3cret".into())
    }

    #[test]
    fn a_link_leads_to_the_web_app_and_hides_its_secret_in_the_fragment() {
        let relative = "/history/0190f3a1-7b2c-7def-8123-456789abcdef#share=s3cret";
        assert_eq!(link(&Settings::default()), relative);
        assert_eq!(link(&Settings::default().with("WEB_ORIGIN", "*")), relative);
        for origin in ["https://chat.cmz.org", "https://chat.cmz.org/"] {
            let settings = Settings::default().with("WEB_ORIGIN", origin);
            assert_eq!(link(&settings), format!("https://chat.cmz.org{relative}"));
        }
    }
}
