//! The small part of Markdown that an animal's answers use, as the web app shows it (`markdown.ts`):
//! paragraphs, lists, **bold** and *italic*. Whatever else a text contains stays the text it is.

use super::{faces::Face, lines::Paragraph};

/// A line of the source, which may be an item of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// What stands before an item.
    pub(crate) marker: Option<String>,
    pub(crate) paragraph: Paragraph,
    /// Whether an empty line stands before it.
    pub(crate) is_fresh: bool,
}

/// What an animal says.
pub(crate) fn parse(source: &str) -> Vec<Part> {
    let mut next = 0;
    parts(source, |line| {
        let (marker, rest) = match item(line) {
            Some((number, rest)) => {
                // The first number counts; those behind it count on.
                next = if next > 0 { next + 1 } else { number.unwrap_or(0) };
                (Some(number.map_or("•".to_owned(), |_| format!("{next}."))), rest)
            }
            None => (None, line.trim()),
        };
        if marker.as_deref().is_none_or(|marker| marker == "•") {
            next = 0;
        }
        let mut paragraph = Paragraph { text: String::new(), spans: Vec::new() };
        inline(rest, Face::Text, &mut paragraph);
        (marker, paragraph)
    })
}

/// What a person says: their characters as they are.
pub(crate) fn verbatim(source: &str) -> Vec<Part> {
    parts(source, |line| (None, Paragraph::plain(line.trim_end(), Face::Text)))
}

fn parts(source: &str, mut part: impl FnMut(&str) -> (Option<String>, Paragraph)) -> Vec<Part> {
    let source = shown(source);
    let (mut parts, mut is_fresh) = (Vec::new(), false);
    for line in source.lines() {
        if line.trim().is_empty() {
            is_fresh = !parts.is_empty();
            continue;
        }
        let (marker, paragraph) = part(line);
        parts.push(Part { marker, paragraph, is_fresh });
        is_fresh = false;
    }
    if parts.is_empty() {
        parts.push(Part { marker: None, paragraph: Paragraph::plain("", Face::Text), is_fresh: false });
    }
    parts
}

/// The text with a mark in place of what has no shape in any font: nothing is lost silently.
fn shown(source: &str) -> String {
    let lines = source.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let shown = |letter: char| match letter {
        '\n' => '\n',
        '\t' => ' ',
        _ if letter.is_control() => '\u{fffd}',
        _ => letter,
    };
    lines.chars().map(shown).collect()
}

/// The number of an item, none for a bullet, and what stands behind it.
fn item(line: &str) -> Option<(Option<u32>, &str)> {
    let text = line.trim_start();
    if line.len() - text.len() > 3 {
        return None;
    }
    let (number, rest) = if let Some(rest) = text.strip_prefix(['-', '*', '•']) {
        (None, rest)
    } else {
        let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, rest) = text.split_at_checked(digits).filter(|_| (1..=3).contains(&digits))?;
        (Some(number.parse().ok()?), rest.strip_prefix(['.', ')'])?)
    };
    rest.starts_with(char::is_whitespace).then(|| (number, rest.trim()))
}

fn inline(text: &str, face: Face, into: &mut Paragraph) {
    let first = match (strong(text), emphasis(text)) {
        (Some(strong), Some(emphasis)) if emphasis.at < strong.at => Some((emphasis, Face::Italic)),
        (Some(strong), _) => Some((strong, Face::Bold)),
        (None, emphasis) => emphasis.map(|emphasis| (emphasis, Face::Italic)),
    };
    let Some((Marked { at, inner, rest }, own)) = first else { return push(text, face, into) };
    push(&text[..at], face, into);
    inline(inner, if face == Face::Bold { Face::Bold } else { own }, into);
    inline(rest, face, into);
}

fn push(text: &str, face: Face, into: &mut Paragraph) {
    if !text.is_empty() {
        let start = into.text.len();
        into.text.push_str(text);
        into.spans.push((start..into.text.len(), face));
    }
}

/// Where a marked text begins, what is within the marks and what is behind them.
struct Marked<'a> {
    at: usize,
    inner: &'a str,
    rest: &'a str,
}

/// The first `**…**`.
fn strong(text: &str) -> Option<Marked<'_>> {
    let opens = |rest: &str| {
        let mut letters = rest.chars();
        match letters.next() {
            Some('*') => letters.next().is_some_and(|next| next != '*' && !next.is_whitespace()),
            Some(letter) => !letter.is_whitespace(),
            None => false,
        }
    };
    let close = |rest: &str| {
        let ends = |at: &usize| {
            let (inner, behind) = rest.split_at(*at);
            inner.ends_with(|letter: char| !letter.is_whitespace()) && !behind[2..].starts_with('*')
        };
        stars(rest, "**").find(ends)
    };
    stars(text, "**").find_map(|at| {
        let rest = &text[at + 2..];
        let end = opens(rest).then(|| close(rest)).flatten()?;
        Some(Marked { at, inner: &rest[..end], rest: &rest[end + 2..] })
    })
}

/// The first `*…*` without a star in it.
fn emphasis(text: &str) -> Option<Marked<'_>> {
    stars(text, "*").find_map(|at| {
        let rest = &text[at + 1..];
        let opens = !text[..at].ends_with('*') && !rest.starts_with(|next: char| next == '*' || next.is_whitespace());
        let end = rest.find('*').filter(|_| opens)?;
        let closes = !rest[..end].ends_with(char::is_whitespace) && !rest[end + 1..].starts_with('*');
        closes.then(|| Marked { at, inner: &rest[..end], rest: &rest[end + 1..] })
    })
}

/// Every place where a mark stands, those that overlap too.
fn stars<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.char_indices().map(|(at, _)| at).filter(move |at| text[*at..].starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faces(source: &str) -> Vec<(String, Face)> {
        let part = parse(source).remove(0).paragraph;
        part.spans.iter().map(|(range, face)| (part.text[range.clone()].to_owned(), *face)).collect()
    }

    #[test]
    fn marks_become_faces() {
        let text = |text: &str| (text.to_owned(), Face::Text);
        let bold = |text: &str| (text.to_owned(), Face::Bold);
        let italic = |text: &str| (text.to_owned(), Face::Italic);
        assert_eq!(
            faces("I **roar** at *night*!"),
            [text("I "), bold("roar"), text(" at "), italic("night"), text("!")]
        );
        assert_eq!(faces("**very *loud***"), [bold("very "), bold("loud")]);
        assert_eq!(faces("**bo*ld**"), [bold("bo*ld")]);
    }

    #[test]
    fn stars_that_mark_nothing_stay() {
        for source in ["2 * 3 * 4", "a ** b", "**", "*", "5*", "** a**", "*a"] {
            assert_eq!(faces(source), [(source.to_owned(), Face::Text)], "{source}");
        }
    }

    #[test]
    fn lists_have_markers_and_count_on() {
        let parts = parse("Three:\n3. one\n3) two\n\n- three\n* four\n20th of May\n1.5 m");
        let found: Vec<_> =
            parts.iter().map(|part| (part.marker.as_deref(), part.paragraph.text.as_str(), part.is_fresh)).collect();
        let expected = [
            (None, "Three:", false),
            (Some("3."), "one", false),
            (Some("4."), "two", false),
            (Some("•"), "three", true),
            (Some("•"), "four", false),
            (None, "20th of May", false),
            (None, "1.5 m", false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_has_no_shape_is_marked_and_what_a_person_says_stays() {
        assert_eq!(verbatim("a\u{7}b\tc\r\n**d**")[0].paragraph.text, "a\u{fffd}b c");
        assert_eq!(verbatim("a\n**d**")[1].paragraph.text, "**d**");
        assert_eq!(verbatim(" \n ")[0].paragraph.text, "");
    }
}
