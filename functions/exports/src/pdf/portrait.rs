//! The animals' portraits: the web app's own files, taken in when the function is built, so that there
//! is one picture of each animal and no copy.

use usvg::{Group, Node, Options, Paint, Path, Tree};

/// The web app's portraits by the end of their path there.
const PORTRAITS: [(&str, &str); 8] = [
    ("cougar_001.svg", include_str!("../../../../web/public/animals/cougar_001.svg")),
    ("lemur_001.svg", include_str!("../../../../web/public/animals/lemur_001.svg")),
    ("lion_001.svg", include_str!("../../../../web/public/animals/lion_001.svg")),
    ("macaw_001.svg", include_str!("../../../../web/public/animals/macaw_001.svg")),
    ("redpanda_001.svg", include_str!("../../../../web/public/animals/redpanda_001.svg")),
    ("reindeer_001.svg", include_str!("../../../../web/public/animals/reindeer_001.svg")),
    ("tiger_001.svg", include_str!("../../../../web/public/animals/tiger_001.svg")),
    ("wolf_001.svg", include_str!("../../../../web/public/animals/wolf_001.svg")),
];

/// A picture made of areas of one colour each.
pub(crate) struct Portrait {
    /// Its width and height in its own units.
    pub(crate) side: f32,
    pub(crate) areas: Vec<Area>,
}

/// An area of one colour, in the portrait's own units.
pub(crate) struct Area {
    pub(crate) outline: usvg::tiny_skia_path::Path,
    pub(crate) colour: usvg::Color,
    pub(crate) is_even_odd: bool,
    /// 0 to 1.
    pub(crate) opacity: f32,
}

impl Portrait {
    /// The portrait at a path of the web app; none where it is not one of the app's own.
    pub(crate) fn at(avatar: &str) -> Option<Self> {
        let name = avatar.rsplit('/').next()?;
        let (_, source) = PORTRAITS.iter().find(|(file, _)| *file == name)?;
        let tree = Tree::from_str(source, &Options::default()).ok()?;
        let mut areas = Vec::new();
        collect(tree.root(), 1.0, &mut areas);
        Some(Self { side: tree.size().width().max(tree.size().height()), areas })
    }
}

fn collect(group: &Group, opacity: f32, into: &mut Vec<Area>) {
    let opacity = opacity * group.opacity().get();
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, opacity, into),
            Node::Path(path) => into.extend(area(path, opacity)),
            Node::Image(_) | Node::Text(_) => {}
        }
    }
}

fn area(path: &Path, opacity: f32) -> Option<Area> {
    let fill = path.fill().filter(|_| path.is_visible())?;
    let Paint::Color(colour) = fill.paint() else { return None };
    Some(Area {
        outline: path.data().clone().transform(path.abs_transform())?,
        colour: *colour,
        is_even_odd: fill.rule() == usvg::FillRule::EvenOdd,
        opacity: opacity * fill.opacity().get(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_portrait_of_the_web_app_is_here() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/public/animals");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let pictures = files.filter(|file| file.extension().is_some_and(|ending| ending == "svg"));
        let name = |file: std::path::PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
        let drawn: BTreeSet<String> = pictures.map(name).collect();
        assert_eq!(drawn, PORTRAITS.iter().map(|(name, _)| (*name).to_owned()).collect());
    }

    /// What is not drawn here (lines, shades, pictures, masks) has to be told before it goes missing.
    #[test]
    fn every_portrait_is_made_of_areas_of_one_colour() {
        for (name, source) in PORTRAITS {
            let shapes = source.matches("<path").count() + source.matches("<circle").count();
            let portrait = Portrait::at(&format!("/animals/{name}")).unwrap();
            assert_eq!(portrait.areas.len(), shapes, "{name}");
            for unknown in ["stroke", "url(", "<image", "<text", "mask", "filter", "clip", "<use", "<ellipse", "<rect"]
            {
                assert!(!source.contains(unknown), "{name} has {unknown}");
            }
        }
        assert!(Portrait::at("/animals/unicorn_001.svg").is_none());
    }
}
