//! What the checks read: the files of the tree, the workspace, the tests, and the routes and criteria where
//! they are written down.

pub(crate) mod criterion;
pub(crate) mod deployment;
pub(crate) mod handlers;
pub(crate) mod manifest;
pub(crate) mod openapi;
pub(crate) mod proofs;
pub(crate) mod route;
pub(crate) mod rust;
pub(crate) mod tree;
pub(crate) mod watch;
pub(crate) mod workspace;
