//! `GET /conversations/history/{sessionId}`: one conversation, for its owner.

mod page;

use axum::{
    Json, Router,
    extract::{FromRef, Path, State, rejection::PathRejection},
    routing::get,
};
use domain::{
    SessionId, Slot,
    access::{self, Action, Relation},
    settings::Settings,
    user::{Status, User},
};
use edge::{Authenticator, Caller, Code, Problem, auth::TokenConfig, clock, query::Parameters};
use page::{Cursor, History, Page};
use serde::Deserialize;
use std::sync::Arc;
use store::{Store, StoreError, animals::AnimalCache, sessions::SessionRecord};
use vault::{DataKey, Label, OpenError, Vault, VaultError};

const DEFAULT_LIMIT: u16 = 100;
const MAX_LIMIT: u16 = 500;

/// What this function needs.
#[derive(Clone)]
pub struct Deps {
    store: Store,
    vault: Vault,
    animals: Arc<AnimalCache>,
    authenticator: Authenticator,
}

impl Deps {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings) -> Result<Self, edge::lambda::Error> {
        let store = Store::connect(store::Config::read(settings)?).await;
        let keys = vault::Config::read(settings)?;
        let reader = store.clone();
        let authenticator = Authenticator::new(&TokenConfig::read(settings)?, move || {
            let store = reader.clone();
            async move { store.signing_keys().await }
        });
        Ok(Self {
            vault: Vault::new(vault::connect(&keys).await, &keys),
            animals: Arc::new(AnimalCache::new(store.clone())),
            store,
            authenticator,
        })
    }
}

impl FromRef<Deps> for Authenticator {
    fn from_ref(deps: &Deps) -> Self {
        deps.authenticator.clone()
    }
}

/// This function's routes.
///
/// # Errors
/// See [`Deps::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let deps = Deps::connect(&settings).await?;
    let routes = Router::new().route("/conversations/history/{sessionId}", get(history)).with_state(deps);
    Ok(routes.merge(edge::health("history")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    limit: Option<u16>,
    next_token: Option<String>,
}

async fn history(
    State(deps): State<Deps>,
    caller: Caller,
    session_id: Result<Path<String>, PathRejection>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<History>, Problem> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::new(Code::BadRequest).with_detail("limit is 1 to 500"));
    }
    let session_id = session_id.ok().and_then(|Path(id)| SessionId::parse(&id).ok());
    let session_id = session_id.ok_or(Problem::new(Code::NotFound))?;
    let session = owned_session(&deps, &caller, &session_id).await?;
    let key = session_key(&deps, &session).await?;
    let slot = cursor_slot(&session);
    let after = query.next_token.map(|token| Cursor::open(&token, &key, &slot)).transpose()?;
    let (messages, catalogue) = tokio::try_join!(
        deps.store.messages(&session.user_id, &session_id, i32::from(limit), after.as_deref()),
        deps.animals.catalogue(clock::now()),
    )
    .map_err(|error| store_problem(&error))?;
    let name = catalogue.find(&session.animal_id).map(|animal| animal.name.clone());
    let page = Page { session, name, messages, limit };
    page.open(&key).map(Json).map_err(|error| Problem::internal(&error))
}

/// The session, if it is the caller's to read now. What the caller may do is what their account
/// says now, not what their token said once.
async fn owned_session(deps: &Deps, caller: &Caller, id: &SessionId) -> Result<SessionRecord, Problem> {
    let (user, session) = tokio::try_join!(deps.store.user(&caller.user_id), deps.store.session(id))
        .map_err(|error| store_problem(&error))?;
    let user = user.map(|record| record.user()).ok_or(Problem::new(Code::Unauthorized))?;
    let session = session.filter(|session| !session.session().is_expired(clock::now()));
    if !user.role.has_history() || user.status != Status::Active {
        return Err(Problem::new(Code::Forbidden));
    }
    let session = session.ok_or(Problem::new(Code::NotFound))?;
    match access::allows(user.role, Action::ReadHistory, relation(&user, &session)) {
        true => Ok(session),
        false => Err(Problem::new(Code::Forbidden)),
    }
}

fn relation(user: &User, session: &SessionRecord) -> Relation {
    if user.user_id == session.user_id { Relation::Oneself } else { Relation::Other }
}

/// The session's key. Where it is destroyed, the session is gone.
async fn session_key(deps: &Deps, session: &SessionRecord) -> Result<DataKey, Problem> {
    let gone = || Problem::new(Code::NotFound);
    let (user_key, session_key) = tokio::try_join!(
        deps.store.conversations_key(&session.user_id),
        deps.store.session_key(&session.user_id, &session.session_id),
    )
    .map_err(|error| store_problem(&error))?;
    let (user_key, session_key) = user_key.zip(session_key).ok_or_else(gone)?;
    let label = Label::conversations(&session.user_id, user_key.generation);
    let opened = deps.vault.unwrap_key(&label, &user_key.wrapped).await.map_err(|error| vault_problem(&error))?;
    opened
        .open_session_key(&session.session_id, &session_key.wrapped)
        .map_err(|error: OpenError| Problem::internal(&error))
}

/// A cursor is good for its session, and so for its owner, only.
fn cursor_slot(session: &SessionRecord) -> Slot<'_> {
    Slot {
        table: "conversations",
        partition: session.user_id.as_str(),
        sort: session.session_id.as_str(),
        attribute: "nextToken",
        generation: session.generation,
    }
}

fn store_problem(error: &StoreError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}

fn vault_problem(error: &VaultError) -> Problem {
    Problem::failure(error, error.is_unavailable())
}
