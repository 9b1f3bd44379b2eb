//! Refresh tokens: each is good for one exchange. Its successor is derived from it, so that two
//! tabs that exchange the same token within ten seconds get the same successor; later than that,
//! or further back, a used token means that somebody has a copy, and the family ends (RFC 9700,
//! section 4.14).

use domain::{Timestamp, retention::SIGN_IN_DAYS};
use edge::{Code, Problem, clock};
use people::store_problem;
use store::{Store, refresh_tokens::TokenFamily, users::UserRecord};
use vault::{DataKey, OpenError};

/// How long the token just exchanged still gives its successor.
const GRACE_MILLIS: u64 = 10_000;
/// Exchanges of one token at the same moment that are sorted out before the caller has to wait.
const ATTEMPTS: u32 = 3;

pub(crate) struct Refreshed {
    pub(crate) family: TokenFamily,
    pub(crate) refresh_token: String,
}

/// Begins a family and gives its first token.
pub(crate) async fn begin(store: &Store, zoo: &DataKey, user: &UserRecord) -> Result<Refreshed, Problem> {
    let secret = vault::random_token().map_err(|error| Problem::internal(&error))?;
    let now = clock::now();
    let expires_at = now.plus_days(SIGN_IN_DAYS);
    let family = TokenFamily {
        family_id: clock::new_id().to_string(),
        user_id: user.user_id.clone(),
        sign_ins_ended: user.sign_ins_ended,
        current: fingerprint(zoo, &secret)?,
        previous: None,
        rotated_at: now,
        expires_at,
        ttl: expires_at.as_seconds(),
    };
    store.begin_token_family(&family).await.map_err(|error| store_problem(&error))?;
    let refresh_token = format!("{}.{secret}", family.family_id);
    Ok(Refreshed { family, refresh_token })
}

/// Ends the family of a token; one that is not known ends nothing.
pub(crate) async fn end(store: &Store, token: &str) -> Result<(), Problem> {
    match parts(token) {
        Some((family_id, _)) => store.revoke_token_family(family_id).await.map_err(|error| store_problem(&error)),
        None => Ok(()),
    }
}

fn parts(token: &str) -> Option<(&str, &str)> {
    token.split_once('.').filter(|(id, _)| id.len() <= 64)
}

/// Exchanges a token for its successor.
pub(crate) async fn exchange(store: &Store, zoo: &DataKey, token: &str) -> Result<Refreshed, Problem> {
    let refused = || Problem::new(Code::Unauthorized);
    let (family_id, secret) = parts(token).ok_or_else(refused)?;
    let presented = fingerprint(zoo, secret)?;
    let successor = zoo.fingerprint("refresh successor", secret).map_err(|error| Problem::internal(&error))?;
    let next = fingerprint(zoo, &successor)?;
    for _ in 0..ATTEMPTS {
        let now = clock::now();
        let family = store.token_family(family_id).await.map_err(|error| store_problem(&error))?;
        let family = family.filter(|family| now < family.expires_at).ok_or_else(refused)?;
        match standing(&family, &presented, &next, now) {
            Standing::Current => match store.rotate_token(&family, &next, now).await {
                Err(error) if error.is_conflict() => continue,
                Err(error) => return Err(store_problem(&error)),
                Ok(()) => {}
            },
            Standing::JustExchanged => {}
            Standing::Used => {
                tracing::warn!("a used refresh token was presented; its family ends");
                store.revoke_token_family(family_id).await.map_err(|error| store_problem(&error))?;
                return Err(refused());
            }
        }
        return Ok(Refreshed { family, refresh_token: format!("{family_id}.{successor}") });
    }
    Err(Problem::new(Code::Unavailable))
}

#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Current,
    JustExchanged,
    Used,
}

fn standing(family: &TokenFamily, presented: &str, next: &str, now: Timestamp) -> Standing {
    let is_recent = now.millis_since(family.rotated_at) <= GRACE_MILLIS;
    if family.current == presented {
        Standing::Current
    } else if is_recent && family.previous.as_deref() == Some(presented) && family.current == next {
        Standing::JustExchanged
    } else {
        Standing::Used
    }
}

fn fingerprint(zoo: &DataKey, secret: &str) -> Result<String, Problem> {
    zoo.fingerprint("refresh token", secret).map_err(|error: OpenError| Problem::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_once_and_its_successor_for_ten_seconds_more() {
        let start = Timestamp::from_millis(1_000_000);
        let family = TokenFamily {
            family_id: "f".into(),
            user_id: domain::UserId::parse("u").unwrap(),
            sign_ins_ended: 0,
            current: "b".into(),
            previous: Some("a".into()),
            rotated_at: start,
            expires_at: start.plus_days(1),
            ttl: 0,
        };
        let at = |seconds| start.plus_seconds(seconds);
        assert_eq!(standing(&family, "b", "c", at(60)), Standing::Current);
        assert_eq!(standing(&family, "a", "b", at(10)), Standing::JustExchanged);
        assert_eq!(standing(&family, "a", "b", at(11)), Standing::Used);
        assert_eq!(standing(&family, "x", "y", at(1)), Standing::Used);
    }
}
