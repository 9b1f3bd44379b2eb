//! What stands where: the head, the days, what each of the two says, and the figures at the end.

use super::{
    faces::Face,
    lines::{Line, Paragraph, lay_out},
    page::{
        Area, Book, FOREST, FOREST_DEEP, INK, INK_SOFT, Kind, LEAF, LEAF_EDGE, LEFT, Mark, RIGHT, RULE, Role, SUN,
        WIDTH,
    },
    shaping::Shaping,
    speech,
};
use crate::{
    transcript::{Message, Transcript},
    wording,
};

/// The document's pages, without what stands on every one of them.
pub(crate) fn compose(shaping: &mut Shaping<'_>, transcript: &Transcript) -> Book {
    let mut setter = Setter { shaping, book: Book::new() };
    setter.head(transcript);
    let mut day = String::new();
    for message in &transcript.messages {
        let today = wording::day(message.timestamp);
        if today != day {
            setter.day(&today, message);
            day = today;
        }
        speech::speech(&mut setter, transcript, message);
    }
    setter.figures(transcript);
    setter.book
}

/// Sets lines onto pages.
pub(crate) struct Setter<'a, 'b> {
    pub(crate) shaping: &'a mut Shaping<'b>,
    pub(crate) book: Book,
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) face: Face,
    pub(crate) size: f32,
    pub(crate) colour: [u8; 3],
}

impl Setter<'_, '_> {
    pub(crate) fn lines(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        lay_out(self.shaping, &Paragraph::plain(text, style.face), style.size, width)
    }

    /// Lines one below the other, the first one's baseline at `at`; gives the last one's.
    pub(crate) fn stack(&mut self, text: &str, style: Style, at: (f32, f32), width: f32, kind: Kind) -> f32 {
        let role = self.book.block(kind, text);
        let mut y = at.1;
        for (index, line) in self.lines(text, style, width).into_iter().enumerate() {
            y = if index == 0 { y } else { y + style.size * 1.3 };
            self.book.put(Mark::Words { line, at: (at.0, y), colour: style.colour, role });
        }
        y
    }

    /// One line from its left end.
    pub(crate) fn words(&mut self, text: &str, style: Style, at: (f32, f32), role: Role) {
        for line in self.lines(text, style, f32::MAX) {
            self.book.put(Mark::Words { line, at, colour: style.colour, role });
        }
    }

    /// One line to its right end.
    pub(crate) fn words_to(&mut self, text: &str, style: Style, right: (f32, f32), role: Role) {
        for line in self.lines(text, style, f32::MAX) {
            let at = (right.0 - line.width, right.1);
            self.book.put(Mark::Words { line, at, colour: style.colour, role });
        }
    }

    fn head(&mut self, transcript: &Transcript) {
        let (radius, top) = (34.0, self.book.y);
        self.book.put(Mark::Portrait { centre: (LEFT + radius, top + radius), radius });
        let left = LEFT + 2.0 * radius + 18.0;
        let width = RIGHT - left;
        let name = Style { face: Face::Display, size: 25.0, colour: FOREST_DEEP };
        let y = self.stack(&transcript.animal_name, name, (left, top + 25.0), width, Kind::Title);
        let with = Style { face: Face::Text, size: 12.0, colour: INK };
        let y = self.stack(&wording::with(transcript), with, (left, y + 18.5), width, Kind::Paragraph);
        let when = Style { face: Face::Text, size: 9.5, colour: INK_SOFT };
        let y = self.stack(&wording::when(transcript), when, (left, y + 15.5), width, Kind::Paragraph);
        let y = (y + 16.0).max(top + 2.0 * radius + 12.0);
        self.book.put(Mark::Rule { from: (LEFT, y), to: RIGHT, thickness: 2.4, colour: SUN });
        self.book.y = y + 8.0;
    }

    /// A day, never alone at the foot of a page.
    fn day(&mut self, day: &str, message: &Message) {
        let height = 40.0;
        if height + speech::least_height(self, message) > self.book.room() {
            self.book.turn();
        }
        let style = Style { face: Face::Bold, size: 9.0, colour: FOREST };
        let role = self.book.block(Kind::Day, day);
        let y = self.book.y + 22.0;
        for line in self.lines(day, style, RIGHT - LEFT) {
            let (middle, half) = (WIDTH / 2.0, line.width / 2.0 + 10.0);
            let height = y - 3.2;
            for (from, to) in [(LEFT, middle - half), (middle + half, RIGHT)] {
                self.book.put(Mark::Rule { from: (from, height), to, thickness: 0.6, colour: RULE });
            }
            let at = (middle - line.width / 2.0, y);
            self.book.put(Mark::Words { line, at, colour: style.colour, role });
        }
        self.book.y = y + 2.0;
    }

    /// The conversation in figures, on one page.
    fn figures(&mut self, transcript: &Transcript) {
        let figures = wording::figures(transcript);
        let (row, pad) = (15.5, 14.0);
        #[expect(clippy::cast_precision_loss, reason = "there are a handful of rows")]
        let height = 2.0 * pad + 20.0 + row * (figures.len() as f32 - 0.4);
        self.book.skip(26.0);
        if height > self.book.room() {
            self.book.turn();
        }
        let (top, left) = (self.book.y, LEFT + 18.0);
        let area = Area { left: LEFT, top, width: RIGHT - LEFT, height };
        self.book.put(Mark::Panel { area, opens: true, closes: true, fill: LEAF, edge: LEAF_EDGE });
        let title = Style { face: Face::Bold, size: 10.5, colour: FOREST_DEEP };
        let mut y = self.stack(wording::ABOUT, title, (left, top + pad + 9.0), RIGHT - left, Kind::Day) + 5.0;
        for (name, value) in figures {
            y += row;
            let role = self.book.block(Kind::Paragraph, &value);
            self.words(name, Style { face: Face::Text, size: 9.5, colour: INK_SOFT }, (left, y), role);
            self.words(&value, Style { face: Face::Text, size: 9.5, colour: INK }, (left + 128.0, y), role);
        }
        self.book.y = top + height;
    }
}
