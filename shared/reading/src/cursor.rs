//! Cursors of lists: where each part of a list goes on, sealed.

use crate::{Person, ReadError, Wanted, listing::Rank};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Sealed, SessionId, Slot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::sessions::Position;
use vault::{DataKey, OpenError};

/// Where a list goes on.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Cursor {
    /// By last activity, of each owner.
    Lanes(Lanes),
    /// In which month everybody's goes on, and behind which session.
    Month(String, Option<Position>),
    /// Behind which row of a sorted list.
    Row(Rank),
}

/// Where each owner's part goes on. One that is not there is at its end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lanes {
    pub(crate) at: BTreeMap<String, Option<Position>>,
    /// In the middle of which session a search goes on.
    pub(crate) within: Option<Within>,
}

/// A session of which the newest messages were looked at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Within {
    pub(crate) session_id: SessionId,
    /// The sort key of the last one.
    pub(crate) before: String,
}

/// A list as one person asks for it, and the key that binds what is handed out to both.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    zoo: DataKey,
    person: String,
    list: String,
}

impl Binding {
    pub(crate) fn new(zoo: DataKey, person: &Person, wanted: &Wanted) -> Result<Self, ReadError> {
        let list = serde_json::to_string(wanted).map_err(|_| ReadError::ForeignCursor)?;
        Ok(Self { zoo, person: person.user().user_id.to_string(), list })
    }

    /// A cursor is good for its caller and its list only.
    pub(crate) fn seal(&self, cursor: &Cursor) -> Result<String, ReadError> {
        let text = serde_json::to_string(cursor).map_err(|_| ReadError::ForeignCursor)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.zoo.seal(&self.slot(), &text)?.as_bytes()))
    }

    pub(crate) fn open(&self, cursor: &str) -> Result<Cursor, ReadError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| ReadError::ForeignCursor)?;
        let text = self.zoo.open(&self.slot(), &Sealed::from_bytes(bytes)).map_err(|_| ReadError::ForeignCursor)?;
        serde_json::from_str(&text).map_err(|_| ReadError::ForeignCursor)
    }

    /// A digest of what is shown of the list, which says nothing to whoever has not the key.
    pub(crate) fn digest(&self, shown: &str) -> Result<String, OpenError> {
        let whole = [&self.person, &self.list, shown].map(|part| format!("{}:{part}", part.len())).concat();
        self.zoo.fingerprint("list", &whole)
    }

    fn slot(&self) -> Slot<'_> {
        Slot { table: "sessions", partition: &self.person, sort: &self.list, attribute: "nextToken", generation: 0 }
    }
}
