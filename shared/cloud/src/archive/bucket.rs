//! A bucket of S3 with Object Lock. Objects lie in a cold class, where reading one back takes hours; S3
//! computes the digest of what it takes and tells it without that.

use super::{ArchiveError, Object};
use crate::aws::{self, Patience};
use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::{ByteStream, DateTime},
    types::{ChecksumMode, ObjectLockMode, StorageClass},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::settings::{Settings, is_loopback};
use std::time::Duration;

/// An object holds a day.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(2), attempt: Duration::from_mins(1), call: Duration::from_secs(150) };

#[derive(Clone)]
pub(super) struct Bucket {
    client: Client,
    name: String,
}

impl Bucket {
    pub(super) async fn connect(name: &str, settings: &Settings) -> Self {
        const ADDRESS: &str = "S3_ENDPOINT_URL";
        let config = aws::config(settings, ADDRESS, PATIENCE).await;
        // Where there is no name service, a bucket's name stands in the path.
        let is_local = settings.get(ADDRESS).is_some_and(is_loopback);
        let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(is_local).build();
        Self { client: Client::from_conf(config), name: name.to_owned() }
    }

    /// Puts an object; `false` where there is one under its key.
    pub(super) async fn put(&self, object: &Object, digest: [u8; 32]) -> Result<bool, ArchiveError> {
        let put = self.client.put_object().bucket(&self.name).key(&object.key);
        let put = put.if_none_match("*").checksum_sha256(STANDARD.encode(digest)).storage_class(StorageClass::Glacier);
        let put = put
            .object_lock_mode(ObjectLockMode::Compliance)
            .object_lock_retain_until_date(DateTime::from_millis(object.locked_until.as_millis()));
        match put.body(ByteStream::from(object.bytes.clone())).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("PreconditionFailed") => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }

    /// The digest of an object, as S3 computed it.
    pub(super) async fn digest(&self, key: &str) -> Result<Option<[u8; 32]>, ArchiveError> {
        let head = self.client.head_object().bucket(&self.name).key(key).checksum_mode(ChecksumMode::Enabled);
        let head = head.send().await.map_err(|error| failed(&error))?;
        let digest = head.checksum_sha256.and_then(|text| STANDARD.decode(text).ok());
        Ok(digest.and_then(|digest| digest.try_into().ok()))
    }
}

fn failed<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> ArchiveError {
    ArchiveError::Place(error.code().unwrap_or("no answer").to_owned())
}

#[cfg(test)]
mod tests {
    use crate::archive::{Archive, ArchiveError, Kept, Object};
    use axum::{
        Router,
        body::Bytes,
        extract::{Path, State},
        http::{HeaderMap, StatusCode},
        response::{IntoResponse, Response},
        routing::put,
    };
    use domain::{Timestamp, settings::Settings};
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    type Objects = Arc<Mutex<BTreeMap<String, (String, Bytes)>>>;

    /// Puts as S3 does where an object is locked and may not be overwritten.
    async fn keep(
        State(objects): State<Objects>,
        Path(key): Path<String>,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!((header("if-none-match"), header("x-amz-storage-class")), ("*".to_owned(), "GLACIER".to_owned()));
        assert_eq!(header("x-amz-object-lock-mode"), "COMPLIANCE");
        assert!(header("x-amz-object-lock-retain-until-date").starts_with("2027-01-15T08:00:00"));
        let mut objects = objects.lock().unwrap();
        if objects.contains_key(&key) {
            let error = "<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>";
            return (StatusCode::PRECONDITION_FAILED, error).into_response();
        }
        objects.insert(key, (header("x-amz-checksum-sha256"), body));
        StatusCode::OK.into_response()
    }

    async fn head(State(objects): State<Objects>, Path(key): Path<String>) -> Response {
        match objects.lock().unwrap().get(&key) {
            Some((checksum, _)) => [("x-amz-checksum-sha256", checksum.clone())].into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
    async fn service() -> (Settings, Objects) {
        let objects = Objects::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/cold/{*key}", put(keep).head(head)).with_state(objects.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = Settings::default().with("S3_ENDPOINT_URL", url).with("CONVERSATION_TABLE_REGION", "us-west-2");
        (settings, objects)
    }

    fn object(text: &str) -> Object {
        let locked_until = Timestamp::from_millis(1_800_000_000_000);
        Object { key: "audit/2025-01-01/manifest.json".to_owned(), bytes: text.as_bytes().to_vec(), locked_until }
    }

    #[tokio::test]
    async fn an_object_is_put_cold_and_locked_and_once() {
        let (settings, objects) = service().await;
        let archive = Archive::connect(&settings.with("AUDIT_ARCHIVE_BUCKET", "cold")).await.unwrap();
        assert_eq!(archive.put(&object("one")).await, Ok(Kept::Now));
        assert_eq!(archive.put(&object("one")).await, Ok(Kept::Before));
        assert_eq!(archive.put(&object("two")).await, Err(ArchiveError::Other));
        let objects = objects.lock().unwrap();
        let (checksum, body) = &objects["audit/2025-01-01/manifest.json"];
        assert_eq!((checksum.as_str(), &body[..]), ("dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0=", &b"one"[..]));
    }

    #[tokio::test]
    async fn a_bucket_that_is_not_there_is_an_error() {
        let (settings, _) = service().await;
        let archive = Archive::connect(&settings.with("AUDIT_ARCHIVE_BUCKET", "other")).await.unwrap();
        assert!(matches!(archive.put(&object("one")).await, Err(ArchiveError::Place(_))));
    }
}
