//! The ids of acceptance criteria, as the documents list them and as the names of tests hold them.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

/// `000-2-3` or `002-5.3-1`: document, ticket and place in the ticket's list. They sort in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    document: u16,
    ticket: u16,
    part: Option<u16>,
    place: u16,
}

impl Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}-{}", self.document, self.ticket)?;
        self.part.map_or(Ok(()), |part| write!(f, ".{part}"))?;
        write!(f, "-{}", self.place)
    }
}

impl FromStr for Id {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let id = parsed(text).ok_or(NoId)?;
        // One criterion has one id: 000-02-3 is none.
        if id.to_string() == text { Ok(id) } else { Err(NoId) }
    }
}

/// What was read is not an id.
#[derive(Debug)]
pub(crate) struct NoId;

fn parsed(text: &str) -> Option<Id> {
    let (document, rest) = text.split_once('-')?;
    let (ticket, place) = rest.split_once('-')?;
    let (ticket, part) = ticket.split_once('.').map_or((ticket, None), |(ticket, part)| (ticket, Some(part)));
    let number = |digits: &str| digits.parse().ok();
    let part = if let Some(part) = part { Some(number(part)?) } else { None };
    Some(Id { document: number(document)?, ticket: number(ticket)?, part, place: number(place)? })
}

/// The ids of a list, and what stands there in place of one.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) ids: Vec<Id>,
    pub(crate) unreadable: Vec<String>,
}

impl List {
    /// The entries `- **id** …` of a Markdown text.
    pub(crate) fn of_markdown(text: &str) -> Self {
        let entries = text.lines().filter_map(|line| line.strip_prefix("- **"));
        Self::of(entries.map(|entry| entry.split("**").next().unwrap_or(entry)))
    }

    /// A text with an id on every line.
    pub(crate) fn of_lines(text: &str) -> Self {
        Self::of(text.lines())
    }

    fn of<'a>(entries: impl Iterator<Item = &'a str>) -> Self {
        let mut list = Self::default();
        for entry in entries {
            match entry.parse() {
                Ok(id) => list.ids.push(id),
                Err(NoId) => list.unreadable.push(entry.to_owned()),
            }
        }
        list
    }
}

/// What the name of a test says it proves: `c000_2_3`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a>(pub(crate) &'a str);

impl<'a> Tag<'a> {
    /// The tags in the name of a test.
    pub(crate) fn all(name: &'a str) -> Vec<Self> {
        let starts = name.match_indices('c').filter(|(at, _)| !name[..*at].ends_with(char::is_alphanumeric));
        starts.filter_map(|(at, _)| Self::at_start(&name[at..])).collect()
    }

    fn at_start(text: &'a str) -> Option<Self> {
        let is_of_a_tag = |letter: char| letter.is_ascii_digit() || letter == '_';
        let length = text[1..].find(|letter| !is_of_a_tag(letter)).map_or(text.len(), |end| 1 + end);
        let tag = text[..length].trim_end_matches('_');
        let (document, _) = tag[1..].split_once('_')?;
        (document.len() == 3).then_some(Self(tag))
    }

    /// What the tag can mean: `c002_5_3_1` is 002-5.3-1, or 002-5-3 in a name that goes on with a 1.
    pub(crate) fn readings(&self) -> Vec<Id> {
        let parts: Vec<&str> = self.0[1..].split('_').collect();
        let dotted = match parts[..] {
            [document, ticket, part, place, ..] => Some(format!("{document}-{ticket}.{part}-{place}")),
            _ => None,
        };
        let plain = match parts[..] {
            [document, ticket, place, ..] => Some(format!("{document}-{ticket}-{place}")),
            _ => None,
        };
        dotted.into_iter().chain(plain).filter_map(|id| id.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> Vec<Id> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn an_id_is_written_in_one_way_only() {
        for text in ["000-2-3", "002-5.3-1", "000-14-10"] {
            assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        }
        for text in ["", "0-2-3", "000-02-3", "000-2", "000-2-3 ", "000-2.-3", "000-2-3-4", "a-b-c", "000-2-99999"] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }

    #[test]
    fn ids_sort_by_number_and_parts_after_their_ticket() {
        assert!(ids(&["000-2-3", "000-2-10", "000-10-1", "002-5-1", "002-5.1-1", "002-6-1"]).is_sorted());
    }

    #[test]
    fn a_list_is_read_with_what_is_no_id() {
        let list = List::of_markdown("# a\n- **000-1-1** b **c** d\n- e\n  **000-1-2**\n- **000-1** f\n");
        assert_eq!((list.ids, list.unreadable), (ids(&["000-1-1"]), vec!["000-1".to_owned()]));
        let list = List::of_lines("000-1-1\n\n000-1-2\n");
        assert_eq!((list.ids, list.unreadable), (ids(&["000-1-1", "000-1-2"]), vec![String::new()]));
    }

    #[test]
    fn tags_are_found_anywhere_in_a_name() {
        assert_eq!(Tag::all("c000_6_2_and_c000_5_2_the_owner"), [Tag("c000_6_2"), Tag("c000_5_2")]);
        assert_eq!(Tag::all("c002_5_3_1 and c000_9_1, each"), [Tag("c002_5_3_1"), Tag("c000_9_1")]);
        assert_eq!(Tag::all("c000_9"), [Tag("c000_9")]);
        assert_eq!(Tag::all("abc000_1_1_c12_code_c0001_1_c123"), []);
    }

    #[test]
    fn a_tag_can_be_read_with_and_without_a_part() {
        assert_eq!(Tag("c000_9_4").readings(), ids(&["000-9-4"]));
        assert_eq!(Tag("c002_5_3_1").readings(), ids(&["002-5.3-1", "002-5-3"]));
        assert_eq!(Tag("c000_9").readings(), []);
    }
}
