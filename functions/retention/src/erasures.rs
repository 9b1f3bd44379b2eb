//! Erasures whose time has come, or that broke off: carried out to the end, and looked at once more after it.

use crate::{Deps, RetentionError, report::Counts};

/// Erasures of one look.
const AT_A_LOOK: u16 = 50;
/// Looks of one run. What is left the next goes on with.
const LOOKS: usize = 10;

pub(crate) async fn run(deps: &Deps, counts: &mut Counts) -> Result<(), RetentionError> {
    for _ in 0..LOOKS {
        let done = Box::pin(deps.erasure.due(AT_A_LOOK)).await?;
        counts.add_found([
            ("completed", done.completed),
            ("lookedAfter", done.looked_after),
            ("withdrawn", done.withdrawn),
            ("forgotten", done.forgotten),
        ]);
        counts.add_failed(done.failed);
        // What failed, or somebody else is at, is not due for a minute; so a full look had others behind it.
        if done.seen() < usize::from(AT_A_LOOK) {
            break;
        }
    }
    counts.outcome()
}
