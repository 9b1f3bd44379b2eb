//! A client as the web app is one.

use super::sse::{Event, Stream};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

pub(crate) const CHILD: &str = "student1@test.cmz.org";
pub(crate) const SIBLING: &str = "student2@test.cmz.org";
pub(crate) const CHILD_WITHOUT_CONSENT: &str = "student3@test.cmz.org";
pub(crate) const PARENT: &str = "parent1@test.cmz.org";
pub(crate) const USER: &str = "user1@test.cmz.org";
pub(crate) const VISITOR: &str = "visitor1@test.cmz.org";
pub(crate) const PASSWORD: &str = "testpass123";

/// A client, signed in or not.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    http: reqwest::Client,
    token: Option<String>,
}

/// A status and the JSON behind it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { base: base.to_owned(), http, token: None }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same person at another server.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Signs a demo account in and gives what the server said.
    pub(crate) async fn open_account(&self, email: &str) -> Answer {
        let answer = self.post("/auth", &json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer
    }

    /// Signs the demo administrator in and gives what the server said.
    pub(crate) async fn administrator(&self) -> Answer {
        let answer = self.post("/auth", &json!({ "email": "admin@cmz.org", "password": "admin123" })).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer
    }

    /// Signs a demo account in.
    pub(crate) async fn sign_in(&self, email: &str) -> Self {
        self.with_token(self.open_account(email).await.text("token"))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends what was built by hand.
    pub(crate) async fn execute(&self, request: reqwest::Request) -> Answer {
        answer(self.http.execute(request).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request(Method::POST, path).json(body).send().await.unwrap()).await
    }

    /// Asks Leo and takes the answer in one piece.
    pub(crate) async fn ask(&self, message: &str) -> Answer {
        self.post("/convo_turn", &json!({ "animalId": "lion_001", "message": message })).await
    }

    /// Asks Leo again in a session.
    pub(crate) async fn ask_in(&self, session: &str, message: &str) -> Answer {
        let body = json!({ "animalId": "lion_001", "message": message, "sessionId": session });
        self.post("/convo_turn", &body).await
    }

    /// Asks and gives the stream of the answer.
    pub(crate) async fn stream(&self, body: &Value) -> Stream {
        let response = self.request(Method::POST, "/convo_turn/stream").json(body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Stream::new(response)
    }

    /// Asks Leo and takes the whole stream.
    pub(crate) async fn streamed(&self, message: &str) -> Vec<Event> {
        self.stream(&json!({ "animalId": "lion_001", "message": message })).await.rest().await
    }

    pub(crate) async fn history(&self, session: &str) -> Answer {
        self.get(&format!("/conversations/history/{session}")).await
    }
}

pub(crate) async fn answer(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

impl Answer {
    /// A member of the body as text.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {:?}", self.body))
    }

    /// Checks that this is a problem document of a code.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{:?}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert!(self.body["error"].is_string());
    }
}
