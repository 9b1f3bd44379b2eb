//! A route: what a caller can ask for, and the function that answers.

use std::{
    collections::BTreeSet,
    fmt::{self, Display},
};

/// The methods a route can have, in lower case.
pub(crate) const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// One route. `method` is in upper case, `path` a template such as `/sessions/{sessionId}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) function: String,
}

impl Route {
    pub(crate) fn new(method: &str, path: &str, function: &str) -> Self {
        Self { path: path.to_owned(), method: method.to_uppercase(), function: function.to_owned() }
    }

    /// Whether a path, its parameters filled in, is one of this route.
    pub(crate) fn takes(&self, path: &str) -> bool {
        let fits = |(template, given): (&str, &str)| template == given || (is_parameter(template) && !given.is_empty());
        self.path.split('/').count() == path.split('/').count() && self.path.split('/').zip(path.split('/')).all(fits)
    }

    /// How many parts of the path are parameters: of two routes that take a path, the one with fewer gets it.
    pub(crate) fn parameters(&self) -> usize {
        self.path.split('/').filter(|part| is_parameter(part)).count()
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{') && part.ends_with('}')
}

impl Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.function)
    }
}

/// The routes written down in one place, and what in it could not be understood.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Routes {
    pub(crate) routes: BTreeSet<Route>,
    pub(crate) findings: Vec<String>,
}

impl Extend<Result<Route, String>> for Routes {
    fn extend<T: IntoIterator<Item = Result<Route, String>>>(&mut self, read: T) {
        for route in read {
            match route {
                Ok(route) => _ = self.routes.insert(route),
                Err(finding) => self.findings.push(finding),
            }
        }
    }
}

impl FromIterator<Result<Route, String>> for Routes {
    fn from_iter<T: IntoIterator<Item = Result<Route, String>>>(read: T) -> Self {
        let mut routes = Self::default();
        routes.extend(read);
        routes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_takes_one_part_of_a_path() {
        let route = Route::new("get", "/sessions/{id}/turns", "history");
        assert!(route.takes("/sessions/abc/turns"));
        for other in ["/sessions/abc", "/sessions//turns", "/sessions/abc/turns/1", "/sessions/abc/words"] {
            assert!(!route.takes(other), "{other}");
        }
    }
}
