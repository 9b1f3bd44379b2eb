//! The packages of the workspace and what each depends on, as Cargo tells it.

use super::tree::{Tree, Trouble};
use serde::Deserialize;
use std::{collections::BTreeSet, ffi::OsString};

/// A package of the workspace. `folder` is relative to the root.
#[derive(Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) folder: String,
    pub(crate) imports: Vec<Import>,
}

/// A dependency under its real name; `ours` if it is a package of this workspace.
#[derive(Debug, PartialEq)]
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) ours: bool,
    pub(crate) for_tests: bool,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

/// The packages of the workspace.
pub(crate) fn members(tree: &Tree) -> Result<Vec<Member>, Trouble> {
    parse(&metadata(tree)?)
}

/// What Cargo says of the workspace, as JSON.
pub(crate) fn metadata(tree: &Tree) -> Result<String, Trouble> {
    tree.ask(&cargo(), &["metadata", "--format-version", "1", "--no-deps", "--locked"])
}

#[expect(clippy::disallowed_methods, reason = "Cargo says in CARGO which Cargo it is; no configuration of ours")]
fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn parse(json: &str) -> Result<Vec<Member>, Trouble> {
    let metadata: Metadata = serde_json::from_str(json).map_err(|why| Trouble::new("cargo metadata", why))?;
    let names: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.clone()).collect();
    let root = metadata.workspace_root;
    Ok(metadata.packages.into_iter().map(|package| member(package, &root, &names)).collect())
}

fn member(package: Package, root: &str, names: &BTreeSet<String>) -> Member {
    let manifest = package.manifest_path.strip_prefix(root).unwrap_or(&package.manifest_path);
    let folder = manifest.trim_end_matches("Cargo.toml").trim_matches('/').to_owned();
    let import = |dependency: Dependency| Import {
        ours: dependency.path.is_some() && names.contains(&dependency.name),
        for_tests: dependency.kind.as_deref() == Some("dev"),
        name: dependency.name,
    };
    Member { name: package.name, folder, imports: package.dependencies.into_iter().map(import).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_their_imports_are_read() {
        let json = r#"{ "workspace_root": "/zoo", "packages": [
            { "name": "domain", "manifest_path": "/zoo/shared/domain/Cargo.toml", "dependencies": [] },
            { "name": "store", "manifest_path": "/zoo/shared/store/Cargo.toml", "dependencies": [
                { "name": "domain", "kind": null, "path": "/zoo/shared/domain" },
                { "name": "proptest", "kind": "dev" } ] } ] }"#;
        let store = parse(json).unwrap().pop().unwrap();
        let import = |name: &str, ours, for_tests| Import { name: name.to_owned(), ours, for_tests };
        assert_eq!(store.folder, "shared/store");
        assert_eq!(store.imports, [import("domain", true, false), import("proptest", false, true)]);
    }

    #[test]
    fn an_answer_of_another_form_is_trouble() {
        assert!(parse("{}").is_err());
    }
}
