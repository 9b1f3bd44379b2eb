//! What one of the two says, as a bubble with a name and a time. A long one goes on over pages: at
//! least two of its lines stand together, and on each page it says whose it is.

use super::{
    compose::{Setter, Style},
    faces::Face,
    lines::{Line, lay_out},
    markup,
    page::{Area, Colour, FOREST, INK, INK_SOFT, Kind, LEAF, LEAF_EDGE, LEFT, Mark, RIGHT, Role, SUN_EDGE, SUN_SOFT},
};
use crate::{
    transcript::{Message, Transcript},
    wording,
};
use domain::message::Sender;
use krilla::tagging::ArtifactType;

const SIZE: f32 = 10.5;
const LEADING: f32 = 15.2;
/// From the edge of a bubble to its words.
const PAD: (f32, f32) = (13.0, 8.5);
/// The widest line of a bubble.
const WIDEST: f32 = 366.0;
/// The line with the name.
const NAME: f32 = 15.0;
/// Before each bubble.
const GAP: f32 = 11.0;
/// Before a paragraph within one.
const FRESH: f32 = 6.5;
/// How far items of lists stand in.
const INDENT: f32 = 17.0;
/// The room of the little portrait beside what the animal says.
const ASIDE: f32 = 34.0;

/// A line of a bubble.
struct Row {
    line: Line,
    marker: Option<Line>,
    indent: f32,
    /// The space before it.
    gap: f32,
    role: Role,
}

/// How one of the two is shown.
struct Voice<'a> {
    name: &'a str,
    time: String,
    is_animal: bool,
    fill: Colour,
    edge: Colour,
    /// The width of all its bubble.
    width: f32,
}

/// The least that a message needs of a page.
pub(crate) fn least_height(setter: &mut Setter<'_, '_>, message: &Message) -> f32 {
    let rows = rows(setter, message, false);
    GAP + NAME + 2.0 * PAD.1 + rows.iter().take(least(rows.len())).map(|row| row.gap + LEADING).sum::<f32>()
}

pub(crate) fn speech(setter: &mut Setter<'_, '_>, transcript: &Transcript, message: &Message) {
    let speaker = setter.book.block(Kind::Speaker, transcript.speaker(message));
    let rows = rows(setter, message, true);
    let width = rows.iter().map(|row| row.indent + row.line.width).fold(24.0, f32::max) + 2.0 * PAD.0;
    let is_animal = message.sender == Sender::Assistant;
    let (fill, edge) = if is_animal { (LEAF, LEAF_EDGE) } else { (SUN_SOFT, SUN_EDGE) };
    let name = transcript.speaker(message);
    let voice = Voice { name, time: wording::time(message.timestamp), is_animal, fill, edge, width };
    let mut rest = rows;
    let mut opens = true;
    while !rest.is_empty() {
        setter.book.skip(GAP);
        let taken = fitting(&rest, setter.book.room() - NAME - 2.0 * PAD.1);
        if taken < least(rest.len()) && !setter.book.is_fresh() {
            setter.book.turn();
            continue;
        }
        let behind = rest.split_off(taken.clamp(1, rest.len()));
        let role = if opens { speaker } else { Role::Furniture(ArtifactType::PaginationOther) };
        fragment(setter, &voice, rest, (opens, behind.is_empty()), role);
        (rest, opens) = (behind, false);
    }
}

/// How many lines have to stand together at least.
fn least(rows: usize) -> usize {
    if rows <= 3 { rows } else { 2 }
}

/// How many lines go into a height; none is left alone for the next page.
fn fitting(rows: &[Row], height: f32) -> usize {
    let mut used = 0.0;
    let fits = |(index, row): &(usize, &Row)| {
        used += LEADING + if *index == 0 { 0.0 } else { row.gap };
        used <= height
    };
    let taken = rows.iter().enumerate().take_while(fits).count();
    if taken + 1 == rows.len() && taken > 2 { taken - 1 } else { taken }
}

/// The lines of a message; `counted` ones become blocks of the document.
fn rows(setter: &mut Setter<'_, '_>, message: &Message, counted: bool) -> Vec<Row> {
    let is_animal = message.sender == Sender::Assistant;
    let mut parts = if is_animal { markup::parse(&message.content) } else { markup::verbatim(&message.content) };
    if message.is_broken_off() {
        let paragraph = super::lines::Paragraph::plain(wording::BROKEN_OFF, Face::Italic);
        parts.push(markup::Part { marker: None, paragraph, is_fresh: true });
    }
    let mut rows: Vec<Row> = Vec::new();
    for part in parts {
        let role = match counted {
            true => setter.book.block(Kind::Paragraph, &part.paragraph.text),
            false => Role::Furniture(ArtifactType::Other),
        };
        let indent = if part.marker.is_some() { INDENT } else { 0.0 };
        let style = Style { face: Face::Text, size: SIZE, colour: INK };
        let mut marker = part.marker.and_then(|marker| setter.lines(&marker, style, WIDEST).into_iter().next());
        let mut gap = if rows.is_empty() || !part.is_fresh { 0.0 } else { FRESH };
        for line in lay_out(setter.shaping, &part.paragraph, SIZE, WIDEST - indent) {
            rows.push(Row { line, marker: marker.take(), indent, gap, role });
            gap = 0.0;
        }
    }
    rows
}

/// The part of a bubble that stands on one page, with the name above it.
fn fragment(setter: &mut Setter<'_, '_>, voice: &Voice<'_>, rows: Vec<Row>, ends: (bool, bool), role: Role) {
    let top = setter.book.y + NAME;
    let inner: f32 = rows.iter().enumerate().map(|(at, row)| LEADING + if at == 0 { 0.0 } else { row.gap }).sum();
    let left = if voice.is_animal { LEFT + ASIDE } else { RIGHT - voice.width };
    let area = Area { left, top, width: voice.width, height: inner + 2.0 * PAD.1 };
    if voice.is_animal {
        let radius = 12.5;
        setter.book.put(Mark::Portrait { centre: (LEFT + radius, top + radius), radius });
    }
    name(setter, voice, &area, ends.0, role);
    setter.book.put(Mark::Panel { area, opens: ends.0, closes: ends.1, fill: voice.fill, edge: voice.edge });
    let mut y = top + PAD.1;
    for (at, row) in rows.into_iter().enumerate() {
        y += if at == 0 { 0.0 } else { row.gap };
        line(setter, voice, row, (left + PAD.0, y + LEADING * 0.72));
        y += LEADING;
    }
    setter.book.y = top + area.height;
}

fn line(setter: &mut Setter<'_, '_>, voice: &Voice<'_>, row: Row, at: (f32, f32)) {
    let Row { line, marker, indent, role, .. } = row;
    // What runs from right to left begins at the right.
    let room = voice.width - 2.0 * PAD.0;
    let (words, mark) = match line.is_backwards {
        true => (at.0 + room - indent - line.width, at.0 + room - INDENT + 7.0),
        false => (at.0 + indent, at.0 + 1.5),
    };
    if let Some(marker) = marker {
        setter.book.put(Mark::Words { line: marker, at: (mark, at.1), colour: FOREST, role });
    }
    setter.book.put(Mark::Words { line, at: (words, at.1), colour: INK, role });
}

/// Name and time, over the bubble and on its side.
fn name(setter: &mut Setter<'_, '_>, voice: &Voice<'_>, area: &Area, opens: bool, role: Role) {
    let bold = Style { face: Face::Bold, size: 9.0, colour: FOREST };
    let soft = Style { face: Face::Text, size: 8.5, colour: INK_SOFT };
    let time = if opens { voice.time.clone() } else { wording::CONTINUED.to_owned() };
    // A long name gives way to what stands beside it.
    let lines = setter.lines(voice.name, bold, WIDEST - 80.0);
    let Some(line) = lines.into_iter().next() else { return };
    let (width, y) = (line.width, area.top - 5.0);
    let times = setter.lines(&time, soft, f32::MAX);
    let beside = times.first().map_or(0.0, |line| line.width) + 6.0;
    let left = if voice.is_animal { area.left + 2.0 } else { RIGHT - 2.0 - width - beside };
    setter.book.put(Mark::Words { line, at: (left, y), colour: bold.colour, role });
    for line in times {
        setter.book.put(Mark::Words { line, at: (left + width + 6.0, y), colour: soft.colour, role });
    }
}
