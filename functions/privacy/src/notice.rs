//! `GET /privacy/notice`: what the zoo tells parents before they agree to anything.

use axum::{Json, extract::State};
use domain::notice::{Section, TITLE, Version, sections};
use edge::access::Open;
use reading::Reading;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Notice {
    version: Version,
    title: &'static str,
    sections: Vec<Section>,
}

pub(crate) async fn read(_: Open, State(reading): State<Reading>) -> Json<Notice> {
    let store = reading.store();
    Json(Notice { version: store.notice(), title: TITLE, sections: sections(store.ttl_days()) })
}
