//! As much of Rust's grammar as the checks need: comments, literals and brackets.

/// A stretch of source text.
enum Piece<'a> {
    Code(&'a str),
    Literal(&'a str),
    Comment(&'a str),
}

/// The text without its comments; every line keeps its number.
pub(crate) fn without_comments(text: &str) -> String {
    let kept = |piece| match piece {
        Piece::Code(code) | Piece::Literal(code) => code.to_owned(),
        Piece::Comment(comment) => format!(" {}", "\n".repeat(comment.matches('\n').count())),
    };
    pieces(text).into_iter().map(kept).collect()
}

/// The text without its comments and literals.
pub(crate) fn code_alone(text: &str) -> String {
    let kept = |piece| if let Piece::Code(code) = piece { code } else { " " };
    pieces(text).into_iter().map(kept).collect()
}

/// The text up to its tests, which by clippy's rule stand last.
pub(crate) fn without_tests(text: &str) -> &str {
    let marker = "#[cfg(test)]";
    let tests = text.match_indices(marker).find(|(at, _)| {
        let rest = text[at + marker.len()..].trim_start();
        rest.starts_with("mod ") || rest.starts_with("pub mod ") || rest.starts_with("pub(crate) mod ")
    });
    tests.map_or(text, |(at, _)| &text[..at])
}

/// What stands before the bracket that closes one opened before `text`. `text` has no comments.
pub(crate) fn until_closed(text: &str) -> Option<&str> {
    let (mut depth, mut length) = (0_usize, 0);
    for piece in pieces(text) {
        let (Piece::Code(part) | Piece::Literal(part) | Piece::Comment(part)) = piece;
        if let Piece::Code(code) = piece {
            match code {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return Some(&text[..length]),
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        length += part.len();
    }
    None
}

/// The names called at the outermost level of an expression: `get(|| map.put(1)).post(b)` calls `get` and `post`.
pub(crate) fn outer_calls(expression: &str) -> Vec<String> {
    let (mut depth, mut name, mut calls) = (0_usize, String::new(), Vec::new());
    for piece in pieces(expression) {
        let Piece::Code(code) = piece else { continue };
        match code {
            "(" | "[" | "{" => {
                if depth == 0 && code == "(" && !name.is_empty() {
                    calls.push(name.clone());
                }
                depth += 1;
            }
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ if depth == 0 && code.chars().all(is_of_a_name) => name.push_str(code),
            _ => name.clear(),
        }
    }
    calls
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Code comes letter by letter, comments and literals whole.
fn pieces<'a>(text: &'a str) -> Vec<Piece<'a>> {
    let (mut rest, mut pieces, mut in_name) = (text, Vec::new(), false);
    while let Some(letter) = rest.chars().next() {
        let (length, make): (usize, fn(&'a str) -> Piece<'a>) = if let Some(length) = comment(rest) {
            (length, Piece::Comment)
        } else if let Some(length) = literal(rest, in_name) {
            (length, Piece::Literal)
        } else {
            (letter.len_utf8(), Piece::Code)
        };
        pieces.push(make(&rest[..length]));
        // The b of br"…" begins no name.
        in_name = is_of_a_name(letter) && (in_name || !matches!(letter, 'b' | 'c'));
        rest = &rest[length..];
    }
    pieces
}

/// The length of the comment that `text` begins with.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    let mut at = text.starts_with("/*").then_some(2)?;
    let mut depth = 1;
    while depth > 0 {
        let rest = &text[at..];
        let next = rest.find("*/").map(|end| (end, rest.find("/*").filter(|start| *start < end)));
        let Some((end, inner)) = next else { return Some(text.len()) };
        depth = if inner.is_some() { depth + 1 } else { depth - 1 };
        at += inner.unwrap_or(end) + 2;
    }
    Some(at)
}

/// The length of the literal that `text` begins with; `in_name` if the letter before belongs to a name.
fn literal(text: &str, in_name: bool) -> Option<usize> {
    match text.chars().next()? {
        '"' => Some(1 + quoted(&text[1..], '"')),
        'r' if !in_name => raw(text),
        '\'' => {
            let mut letters = text[1..].chars();
            let is_letter = letters.next()? == '\\' || letters.next()? == '\'';
            is_letter.then(|| 1 + quoted(&text[1..], '\''))
        }
        _ => None,
    }
}

/// The length up to and with the closing quote.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        if !escaped && letter == quote {
            return at + 1;
        }
        escaped = !escaped && letter == '\\';
    }
    text.len()
}

/// The length of a raw string, `r"…"` or `r#"…"#`.
fn raw(text: &str) -> Option<usize> {
    let hashes = text[1..].chars().take_while(|letter| *letter == '#').count();
    let inside = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(inside.find(&end).map_or(text.len(), |at| 2 + hashes + at + end.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_lines_stay() {
        assert_eq!(without_comments("a // b\nc /* d\n/* e */ f */ g"), "a  \nc  \n g");
    }

    #[test]
    fn what_looks_like_a_comment_in_a_literal_stays() {
        for text in [r#""http://x""#, r#"br"\" "//""#, r##"r#"/* " */"#"##, r#"'"' "//""#, r#"'\'' "//""#, r#""\"//""#]
        {
            assert_eq!(without_comments(text), text);
        }
    }

    #[test]
    fn a_lifetime_and_a_raw_name_are_no_literals() {
        assert_eq!(without_comments("fn f<'a>(r#type: &'a str) {} // x"), "fn f<'a>(r#type: &'a str) {}  ");
    }

    #[test]
    fn tests_are_cut_off_and_a_test_only_import_is_not() {
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests { b }"), "a\n");
        let import = "#[cfg(test)]\nuse a::b;\nfn f() {}";
        assert_eq!(without_tests(import), import);
    }

    #[test]
    fn brackets_in_literals_do_not_count() {
        assert_eq!(until_closed(r#""/a)", get(b)).layer(c)"#), Some(r#""/a)", get(b)"#));
        assert_eq!(until_closed("get(a"), None);
    }

    #[test]
    fn only_outer_calls_are_named() {
        assert_eq!(outer_calls("axum::routing::get(|| async { map.put(1) }).post(b)"), ["get", "post"]);
    }
}
