//! `GET /conversations/history/{sessionId}/export`: a whole conversation as a file (requirement
//! document 000, tickets 5 and 8); `POST /privacy/export/{userId}`: all that is kept of a person. A file is complete
//! before its first byte is sent.

mod attachment;
mod document;
mod gather;
pub mod pdf;
mod personal;
mod plain;
mod transcript;
mod wording;

use attachment::{Attachment, Format};
use axum::{
    Router,
    extract::{FromRef, State},
};
use domain::settings::Settings;
use edge::{
    Authenticator, Code, Problem,
    query::Parameters,
    routing::{Routes, get, post},
};
use pdf::Faces;
use reading::{Grant, Reading, grant::Export, service::Service};
use serde::Deserialize;

/// What this function is made of.
#[derive(Clone)]
struct Deps {
    service: Service,
    faces: Faces,
}

impl FromRef<Deps> for Reading {
    fn from_ref(deps: &Deps) -> Self {
        deps.service.reading.clone()
    }
}

impl FromRef<Deps> for Authenticator {
    fn from_ref(deps: &Deps) -> Self {
        deps.service.authenticator.clone()
    }
}

impl FromRef<Deps> for Faces {
    fn from_ref(deps: &Deps) -> Self {
        deps.faces.clone()
    }
}

/// This function's routes.
///
/// # Errors
/// See [`Service::connect`]; and where `EXPORT_FONTS_DIR` is not set or lacks a font.
pub async fn routes(settings: Settings) -> Result<Router, edge::lambda::Error> {
    let faces = Faces::read(settings.required(pdf::FOLDER)?.as_ref())?;
    let service = Service::connect(&settings).await?;
    let routes = Routes::new()
        .route("/conversations/history/{sessionId}/export", get(export))
        .route("/privacy/export/{userId}", post(personal::export))
        .with_state(Deps { service, faces });
    Ok(routes.merge(edge::health("exports")))
}

#[derive(Deserialize)]
struct Query {
    format: Option<String>,
}

async fn export(
    grant: Grant<Export>,
    State(reading): State<Reading>,
    State(faces): State<Faces>,
    Parameters(query): Parameters<Query>,
) -> Result<Attachment, Problem> {
    let format = Format::parse(query.format.as_deref().unwrap_or("json"));
    let format = format.ok_or_else(|| Problem::new(Code::BadRequest).with_detail("format is json, txt or pdf"))?;
    let taker = grant.taker();
    let conversation = reading.open(grant).await.map_err(|error| error.problem())?;
    let transcript = Box::pin(gather::transcript(&reading, &conversation)).await?;
    // Hundreds of pages take a second of work: not on the threads that answer others.
    let messages = transcript.messages.len();
    let made = tokio::task::spawn_blocking(move || Attachment::make(&transcript, format, &faces)).await;
    let made = made.map_err(|error| Problem::internal(&error))??;
    let recorded = reading.record_export(&taker, made.described(messages)).await;
    recorded.map(|()| made).map_err(|error| error.problem())
}
