//! Turns under way, whoever's: `UnderWayIndex`, which holds nothing else, so that reading all of it is reading
//! what is being answered now, and what nobody answers any more.

use super::TurnRecord;
use crate::{Item, Store, StoreError, text};
use domain::Timestamp;

impl Store {
    /// Turns that were claimed before a time and are under way, each read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turns_under_way(&self, before: Timestamp) -> Result<Vec<TurnRecord>, StoreError> {
        let scan = self
            .client
            .scan()
            .table_name(&self.config.turns)
            .index_name("UnderWayIndex")
            .filter_expression("underWay < :before")
            .expression_attribute_values(":before", text(before.to_string()));
        let (mut found, mut start) = (Vec::new(), None);
        loop {
            let answer = scan.clone().set_exclusive_start_key(start).send().await;
            let answer = answer.map_err(|error| StoreError::from_sdk(&error))?;
            for mut item in answer.items.unwrap_or_default() {
                item.retain(|name, _| ["userId", "turnKey"].contains(&name.as_str()));
                found.extend(self.get_turn(item).await?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }

    async fn get_turn(&self, key: Item) -> Result<Option<TurnRecord>, StoreError> {
        let turn: Option<TurnRecord> = self.get(&self.config.turns, key).await?;
        Ok(turn.filter(|turn| !turn.state.is_over()))
    }
}
