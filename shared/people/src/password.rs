//! Passwords: argon2id with OWASP's parameters (m=19456 KiB, t=2, p=1), the crate's defaults.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use edge::{Code, Problem};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// What an unknown name's password is compared with, so that it takes as long as a known one's.
static NOBODYS_HASH: LazyLock<String> = LazyLock::new(|| hash("nobody's password").unwrap_or_default());

/// How many characters a new password has (NIST SP 800-63B asks for 8 at least and room for 64).
const SHORTEST: usize = 10;
const LONGEST: usize = 128;

/// Hashes at the same time at most: each takes 19 MiB, and anybody may ask for one.
static PERMITS: Semaphore = Semaphore::const_new(4);

/// Does once what the first unknown name would have to wait for.
pub fn prepare() {
    LazyLock::force(&NOBODYS_HASH);
}

/// Hashes a password as a PHC string; `None` when the system gives no salt.
#[must_use]
pub fn hash(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// Whether a password that somebody chose will do.
///
/// # Errors
/// `invalid`.
pub fn check(password: &str) -> Result<(), Problem> {
    let will_do = (SHORTEST..=LONGEST).contains(&password.chars().count());
    let refused = || Problem::new(Code::Invalid).with_detail("a password is 10 to 128 characters");
    if will_do { Ok(()) } else { Err(refused()) }
}

/// Hashes a password that somebody chose.
///
/// # Errors
/// `invalid` where it will not do, `unavailable` where it cannot be hashed now.
pub async fn hash_new(password: String) -> Result<String, Problem> {
    check(&password)?;
    hashed(password).await
}

/// The hash of a password that nobody knows.
///
/// # Errors
/// `unavailable` where none can be made now.
pub async fn hash_unknown() -> Result<String, Problem> {
    hashed(vault::random_token().map_err(|error| Problem::internal(&error))?).await
}

async fn hashed(password: String) -> Result<String, Problem> {
    let busy = || Problem::new(Code::Unavailable);
    let _permit = PERMITS.acquire().await.map_err(|_| busy())?;
    let work = tokio::task::spawn_blocking(move || hash(&password));
    work.await.ok().flatten().ok_or_else(busy)
}

/// Whether a password is the one of a hash. Without a hash it is not, after the same work.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    let Ok(_permit) = PERMITS.acquire().await else { return false };
    // A tenth of a second of work is too long between two polls.
    let work = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS_HASH.clone());
        let parsed = PasswordHash::new(&hash);
        let matches = parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        matches && known
    });
    work.await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_its_own_hash_only() {
        let hashed = hash("roar").unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("roar".into(), Some(hashed.clone())).await);
        assert!(!verify("Roar".into(), Some(hashed)).await);
        assert!(!verify("nobody's password".into(), None).await);
    }
}
