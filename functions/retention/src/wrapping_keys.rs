//! Wrapping keys change: so that a copy of `cmz-keys`, if there is one, opens nothing any more.

use crate::{Deps, RetentionError, report::Counts};
use edge::clock;

pub(crate) async fn run(deps: &Deps, counts: &mut Counts) -> Result<(), RetentionError> {
    let done = rotation::rotate(&deps.store, &deps.wrapping_keys, &deps.plan, clock::now()).await?;
    counts.add_found([
        ("begun", usize::from(done.is_begun)),
        ("rewrapped", done.rewrapped),
        ("overtaken", done.overtaken),
        ("waiting", done.waiting),
        ("ended", done.ended.len()),
        ("unknown", done.unknown),
        ("stranded", done.stranded),
    ]);
    // What no call can mend has to be seen as much as what this one could not do.
    counts.add_failed(done.failed + done.unknown + done.stranded);
    counts.outcome()
}
