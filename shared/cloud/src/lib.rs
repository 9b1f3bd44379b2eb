//! AWS services besides tables and keys: the only crate that uses their SDKs, each service behind a
//! small port in a file of its own.
//!
//! Knows no table, no person and no rule.

mod aws;

pub mod alerts;
pub mod archive;
pub mod mail;
pub mod secrets;
