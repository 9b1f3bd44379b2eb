//! The beat of a turn: once a second its owner says that it lives, and logs the new words.

use super::{Fence, fenced, request_token};
use crate::{
    Store, StoreError, from_item, keys, number, text, to_item,
    transact::{Cancelled, check, put, update},
};
use aws_sdk_dynamodb::types::{Put, Update};
use domain::{
    Sealed, Timestamp, TurnId, UserId,
    turn::{REMEMBERED_DAYS, TurnState},
    user::User,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Words of a turn's log as they are stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogRecord {
    /// Partition key: who asked.
    pub user_id: UserId,
    /// Sort key, see [`keys::turn_log`].
    pub turn_key: String,
    /// The id of the first event.
    pub first_event: u64,
    /// The words of it and those that follow.
    pub words: Sealed,
    /// For DynamoDB's own deletion, in seconds.
    pub ttl: i64,
}

/// New words of an answer under way.
#[derive(Debug)]
pub struct Words<'a> {
    /// Who asked, as claimed.
    pub user: &'a User,
    /// The turn.
    pub turn: &'a TurnId,
    /// Who produces the answer.
    pub owner: Uuid,
    /// The id of the first event.
    pub first_event: u64,
    /// The words.
    pub words: Sealed,
    /// This very attempt: the next one seals the words anew.
    pub attempt: Uuid,
    /// When they are logged.
    pub now: Timestamp,
}

impl Store {
    /// Says that a turn's owner lives.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the turn is over, somebody else's, or to be cancelled.
    pub async fn beat(&self, user: &UserId, turn: &TurnId, owner: Uuid) -> Result<(), StoreError> {
        self.update(self.beat_update(user, turn, owner)?).await
    }

    /// Logs new words and says that the owner lives, all or nothing. The same words may be logged
    /// again, with more behind them, where it is not known whether they were.
    ///
    /// # Errors
    /// As for [`Store::beat`]; [`StoreError::is_conflict`] also when the person may not talk any more.
    pub async fn log_words(&self, words: Words<'_>) -> Result<(), StoreError> {
        let Words { user, turn, owner, first_event, attempt, .. } = words;
        let record = LogRecord {
            user_id: user.user_id.clone(),
            turn_key: keys::turn_log(turn, owner, first_event),
            first_event,
            words: words.words,
            ttl: words.now.plus_days(REMEMBERED_DAYS).as_seconds(),
        };
        let log = Put::builder().table_name(&self.config.turns).set_item(Some(to_item(&record)?));
        let items = vec![
            update(self.beat_update(&user.user_id, turn, owner)?),
            put(log.build().map_err(|_| StoreError::malformed())?),
            check(self.may_still_converse(user)?),
        ];
        let token = request_token(&user.user_id, turn, attempt, "log");
        self.transact(&token, items).await.map_err(|cancelled| match cancelled {
            Cancelled::Failed(error) => error,
            Cancelled::Conditions(_) => StoreError::conflict(),
        })
    }

    /// What an owner logged of a turn, from an event's piece on, oldest first, read consistently. A piece may have
    /// grown since it was read last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn turn_log(
        &self,
        user: &UserId,
        turn: &TurnId,
        owner: Uuid,
        from_piece: u64,
    ) -> Result<Vec<LogRecord>, StoreError> {
        let mut records = Vec::new();
        let mut start = None;
        loop {
            let query = self.client.query().table_name(&self.config.turns).consistent_read(true);
            let answer = query
                .key_condition_expression("userId = :user AND turnKey BETWEEN :first AND :last")
                .expression_attribute_values(":user", text(user.as_str()))
                .expression_attribute_values(":first", text(keys::turn_log(turn, owner, from_piece)))
                .expression_attribute_values(":last", text(keys::turn_log(turn, owner, 999_999)))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::from_sdk(&error))?;
            for item in answer.items.unwrap_or_default() {
                records.push(from_item(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(records);
            }
        }
    }

    fn beat_update(&self, user: &UserId, turn: &TurnId, owner: Uuid) -> Result<Update, StoreError> {
        let fence = Fence { owner, writer: owner, heartbeat: None, heeds_cancel: true };
        fenced(self.turn_update(user, turn), TurnState::Streaming, fence)
            .update_expression("SET #state = :next ADD heartbeat :one")
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|_| StoreError::malformed())
    }
}
