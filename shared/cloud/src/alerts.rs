//! Alerts: an SNS topic that people subscribe to where one is named, else a line in the log. Neither
//! says who: that is for whoever may look into the inbox.

use crate::aws::{self, Patience};
use aws_sdk_sns::{Client, error::ProvideErrorMetadata};
use domain::{LogId, Timestamp, alert::Kind, settings::Settings};
use std::time::Duration;

/// A stream waits for it.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(1), attempt: Duration::from_secs(2), call: Duration::from_secs(6) };

/// What is told of an alert.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Under which id it lies in the inbox.
    pub alert_id: LogId,
    /// What it is.
    pub kind: Kind,
    /// The hour it is of.
    pub since: Timestamp,
    /// How many entries have given it so far.
    pub count: usize,
}

/// Nobody could be told. Holds the service's error code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an alert could not be sent: {0}")]
pub struct AlertError(String);

/// Tells people.
#[derive(Clone)]
pub struct Alerts(Option<(Client, String)>);

impl Alerts {
    /// Connects to the topic that `ALERT_TOPIC_ARN` names, at `SNS_ENDPOINT_URL` where that is not AWS's
    /// own. Without a topic there is the log alone.
    pub async fn connect(settings: &Settings) -> Self {
        let Some(topic) = settings.get("ALERT_TOPIC_ARN") else { return Self(None) };
        let config = aws::config(settings, "SNS_ENDPOINT_URL", PATIENCE).await;
        Self(Some((Client::new(&config), topic.to_owned())))
    }

    /// Tells of an alert.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn send(&self, notice: &Notice) -> Result<(), AlertError> {
        let (kind, alert_id) = (notice.kind.name(), &notice.alert_id);
        tracing::warn!(kind, %alert_id, since = %notice.since, count = notice.count, "alert");
        let Some((client, topic)) = &self.0 else { return Ok(()) };
        let sent = client.publish().topic_arn(topic).subject(format!("Menagerie: {kind}")).message(text(notice));
        let sent = sent.send().await;
        sent.map(drop).map_err(|error| AlertError(error.code().unwrap_or("no answer").to_owned()))
    }
}

fn text(notice: &Notice) -> String {
    let Notice { alert_id, kind, since, count } = notice;
    format!("Alert {alert_id}: {} since {since}, entries so far: {count}. GET /alerts says more.", kind.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::post};
    use std::sync::{Arc, Mutex};

    type Heard = Arc<Mutex<Vec<String>>>;

    /// The one call of the service's query protocol.
    async fn publish(State(heard): State<Heard>, body: String) -> impl IntoResponse {
        let is_known = body.contains("TopicArn=arn%3Aaws%3Asns%3Aus-west-2%3A1%3Aalerts");
        heard.lock().unwrap().push(body);
        let ok = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
        let error = "<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>";
        if is_known { (StatusCode::OK, ok) } else { (StatusCode::NOT_FOUND, error) }
    }

    #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
    async fn service() -> (Settings, Heard) {
        let heard = Heard::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(publish)).with_state(heard.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = Settings::default().with("SNS_ENDPOINT_URL", url).with("CONVERSATION_TABLE_REGION", "us-west-2");
        (settings, heard)
    }

    fn notice() -> Notice {
        let since = Timestamp::from_millis(1_800_000_000_000);
        Notice { alert_id: LogId::first_at(since), kind: Kind::DenialBurst, since, count: 5 }
    }

    #[tokio::test]
    async fn an_alert_reaches_the_topic_without_saying_who() {
        let (settings, heard) = service().await;
        let settings = settings.with("ALERT_TOPIC_ARN", "arn:aws:sns:us-west-2:1:alerts");
        Alerts::connect(&settings).await.send(&notice()).await.unwrap();
        let heard = heard.lock().unwrap().join("");
        assert!(heard.contains("Action=Publish") && heard.contains("denial_burst"), "{heard}");
        assert!(!heard.to_lowercase().contains("user"), "{heard}");
    }

    #[tokio::test]
    async fn a_topic_that_is_not_there_is_an_error_and_none_is_the_log_alone() {
        let (settings, heard) = service().await;
        Alerts::connect(&settings).await.send(&notice()).await.unwrap();
        assert!(heard.lock().unwrap().is_empty());
        let settings = settings.with("ALERT_TOPIC_ARN", "arn:aws:sns:us-west-2:1:other");
        assert!(Alerts::connect(&settings).await.send(&notice()).await.unwrap_err().to_string().contains("NotFound"));
    }
}
