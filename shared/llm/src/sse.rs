//! Server-sent events, as an endpoint sends them (WHATWG HTML, "Server-sent events"): bytes in any
//! pieces in, the data of whole events out.

/// The longest event accepted, in bytes.
pub const LONGEST_EVENT: usize = 256 * 1024;

/// An event longer than [`LONGEST_EVENT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event is too long")]
pub struct TooLong;

/// Collects bytes into events. Only `data` matters here; names, ids and comments are passed over.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    data: Option<String>,
    after_cr: bool,
    begun: bool,
}

impl Decoder {
    /// Takes bytes and gives the data of the events that they complete.
    ///
    /// # Errors
    /// [`TooLong`]; nothing more should be fed after it.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLong> {
        let mut events = Vec::new();
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (piece, tail) = rest.split_at(at);
            self.line.extend(piece);
            let ends_crlf = self.after_cr && piece.is_empty() && self.line.is_empty() && tail[0] == b'\n';
            if !ends_crlf {
                events.extend(self.end_line());
            }
            self.after_cr = tail[0] == b'\r';
            rest = &tail[1..];
        }
        self.after_cr &= rest.is_empty();
        self.line.extend(rest);
        let held = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if held > LONGEST_EVENT { Err(TooLong) } else { Ok(events) }
    }

    fn end_line(&mut self) -> Option<String> {
        let line = String::from_utf8_lossy(&self.line).into_owned();
        self.line.clear();
        let line =
            if std::mem::replace(&mut self.begun, true) { line.as_str() } else { line.trim_start_matches('\u{feff}') };
        if line.is_empty() {
            return self.data.take();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(pieces: &[&[u8]]) -> Vec<String> {
        let mut decoder = Decoder::default();
        pieces.iter().flat_map(|piece| decoder.push(piece).unwrap()).collect()
    }

    #[test]
    fn comments_names_and_ids_are_passed_over() {
        let text = b"\xEF\xBB\xBF: hi\nevent: x\nid: 1\ndata: a\ndata:b\n\n\n:ping\n\ndata\n\n";
        assert_eq!(decode(&[text]), ["a\nb", ""]);
    }

    #[test]
    fn an_unfinished_event_is_not_given_out() {
        assert!(decode(&[b"data: a\n"]).is_empty());
    }

    #[test]
    fn an_endless_line_is_an_error() {
        let mut decoder = Decoder::default();
        let piece = vec![b'x'; 64 * 1024];
        assert!((0..8).any(|_| decoder.push(&piece) == Err(TooLong)));
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(
            texts in prop::collection::vec("[a-z狮🦁 :]{0,6}", 1..6),
            ending in prop::sample::select(vec!["\n", "\r\n", "\r"]),
            cuts in prop::collection::vec(0usize..200, 0..8),
        ) {
            let stream: String = texts.iter().map(|t| format!("data: {t}{ending}{ending}")).collect();
            let bytes = stream.as_bytes();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<_> = cuts.windows(2).map(|w| &bytes[w[0]..w[1]]).collect();
            prop_assert_eq!(decode(&pieces), texts);
        }
    }
}
