//! Which crate may import which. Five floors, and arrows only downwards:
//! `domain` and `pii`; the adapters; `turn`, `reading`, `people`, `trail` and `rotation`; the functions; the local product.
//! Beside them stand the tests, which know the product only over HTTP.

use crate::read::{
    manifest,
    tree::{Tree, Trouble},
    workspace::{self, Import, Member},
};
use std::collections::BTreeMap;

/// Where a package stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Floor {
    Rules,
    Adapter,
    Composition,
    Function,
    Local,
    Tool,
    Tests,
}

impl Floor {
    /// The floor of a package, none if nobody has said.
    fn of(member: &Member) -> Option<Self> {
        let (top, _) = member.folder.split_once('/').unwrap_or((&member.folder, ""));
        match (top, member.name.as_str()) {
            ("shared", "domain" | "pii") => Some(Self::Rules),
            ("shared", "store" | "vault" | "llm" | "safety" | "cloud" | "edge") => Some(Self::Adapter),
            ("shared", "turn" | "reading" | "people" | "trail" | "erasure" | "rotation") => Some(Self::Composition),
            ("functions", _) => Some(Self::Function),
            ("tools", "local") => Some(Self::Local),
            ("tools", _) => Some(Self::Tool),
            ("tests", _) => Some(Self::Tests),
            _ => None,
        }
    }

    fn may_import(self, other: &str, floor: Self) -> bool {
        match self {
            Self::Rules | Self::Tests => false,
            Self::Adapter => other == "domain",
            Self::Composition => matches!(floor, Self::Rules | Self::Adapter),
            Self::Function => matches!(floor, Self::Rules | Self::Adapter | Self::Composition),
            Self::Tool => floor != Self::Function,
            Self::Local => true,
        }
    }

    /// The rule of `may_import` in words.
    fn rule(self) -> &'static str {
        match self {
            Self::Rules => "pure rules import no crate of this workspace",
            Self::Adapter => "an adapter imports only domain",
            Self::Composition => "it imports only domain, pii and the adapters",
            Self::Function => "a function imports only crates of shared/",
            Self::Tool => "only tools/local imports functions",
            Self::Tests => "the tests speak HTTP and import no crate of this workspace",
            Self::Local => "",
        }
    }
}

/// Checks every package of the workspace.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let members = workspace::members(tree)?;
    let mut findings = findings(&members);
    for member in &members {
        let manifest = format!("{}/Cargo.toml", member.folder);
        let own = manifest::own_versions(&tree.read(&manifest)?);
        findings.extend(own.iter().map(|name| format!("{manifest} does not take {name} from the workspace's table")));
    }
    Ok(findings)
}

fn findings(members: &[Member]) -> Vec<String> {
    let floors: BTreeMap<&str, Floor> =
        members.iter().filter_map(|member| Some((member.name.as_str(), Floor::of(member)?))).collect();
    members.iter().flat_map(|member| findings_of(member, &floors)).collect()
}

fn findings_of(member: &Member, floors: &BTreeMap<&str, Floor>) -> Vec<String> {
    let Some(floor) = Floor::of(member) else {
        return vec![format!(
            "{} is new: say on which floor it stands, in tools/xtask/src/checks/imports.rs",
            member.folder
        )];
    };
    // What only the tests of a crate use does not reach its users; `tests` has nothing else.
    let counted = member.imports.iter().filter(|import| !import.for_tests || floor == Floor::Tests);
    let objection = |import: &Import| match floors.get(import.name.as_str()) {
        _ if !import.ours => outside_objection(&member.name, floor, &import.name),
        Some(other) if !floor.may_import(&import.name, *other) => Some(floor.rule().to_owned()),
        _ => None,
    };
    let finding = |import: &Import| Some(format!("{} imports {}: {}", member.name, import.name, objection(import)?));
    counted.filter_map(finding).collect()
}

/// Why a package must not import a crate from outside, if it must not.
fn outside_objection(member: &str, floor: Floor, name: &str) -> Option<String> {
    let owners = owners(name);
    if floor == Floor::Rules && is_of_the_world(name) {
        Some("pure rules know no runtime, no network and no AWS".to_owned())
    } else if !owners.is_empty() && !owners.contains(&member) {
        Some(format!("only {} may", owners.join(", ")))
    } else {
        None
    }
}

fn is_of_the_world(name: &str) -> bool {
    matches!(name, "tokio" | "axum" | "reqwest") || name.starts_with("aws-") || name.starts_with("aws_")
}

/// The packages that a crate is reserved for, none if it is anybody's.
fn owners(name: &str) -> &'static [&'static str] {
    match name {
        "aws-sdk-dynamodb" => &["store"],
        "aws-sdk-kms" => &["vault"],
        "reqwest" => &["llm", "local", "tests"],
        _ if name.starts_with("aws-sdk-") => &["cloud"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDERS: [&str; 13] = [
        "shared/domain",
        "shared/pii",
        "shared/store",
        "shared/vault",
        "shared/llm",
        "shared/edge",
        "shared/cloud",
        "shared/turn",
        "shared/reading",
        "functions/auth",
        "functions/history",
        "tools/local",
        "tests",
    ];

    fn name_of(folder: &str) -> String {
        folder.rsplit('/').next().unwrap_or(folder).to_owned()
    }

    /// What is found where one package imports one other and nothing else imports anything.
    fn found(importer: &str, imported: &str, for_tests: bool) -> Vec<String> {
        let ours = FOLDERS.iter().any(|folder| name_of(folder) == imported);
        let member = |folder: &str| Member { name: name_of(folder), folder: folder.to_owned(), imports: Vec::new() };
        let mut members: Vec<Member> = FOLDERS.iter().map(|folder| member(folder)).collect();
        let at = members.iter().position(|member| member.name == importer).unwrap();
        members[at].imports.push(Import { name: imported.to_owned(), ours, for_tests });
        findings(&members)
    }

    #[test]
    fn arrows_upwards_and_sideways_are_found() {
        for (importer, imported) in [
            ("domain", "pii"),
            ("pii", "domain"),
            ("store", "vault"),
            ("llm", "pii"),
            ("edge", "turn"),
            ("turn", "reading"),
            ("reading", "auth"),
            ("history", "auth"),
            ("history", "local"),
            ("tests", "domain"),
            ("tests", "local"),
        ] {
            let found = found(importer, imported, false);
            assert!(found.len() == 1 && found[0].starts_with(&format!("{importer} imports {imported}: ")), "{found:?}");
        }
    }

    #[test]
    fn arrows_downwards_are_fine() {
        for (importer, imported) in [
            ("store", "domain"),
            ("turn", "domain"),
            ("turn", "store"),
            ("reading", "pii"),
            ("history", "reading"),
            ("history", "domain"),
            ("local", "history"),
            ("local", "store"),
        ] {
            assert_eq!(found(importer, imported, false), Vec::<String>::new(), "{importer} imports {imported}");
        }
    }

    #[test]
    fn reserved_crates_elsewhere_are_found() {
        for (importer, imported) in [
            ("domain", "tokio"),
            ("domain", "aws-config"),
            ("domain", "aws_lambda_events"),
            ("pii", "axum"),
            ("pii", "reqwest"),
            ("vault", "aws-sdk-dynamodb"),
            ("local", "aws-sdk-dynamodb"),
            ("store", "aws-sdk-kms"),
            ("edge", "aws-sdk-s3"),
            ("edge", "aws-sdk-dynamodb"),
            ("cloud", "reqwest"),
        ] {
            assert_eq!(found(importer, imported, false).len(), 1, "{importer} imports {imported}");
        }
    }

    #[test]
    fn reserved_crates_at_home_are_fine() {
        for (importer, imported) in [
            ("store", "aws-sdk-dynamodb"),
            ("vault", "aws-sdk-kms"),
            ("cloud", "aws-sdk-s3"),
            ("llm", "reqwest"),
            ("tests", "reqwest"),
            ("edge", "axum"),
        ] {
            assert_eq!(found(importer, imported, false), Vec::<String>::new(), "{importer} imports {imported}");
        }
    }

    #[test]
    fn a_crates_own_tests_are_free_and_the_tests_crate_is_not() {
        assert_eq!(found("domain", "tokio", true), Vec::<String>::new());
        assert_eq!(found("tests", "store", true).len(), 1);
    }

    #[test]
    fn a_crate_on_no_floor_is_found() {
        for folder in ["shared/extras", "more/domain"] {
            let found = findings(&[Member { name: name_of(folder), folder: folder.to_owned(), imports: Vec::new() }]);
            assert!(found.len() == 1 && found[0].contains("say on which floor it stands"), "{found:?}");
        }
    }
}
