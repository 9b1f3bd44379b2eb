//! Accounts: sign-ins that end, administration, passwords, keys that change.

mod administration;
mod sign_out;
