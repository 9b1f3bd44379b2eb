//! The clock of `retention`: its jobs once at the start, then sweeps each hour and the archive each day, as the
//! template's schedules.

use super::stopping;
use ::retention::{Deps, Event, Job, handle};
use domain::settings::Settings;
use std::time::Duration;
use tokio::{sync::watch, task::JoinHandle};

const HOUR: Duration = Duration::from_hours(1);
const HOURS_OF_DAY: u32 = 24;

/// When retention is called, and with what.
pub(super) struct Clock {
    settings: Settings,
    is_in_memory: bool,
}

impl Clock {
    /// For data that last, with an archive.
    pub(super) fn with_archive(settings: Settings) -> Self {
        Self { settings, is_in_memory: false }
    }

    /// For data in memory: at the start there are none, and they are never old.
    pub(super) fn in_memory(settings: Settings) -> Self {
        Self { settings, is_in_memory: true }
    }

    /// Strikes until it is time to stop; what is under way then the next start repeats.
    #[expect(clippy::disallowed_methods, reason = "retention runs beside the functions")]
    pub(super) fn start(self, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(async move {
            tokio::select! {
                () = self.strike() => {}
                () = stopping(stopped) => {}
            }
        })
    }

    async fn strike(&self) {
        let deps = match self.connect().await {
            Ok(deps) => deps,
            Err(cause) => return tracing::error!(%cause, "retention does not run"),
        };
        if self.is_in_memory {
            tokio::time::sleep(HOUR).await;
        }
        for hour in 0_u32.. {
            let job = if hour.is_multiple_of(HOURS_OF_DAY) { Job::All } else { Job::Sweep };
            if let Err(cause) = handle(&deps, Event { job }).await {
                tracing::warn!(%cause, "retention left something to the next hour");
            }
            tokio::time::sleep(HOUR).await;
        }
    }

    async fn connect(&self) -> Result<Deps, edge::lambda::Error> {
        match self.is_in_memory {
            true => Deps::without_archive(&self.settings).await,
            false => Deps::connect(&self.settings).await,
        }
    }
}
