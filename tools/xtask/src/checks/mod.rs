//! The checks: each looks at the tree and says what is wrong with it.

pub(crate) mod criteria;
mod documents;
mod editions;
mod events;
mod imports;
mod mains;
mod routes;
mod silenced;
mod sizes;

use crate::read::tree::{Tree, Trouble};

/// Every finding, a line without the check's name. `Err` if the check cannot do its work.
pub(crate) type Check = fn(&Tree) -> Result<Vec<String>, Trouble>;

/// The checks in the order they run, by the name that findings carry.
pub(crate) const CHECKS: [(&str, Check); 9] = [
    ("imports", imports::check),
    ("routes", routes::check),
    ("mains", mains::check),
    ("sizes", sizes::check),
    ("events", events::check),
    ("silenced", silenced::check),
    ("documents", documents::check),
    ("editions", editions::check),
    ("criteria", criteria::check),
];
