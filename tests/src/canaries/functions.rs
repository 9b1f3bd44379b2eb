//! What the functions' own binaries say, as Lambda would keep it.

use super::{Secrets, canary, logs::TALKATIVE, script};
use crate::{
    events::filled,
    testkit::{Client, Engine, ScriptedModel, Server, lambda::Function, root},
};
use std::{collections::BTreeSet, fs::File, process::Stdio};

/// Where events say that somebody calls from.
const ADDRESSES: [&str; 2] = ["192.0.2.17", "198.51.100."];

#[tokio::test]
async fn no_function_logs_anything_of_anybody() {
    let engine = Engine::start().await;
    let model = ScriptedModel::answering(script::reply).await;
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let endpoint = format!("{}/chat/completions", model.url);
    let fonts = root().join("functions/exports/fonts");
    let mut variables = vec![
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true"),
        ("CHAT_ENDPOINT", endpoint.as_str()),
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
    variables.extend(TALKATIVE);
    let client = Client::new(&server.url);
    let folder = tempfile::tempdir().unwrap();
    let routes = crate::testkit::contract_routes().into_iter();
    for name in routes.map(|route| route.function).collect::<BTreeSet<_>>() {
        let file = folder.path().join(&name);
        let mut function = Function::heard(&name, &variables, Stdio::from(File::create(&file).unwrap())).await;
        for event in std::fs::read_dir(root().join("events").join(&name)).unwrap() {
            let event = std::fs::read_to_string(event.unwrap().path()).unwrap();
            let said = event.replace("Mozilla/5.0", &canary("agent")).replace("Hello", &canary(" says hello"));
            function.invoke(filled(&said, &client).await).await;
            // Nobody fills this one: its ids and tokens are canaries too.
            function.invoke(said.replace("{{", &canary("")).replace("}}", "")).await;
        }
        let said = std::fs::read_to_string(&file).unwrap();
        assert!(said.contains("\"operation\""), "{name} has no lines: {said}");
        for line in said.lines() {
            let found = Secrets::default().found_in(line);
            assert!(found.is_empty() && !line.contains("eyJ"), "{name} says {found:?}: {line}");
            assert!(ADDRESSES.iter().all(|address| !line.contains(address)), "{name} says where from: {line}");
        }
    }
}
