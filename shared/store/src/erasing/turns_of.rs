//! A person's remembered turns and their logs. A log lies right behind its turn, and does not say its generation.

use super::{Erasing, page};
use crate::{Item, Store, StoreError, strings, text};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    turn_key: String,
    /// Of a turn; a piece of a log has none.
    #[serde(default)]
    generation: Option<u64>,
}

/// What goes of a page of rows, with the turn that a page before ended in.
#[derive(Default)]
struct Walk {
    /// The last turn, and whether it stays.
    last: Option<(String, bool)>,
}

/// What goes.
#[derive(Default)]
struct Walked {
    turns: u64,
    /// The turns and what was logged of them, and of turns that are gone.
    items: u64,
}

impl Walk {
    /// Whether a row goes. A log without its turn is of one that is gone: turns are there before their logs.
    fn goes(&mut self, row: &Row, generation: u64) -> bool {
        let turn = row.turn_key.split('#').next().unwrap_or_default();
        if let Some(of) = row.generation {
            self.last = Some((turn.to_owned(), of > generation));
            return of <= generation;
        }
        !self.last.as_ref().is_some_and(|(last, stays)| last == turn && *stays)
    }
}

impl Store {
    /// How many turns go. Read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turns_to_erase(&self, erasing: Erasing<'_>) -> Result<u64, StoreError> {
        Ok(self.walk_turns(erasing, false).await?.turns)
    }

    /// How many items of turns and of their logs go. Read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn_items_to_erase(&self, erasing: Erasing<'_>) -> Result<u64, StoreError> {
        Ok(self.walk_turns(erasing, false).await?.items)
    }

    /// Deletes the turns and their logs. Whoever answers one of them finds that it is nobody's any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn erase_turns(&self, erasing: Erasing<'_>) -> Result<(), StoreError> {
        self.walk_turns(erasing, true).await.map(drop)
    }

    async fn walk_turns(&self, erasing: Erasing<'_>, deletes: bool) -> Result<Walked, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.config.turns)
            .consistent_read(true)
            .key_condition_expression("userId = :user")
            .projection_expression("turnKey, #generation")
            .expression_attribute_names("#generation", "generation")
            .expression_attribute_values(":user", text(erasing.user.as_str()));
        let (mut walk, mut walked, mut after): (_, _, Option<Item>) = (Walk::default(), Walked::default(), None);
        loop {
            let (mut rows, next): (Vec<Row>, _) = page(&query, after).await?;
            rows.retain(|row| walk.goes(row, erasing.generation));
            walked.items += rows.len() as u64;
            walked.turns += rows.iter().filter(|row| row.generation.is_some()).count() as u64;
            if deletes {
                let keys =
                    rows.iter().map(|row| strings([("userId", erasing.user.as_str()), ("turnKey", &row.turn_key)]));
                self.delete_all(&self.config.turns, keys.collect()).await?;
            }
            after = next;
            if after.is_none() {
                return Ok(walked);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_go_with_their_turns_and_those_without_one_go_as_well() {
        let row = |key: &str, generation| Row { turn_key: key.to_owned(), generation };
        let rows = [
            (row("a", Some(1)), true),
            (row("a#o#000001", None), true),
            (row("b", Some(2)), false),
            (row("b#o#000001", None), false),
            (row("c#o#000001", None), true),
        ];
        let mut walk = Walk::default();
        for (row, goes) in rows {
            assert_eq!(walk.goes(&row, 1), goes, "{}", row.turn_key);
        }
    }
}
