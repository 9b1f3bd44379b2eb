//! A folder of files that are written once.

use super::{ArchiveError, Object};
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

#[derive(Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: &str) -> Self {
        Self(PathBuf::from(path))
    }

    /// Writes a file; `false` where there is one of its name.
    pub(super) async fn put(&self, object: &Object) -> Result<bool, ArchiveError> {
        let (path, bytes) = (self.0.join(&object.key), object.bytes.clone());
        aside(move || write_once(&path, &bytes)).await
    }

    /// The digest of a file as it lies there.
    pub(super) async fn digest(&self, key: &str) -> Result<Option<[u8; 32]>, ArchiveError> {
        let path = self.0.join(key);
        let read = move || match fs::read(path) {
            Ok(bytes) => Ok(Some(Sha256::digest(bytes).into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        aside(read).await
    }
}

/// Files make a thread wait, and those of the requests are not to.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, ArchiveError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|ended| Err(io::Error::other(ended)));
    done.map_err(|error| ArchiveError::Place(error.kind().to_string()))
}

/// A file has its name when it is whole, and the name is given only where nothing has it: whoever is killed
/// leaves a file without a name that means anything.
fn write_once(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{:016x}", fastrand::u64(..)));
    let named = write(&draft, bytes).and_then(|()| fs::hard_link(&draft, path));
    drop(fs::remove_file(&draft));
    match named {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn write(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(draft)?;
    file.write_all(bytes)?;
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    file.set_permissions(permissions)?;
    file.sync_all()
}
