//! Cursors of lists: where each part of a list goes on, sealed.

use crate::{Person, ReadError, Wanted};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Sealed, Slot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::sessions::Position;
use vault::DataKey;

/// Where each lane of a list goes on. A lane that is not there is at its end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cursor(pub(crate) BTreeMap<String, Option<Position>>);

/// A cursor is good for its caller and its list only.
pub(crate) fn seal_cursor(
    zoo: &DataKey,
    person: &Person,
    wanted: &Wanted,
    cursor: &Cursor,
) -> Result<String, ReadError> {
    let list = serde_json::to_string(wanted).map_err(|_| ReadError::ForeignCursor)?;
    let text = serde_json::to_string(cursor).map_err(|_| ReadError::ForeignCursor)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(zoo.seal(&slot(person, &list), &text)?.as_bytes()))
}

/// A cursor of another list: the position as text, good for its caller and its list only.
pub(crate) fn seal_position(zoo: &DataKey, person: &Person, list: &str, position: &str) -> Result<String, ReadError> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(zoo.seal(&slot(person, list), position)?.as_bytes()))
}

pub(crate) fn open_position(zoo: &DataKey, person: &Person, list: &str, cursor: &str) -> Result<String, ReadError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| ReadError::ForeignCursor)?;
    zoo.open(&slot(person, list), &Sealed::from_bytes(bytes)).map_err(|_| ReadError::ForeignCursor)
}

pub(crate) fn open_cursor(zoo: &DataKey, person: &Person, wanted: &Wanted, cursor: &str) -> Result<Cursor, ReadError> {
    let list = serde_json::to_string(wanted).map_err(|_| ReadError::ForeignCursor)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| ReadError::ForeignCursor)?;
    let text = zoo.open(&slot(person, &list), &Sealed::from_bytes(bytes)).map_err(|_| ReadError::ForeignCursor)?;
    serde_json::from_str(&text).map_err(|_| ReadError::ForeignCursor)
}

fn slot<'a>(person: &'a Person, list: &'a str) -> Slot<'a> {
    let partition = person.user().user_id.as_str();
    Slot { table: "sessions", partition, sort: list, attribute: "nextToken", generation: 0 }
}
