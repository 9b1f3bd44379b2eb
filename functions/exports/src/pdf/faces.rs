//! The typefaces of a document: files that are read once where the function starts. Which face has a
//! character's shape is asked of the face itself; what none has is shown as a box.

use krilla::text::Font;
use std::{path::Path, sync::Arc};

/// The setting that names the folder of the font files.
pub const FOLDER: &str = "EXPORT_FONTS_DIR";

/// What a text is set in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    /// What is said.
    Text,
    /// Names, and what is said with weight.
    Bold,
    /// What is said with emphasis.
    Italic,
    /// The animal's name at the head.
    Display,
    /// Chinese, Japanese and Korean.
    Han,
    /// Pictures among the words, in one colour.
    Emoji,
    /// Arrows and signs, Greek, Hebrew, Arabic and more.
    Signs,
}

impl Face {
    /// All of them, in the order of their files.
    const ALL: [(Self, &'static str); 7] = [
        (Self::Text, "Nunito-Regular.ttf"),
        (Self::Bold, "Nunito-Bold.ttf"),
        (Self::Italic, "Nunito-Italic.ttf"),
        (Self::Display, "Fredoka-SemiBold.ttf"),
        (Self::Han, "DroidSansFallback.ttf"),
        (Self::Emoji, "NotoEmoji-Regular.ttf"),
        (Self::Signs, "DejaVuSans.ttf"),
    ];
}

/// Why there are no typefaces. Says which setting and which file, and no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FacesError {
    /// The file cannot be read.
    #[error("{FOLDER} has no readable {0}")]
    Missing(&'static str),
    /// The file is there and is no font.
    #[error("{FOLDER} has a {0} that is no font")]
    Broken(&'static str),
}

/// The typefaces, read.
#[derive(Clone)]
pub struct Faces(Arc<[Loaded]>);

/// A typeface, its file as it is and as it is embedded.
pub(crate) struct Loaded {
    pub(crate) bytes: Arc<Vec<u8>>,
    pub(crate) embedded: Font,
}

impl Faces {
    /// Reads all files of a folder that are needed.
    ///
    /// # Errors
    /// [`FacesError`] with the name of the setting.
    pub fn read(folder: &Path) -> Result<Self, FacesError> {
        Face::ALL.iter().map(|(_, file)| load(folder, file)).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn get(&self, face: Face) -> &Loaded {
        &self.0[face as usize]
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Face, &Loaded)> {
        Face::ALL.iter().map(|(face, _)| (*face, self.get(*face)))
    }
}

fn load(folder: &Path, file: &'static str) -> Result<Loaded, FacesError> {
    let bytes = Arc::new(std::fs::read(folder.join(file)).map_err(|_| FacesError::Missing(file))?);
    skrifa::FontRef::new(&bytes).map_err(|_| FacesError::Broken(file))?;
    let embedded = Font::new(Arc::clone(&bytes).into(), 0).ok_or(FacesError::Broken(file))?;
    Ok(Loaded { bytes, embedded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_stands_where_its_number_says() {
        for (index, (face, _)) in Face::ALL.iter().enumerate() {
            assert_eq!(*face as usize, index);
        }
    }

    #[test]
    fn a_missing_or_broken_file_is_told_by_the_setting_and_its_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let error = Faces::read(folder).err().unwrap();
        assert_eq!(error.to_string(), "EXPORT_FONTS_DIR has no readable Nunito-Regular.ttf");
        assert!(Faces::read(&folder.join("fonts")).is_ok());
    }
}
