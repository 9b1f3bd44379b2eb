//! Accounts: sign-ins that end, administration, passwords, keys that change.

mod administration;
mod attempts;
mod keys;
mod passwords;
mod sign_out;
