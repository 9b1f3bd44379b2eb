//! Every sample event of API Gateway, v1 on a named stage and v2, answered by the functions' own
//! binaries under Lambda's runtime interface.

use crate::testkit::{Client, Engine, ScriptedModel, Server, client, lambda::Function, root, sse};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};

/// The functions that answer routes.
const FUNCTIONS: [&str; 10] =
    ["animals", "audit", "auth", "convo-stream", "convo-turn", "exports", "family", "history", "privacy", "sessions"];
/// Of accounts that were made for an event.
static NUMBER: AtomicU64 = AtomicU64::new(1);

#[tokio::test]
async fn every_sample_event_is_answered_by_its_functions_own_binary() {
    let engine = Engine::start().await;
    let model = ScriptedModel::start([]).await;
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let endpoint = format!("{}/chat/completions", model.url);
    let fonts = root().join("functions/exports/fonts");
    let variables = [
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true"),
        ("CHAT_ENDPOINT", endpoint.as_str()),
        // As the server has it: each event is asked for its own turn.
        ("CHAT_RATE_LIMIT_PER_MINUTE", "100"),
        ("CONVERSATION_TABLE_REGION", "us-west-2"),
        ("DYNAMODB_ENDPOINT_URL", engine.program.url.as_str()),
        ("EXPORT_FONTS_DIR", fonts.to_str().unwrap()),
        ("KMS_ENDPOINT_URL", engine.program.line["keysUrl"].as_str().unwrap()),
        ("SIGNING_KEY_ID", "alias/cmz-signing"),
        ("TOKEN_AUDIENCE", "menagerie"),
        ("TOKEN_ISSUER", "menagerie-local"),
        ("VAULT_KEY_ID", "alias/cmz-vault"),
    ];
    let client = Client::new(&server.url);
    for name in FUNCTIONS {
        let mut function = Function::start(name, &variables).await;
        let files = std::fs::read_dir(root().join("events").join(name)).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        assert!(files.len() >= 4, "{name} has too few events");
        for file in files {
            let event = filled(&std::fs::read_to_string(&file).unwrap(), &client).await;
            let answer = function.invoke(event).await;
            let event = file.file_name().unwrap().to_str().unwrap();
            let expected = match event.split('.').next().unwrap_or_default() {
                "cancel_turn" | "invite" | "request_password_reset" => 202,
                "add_child" | "create_family" | "create_user" | "share" => 201,
                "change_password"
                | "decline_invitation"
                | "delete"
                | "end_family"
                | "revoke_shares"
                | "sign_out"
                | "withdraw_erasure"
                | "withdraw_invitation" => 204,
                // Of its link only the reader of the mail knows.
                "confirm_password_reset" => 422,
                _ => 200,
            };
            assert_eq!(answer.status, expected, "{}: {answer:?}", file.display());
            assert_eq!(answer.is_streamed, matches!(name, "convo-stream" | "exports"), "{}", file.display());
            if event.starts_with("convo_turn_stream") {
                sse::check_form(&sse::parse_all(&answer.body), "complete");
            }
            if event.starts_with("resume_turn") {
                let events = sse::parse_all(&answer.body);
                assert_eq!(sse::answer_of(&events), "Hello there!");
                assert_eq!((events[0].id, events.last().unwrap().name.as_str()), (1, "complete"));
            }
        }
    }
}

/// An event with tokens, a session and a turn that are good now.
pub(crate) async fn filled(event: &str, client: &Client) -> String {
    let signed_in = client.open_account(client::PARENT).await;
    let staff = client.open_account("keeper1@test.cmz.org").await;
    let filled = event
        .replace("{{token}}", signed_in.text("token"))
        .replace("{{staffToken}}", staff.text("token"))
        .replace("{{adminToken}}", client.administrator().await.text("token"))
        .replace("{{userId}}", signed_in.body["user"]["userId"].as_str().unwrap())
        .replace("{{refreshToken}}", signed_in.text("refreshToken"));
    if !filled.contains("{{") {
        return filled;
    }
    let filled = with_erasure(filled, &client.with_token(signed_in.text("token")), client).await;
    if !filled.contains("{{") {
        return filled;
    }
    let filled = with_family(filled, client).await;
    if !filled.contains("{{") {
        return filled;
    }
    let turn = client.with_token(signed_in.text("token")).ask("Hello Leo!").await;
    filled.replace("{{sessionId}}", turn.text("sessionId")).replace("{{turnId}}", turn.text("turnId"))
}

/// The same with a wish of a guardian's that something of a child be erased.
async fn with_erasure(event: String, guardian: &Client, client: &Client) -> String {
    if !event.contains("{{receiptId}}") {
        return event;
    }
    let child = client.open_account(client::CHILD).await.body["user"]["userId"].as_str().unwrap().to_owned();
    let request = guardian.request(reqwest::Method::DELETE, &format!("/privacy/conversations/{child}"));
    let wish = json!({ "reason": "We move away", "confirm": true });
    let waiting = client::answer(request.json(&wish).send().await.unwrap()).await;
    event.replace("{{receiptId}}", waiting.text("receiptId"))
}

/// The same with accounts of its own, and an invitation from one to the other.
async fn with_family(event: String, client: &Client) -> String {
    if !["{{new", "{{childId}}", "{{invitationId}}"].iter().any(|name| event.contains(name)) {
        return event;
    }
    let child = client.open_account(client::CHILD).await.body["user"]["userId"].as_str().unwrap().to_owned();
    let administrator = client.with_token(client.administrator().await.text("token"));
    let path = format!("/privacy/consent/{child}");
    let consent = client.with_token(client.open_account(client::PARENT).await.text("token")).get(&path).await;
    let event = event.replace("{{noticeVersion}}", consent.text("currentNoticeVersion"));
    let mut event = event.replace("{{childId}}", &child);
    let mut tokens = Vec::new();
    for (name, role) in [("newUser", "user"), ("newParent", "parent")] {
        let email = format!("{name}.{}@test.cmz.org", NUMBER.fetch_add(1, Ordering::Relaxed));
        let account =
            json!({ "email": email, "displayName": "New", "role": role, "password": "a long enough password" });
        let made = administrator.post("/users", &account).await;
        let token = client.post("/auth", &json!({ "email": email, "password": "a long enough password" })).await;
        tokens.push((email.clone(), token.text("token").to_owned()));
        event = event
            .replace(&format!("{{{{{name}Id}}}}"), made.text("userId"))
            .replace(&format!("{{{{{name}Email}}}}"), &email)
            .replace(&format!("{{{{{name}Token}}}}"), token.text("token"));
    }
    if !event.contains("{{invitationId}}") {
        return event;
    }
    let [(invited, _), (_, inviter)] = &tokens[..] else { unreachable!() };
    let invitation = json!({ "email": invited, "kind": "child" });
    let made = client.with_token(inviter).post("/invitations", &invitation).await;
    event.replace("{{invitationId}}", made.text("invitationId"))
}
