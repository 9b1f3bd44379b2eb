//! Alerts: what new entries give, seen together with what the same people did before. An alert is told
//! of once, when it is made; its repeats are counted in the inbox.

use crate::Deps;
use cloud::alerts::Notice;
use domain::{
    Timestamp, UserId,
    alert::{self, Alert},
    audit::Entry,
};
use edge::clock;
use std::collections::BTreeMap;
use store::StoreError;

/// Looks at new entries.
pub(crate) async fn look(deps: &Deps, new: &[Entry]) -> Result<(), StoreError> {
    let earlier = earlier(deps, new).await?;
    raise(deps, alert::alerts(new, &earlier, &deps.thresholds)).await
}

/// What those did before whose new entries may be a part of a pattern: a query for each of them.
async fn earlier(deps: &Deps, new: &[Entry]) -> Result<Vec<Entry>, StoreError> {
    let mut spans = BTreeMap::<&UserId, (Timestamp, Timestamp)>::new();
    for entry in new.iter().filter(|entry| alert::is_of_interest(entry)) {
        let Some(who) = &entry.user_id else { continue };
        let from = entry.timestamp.minus_seconds(deps.thresholds.minutes() * 60);
        let span = spans.entry(who).or_insert((from, entry.timestamp));
        *span = (span.0.min(from), span.1.max(entry.timestamp));
    }
    let mut earlier = Vec::new();
    for (who, span) in spans {
        earlier.extend(deps.store.entries_by(who, span).await?);
    }
    Ok(earlier)
}

/// Puts alerts into the inbox and tells of those that nobody was told of.
pub(crate) async fn raise(deps: &Deps, alerts: Vec<Alert>) -> Result<(), StoreError> {
    for alert in alerts {
        let now = clock::now();
        let kept = deps.store.raise(&alert, now).await?;
        // Several may see it at once; one of them tells.
        if kept.notified_at.is_some() || !deps.store.claim_notice(&kept.alert_id, now).await? {
            continue;
        }
        let notice = Notice { alert_id: kept.alert_id, kind: kept.kind, since: kept.since, count: kept.entries.len() };
        if let Err(cause) = deps.alerts.send(&notice).await {
            // It lies in the inbox, and the next of its kind tries again.
            tracing::error!(%cause, "nobody was told of an alert");
            deps.store.give_back_notice(&notice.alert_id, now).await?;
        }
    }
    Ok(())
}
