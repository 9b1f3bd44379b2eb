//! The product's tests: real programs, real engine, HTTP. Nothing of the workspace is imported.
//!
//! A test whose name begins with `c000_2_1` proves the first acceptance criterion of ticket 2 of
//! requirement document 000.
#![cfg(test)]

mod access;
mod accounts;
mod animal_config;
mod audit;
mod auth;
mod auth_options;
mod bad_input;
mod canaries;
mod consent;
mod contract;
mod convo_stream;
mod convo_turn;
mod deletion;
mod durability;
mod erasure;
mod events;
mod exports;
mod family;
mod history;
mod judged;
mod program;
mod retention;
mod rotation;
mod sessions;
mod shares;
mod storage;
mod tables;
mod testkit;
mod trail;
mod turns;
mod visitors;
mod walk;
mod watch;
