//! A conversation as a PDF document: A4, to be read, printed, searched and heard. Pure: a transcript
//! and the typefaces in, bytes out; the same in gives the same out.

mod compose;
mod faces;
mod lines;
mod markup;
mod page;
mod paint;
mod portrait;
mod shaping;
mod speech;

pub use faces::{FOLDER, Faces, FacesError};

use crate::{transcript::Transcript, wording};
use compose::{Setter, Style};
use faces::Face;
use krilla::{
    error::KrillaError,
    metadata::{DateTime, Metadata},
    tagging::ArtifactType,
};
use page::{Book, INK_SOFT, LEFT, Mark, RIGHT, RULE, Role};
use portrait::Portrait;
use shaping::{Shaping, ShapingData};

/// The document.
///
/// # Errors
/// [`KrillaError`] when a font cannot be embedded.
pub(crate) fn render(transcript: &Transcript, faces: &Faces) -> Result<Vec<u8>, KrillaError> {
    let data = ShapingData::new(faces);
    let mut shaping = Shaping::new(faces, &data);
    let mut book = compose::compose(&mut shaping, transcript);
    furnish(&mut shaping, &mut book, transcript);
    let portrait = transcript.avatar.as_deref().and_then(Portrait::at);
    paint::paint(&book, faces, portrait.as_ref(), metadata(transcript))
}

/// What stands on every page: its number of how many and what the file is for; from the second page on
/// whose conversation it is too.
fn furnish(shaping: &mut Shaping<'_>, book: &mut Book, transcript: &Transcript) {
    let pages = std::mem::take(&mut book.pages);
    let (count, purpose) = (pages.len(), wording::purpose(transcript));
    let style = Style { face: Face::Text, size: 8.0, colour: INK_SOFT };
    let mut done = Vec::with_capacity(count);
    for (index, page) in pages.into_iter().enumerate() {
        let mut one = Book::of(page);
        one.put(Mark::Rule { from: (LEFT, 795.0), to: RIGHT, thickness: 0.6, colour: RULE });
        let mut setter = Setter { shaping: &mut *shaping, book: one };
        setter.words(&purpose, style, (LEFT, 809.0), Role::Furniture(ArtifactType::Footer));
        let number = format!("{} / {count}", index + 1);
        let strong = Style { face: Face::Bold, ..style };
        setter.words_to(&number, strong, (RIGHT, 809.0), Role::Furniture(ArtifactType::PageNumber));
        if index > 0 {
            running_head(&mut setter, transcript, style);
        }
        done.append(&mut setter.book.pages);
    }
    book.pages = done;
}

fn running_head(setter: &mut Setter<'_, '_>, transcript: &Transcript, style: Style) {
    let role = Role::Furniture(ArtifactType::Header);
    let names = format!("{} · {}", transcript.animal_name, transcript.display_name);
    // Of a name of many words what one line holds.
    if let Some(line) = setter.lines(&names, style, 320.0).into_iter().next() {
        setter.book.put(Mark::Words { line, at: (LEFT, 42.0), colour: style.colour, role });
    }
    setter.words_to(&wording::day(transcript.start_time), style, (RIGHT, 42.0), role);
    setter.book.put(Mark::Rule { from: (LEFT, 49.0), to: RIGHT, thickness: 0.6, colour: RULE });
}

/// What the document says of itself: nothing of the person and nothing of what was said.
fn metadata(transcript: &Transcript) -> Metadata {
    let at = wording::zoned(transcript.exported_at);
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    let made = DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(format!("A conversation of {}", transcript.start_time.date()))
        .language("en".to_owned())
        .creator("Menagerie".to_owned())
        .creation_date(made)
}

#[cfg(test)]
mod tests;
