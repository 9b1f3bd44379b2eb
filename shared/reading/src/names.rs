//! People's names, for whom they are close.

use crate::{ReadError, Reading};
use store::users::UserRecord;
use vault::Label;

/// The name that somebody goes by.
pub(crate) async fn display_name(reading: &Reading, user: &UserRecord) -> Result<String, ReadError> {
    let key = reading.store().profile_key(&user.user_id).await?.ok_or(ReadError::NoSession)?;
    let key = reading.vault().unwrap_key(&Label::profile(&user.user_id), &key.wrapped).await?;
    Ok(key.open(&user.display_name_slot(), &user.display_name)?)
}
