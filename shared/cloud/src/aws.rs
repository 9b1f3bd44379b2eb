//! What clients of AWS have in common: the region, an address that is not AWS's own, and how long they wait.

use aws_config::{BehaviorVersion, Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_sns::config::Credentials;
use domain::settings::{Settings, is_loopback};
use std::time::Duration;

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Until there is a connection.
    pub(crate) connect: Duration,
    /// One attempt.
    pub(crate) attempt: Duration,
    /// All of them together.
    pub(crate) call: Duration,
}

/// The configuration of a client whose address is the setting `address`, where that is not AWS's own. A loopback
/// address gets fixed credentials, as local services ask for some and check none.
pub(crate) async fn config(settings: &Settings, address: &str, patience: Patience) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(patience.connect)
        .operation_attempt_timeout(patience.attempt)
        .operation_timeout(patience.call);
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts.build());
    if let Some(region) = settings.get("CONVERSATION_TABLE_REGION") {
        loader = loader.region(Region::new(region.to_owned()));
    }
    if let Some(url) = settings.get(address) {
        loader = loader.endpoint_url(url);
        if is_loopback(url) {
            loader = loader.credentials_provider(Credentials::new("local", "local", None, None, "loopback"));
        }
    }
    loader.load().await
}
