//! Files: `GET /conversations/history/{sessionId}/export`, requirement document 000, tickets 5 and 8, and `POST
//! /privacy/export/{userId}`, ticket 12.

mod files;
mod personal;
mod roles;

use crate::testkit::Client;
use reqwest::{Method, StatusCode, header::HeaderMap};

/// A file as a browser gets it.
struct File {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl File {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn pdf(&self) -> lopdf::Document {
        lopdf::Document::load_mem(&self.bytes).unwrap()
    }

    /// What can be copied out of a document's pages, one text a page, without its spaces.
    fn pages(&self) -> Vec<String> {
        let document = self.pdf();
        let numbers: Vec<u32> = document.get_pages().keys().copied().collect();
        let text = |number| document.extract_text(&[number]).unwrap().split_whitespace().collect();
        numbers.into_iter().map(text).collect()
    }
}

async fn export(client: &Client, session: &str, format: &str) -> File {
    let response = client.request(Method::GET, &path(session, format)).send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    File { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
}

fn path(session: &str, format: &str) -> String {
    format!("/conversations/history/{session}/export?format={format}")
}
