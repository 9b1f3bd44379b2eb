//! The clock of `retention`: once at the start and once a day, as the template's schedule.

use super::stopping;
use domain::settings::Settings;
use retention::{Deps, Event, handle};
use std::time::Duration;
use tokio::{sync::watch, task::JoinHandle};

const DAY: Duration = Duration::from_hours(24);

/// Archives old entries until it is time to stop; what is under way then the next start repeats.
#[expect(clippy::disallowed_methods, reason = "the archive is kept beside the functions")]
pub(super) fn keep(settings: Settings, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = daily(&settings) => {}
            () = stopping(stopped) => {}
        }
    })
}

async fn daily(settings: &Settings) {
    let deps = match Deps::connect(settings).await {
        Ok(deps) => deps,
        Err(cause) => return tracing::error!(%cause, "old entries are not archived"),
    };
    loop {
        if let Err(cause) = handle(&deps, Event::default()).await {
            tracing::warn!(%cause, "old entries are not archived yet");
        }
        tokio::time::sleep(DAY).await;
    }
}
