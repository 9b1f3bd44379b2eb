//! Pages as lists of marks, before anything is written down: only when all are there is it known how
//! many there are. Lengths are points from a page's upper left corner.

use super::lines::Line;
use krilla::tagging::ArtifactType;

/// A4.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
/// The edges of what is written.
pub(crate) const LEFT: f32 = 54.0;
pub(crate) const RIGHT: f32 = WIDTH - LEFT;
pub(crate) const TOP: f32 = 66.0;
pub(crate) const BOTTOM: f32 = 776.0;

/// Red, green and blue.
pub(crate) type Colour = [u8; 3];

// The web app's tokens (`tokens.css`, light) in sRGB; the paper is the printer's own.
pub(crate) const INK: Colour = [20, 41, 32];
pub(crate) const INK_SOFT: Colour = [71, 90, 81];
pub(crate) const RULE: Colour = [223, 220, 204];
pub(crate) const FOREST: Colour = [0, 99, 58];
pub(crate) const FOREST_DEEP: Colour = [0, 78, 46];
pub(crate) const LEAF: Colour = [234, 248, 236];
pub(crate) const LEAF_EDGE: Colour = [190, 226, 198];
pub(crate) const SUN: Colour = [254, 212, 103];
pub(crate) const SUN_SOFT: Colour = [255, 245, 218];
pub(crate) const SUN_EDGE: Colour = [245, 220, 150];

/// Something on a page.
#[derive(Debug)]
pub(crate) enum Mark {
    /// An area with an edge; where it goes on from the page before or to the next, it is open there.
    Panel { area: Area, opens: bool, closes: bool, fill: Colour, edge: Colour },
    /// A thin line.
    Rule { from: (f32, f32), to: f32, thickness: f32, colour: Colour },
    /// The animal on its sun.
    Portrait { centre: (f32, f32), radius: f32 },
    /// A line of text, its left end on the baseline.
    Words { line: Line, at: (f32, f32), colour: Colour, role: Role },
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// What a text is to somebody who hears the document read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// A part of the block of this number.
    Block(usize),
    /// Not of what is read: it stands on every page.
    Furniture(ArtifactType),
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The document's name.
    Title,
    /// A day.
    Day,
    /// Who speaks, and when.
    Speaker,
    /// What is said.
    Paragraph,
}

/// A part of the document in the order of reading.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// The language of its text, where its letters tell it.
    pub(crate) language: Option<&'static str>,
}

/// The pages as they fill up.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) blocks: Vec<Block>,
    /// How far down the last page is full.
    pub(crate) y: f32,
    top: f32,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self::of(Vec::new())
    }

    /// One page that something stands on already.
    pub(crate) fn of(page: Vec<Mark>) -> Self {
        Self { pages: vec![page], blocks: Vec::new(), y: LEFT, top: LEFT }
    }

    /// What is left of the last page.
    pub(crate) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Whether the last page has nothing yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.y <= self.top
    }

    pub(crate) fn turn(&mut self) {
        self.pages.push(Vec::new());
        (self.y, self.top) = (TOP, TOP);
    }

    /// Space between two things, unless a page begins.
    pub(crate) fn skip(&mut self, height: f32) {
        if !self.is_fresh() {
            self.y += height;
        }
    }

    /// A new block; gives its number.
    pub(crate) fn block(&mut self, kind: Kind, text: &str) -> Role {
        self.blocks.push(Block { kind, language: language(text) });
        Role::Block(self.blocks.len() - 1)
    }

    pub(crate) fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}

/// The language of a text, as far as its letters alone tell.
fn language(text: &str) -> Option<&'static str> {
    let has = |ranges: &[std::ops::RangeInclusive<char>]| {
        text.chars().any(|letter| ranges.iter().any(|range| range.contains(&letter)))
    };
    if has(&['\u{3040}'..='\u{30ff}']) {
        Some("ja")
    } else if has(&['\u{ac00}'..='\u{d7a3}']) {
        Some("ko")
    } else if has(&['\u{3400}'..='\u{9fff}', '\u{20000}'..='\u{3ffff}']) {
        Some("zh")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell_a_language_or_none() {
        let found = ["Hello", "你好", "ライオンです", "사자", "¿Qué?"].map(language);
        assert_eq!(found, [None, Some("zh"), Some("ja"), Some("ko"), None]);
    }
}
