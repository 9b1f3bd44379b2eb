//! Server-sent events, as an endpoint sends them (WHATWG HTML, "Server-sent events"): bytes in any
//! pieces in, the data of whole events out.

/// The longest event accepted, in bytes.
pub const LONGEST_EVENT: usize = 256 * 1024;

/// An event longer than [`LONGEST_EVENT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event is too long")]
pub struct TooLong;

/// Collects bytes into events. Only `data` matters here; names, ids and comments are passed over.
///
/// Its buffers are kept from event to event: a token costs no memory of its own here.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    data: String,
    has_data: bool,
    after_cr: bool,
    begun: bool,
}

impl Decoder {
    /// Takes bytes and passes on the data of each event that they complete.
    ///
    /// # Errors
    /// [`TooLong`]; nothing more should be fed after it.
    pub fn push(&mut self, bytes: &[u8], mut on_event: impl FnMut(&str)) -> Result<(), TooLong> {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (piece, ending) = (&rest[..at], rest[at]);
            let ends_crlf = self.after_cr && piece.is_empty() && self.line.is_empty() && ending == b'\n';
            if !ends_crlf {
                self.end_line(piece, &mut on_event);
            }
            self.after_cr = ending == b'\r';
            rest = &rest[at + 1..];
        }
        self.after_cr &= rest.is_empty();
        self.line.extend_from_slice(rest);
        if self.line.len() + self.data.len() > LONGEST_EVENT { Err(TooLong) } else { Ok(()) }
    }

    fn end_line(&mut self, piece: &[u8], on_event: &mut impl FnMut(&str)) {
        if self.line.is_empty() {
            return self.take_line(piece, on_event);
        }
        let mut line = std::mem::take(&mut self.line);
        line.extend_from_slice(piece);
        self.take_line(&line, on_event);
        line.clear();
        self.line = line;
    }

    fn take_line(&mut self, line: &[u8], on_event: &mut impl FnMut(&str)) {
        let is_first = !std::mem::replace(&mut self.begun, true);
        let line = line.strip_prefix(b"\xEF\xBB\xBF").filter(|_| is_first).unwrap_or(line);
        if line.is_empty() {
            if std::mem::take(&mut self.has_data) {
                on_event(&self.data);
                self.data.clear();
            }
        } else if let Some(value) = data_of(line) {
            if std::mem::replace(&mut self.has_data, true) {
                self.data.push('\n');
            }
            self.data.push_str(&String::from_utf8_lossy(value));
        }
    }
}

/// The value of a line whose field is `data`.
fn data_of(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b"data")? {
        [] => Some(&[]),
        [b':', b' ', value @ ..] | [b':', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(pieces: &[&[u8]]) -> Vec<String> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        for piece in pieces {
            decoder.push(piece, |event| events.push(event.to_owned())).unwrap();
        }
        events
    }

    #[test]
    fn comments_names_and_ids_are_passed_over() {
        let text = b"\xEF\xBB\xBF: hi\nevent: x\nid: 1\ndata: a\ndata:b\ndatum: c\n\n\n:ping\n\ndata\n\n";
        assert_eq!(decode(&[text]), ["a\nb", ""]);
    }

    #[test]
    fn an_unfinished_event_is_not_given_out() {
        assert!(decode(&[b"data: a\n"]).is_empty());
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(decode(&[b"data: a\xFFb\n\n"]), ["a\u{fffd}b"]);
    }

    #[test]
    fn an_endless_line_is_an_error() {
        let mut decoder = Decoder::default();
        let piece = vec![b'x'; 64 * 1024];
        assert!((0..8).any(|_| decoder.push(&piece, |_| {}) == Err(TooLong)));
    }

    #[test]
    fn an_event_of_endless_lines_is_an_error() {
        let mut decoder = Decoder::default();
        let piece = format!("data: {}\n", "x".repeat(64 * 1024)).into_bytes();
        assert!((0..8).any(|_| decoder.push(&piece, |_| {}) == Err(TooLong)));
    }

    #[test]
    fn endless_comments_are_held_nowhere() {
        let mut decoder = Decoder::default();
        let piece = b": still here\n".repeat(8 * 1024);
        assert!((0..64).all(|_| decoder.push(&piece, |_| {}).is_ok()));
        assert!(decoder.line.capacity() + decoder.data.capacity() < 1024);
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
