//! Who may look after what belongs to the zoo and to no one person: how its animals speak, and its accounts.

use super::{Action, Relation, Verdict, Who};

/// Whether somebody may do what concerns the whole zoo.
pub(super) fn decide(who: Who, action: Action, relation: Relation) -> Verdict {
    let may = match action {
        Action::ConfigureAnimals => matches!(who, Who::Zookeeper | Who::Administrator),
        _ => who == Who::Administrator,
    };
    if may && relation == Relation::Zoo { Verdict::Allowed } else { Verdict::Forbidden }
}
