//! From characters to the shapes of a typeface: which face for which character, and where each shape
//! stands. Knows single runs of text, no lines and no pages.

use super::faces::{Face, Faces};
use harfrust::{BufferFlags, Direction, FontRef, Script, ShapeOptions, ShapePlan, Shaper, ShaperData, UnicodeBuffer};
use krilla::text::{GlyphId, KrillaGlyph};
use skrifa::{MetadataProvider, charmap::Charmap};
use std::{collections::HashMap, ops::Range};
use unicode_segmentation::UnicodeSegmentation;

/// What stands for a character that no face has.
const BOX: char = '□';
/// Its width in the face of signs, in parts of the em.
const BOX_WIDTH: f32 = 0.945;

/// A piece of a paragraph in one face and one direction.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) face: Face,
    /// In points.
    pub(crate) size: f32,
    /// The Unicode bidirectional level; odd ones run from right to left.
    pub(crate) level: u8,
    /// Which bytes of the paragraph.
    pub(crate) text: Range<usize>,
    /// From left to right; their ranges are of the paragraph.
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In points.
    pub(crate) width: f32,
}

/// What the tables of all faces say, ready to be asked.
pub(crate) struct ShapingData(Vec<ShaperData>);

impl ShapingData {
    pub(crate) fn new(faces: &Faces) -> Self {
        let data = faces.all().filter_map(|(_, face)| Some(ShaperData::new(&FontRef::new(&face.bytes).ok()?)));
        Self(data.collect())
    }
}

/// Shapes runs of text; remembers what it worked out for one document.
pub(crate) struct Shaping<'a> {
    faces: Vec<Known<'a>>,
    plans: HashMap<(Face, Option<Script>, bool), ShapePlan>,
    buffer: Option<UnicodeBuffer>,
}

struct Known<'a> {
    face: Face,
    charmap: Charmap<'a>,
    shaper: Shaper<'a>,
}

impl<'a> Shaping<'a> {
    pub(crate) fn new(faces: &'a Faces, data: &'a ShapingData) -> Self {
        let known = faces.all().zip(&data.0).filter_map(|((face, loaded), data)| {
            let font = FontRef::new(&loaded.bytes).ok()?;
            Some(Known { face, charmap: font.charmap(), shaper: data.shaper(&font).build() })
        });
        Self { faces: known.collect(), plans: HashMap::new(), buffer: None }
    }

    /// The longest beginning of `text` that stands in one face: that face, and its length in bytes.
    pub(crate) fn face_of(&self, text: &str, wanted: Face) -> (Face, usize) {
        let mut found: Option<Face> = None;
        for (at, cluster) in text.grapheme_indices(true) {
            let face = self.face_of_cluster(cluster, wanted, found);
            match found {
                Some(before) if before != face => return (before, at),
                _ => found = Some(face),
            }
        }
        (found.unwrap_or(wanted), text.len())
    }

    fn face_of_cluster(&self, cluster: &str, wanted: Face, before: Option<Face>) -> Face {
        let emoji_first = [Face::Emoji, wanted, Face::Text, Face::Han, Face::Signs];
        let words_first = [wanted, Face::Text, Face::Han, Face::Signs, Face::Emoji];
        let order = if is_picture(cluster) { emoji_first } else { words_first };
        let shown = || cluster.chars().filter(|letter| !is_unseen(*letter));
        if shown().next().is_none() {
            return before.unwrap_or(wanted);
        }
        let whole = order.into_iter().find(|face| shown().all(|letter| self.has(*face, letter)));
        // Where no face has all of it, the one with its first character draws what it can.
        let base = || order.into_iter().find(|face| shown().next().is_some_and(|letter| self.has(*face, letter)));
        whole.or_else(base).unwrap_or(Face::Signs)
    }

    fn has(&self, face: Face, letter: char) -> bool {
        self.faces.get(face as usize).is_some_and(|known| known.charmap.map(letter).is_some())
    }

    /// Shapes some bytes of a paragraph in one face.
    pub(crate) fn shape(&mut self, paragraph: &str, text: Range<usize>, face: Face, size: f32, level: u8) -> Run {
        let mut run = Run { face, size, level, text: text.clone(), glyphs: Vec::new(), width: 0.0 };
        let Some(known) = self.faces.get(face as usize) else { return run };
        let mut buffer = self.buffer.take().unwrap_or_default();
        let piece = paragraph.get(text.clone()).unwrap_or_default();
        for (at, letter) in piece.char_indices() {
            buffer.add(letter, u32::try_from(text.start + at).unwrap_or(u32::MAX));
        }
        buffer.guess_segment_properties();
        let is_backwards = level % 2 == 1;
        buffer.set_direction(if is_backwards { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.set_flags(BufferFlags::DO_NOT_INSERT_DOTTED_CIRCLE);
        let (direction, script) = (buffer.direction(), Some(buffer.script()));
        let plan = self.plans.entry((known.face, script, is_backwards));
        let plan = plan.or_insert_with(|| ShapePlan::new(&known.shaper, direction, script, None, &[]));
        let shaped = known.shaper.shape(buffer, ShapeOptions::new().plan(Some(plan)));
        run.glyphs = glyphs(&shaped, text.end, unit(known.shaper.units_per_em()));
        if face == Face::Signs {
            boxed(&mut run.glyphs, known);
        }
        run.width = run.glyphs.iter().map(|glyph| glyph.x_advance * size).sum();
        self.buffer = Some(shaped.clear());
        run
    }
}

/// In place of what no face has, a box that is a character of its own: with a font's own sign of nothing,
/// readers of the document lose the character behind it.
fn boxed(glyphs: &mut [KrillaGlyph], signs: &Known<'_>) {
    let Some(sign) = signs.charmap.map(BOX) else { return };
    for glyph in glyphs.iter_mut().filter(|glyph| glyph.glyph_id.to_u32() == 0) {
        glyph.glyph_id = GlyphId::new(sign.to_u32());
        glyph.x_advance = BOX_WIDTH;
    }
}

#[expect(clippy::cast_precision_loss, reason = "units of an em are a few thousand at most")]
fn unit(units_per_em: i32) -> f32 {
    units_per_em as f32
}

/// What was shaped, in parts of the em. A glyph stands for all bytes of its cluster.
fn glyphs(shaped: &harfrust::GlyphBuffer, end: usize, unit_per_em: f32) -> Vec<KrillaGlyph> {
    let infos = shaped.glyph_infos();
    let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    starts.dedup();
    let of_cluster = |start: usize| {
        let next = starts.partition_point(|other| *other <= start);
        start..starts.get(next).copied().unwrap_or(end)
    };
    let part = |units: i32| unit(units) / unit_per_em;
    let glyph = |(info, at): (&harfrust::GlyphInfo, &harfrust::GlyphPosition)| KrillaGlyph {
        glyph_id: GlyphId::new(info.glyph_id),
        text_range: of_cluster(info.cluster as usize),
        x_advance: part(at.x_advance),
        x_offset: part(at.x_offset),
        y_offset: part(at.y_offset),
        y_advance: part(at.y_advance),
        location: None,
    };
    infos.iter().zip(shaped.glyph_positions()).map(glyph).collect()
}

/// Whether a cluster is meant as a picture: it says so, or is of the planes of pictures.
fn is_picture(cluster: &str) -> bool {
    let asks = cluster.contains(['\u{fe0f}', '\u{20e3}']);
    asks || cluster.chars().next().is_some_and(|letter| ('\u{1f000}'..'\u{20000}').contains(&letter))
}

/// Characters that only say how others are to be shown.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}')
}
