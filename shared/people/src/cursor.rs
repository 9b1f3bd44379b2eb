//! Cursors of lists of people: sealed, and good for their caller and their list only.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{Sealed, Slot};
use edge::{Code, Problem};
use serde::{Serialize, de::DeserializeOwned};
use vault::DataKey;

/// Seals a place in a list for a slot that names its caller and the list.
///
/// # Errors
/// `internal` when the system refuses the cipher.
pub fn seal_cursor<T: Serialize>(zoo: &DataKey, slot: &Slot<'_>, cursor: &T) -> Result<String, Problem> {
    let text = serde_json::to_string(cursor).map_err(|error| Problem::internal(&error))?;
    let sealed = zoo.seal(slot, &text).map_err(|error| Problem::internal(&error))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
}

/// Opens a cursor of a list.
///
/// # Errors
/// `bad_request` for a cursor of another caller or list.
pub fn open_cursor<T: DeserializeOwned>(zoo: &DataKey, slot: &Slot<'_>, token: &str) -> Result<T, Problem> {
    let open = || {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        serde_json::from_str(&zoo.open(slot, &Sealed::from_bytes(bytes)).ok()?).ok()
    };
    open().ok_or_else(|| Problem::new(Code::BadRequest).with_detail("nextToken is not one of this list"))
}
