//! A package's `Cargo.toml`, as text: where its dependencies take their versions from.

use std::collections::BTreeMap;

/// The dependencies of a manifest that do not come from the workspace's table.
pub(crate) fn own_versions(text: &str) -> Vec<String> {
    let mut entries: BTreeMap<String, bool> = BTreeMap::new();
    let (mut section, mut depth) = ("", 0);
    for line in text.lines().map(|line| line.split(" #").next().unwrap_or(line).trim()) {
        let begins_here = depth == 0 && !line.starts_with('#');
        if begins_here && line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if begins_here && let Some((name, from_workspace)) = entry(section, line) {
            *entries.entry(name).or_default() |= from_workspace;
        }
        depth += brackets(line);
    }
    entries.into_iter().filter(|(_, from_workspace)| !from_workspace).map(|(name, _)| name).collect()
}

/// The dependency that a line speaks of, and whether the line takes it from the workspace.
fn entry(section: &str, line: &str) -> Option<(String, bool)> {
    let (key, value) = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()))?;
    if let Some(name) = dependency_of_section(section) {
        return Some((name, key == "workspace" && value == "true"));
    }
    section.ends_with("dependencies").then(|| {
        let (name, field) = key.split_once('.').unwrap_or((key, ""));
        let inside: String = value.split_whitespace().collect();
        let inside = inside.starts_with('{') && inside.contains("workspace=true");
        (name.to_owned(), inside || (field == "workspace" && value == "true"))
    })
}

/// `serde` for the section `dependencies.serde`.
fn dependency_of_section(section: &str) -> Option<String> {
    let (table, name) = section.rsplit_once('.')?;
    (table.ends_with("dependencies") && !name.ends_with("dependencies")).then(|| name.to_owned())
}

fn brackets(line: &str) -> i32 {
    line.chars().map(|letter| i32::from("[{".contains(letter)) - i32::from("]}".contains(letter))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_taking_from_the_workspace_is_fine() {
        let text = "[package]\nversion = \"1\"\n[dependencies]\na.workspace = true\n# b = \"1\"\n\
                    c = { workspace = true, features = [\n  \"x=1\",\n] } # d\n\
                    e.features = [\"f\"]\ne.workspace = true\n[dev-dependencies.g]\nworkspace = true\n\
                    [[bin]]\nname = \"h\"\n";
        assert_eq!(own_versions(text), Vec::<String>::new());
    }

    #[test]
    fn every_way_of_having_an_own_version_is_found() {
        let text = "[dependencies]\na = \"1\"\nb = { version = \"1\" }\nc.version = \"1\"\n\
                    [dev-dependencies]\nd = { git = \"x\" }\n[build-dependencies.e]\nversion = \"1\"\n\
                    [target.'cfg(unix)'.dependencies]\nf = { path = \"../f\" }\n";
        assert_eq!(own_versions(text), ["a", "b", "c", "d", "e", "f"]);
    }
}
