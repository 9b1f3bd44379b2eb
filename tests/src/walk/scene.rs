//! A zoo with somebody of every kind in it, and conversations of theirs.

use super::{
    aims::{Owner, State},
    operations::PASSWORD,
    principals::Principal,
    tokens::Mint,
};
use crate::testkit::{Client, Engine, Reply, ScriptedModel, Server};
use futures_util::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// How much is done at once.
pub(super) const AT_ONCE: usize = 8;
/// What the canary of a person begins with; three digits follow. It is one word, so that no stream
/// cuts it.
const CANARY: &str = "Canary";

/// Questions whose answer lasts long enough to be logged, does not end, and does not come.
pub(super) const SLOW: &str = "Tell me slowly";
pub(super) const STALLED: &str = "Tell me for ever";
pub(super) const REFUSED: &str = "Tell me nothing";

/// Limits that no walk meets.
const VARIABLES: [(&str, &str); 2] =
    [("VISITORS_WITHOUT_ACCOUNT", "off"), ("CHAT_ADDRESS_RATE_LIMIT_PER_MINUTE", "100000")];

pub(super) struct Scene {
    pub(super) engine: Engine,
    pub(super) model: ScriptedModel,
    pub(super) client: Client,
    pub(super) administrator: Client,
    pub(super) mint: Mint,
    pub(super) people: BTreeMap<Owner, Person>,
    _server: Server,
}

/// Somebody with an account.
pub(super) struct Person {
    pub(super) user: String,
    pub(super) email: String,
    /// Of two sign-ins; only principals have signed in.
    pub(super) refresh_tokens: [String; 2],
    number: usize,
    client: Client,
}

/// A conversation of one question and one answer, and that turn.
#[derive(Debug, Clone)]
pub(super) struct Talk {
    pub(super) session: String,
    pub(super) turn: String,
}

impl Scene {
    /// Everybody, as grown-up users so far, but for the children.
    pub(super) async fn open(principals: &[Principal]) -> Self {
        let engine = Engine::start().await;
        let model = ScriptedModel::answering(reply).await;
        let server = Server::start(&engine.program.url, &model.url, &VARIABLES).await;
        let client = Client::new(&server.url);
        let token = client.administrator().await.text("token").to_owned();
        let mint = Mint::like(&token, engine.program.line["keysUrl"].as_str().unwrap());
        let administrator = client.with_token(&token);
        let people = BTreeMap::new();
        let mut scene = Self { engine, model, client, administrator, mint, people, _server: server };
        let owners = owners(principals);
        let people = stream::iter(owners.into_iter().enumerate()).map(|(number, owner)| scene.person(number, owner));
        let people: Vec<_> = people.buffer_unordered(AT_ONCE).collect().await;
        scene.people = people.into_iter().collect();
        scene.make_children().await;
        scene
    }

    /// A second server on the same engine.
    pub(super) async fn server(&self, engine_url: &str, variables: &[(&str, &str)]) -> Server {
        Server::start(engine_url, &self.model.url, &[&VARIABLES, variables].concat()).await
    }

    async fn person(&self, number: usize, owner: Owner) -> (Owner, Person) {
        let email = format!("walker{number}@test.cmz.org");
        let body = json!({ "email": email, "displayName": "Walker", "role": "user", "password": PASSWORD });
        let made = self.administrator.post("/users", &body).await;
        assert_eq!(made.status, 201, "{:?}", made.body);
        let user = made.text("userId").to_owned();
        let client = self.client.with_token(&self.mint.good(&user).await);
        let mut person = Person { user, email, refresh_tokens: Default::default(), number, client };
        if matches!(owner, Owner::Principal(_)) {
            for token in &mut person.refresh_tokens {
                let credentials = json!({ "email": person.email, "password": PASSWORD });
                self.client.post("/auth", &credentials).await.text("refreshToken").clone_into(token);
            }
        }
        (owner, person)
    }

    /// Gives the children their guardians, who have agreed to all.
    async fn make_children(&self) {
        let notice = self.client.get("/privacy/notice").await;
        for (owner, person) in &self.people {
            let guardian = owner.guardian();
            if guardian == *owner {
                continue;
            }
            let agreed = json!({ "collect": { "BOOL": true }, "thirdParty": { "BOOL": true }, "sharing": { "BOOL": true }, "noticeVersion": { "S": notice.text("version") } });
            self.set(person, "parentUserId", json!({ "S": self.people[&guardian].user })).await;
            self.set(person, "consent", json!({ "M": agreed })).await;
        }
    }

    /// Lets a person say their canary to Leo, who repeats it, and the conversation meet its end.
    pub(super) async fn talk(&self, owner: Owner, state: State) -> Talk {
        let person = &self.people[&owner];
        let asked = person.client.ask(&format!("{CANARY}{:03}x", person.number)).await;
        assert_eq!(asked.status, 200, "{owner:?}: {:?}", asked.body);
        let talk = Talk { session: asked.text("sessionId").to_owned(), turn: asked.text("turnId").to_owned() };
        match state {
            State::Open => {}
            State::Expired => {
                let key = json!({ "sessionId": { "S": talk.session } });
                self.update("cmz-sessions", key, "expiresAt", json!({ "S": "2026-01-01T00:00:00.000Z" })).await;
            }
            State::Deleted => {
                let path = format!("/conversations/history/{}", talk.session);
                let deleted = self.administrator.request(Method::DELETE, &path).send().await.unwrap();
                assert_eq!(deleted.status(), 204);
            }
        }
        talk
    }

    /// Makes everybody what they are to be, behind the product's back.
    pub(super) async fn dress(&self) {
        for (owner, person) in &self.people {
            let (role, status) = match owner {
                Owner::Principal(Principal::NoAccount) => {
                    let key = json!({ "userKey": { "S": format!("user#{}", person.user) } });
                    self.engine.call("DeleteItem", &json!({ "TableName": "cmz-users", "Key": key })).await;
                    continue;
                }
                Owner::Principal(principal) => (principal.role(), principal.status()),
                Owner::Keeper => ("zookeeper", "active"),
                Owner::Guardian => ("parent", "active"),
                Owner::Erased => ("user", "erased"),
                Owner::ChildOf(_) | Owner::OthersChild | Owner::OtherAdult => continue,
            };
            self.set(person, "role", json!({ "S": role })).await;
            self.set(person, "status", json!({ "S": status })).await;
            if *owner == Owner::Principal(Principal::ChildWithoutConsent) {
                let withdrawn = json!({ "collect": { "BOOL": false }, "thirdParty": { "BOOL": false }, "sharing": { "BOOL": false } });
                self.set(person, "consent", json!({ "M": withdrawn })).await;
            }
        }
    }

    async fn set(&self, person: &Person, name: &str, value: Value) {
        let key = json!({ "userKey": { "S": format!("user#{}", person.user) } });
        self.update("cmz-users", key, name, value).await;
    }

    /// Sets an attribute of an item.
    pub(super) async fn update(&self, table: &str, key: Value, name: &str, value: Value) {
        let body = json!({
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET #name = :value",
            "ExpressionAttributeNames": { "#name": name },
            "ExpressionAttributeValues": { ":value": value },
        });
        self.engine.call("UpdateItem", &body).await;
    }

    /// Whose canaries a text holds.
    pub(super) fn canaries(&self, text: &str) -> Vec<Owner> {
        let numbers = text.split(CANARY).skip(1).map(|rest| rest[..3].parse::<usize>().expect("a canary's number"));
        let numbers: Vec<_> = numbers.collect();
        let owners = self.people.iter().filter(|(_, person)| numbers.contains(&person.number));
        owners.map(|(owner, _)| *owner).collect()
    }
}

/// What Leo says: what was asked, mostly.
fn reply(asked: &str) -> Reply {
    match asked {
        SLOW => Reply::Paced(6, Duration::from_millis(300)),
        STALLED => Reply::StallsAfter(3),
        REFUSED => Reply::Status(429, None),
        _ => Reply::Text(vec![asked.to_owned().leak()]),
    }
}

/// Everybody who is needed.
fn owners(principals: &[Principal]) -> Vec<Owner> {
    let mut accounts: Vec<_> = principals.iter().map(|principal| principal.account()).collect();
    accounts.dedup();
    let own = accounts.iter().flat_map(|account| [Owner::Principal(*account), Owner::ChildOf(*account)]);
    let others = [Owner::OthersChild, Owner::OtherAdult, Owner::Keeper, Owner::Erased, Owner::Guardian];
    own.chain(others).collect()
}
