//! Letters through SES.

use super::{Letter, MailError, SENT_WITHIN, words};
use crate::aws::{self, Patience};
use aws_sdk_sesv2::{
    Client,
    error::{BuildError, ProvideErrorMetadata},
    types::{Body, Content, Destination, EmailContent, Message},
};
use domain::settings::Settings;
use secrecy::ExposeSecret;
use std::time::Duration;

/// Whoever asked for it waits.
const PATIENCE: Patience =
    Patience { connect: Duration::from_millis(800), attempt: Duration::from_millis(1500), call: SENT_WITHIN };

pub(super) struct Ses {
    client: Client,
    from: String,
    origin: String,
}

impl Ses {
    /// Connects, at `SES_ENDPOINT_URL` where that is not AWS's own.
    pub(super) async fn connect(from: &str, origin: &str, settings: &Settings) -> Self {
        let client = Client::new(&aws::config(settings, "SES_ENDPOINT_URL", PATIENCE).await);
        Self { client, from: from.to_owned(), origin: origin.to_owned() }
    }

    pub(super) async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let (subject, text) = words::of(letter, &self.origin);
        let content = content(&subject, &text).map_err(|_| MailError("a letter cannot be built".to_owned()))?;
        let to = Destination::builder().to_addresses(letter.to().expose_secret()).build();
        let request = self.client.send_email().from_email_address(&self.from).destination(to).content(content);
        let sent = request.send().await;
        sent.map(drop).map_err(|error| MailError(error.code().unwrap_or("no answer").to_owned()))
    }
}

fn content(subject: &str, text: &str) -> Result<EmailContent, BuildError> {
    let utf8 = |text: &str| Content::builder().charset("UTF-8").data(text).build();
    let body = Body::builder().text(utf8(text)?).build();
    Ok(EmailContent::builder().simple(Message::builder().subject(utf8(subject)?).body(body).build()).build())
}

#[cfg(test)]
mod tests {
    use crate::mail::{InvitationLetter, Mailer, PasswordLetter};
    use axum::{
        Json, Router, extract::State, http::HeaderMap, http::StatusCode, response::IntoResponse, routing::post,
    };
    use domain::settings::Settings;
    use serde_json::{Value, json};
    use std::sync::{Arc, Mutex};

    type Heard = Arc<Mutex<Vec<Value>>>;

    /// The one call of the service's REST protocol.
    async fn outbound(State(heard): State<Heard>, headers: HeaderMap, Json(body): Json<Value>) -> impl IntoResponse {
        assert!(headers["authorization"].to_str().unwrap().contains("Credential=local/"));
        let to = body["Destination"]["ToAddresses"][0].clone();
        heard.lock().unwrap().push(body);
        if to == "gone@cmz.org" {
            let refusal = json!({ "message": "gone@cmz.org is not verified" });
            return (StatusCode::BAD_REQUEST, [("x-amzn-errortype", "MessageRejected")], Json(refusal));
        }
        (StatusCode::OK, [("x-amzn-errortype", "")], Json(json!({ "MessageId": "1" })))
    }

    #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
    async fn service() -> (Mailer, Heard) {
        let heard = Heard::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v2/email/outbound-emails", post(outbound)).with_state(heard.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = Settings::default()
            .with("SES_ENDPOINT_URL", url)
            .with("CONVERSATION_TABLE_REGION", "us-west-2")
            .with("MAIL_FROM", "Zoo <zoo@cmz.org>")
            .with("WEB_ORIGIN", "https://chat.cmz.org/");
        (Mailer::connect(&settings).await.unwrap(), heard)
    }

    #[tokio::test]
    async fn a_letter_has_its_link_once_in_all_languages_and_goes_to_its_address_alone() {
        let (mailer, heard) = service().await;
        mailer.send(PasswordLetter { to: "pat@cmz.org".into(), token: "t0ken".into() }).await.unwrap();
        mailer.send(InvitationLetter { to: "kim@cmz.org".into() }).await.unwrap();
        let heard = heard.lock().unwrap();
        let links = ["https://chat.cmz.org/reset-password#t0ken\n", "https://chat.cmz.org/invitations/\n"];
        for ((letter, to), link) in heard.iter().zip(["pat@cmz.org", "kim@cmz.org"]).zip(links) {
            assert_eq!(letter["Destination"], json!({ "ToAddresses": [to] }));
            assert_eq!(letter["FromEmailAddress"], "Zoo <zoo@cmz.org>");
            let text = letter["Content"]["Simple"]["Body"]["Text"]["Data"].as_str().unwrap();
            assert_eq!(text.matches("https://").count(), 1, "{text}");
            assert!(text.ends_with(link) && text.contains("zoo.") && text.contains("动物园"), "{text}");
            assert!(!letter["Content"]["Simple"]["Subject"]["Data"].as_str().unwrap().contains("t0ken"));
        }
        assert_eq!(heard.len(), 2);
    }

    #[tokio::test]
    async fn a_letter_that_is_refused_is_an_error_that_names_nobody() {
        let (mailer, _) = service().await;
        let refused = mailer.send(InvitationLetter { to: "gone@cmz.org".into() }).await.unwrap_err();
        assert_eq!(refused.to_string(), "a letter could not be sent: MessageRejected");
    }
}
