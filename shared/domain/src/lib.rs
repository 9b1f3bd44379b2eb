//! The rules of Menagerie, pure: who may do what, what a session, a message and a turn are, and how
//! long anything lives.
//!
//! Owns every rule that can be stated without a network. It knows no clock (times come in as
//! arguments), no database, no HTTP and no randomness.

pub mod access;
pub mod alert;
pub mod animal;
pub mod attempts;
pub mod audit;
pub mod consent;
pub mod directory;
pub mod endpoint;
pub mod erasure;
pub mod family;
pub mod ids;
pub mod insights;
pub mod limits;
pub mod message;
pub mod notice;
pub mod retention;
pub mod sealed;
pub mod search;
pub mod session;
pub mod settings;
pub mod share;
pub mod time;
pub mod token;
pub mod topics;
pub mod turn;
pub mod user;
pub mod words;

pub use ids::{AnimalId, LogId, MessageId, ReceiptId, SessionId, TurnId, UserId};
pub use sealed::{NewKey, Sealed, Slot, WrappedKey};
pub use time::Timestamp;
