//! The tables as the edge asks them who calls: accounts and the public keys of access tokens.

use crate::{Store, StoreError};
use domain::{
    UserId,
    directory::{Account, Directory, Unread},
    token::PublicKey,
};

impl Directory for Store {
    async fn public_keys(&self) -> Result<Vec<PublicKey>, Unread> {
        self.signing_keys().await.map_err(unread)
    }

    async fn account(&self, user: &UserId) -> Result<Option<Account>, Unread> {
        match self.user(user).await {
            Ok(found) => Ok(found.map(|record| Account::Known(record.user()))),
            Err(error) if error.is_malformed() => Ok(Some(Account::Strange)),
            Err(error) => Err(unread(error)),
        }
    }
}

fn unread(error: StoreError) -> Unread {
    if error.is_unavailable() { Unread::Unavailable(error.into()) } else { Unread::Broken(error.into()) }
}
