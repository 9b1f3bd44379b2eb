//! What is due of erasures, carried out where the engine runs, as the retention job does it on AWS: wishes whose
//! time has come, and erasures that broke off.

use super::stopping;
use domain::settings::Settings;
use erasure::Erasure;
use std::time::Duration;
use tokio::{sync::watch, task::JoinHandle};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(3);
/// Erasures of one look.
const AT_ONCE: u16 = 20;

/// Carries out what is due until it is time to stop. What is under way then is gone on with at the next start.
#[expect(clippy::disallowed_methods, reason = "what is due is carried out beside the functions")]
pub(super) fn start(settings: Settings, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = carry_out(settings) => {}
            () = stopping(stopped) => {}
        }
    })
}

async fn carry_out(settings: Settings) {
    let erasure = match Erasure::connect(&settings).await {
        Ok(erasure) => erasure,
        Err(cause) => return tracing::error!(%cause, "nothing that is due is erased"),
    };
    loop {
        tokio::time::sleep(PAUSE).await;
        if let Err(cause) = erasure.due(AT_ONCE).await {
            tracing::warn!(%cause, "what is due could not be found");
        }
    }
}
