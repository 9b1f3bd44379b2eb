//! From a paragraph to lines of a width: breaks where Unicode lets a line break (UAX 14), anywhere
//! between characters where a word is wider than the line, and directions in their order (UAX 9).

use super::{
    faces::Face,
    shaping::{Run, Shaping},
};
use std::{ops::Range, rc::Rc};
use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation;

/// A text without line ends, and what its parts are set in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paragraph {
    pub(crate) text: String,
    /// One after the other, from the first byte to the last.
    pub(crate) spans: Vec<(Range<usize>, Face)>,
}

impl Paragraph {
    pub(crate) fn plain(text: impl Into<String>, face: Face) -> Self {
        let text = text.into();
        Self { spans: vec![(0..text.len(), face)], text }
    }
}

/// A line, its runs from left to right as they are read with the eyes.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The paragraph's whole text, which the runs' ranges are of.
    pub(crate) text: Rc<str>,
    pub(crate) runs: Vec<Run>,
    /// In points, without the space at its end.
    pub(crate) width: f32,
    /// Whether the paragraph runs from right to left.
    pub(crate) is_backwards: bool,
}

/// A part of a paragraph behind which a line may end.
struct Word {
    runs: Vec<Run>,
    /// Without the space at its end.
    width: f32,
    space: f32,
}

/// Lays a paragraph out in lines of a width in points; a paragraph without text is one empty line.
pub(crate) fn lay_out(shaping: &mut Shaping<'_>, paragraph: &Paragraph, size: f32, width: f32) -> Vec<Line> {
    let bidi = BidiInfo::new(&paragraph.text, None);
    let base = bidi.paragraphs.first().map_or(0, |paragraph| paragraph.level.number());
    let levels: Vec<u8> = bidi.levels.iter().map(unicode_bidi::Level::number).collect();
    let mut setter =
        Setter { shaping, paragraph, levels, base, size, lines: Vec::new(), runs: Vec::new(), used: 0.0, space: 0.0 };
    let mut start = 0;
    for (end, _) in unicode_linebreak::linebreaks(&paragraph.text) {
        setter.word(start..end, width);
        start = end;
    }
    setter.end_line();
    let text: Rc<str> = paragraph.text.as_str().into();
    let line = |(runs, width)| Line { text: Rc::clone(&text), runs, width, is_backwards: base % 2 == 1 };
    setter.lines.into_iter().map(line).collect()
}

struct Setter<'a, 'b> {
    shaping: &'a mut Shaping<'b>,
    paragraph: &'a Paragraph,
    levels: Vec<u8>,
    base: u8,
    size: f32,
    lines: Vec<(Vec<Run>, f32)>,
    /// The line that is being filled, in the order of the text.
    runs: Vec<Run>,
    /// How wide it is, with its last space and that space alone.
    used: f32,
    space: f32,
}

impl Setter<'_, '_> {
    fn word(&mut self, text: Range<usize>, width: f32) {
        let word = self.shape(text.clone());
        if self.used + word.width > width && !self.runs.is_empty() {
            self.end_line();
        }
        if word.width <= width {
            return self.put(word);
        }
        let piece = self.paragraph.text.get(text.clone()).unwrap_or_default();
        for (at, cluster) in piece.grapheme_indices(true) {
            let start = text.start + at;
            let cluster = self.shape(start..start + cluster.len());
            if self.used + cluster.width > width && !self.runs.is_empty() {
                self.end_line();
            }
            self.put(cluster);
        }
    }

    fn put(&mut self, word: Word) {
        self.used += word.width + word.space;
        self.space = if word.width > 0.0 { word.space } else { self.space + word.space };
        self.runs.extend(word.runs);
    }

    fn end_line(&mut self) {
        let text = &self.paragraph.text;
        let is_space = |run: &&mut Run| text.get(run.text.clone()).is_some_and(|text| text.trim().is_empty());
        // Space at a line's end goes the paragraph's way (rule L1).
        for run in self.runs.iter_mut().rev().take_while(is_space) {
            run.level = self.base;
        }
        let runs = in_sight_order(joined(std::mem::take(&mut self.runs)));
        self.lines.push((runs, (self.used - self.space).max(0.0)));
        (self.used, self.space) = (0.0, 0.0);
    }

    /// Shapes a part of the paragraph, its space at the end by itself.
    fn shape(&mut self, text: Range<usize>) -> Word {
        let piece = self.paragraph.text.get(text.clone()).unwrap_or_default();
        let middle = text.start + piece.trim_end().len();
        let mut runs = self.runs_of(text.start..middle);
        let width = runs.iter().map(|run| run.width).sum();
        let spaces = self.runs_of(middle..text.end);
        let space = spaces.iter().map(|run| run.width).sum();
        runs.extend(spaces);
        Word { runs, width, space }
    }

    /// The runs of a range: one for each face, style and direction.
    fn runs_of(&mut self, text: Range<usize>) -> Vec<Run> {
        let (mut runs, mut at) = (Vec::new(), text.start);
        while at < text.end {
            let own = self.levels.get(at).copied().unwrap_or(self.base);
            let levels = self.levels.get(at..text.end).unwrap_or_default();
            let turn = levels.iter().position(|level| *level != own).map_or(text.end, |length| at + length);
            let span = self.paragraph.spans.iter().find(|(range, _)| range.contains(&at));
            let (end, wanted) = span.map_or((text.end, Face::Text), |(range, face)| (range.end, *face));
            let end = end.min(turn).min(text.end);
            let rest = self.paragraph.text.get(at..end).unwrap_or_default();
            let (face, length) = self.shaping.face_of(rest, wanted);
            let end = at + length.max(1);
            runs.push(self.shaping.shape(&self.paragraph.text, at..end, face, self.size, own));
            at = end;
        }
        runs
    }
}

/// Neighbours of one face and direction as one run: fewer words to a page's description.
fn joined(runs: Vec<Run>) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        match all.last_mut() {
            Some(last) if last.face == run.face && last.level == run.level && last.level % 2 == 0 => {
                last.glyphs.extend(run.glyphs);
                last.text.end = run.text.end;
                last.width += run.width;
            }
            _ => all.push(run),
        }
    }
    all
}

/// Turns what runs backwards around, from the deepest level outwards (UAX 9, rule L2).
fn in_sight_order(mut runs: Vec<Run>) -> Vec<Run> {
    let deepest = runs.iter().map(|run| run.level).max().unwrap_or(0);
    for level in (1..=deepest).rev() {
        let mut start = 0;
        while start < runs.len() {
            let length = runs[start..].iter().take_while(|run| run.level >= level).count();
            runs[start..start + length].reverse();
            start += length.max(1);
        }
    }
    runs
}
