//! Why the program cannot start, in one line for a person.

/// One line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into().replace('\n', " "))
    }
}

/// Says what failed in front of why.
pub(crate) trait Explain<T> {
    fn explain(self, what: impl std::fmt::Display) -> Result<T, Failure>;
}

impl<T, E: std::fmt::Display> Explain<T> for Result<T, E> {
    fn explain(self, what: impl std::fmt::Display) -> Result<T, Failure> {
        self.map_err(|why| Failure::new(format!("{what}: {why}")))
    }
}
