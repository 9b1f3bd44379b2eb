//! The files of the repository, as Git lists them. Nothing else here walks directories or starts programs.

use std::{
    ffi::OsStr,
    fmt::{self, Display},
    path::{Path, PathBuf},
    process::Command,
};

/// Why something could not be read, in one line.
#[derive(Debug)]
pub(crate) struct Trouble(String);

impl Trouble {
    pub(crate) fn new(what: impl Display, why: impl Display) -> Self {
        Self(format!("{what}: {why}").trim().replace('\n', " "))
    }
}

impl Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The repository. Paths are relative to its root, with `/`.
pub(crate) struct Tree {
    root: PathBuf,
    tracked: Vec<String>,
    files: Vec<String>,
}

impl Tree {
    /// Asks Git for the files below `root`.
    pub(crate) fn open(root: &Path) -> Result<Self, Trouble> {
        let tracked = listed(root, &["ls-files", "-z", "--cached"])?;
        let files = listed(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
        Ok(Self { root: root.to_owned(), tracked, files })
    }

    /// The files that Git tracks and that are still there.
    pub(crate) fn tracked(&self) -> impl Iterator<Item = &str> {
        self.tracked.iter().map(String::as_str)
    }

    /// The tracked files and the new ones that Git does not ignore.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// The text of a file.
    pub(crate) fn read(&self, path: &str) -> Result<String, Trouble> {
        std::fs::read_to_string(self.root.join(path)).map_err(|why| Trouble::new(path, why))
    }

    /// What a program, run at the root, prints.
    pub(crate) fn ask(&self, program: &OsStr, arguments: &[&str]) -> Result<String, Trouble> {
        ask(&self.root, program, arguments)
    }
}

/// What follows the last dot of a file's name.
pub(crate) fn ending(file: &str) -> &str {
    file.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending)
}

fn listed(root: &Path, arguments: &[&str]) -> Result<Vec<String>, Trouble> {
    let list = ask(root, OsStr::new("git"), arguments)?;
    let there = |path: &&str| !path.is_empty() && root.join(path).is_file();
    Ok(list.split('\0').filter(there).map(str::to_owned).collect())
}

fn ask(root: &Path, program: &OsStr, arguments: &[&str]) -> Result<String, Trouble> {
    let what = format!("{} {}", Path::new(program).file_name().unwrap_or(program).display(), arguments.join(" "));
    let output = Command::new(program).args(arguments).current_dir(root).output();
    let output = output.map_err(|why| Trouble::new(&what, why))?;
    if output.status.success() {
        String::from_utf8(output.stdout).map_err(|why| Trouble::new(&what, why))
    } else {
        Err(Trouble::new(&what, String::from_utf8_lossy(&output.stderr)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_is_trouble_on_one_line() {
        let trouble = ask(Path::new("."), OsStr::new("git"), &["no-such-command"]).unwrap_err().to_string();
        assert!(trouble.starts_with("git no-such-command: "), "{trouble}");
        assert_eq!(trouble.lines().count(), 1);
    }

    #[test]
    fn an_ending_is_of_the_name_and_not_of_the_folder() {
        assert_eq!(["a/b.test.ts", "a.b/c", "Makefile"].map(ending), ["ts", "", ""]);
    }

    #[test]
    fn this_file_is_in_the_tree() {
        let tree = Tree::open(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(tree.files().any(|path| path == "src/read/tree.rs"));
        assert!(tree.read("src/read/tree.rs").unwrap().contains("this_file_is_in_the_tree"));
        assert!(tree.read("src/missing.rs").unwrap_err().to_string().starts_with("src/missing.rs: "));
    }
}
