//! Signing in, and what does not count as being signed in.

use crate::testkit::{Client, Program, ScriptedModel, client, contract_routes, product};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn every_demo_account_signs_in_with_its_role() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let admin = client.post("/auth", &json!({ "username": "admin@cmz.org", "password": "admin123" })).await;
    assert_eq!(admin.body["user"]["role"], "administrator");
    for (email, role, has_parent) in [
        ("keeper1@test.cmz.org", "zookeeper", false),
        ("parent1@test.cmz.org", "parent", false),
        ("parent2@test.cmz.org", "parent", false),
        ("Student1@Test.CMZ.org", "user", true),
        ("student2@test.cmz.org", "user", true),
        ("student3@test.cmz.org", "user", true),
        ("user1@test.cmz.org", "user", false),
        ("visitor1@test.cmz.org", "visitor", false),
    ] {
        let answer = client.open_account(email).await;
        let user = &answer.body["user"];
        assert_eq!(user["role"], role, "{answer:?}");
        assert_eq!(user["email"], email.to_lowercase());
        assert_eq!(user.get("parentUserId").is_some(), has_parent);
        assert_eq!(answer.body["expiresIn"], 600);
        let me = client.with_token(answer.text("token")).get("/me").await;
        assert_eq!(me.body, *user);
    }
}

#[tokio::test]
async fn unknown_names_and_wrong_passwords_are_answered_alike() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let wrong = client.post("/auth", &json!({ "email": client::CHILD, "password": "wrong" })).await;
    let unknown = client.post("/auth", &json!({ "email": "nobody@cmz.org", "password": "wrong" })).await;
    wrong.is_problem(401, "invalid_credentials");
    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body));
}

#[tokio::test]
async fn the_public_key_verifies_what_was_issued() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let answer = client.open_account(client::CHILD).await;
    let token = answer.text("token");
    let jwks = client.get("/.well-known/jwks.json").await;
    let key = &jwks.body["keys"][0];
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!((header.alg, header.kid.as_deref()), (Algorithm::ES256, key["kid"].as_str()));
    let (x, y) = (key["x"].as_str().unwrap(), key["y"].as_str().unwrap());
    let public = jsonwebtoken::DecodingKey::from_ec_components(x, y).unwrap();
    let mut validation = jsonwebtoken::Validation::new(Algorithm::ES256);
    validation.set_audience(&["menagerie"]);
    let claims: Value = jsonwebtoken::decode::<Value>(token, &public, &validation).unwrap().claims;
    assert_eq!(claims["sub"], answer.body["user"]["userId"]);
    assert!(!claims.to_string().contains("Sam") && !claims.to_string().contains('@'));
}

/// A token that is good, the key it was signed with, and what it says.
struct Issued {
    client: Client,
    token: String,
    key: EncodingKey,
    header: Header,
    claims: Value,
}

/// The key that a data folder's tokens are signed with.
fn signing_key(data: &std::path::Path) -> EncodingKey {
    let ring: Value = serde_json::from_slice(&std::fs::read(data.join("keys.json")).unwrap()).unwrap();
    let id = ring["aliases"]["alias/cmz-signing"].as_str().unwrap();
    EncodingKey::from_ec_der(&BASE64_STANDARD.decode(ring["keys"][id]["material"].as_str().unwrap()).unwrap())
}

async fn issued(program: &Program, data: &std::path::Path) -> Issued {
    let client = Client::new(&program.url);
    let answer = client.open_account(client::CHILD).await;
    let token = answer.text("token").to_owned();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    Issued {
        header: jsonwebtoken::decode_header(&token).unwrap(),
        claims: serde_json::from_slice(&claims).unwrap(),
        key: signing_key(data),
        client,
        token,
    }
}

impl Issued {
    fn with(&self, claim: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        claims[claim] = value;
        encode(&self.header, &claims, &self.key).unwrap()
    }

    /// Tokens that must not be good, by name.
    fn forgeries(&self, foreign: &EncodingKey) -> Vec<(&'static str, String)> {
        let parts: Vec<_> = self.token.split('.').collect();
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let none = part(json!({ "alg": "none", "typ": "JWT", "kid": self.header.kid }));
        let mut admin = self.claims.clone();
        admin["role"] = json!("administrator");
        let mut hmac = self.header.clone();
        hmac.alg = Algorithm::HS256;
        let mut unknown = self.header.clone();
        unknown.kid = Some("nobody".to_owned());
        let mut nameless = self.header.clone();
        nameless.kid = None;
        let past = json!(self.claims["iat"].as_i64().unwrap() - 60);
        vec![
            ("alg none, no signature", format!("{none}.{}.", parts[1])),
            ("alg none, old signature", format!("{none}.{}.{}", parts[1], parts[2])),
            ("another role under the old signature", format!("{}.{}.{}", parts[0], part(admin.clone()), parts[2])),
            ("signed by another key", encode(&self.header, &admin, foreign).unwrap()),
            ("signed with a shared secret", encode(&hmac, &admin, &EncodingKey::from_secret(b"menagerie")).unwrap()),
            ("of an unknown key", encode(&unknown, &self.claims, &self.key).unwrap()),
            ("of no key", encode(&nameless, &self.claims, &self.key).unwrap()),
            ("expired", self.with("exp", past)),
            ("of another issuer", self.with("iss", json!("elsewhere"))),
            ("for another audience", self.with("aud", json!("elsewhere"))),
            ("of an unknown role", self.with("role", json!("owner"))),
            ("without a signature", format!("{}.{}", parts[0], parts[1])),
            ("no token at all", "nonsense".to_owned()),
            ("empty", String::new()),
        ]
    }
}

#[tokio::test]
async fn no_forged_expired_or_foreign_token_opens_any_route() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let program = Program::menagerie(&["--port", "0", "--data", data, "--model-pace", "0"]).await;
    let issued = issued(&program, folder.path()).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().to_str().unwrap();
    let _other = Program::menagerie(&["engine", "--port", "0", "--data", other]).await;
    let foreign = signing_key(elsewhere.path());
    let again = issued.with("jti", json!("another"));
    assert_eq!(issued.client.with_token(&again).get("/me").await.status, 200, "the test signs as the server does");
    let routes: Vec<_> = contract_routes().into_iter().filter(|route| route.needs_token).collect();
    assert!(routes.len() >= 4, "{routes:?}");
    for route in routes {
        let method: Method = route.method.parse().unwrap();
        let path = route.path.replace("{sessionId}", "0190f3a1-7b2c-7def-8123-456789abcdef");
        let call = |client: &Client| {
            let body = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
            client.request(method.clone(), &path).json(&body).send()
        };
        let answer = client::answer(call(&issued.client).await.unwrap()).await;
        answer.is_problem(401, "unauthorized");
        for (what, forgery) in issued.forgeries(&foreign) {
            let answer = client::answer(call(&issued.client.with_token(&forgery)).await.unwrap()).await;
            assert_eq!(answer.status, 401, "{what} at {path}: {:?}", answer.body);
        }
    }
}

#[tokio::test]
async fn another_scheme_than_bearer_is_no_token() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let request = client.request(Method::GET, "/me").basic_auth("student1@test.cmz.org", Some(client::PASSWORD));
    client::answer(request.send().await.unwrap()).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_once_and_a_copy_ends_the_sign_in() {
    let model = ScriptedModel::start([]).await;
    let (_program, client) = product(&model).await;
    let refresh = |token: &str| {
        let (client, body) = (client.clone(), json!({ "refreshToken": token }));
        async move { client.post("/auth/refresh", &body).await }
    };
    let signed_in = client.open_account(client::CHILD).await;
    let first = signed_in.text("refreshToken").to_owned();
    let renewed = refresh(&first).await;
    let second = renewed.text("refreshToken").to_owned();
    assert_eq!(client.with_token(renewed.text("token")).get("/me").await.body, renewed.body["user"]);
    assert_ne!(first, second);
    // Two tabs that exchange the same token at once get the same successor.
    assert_eq!(refresh(&first).await.text("refreshToken"), second);
    let third = refresh(&second).await.text("refreshToken").to_owned();
    // One further back is a copy: its whole family ends, the newest token with it.
    refresh(&first).await.is_problem(401, "unauthorized");
    refresh(&third).await.is_problem(401, "unauthorized");
    let tampered = format!("{}x", signed_in.text("refreshToken"));
    refresh(&tampered).await.is_problem(401, "unauthorized");
}
