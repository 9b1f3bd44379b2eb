//! The archive: objects that are put once under a key and never changed, in a bucket of S3 or in a folder
//! of this machine. Says of each whether it is there as it was meant.

mod bucket;
mod folder;

use bucket::Bucket;
use domain::{
    Timestamp,
    settings::{InvalidSetting, Settings},
};
use folder::Folder;
use sha2::{Digest as _, Sha256};

/// An object.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its name: parts of letters, digits, `.`, `-`, `_` and `=`, with `/` between them.
    pub key: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Until when nobody may delete it. A folder does not know of that.
    pub locked_until: Timestamp,
}

/// An object that is in the archive with the digest of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was put now.
    Now,
    /// The same was there.
    Before,
}

/// An object is not in the archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Another one lies under its key.
    #[error("another object lies under its key")]
    Other,
    /// Keys have a form.
    #[error("an object's key has not its form")]
    Key,
    /// The place failed. Holds its error code.
    #[error("an object could not be archived: {0}")]
    Place(String),
}

/// An archive.
#[derive(Clone)]
pub struct Archive(Place);

#[derive(Clone)]
enum Place {
    Bucket(Bucket),
    Folder(Folder),
}

impl Archive {
    /// Opens the bucket that `AUDIT_ARCHIVE_BUCKET` names, at `S3_ENDPOINT_URL` where that is not AWS's
    /// own, or the folder that `AUDIT_ARCHIVE_DIR` names.
    ///
    /// # Errors
    /// [`InvalidSetting`] where neither or both are set.
    pub async fn connect(settings: &Settings) -> Result<Self, InvalidSetting> {
        let (bucket, folder) = ("AUDIT_ARCHIVE_BUCKET", "AUDIT_ARCHIVE_DIR");
        match (settings.get(bucket), settings.get(folder)) {
            (Some(name), None) => Ok(Self(Place::Bucket(Bucket::connect(name, settings).await))),
            (None, Some(path)) => Ok(Self(Place::Folder(Folder::new(path)))),
            (Some(_), Some(_)) => Err(InvalidSetting::Differ(bucket.to_owned(), folder.to_owned())),
            (None, None) => Err(InvalidSetting::Missing(format!("{bucket} or {folder}"))),
        }
    }

    /// Puts an object, unless something lies under its key, and looks whether what lies there then has its
    /// digest. Repeating it is harmless.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub async fn put(&self, object: &Object) -> Result<Kept, ArchiveError> {
        if !is_key(&object.key) {
            return Err(ArchiveError::Key);
        }
        let digest = Sha256::digest(&object.bytes).into();
        let (is_new, found) = match &self.0 {
            Place::Bucket(bucket) => (bucket.put(object, digest).await?, bucket.digest(&object.key).await?),
            Place::Folder(folder) => (folder.put(object).await?, folder.digest(&object.key).await?),
        };
        match (found == Some(digest), is_new) {
            (true, true) => Ok(Kept::Now),
            (true, false) => Ok(Kept::Before),
            (false, _) => Err(ArchiveError::Other),
        }
    }
}

/// No part is empty or begins with a full stop: a key leads nowhere else.
fn is_key(key: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.=".contains(&byte))
    };
    key.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, text: &str) -> Object {
        let locked_until = Timestamp::from_millis(1_800_000_000_000);
        Object { key: key.to_owned(), bytes: text.as_bytes().to_vec(), locked_until }
    }

    #[tokio::test]
    async fn exactly_one_place_is_named() {
        let none = Archive::connect(&Settings::default()).await.err().unwrap();
        assert_eq!(none.to_string(), "AUDIT_ARCHIVE_BUCKET or AUDIT_ARCHIVE_DIR is not set");
        let both = Settings::default().with("AUDIT_ARCHIVE_BUCKET", "b").with("AUDIT_ARCHIVE_DIR", "d");
        let both = Archive::connect(&both).await.err().unwrap().to_string();
        assert!(both.contains("AUDIT_ARCHIVE_BUCKET") && both.contains("AUDIT_ARCHIVE_DIR"), "{both}");
    }

    #[tokio::test]
    async fn a_folder_holds_each_object_once_and_never_another() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::default().with("AUDIT_ARCHIVE_DIR", folder.path().to_str().unwrap());
        let archive = Archive::connect(&settings).await.unwrap();
        let first = object("audit/2025-01-01/a.jsonl", "one");
        assert_eq!(archive.put(&first).await, Ok(Kept::Now));
        assert_eq!(archive.put(&first).await, Ok(Kept::Before));
        assert_eq!(archive.put(&object(&first.key, "two")).await, Err(ArchiveError::Other));
        let files: Vec<_> = std::fs::read_dir(folder.path().join("audit/2025-01-01")).unwrap().collect();
        assert_eq!(files.len(), 1, "nothing else is left");
        assert_eq!(std::fs::read(folder.path().join(&first.key)).unwrap(), b"one");
    }

    #[tokio::test]
    async fn keys_lead_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive(Place::Folder(Folder::new(folder.path().to_str().unwrap())));
        for key in ["", "../a", "a//b", "/a", "a/.b", "a b"] {
            assert_eq!(archive.put(&object(key, "one")).await, Err(ArchiveError::Key), "{key}");
        }
    }
}
