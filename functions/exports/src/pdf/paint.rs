//! Marks written down as PDF: the only module that draws.

use super::{
    faces::Faces,
    page::{Area, Block, Book, Colour, HEIGHT, Kind, Mark, Role, SUN, WIDTH},
    portrait::Portrait,
};
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    error::KrillaError,
    geom::{Path, PathBuilder, Point},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree},
};
use std::num::NonZeroU16;
use usvg::tiny_skia_path::PathSegment;

/// How round the corners of a panel are.
const ROUND: f32 = 10.0;
/// The part of a quarter circle's radius at which its curve's handles stand.
const HANDLE: f32 = 0.552_285;

/// Writes all pages.
///
/// # Errors
/// [`KrillaError`] when a font cannot be embedded.
pub(crate) fn paint(
    book: &Book,
    faces: &Faces,
    portrait: Option<&Portrait>,
    metadata: Metadata,
) -> Result<Vec<u8>, KrillaError> {
    let settings = SerializeSettings { enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata);
    let mut read: Vec<Vec<Identifier>> = vec![Vec::new(); book.blocks.len()];
    for marks in &book.pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).unwrap_or_default();
        let mut page = document.start_page_with(size);
        let mut brush = Brush { surface: page.surface(), faces, portrait, read: &mut read };
        for mark in marks {
            brush.mark(mark);
        }
        drop(brush);
        page.finish();
    }
    document.set_tag_tree(tree(&book.blocks, read));
    document.finish()
}

/// The order of reading.
fn tree(blocks: &[Block], read: Vec<Vec<Identifier>>) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    for (block, identifiers) in blocks.iter().zip(read) {
        let language = block.language.map(str::to_owned);
        let children: Vec<Node> = identifiers.into_iter().map(Node::from).collect();
        let heading = |level| Tag::Hn(level, None).with_lang(language.clone());
        let group = match block.kind {
            Kind::Title => TagGroup::with_children(heading(NonZeroU16::MIN), children),
            Kind::Day => TagGroup::with_children(heading(NonZeroU16::MIN.saturating_add(1)), children),
            Kind::Speaker => TagGroup::with_children(heading(NonZeroU16::MIN.saturating_add(2)), children),
            Kind::Paragraph => TagGroup::with_children(Tag::P.with_lang(language.clone()), children),
        };
        tree.push(group);
    }
    tree
}

struct Brush<'a, 'b> {
    surface: Surface<'b>,
    faces: &'a Faces,
    portrait: Option<&'a Portrait>,
    read: &'a mut Vec<Vec<Identifier>>,
}

impl Brush<'_, '_> {
    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Words { line, at, colour, role } => {
                let tag = match role {
                    Role::Block(_) => ContentTag::Span(SpanTag::empty()),
                    Role::Furniture(kind) => ContentTag::Artifact(Artifact::with_kind(*kind)),
                };
                let identifier = self.surface.start_tagged(tag);
                self.words(line, *at, *colour);
                self.surface.end_tagged();
                if let Role::Block(number) = role
                    && let Some(block) = self.read.get_mut(*number)
                {
                    block.push(identifier);
                }
            }
            shape => {
                self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                self.shape(shape);
                self.surface.end_tagged();
            }
        }
    }

    fn words(&mut self, line: &super::lines::Line, at: (f32, f32), colour: Colour) {
        self.surface.set_fill(Some(fill(colour)));
        self.surface.set_stroke(None);
        let mut x = at.0;
        for run in &line.runs {
            let font = self.faces.get(run.face).embedded.clone();
            self.surface.draw_glyphs(Point::from_xy(x, at.1), &run.glyphs, font, &line.text, run.size, false);
            x += run.width;
        }
    }

    fn shape(&mut self, mark: &Mark) {
        match mark {
            Mark::Panel { area, opens, closes, fill: inside, edge } => {
                self.draw(panel(*area, *opens, *closes), Some(fill(*inside)), Some(stroke(*edge, 0.8)));
            }
            Mark::Rule { from, to, thickness, colour } => {
                let mut builder = PathBuilder::new();
                builder.move_to(from.0, from.1);
                builder.line_to(*to, from.1);
                self.draw(builder, None, Some(stroke(*colour, *thickness)));
            }
            Mark::Portrait { centre, radius } => {
                self.draw(circle(*centre, *radius), Some(fill(SUN)), None);
                self.animal(*centre, *radius);
            }
            Mark::Words { .. } => {}
        }
    }

    /// The animal on its sun, as large as in the web app; without a portrait the sun stays bare.
    fn animal(&mut self, centre: (f32, f32), radius: f32) {
        let Some(portrait) = self.portrait else { return };
        let side = radius * 2.0 * 0.72;
        let scale = side / portrait.side;
        let corner = (centre.0 - side / 2.0, centre.1 - side / 2.0);
        for area in &portrait.areas {
            let colour = [area.colour.red, area.colour.green, area.colour.blue];
            let rule = if area.is_even_odd { FillRule::EvenOdd } else { FillRule::NonZero };
            let opacity = NormalizedF32::new(area.opacity).unwrap_or(NormalizedF32::ONE);
            let paint = Fill { opacity, rule, ..fill(colour) };
            let place = |point: usvg::tiny_skia_path::Point| (corner.0 + point.x * scale, corner.1 + point.y * scale);
            self.draw(outline(&area.outline, place), Some(paint), None);
        }
    }

    fn draw(&mut self, builder: PathBuilder, fill: Option<Fill>, stroke: Option<Stroke>) {
        self.surface.set_fill(fill);
        self.surface.set_stroke(stroke);
        let path: Option<Path> = builder.finish();
        if let Some(path) = path {
            self.surface.draw_path(&path);
        }
    }
}

fn fill([red, green, blue]: Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn stroke([red, green, blue]: Colour, width: f32) -> Stroke {
    Stroke { paint: rgb::Color::new(red, green, blue).into(), width, ..Stroke::default() }
}

fn outline(
    path: &usvg::tiny_skia_path::Path,
    place: impl Fn(usvg::tiny_skia_path::Point) -> (f32, f32),
) -> PathBuilder {
    let mut builder = PathBuilder::new();
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                let to = place(to);
                builder.move_to(to.0, to.1);
            }
            PathSegment::LineTo(to) => {
                let to = place(to);
                builder.line_to(to.0, to.1);
            }
            PathSegment::QuadTo(by, to) => {
                let (by, to) = (place(by), place(to));
                builder.quad_to(by.0, by.1, to.0, to.1);
            }
            PathSegment::CubicTo(by, then, to) => {
                let (by, then, to) = (place(by), place(then), place(to));
                builder.cubic_to(by.0, by.1, then.0, then.1, to.0, to.1);
            }
            PathSegment::Close => builder.close(),
        }
    }
    builder
}

fn circle((x, y): (f32, f32), radius: f32) -> PathBuilder {
    let area = Area { left: x - radius, top: y - radius, width: 2.0 * radius, height: 2.0 * radius };
    rounded(area, radius, radius)
}

/// A panel, its corners round where it begins and ends.
fn panel(area: Area, opens: bool, closes: bool) -> PathBuilder {
    let round = ROUND.min(area.height / 2.0);
    rounded(area, if opens { round } else { 0.0 }, if closes { round } else { 0.0 })
}

/// A rectangle with round corners, of one radius above and of one below.
fn rounded(area: Area, above: f32, below: f32) -> PathBuilder {
    let Area { left, top, width, height } = area;
    let (right, bottom) = (left + width, top + height);
    let (high, low) = (above * (1.0 - HANDLE), below * (1.0 - HANDLE));
    let mut builder = PathBuilder::new();
    builder.move_to(left + above, top);
    builder.line_to(right - above, top);
    builder.cubic_to(right - high, top, right, top + high, right, top + above);
    builder.line_to(right, bottom - below);
    builder.cubic_to(right, bottom - low, right - low, bottom, right - below, bottom);
    builder.line_to(left + below, bottom);
    builder.cubic_to(left + low, bottom, left, bottom - low, left, bottom - below);
    builder.line_to(left, top + above);
    builder.cubic_to(left, top + high, left + high, top, left + above, top);
    builder.close();
    builder
}
