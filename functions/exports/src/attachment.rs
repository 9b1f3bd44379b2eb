//! A finished file: its bytes, its name and its type.

use crate::{document, pdf, plain, transcript::Transcript};
use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
    response::IntoResponse,
};
use edge::{Code, Problem};
use pdf::Faces;
use reading::File;
use sha2::{Digest, Sha256};

/// The largest file, in bytes: what Lambda's buffered answers hold, so that no way to a client is too
/// narrow.
pub(crate) const LARGEST: usize = 6_000_000;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For programs.
    Json,
    /// For any screen.
    Text,
    /// For paper.
    Pdf,
}

impl Format {
    /// The format of a name as it stands in an address.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "txt" => Some(Self::Text),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "txt",
            Self::Pdf => "pdf",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Text => "text/plain; charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }
}

/// A file to be kept.
#[derive(Debug)]
pub(crate) struct Attachment {
    name: String,
    format: Format,
    bytes: Vec<u8>,
}

impl Attachment {
    /// Makes all of a file.
    ///
    /// # Errors
    /// A problem: `export_too_large`, or a mistake of ours.
    pub(crate) fn make(transcript: &Transcript, format: Format, faces: &Faces) -> Result<Self, Problem> {
        let bytes = match format {
            Format::Json => document::write(transcript).map_err(|error| Problem::internal(&error))?,
            Format::Text => plain::write(transcript).into_bytes(),
            Format::Pdf => pdf::render(transcript, faces).map_err(|_| Problem::internal(&Unwritten))?,
        };
        if bytes.len() > LARGEST {
            return Err(too_large());
        }
        let name = format!("{}-{}.{}", transcript.animal_id, transcript.start_time.date(), format.ending());
        Ok(Self { name, format, bytes })
    }

    /// A file of bytes that are complete.
    pub(crate) fn of(bytes: Vec<u8>, name: String, format: Format) -> Self {
        Self { name, format, bytes }
    }

    /// The file as it is written down.
    pub(crate) fn described(&self, messages: usize) -> File {
        let digest = Sha256::digest(&self.bytes);
        File {
            format: self.format.ending(),
            messages: u64::try_from(messages).unwrap_or(u64::MAX),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

/// A document that could not be written down. What its library says may hold text of the document.
#[derive(Debug, thiserror::Error)]
#[error("a document could not be written")]
struct Unwritten;

/// The problem of a conversation that no file of ours holds.
pub(crate) fn too_large() -> Problem {
    Problem::new(Code::ExportTooLarge)
}

impl IntoResponse for Attachment {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.format.media_type()));
        let disposition = format!("attachment; filename=\"{}\"", plain_name(&self.name));
        if let Ok(value) = HeaderValue::from_str(&disposition) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

/// A file's name with nothing in it that a header or a file system could take for more than a name.
fn plain_name(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_nothing_but_a_name() {
        assert_eq!(plain_name("lion_001-2026-11-21.pdf"), "lion_001-2026-11-21.pdf");
        assert_eq!(plain_name("a\"; x=\r\n/狮.txt"), "a___x_____.txt");
    }

    #[test]
    fn formats_have_names_of_their_own() {
        for (name, format) in [("json", Format::Json), ("txt", Format::Text), ("pdf", Format::Pdf)] {
            assert_eq!(Format::parse(name), Some(format));
        }
        for name in ["", "PDF", "text", "html", "json "] {
            assert_eq!(Format::parse(name), None, "{name}");
        }
    }
}
