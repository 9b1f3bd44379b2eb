//! A route is written down four times: in the contract, in the deployment, in the function that answers it and for
//! `cargo lambda watch`. All say the same.

use crate::read::{
    deployment, handlers, openapi,
    route::{Route, Routes},
    tree::{Tree, Trouble},
    watch, workspace,
};
use std::collections::BTreeSet;

/// Compares the four places.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>, Trouble> {
    let contract = openapi::routes(&tree.read(openapi::FILE)?)?;
    let places = [
        (watch::PLACE, watch::routes(&workspace::metadata(tree)?, &contract.routes)?),
        (openapi::FILE, contract),
        (deployment::FILE, deployment::routes(&tree.read(deployment::FILE)?)?),
        ("the functions' sources", handlers::routes(tree)?),
    ];
    Ok(findings(&places))
}

fn findings(places: &[(&str, Routes)]) -> Vec<String> {
    let unread = places.iter().flat_map(|(_, read)| read.findings.clone());
    let all: BTreeSet<&Route> = places.iter().flat_map(|(_, read)| &read.routes).collect();
    unread.chain(all.into_iter().filter_map(|route| difference(route, places))).collect()
}

fn difference(route: &Route, places: &[(&str, Routes)]) -> Option<String> {
    let missing = places.iter().filter(|(_, read)| !read.routes.contains(route)).map(|(place, _)| *place);
    let missing: Vec<&str> = missing.collect();
    (!missing.is_empty()).then(|| format!("{route} is missing in {}", missing.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(routes: &[Route]) -> Routes {
        routes.iter().cloned().map(Ok).collect()
    }

    #[test]
    fn the_same_routes_everywhere_are_fine() {
        let me = [Route::new("get", "/me", "auth")];
        assert_eq!(findings(&[("a", routes(&me)), ("b", routes(&me))]), Vec::<String>::new());
    }

    #[test]
    fn a_route_is_found_with_each_place_it_is_missing_in() {
        let me = [Route::new("get", "/me", "auth")];
        let found = findings(&[("a", routes(&me)), ("b", routes(&[])), ("c", routes(&[]))]);
        assert_eq!(found, ["GET /me (auth) is missing in b and c"]);
    }

    #[test]
    fn another_method_path_or_function_is_a_difference() {
        let me = Route::new("get", "/me", "auth");
        for other in [("post", "/me", "auth"), ("get", "/you", "auth"), ("get", "/me", "family")] {
            let other = Route::new(other.0, other.1, other.2);
            assert_eq!(findings(&[("a", routes(std::slice::from_ref(&me))), ("b", routes(&[other]))]).len(), 2);
        }
    }

    #[test]
    fn what_could_not_be_read_is_found() {
        let unread = Routes { findings: vec!["x has no function".to_owned()], ..Routes::default() };
        assert_eq!(findings(&[("a", unread)]), ["x has no function"]);
    }
}
