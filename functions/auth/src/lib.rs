//! Signing in and out, the caller, the public keys, and accounts as administrators look after them.

mod administration;
mod new_password;
mod refresh;
mod tokens;

use axum::{
    Json, Router,
    extract::{FromRef, State},
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use cloud::mail::Mailer;
use domain::{settings::Settings, user::Status};
use edge::{
    Authenticator, Code, JsonBody, Problem,
    access::{Open, Permit, UseAccount},
    auth::TokenConfig,
    routing::{Routes, get, patch, post},
};
use people::{Attempts, Profile, password};
use refresh::Refreshed;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Store, attempts::Attempt, users::UserRecord};
use tokens::Issuer;
use vault::{TokenSigner, Vault};

/// Longest name and password that are looked at, in bytes.
const LONGEST_FIELD: usize = 1024;

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Deps {
    store: Store,
    vault: Vault,
    issuer: Issuer,
    authenticator: Authenticator,
    options: Options,
    mailer: Mailer,
}

impl Deps {
    /// Connects to what the settings name.
    ///
    /// # Errors
    /// When a setting is missing or malformed.
    pub async fn connect(settings: &Settings, mailer: Mailer) -> Result<Self, edge::lambda::Error> {
        let store = Store::connect(store::Config::read(settings)?).await;
        let keys = vault::Config::read(settings)?;
        let tokens = TokenConfig::read(settings)?;
        let options = Options { visitors: edge::visitors::are_served(settings)? };
        password::prepare();
        let kms = vault::connect(&keys).await;
        let authenticator = Authenticator::new(&tokens, store.clone());
        Ok(Self {
            vault: Vault::new(kms.clone(), &keys),
            issuer: Issuer::new(tokens, TokenSigner::new(kms, &keys), store.clone()),
            store,
            authenticator,
            options,
            mailer,
        })
    }
}

/// This function's routes, with letters through SES.
///
/// # Errors
/// See [`Deps::connect`].
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let mailer = Mailer::connect(&settings).await?;
    routes_with_mail(settings, mailer).await
}

/// This function's routes, with another way to send letters.
///
/// # Errors
/// See [`Deps::connect`].
pub async fn routes_with_mail(settings: Settings, mailer: Mailer) -> Result<Router, edge::lambda::Error> {
    let deps = Deps::connect(&settings, mailer).await?;
    let routes = Routes::new()
        .route("/auth", post(sign_in))
        .route("/auth/refresh", post(refresh))
        .route("/auth/logout", post(sign_out))
        .route("/auth/password", post(new_password::change))
        .route("/auth/password/reset", post(new_password::request))
        .route("/auth/password/reset/confirm", post(new_password::confirm))
        .route("/auth/options", get(options))
        .route("/users", get(administration::list).post(administration::create))
        .route("/users/{userId}", patch(administration::change))
        .route("/me", get(me))
        .route("/.well-known/jwks.json", get(jwks))
        .with_state(deps);
    Ok(routes.merge(edge::health("auth")))
}

#[derive(Deserialize)]
struct SignIn {
    username: Option<String>,
    email: Option<String>,
    password: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refresh {
    refresh_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    token: String,
    refresh_token: String,
    expires_in: u32,
    user: Profile,
}

async fn sign_in(
    _: Open,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<Json<SignedIn>, Problem> {
    let name = body.email.or(body.username).unwrap_or_default();
    if name.trim().is_empty() || name.len() > LONGEST_FIELD || body.password.len() > LONGEST_FIELD {
        return Err(Problem::new(Code::Invalid).with_detail("a name and a password are needed"));
    }
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let login = people::login_fingerprint(&zoo, &name).map_err(|error| Problem::internal(&error))?;
    let attempts = Attempts::of_login(&deps.store, &login, Attempt::SignIn);
    attempts.check().await?;
    let found = people::known(deps.store.user_by_login(&login).await)?;
    let hash = found.as_ref().map(|user| user.password_hash.clone());
    let is_right = password::verify(body.password, hash).await;
    let Some(user) = found.filter(|user| is_right && user.status == Status::Active) else {
        attempts.failed().await?;
        return Err(Problem::new(Code::InvalidCredentials));
    };
    attempts.succeeded().await?;
    let begun = refresh::begin(&deps.store, &zoo, &user).await?;
    signed_in(&deps, &user, begun).await
}

async fn refresh(
    _: Open,
    State(deps): State<Deps>,
    JsonBody(body): JsonBody<Refresh>,
) -> Result<Json<SignedIn>, Problem> {
    let zoo = people::zoo_key(&deps.store, &deps.vault).await?;
    let refreshed = refresh::exchange(&deps.store, &zoo, &body.refresh_token).await?;
    let family = &refreshed.family;
    let user = people::known(deps.store.user(&family.user_id).await)?;
    let goes_on = |user: &UserRecord| user.status == Status::Active && user.sign_ins_ended == family.sign_ins_ended;
    let user = user.filter(goes_on).ok_or(Problem::new(Code::Unauthorized))?;
    signed_in(&deps, &user, refreshed).await
}

async fn sign_out(_: Open, State(deps): State<Deps>, JsonBody(body): JsonBody<Refresh>) -> Result<StatusCode, Problem> {
    refresh::end(&deps.store, &body.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn signed_in(deps: &Deps, user: &UserRecord, sign_in: Refreshed) -> Result<Json<SignedIn>, Problem> {
    let Refreshed { family, refresh_token } = sign_in;
    let (token, user) = tokio::try_join!(
        deps.issuer.issue(&user.user_id, user.role, &family.family_id),
        people::profile(&deps.store, &deps.vault, user),
    )?;
    Ok(Json(SignedIn { token, refresh_token, expires_in: edge::auth::TOKEN_SECONDS, user }))
}

/// The ways in that this zoo offers.
#[derive(Clone, Copy, Serialize)]
struct Options {
    /// Whether one may talk without an account.
    visitors: bool,
}

async fn options(_: Open, State(deps): State<Deps>) -> Json<Options> {
    Json(deps.options)
}

async fn me(permit: Permit<UseAccount>, State(deps): State<Deps>) -> Result<Json<Profile>, Problem> {
    let user = deps.store.user(permit.user_id()).await.map_err(|error| people::store_problem(&error))?;
    let user = user.ok_or(Problem::new(Code::Unauthorized))?;
    people::profile(&deps.store, &deps.vault, &user).await.map(Json)
}

async fn jwks(_: Open, State(deps): State<Deps>) -> Result<impl IntoResponse, Problem> {
    let keys = deps.issuer.keys().await?;
    let keys = keys.into_iter().map(|key| {
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key.kid, "x": key.x, "y": key.y })
    });
    let cached = [(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))];
    Ok((cached, Json(json!({ "keys": keys.collect::<Vec<_>>() }))))
}
