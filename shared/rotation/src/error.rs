//! Why a rotation did not get further.

use store::StoreError;
use vault::KeyServiceError;

/// A rotation broke off; the next call goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key service failed.
    #[error(transparent)]
    KeyService(#[from] KeyServiceError),
    /// Others changed the epochs at the same time, again and again.
    #[error("others were always first")]
    Contended,
}
