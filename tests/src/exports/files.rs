//! What is in the files.

use super::{export, path};
use crate::testkit::{Client, Engine, Program, Reply, ScriptedModel, Server, client, product, program::command};
use serde_json::{Value, json};

const QUESTION: &str = "¿Qué comes? 你喜欢什么? 🦁";
const ANSWER: &str = "I eat **meat**.\n\n- 牛肉和鸡肉\n- bones";

async fn one_turn() -> (Program, Client, String) {
    let model = ScriptedModel::answering(|_| Reply::Text(vec![ANSWER])).await;
    let (program, client) = product(&model).await;
    let client = client.sign_in(client::USER).await;
    let session = client.ask(QUESTION).await.text("sessionId").to_owned();
    (program, client, session)
}

#[tokio::test]
async fn a_file_is_an_attachment_that_names_nobody_and_is_kept_by_no_cache() {
    let (_program, client, session) = one_turn().await;
    let day = client.history(&session).await.text("startTime")[..10].to_owned();
    let types = [("json", "application/json"), ("txt", "text/plain; charset=utf-8"), ("pdf", "application/pdf")];
    for (format, media_type) in types {
        let file = export(&client, &session, format).await;
        assert_eq!(file.status, 200);
        assert_eq!(file.headers["content-type"], media_type);
        let expected = format!("attachment; filename=\"lion_001-{day}.{format}\"");
        assert_eq!(file.headers["content-disposition"], expected.as_str());
        assert_eq!(file.headers["cache-control"], "no-store");
        assert_eq!(file.headers["x-content-type-options"], "nosniff");
    }
    for unknown in ["xml", "PDF", "", "json%20", "pdf&format=txt"] {
        client.get(&path(&session, unknown)).await.is_problem(400, "bad_request");
    }
}

#[tokio::test]
async fn the_document_has_everything_that_the_history_has() {
    let (_program, client, session) = one_turn().await;
    let default = client.get(&format!("/conversations/history/{session}/export")).await;
    let file = export(&client, &session, "json").await;
    let document: Value = serde_json::from_slice(&file.bytes).unwrap();
    let mut history = client.history(&session).await.body;
    history.as_object_mut().unwrap().remove("pagination");
    for (member, value) in history.as_object().unwrap() {
        assert_eq!(&document[member], value, "{member}");
        assert_eq!(&default.body[member], value, "{member}");
    }
    assert_eq!((&document["format"], &document["formatVersion"]), (&"menagerie-conversation".into(), &1.into()));
    assert_eq!(document["displayName"], client.get("/me").await.body["displayName"]);
    assert!(document["exportedAt"].as_str().unwrap() >= document["endTime"].as_str().unwrap());
    assert_eq!(document["messages"][0]["content"], QUESTION);
}

#[tokio::test]
async fn the_text_has_names_times_and_every_word() {
    let (_program, client, session) = one_turn().await;
    let name = client.get("/me").await.text("displayName").to_owned();
    let file = export(&client, &session, "txt").await;
    let text = file.text();
    for line in [&format!("A conversation with {name}"), "All times are UTC.", "Messages: 2", "Answers: 1"] {
        assert!(text.lines().any(|found| found == line), "no {line} in {text}");
    }
    assert!(text.contains(&format!("    {QUESTION}\n")) && text.contains("    I eat **meat**.\n\n    - 牛肉和鸡肉\n"));
    for speaker in [&format!("UTC] {name}:"), "UTC] Leo the Lion:"] {
        assert_eq!(text.lines().filter(|line| line.starts_with('[') && line.ends_with(speaker)).count(), 1);
    }
}

#[tokio::test]
async fn the_pages_have_every_word_in_any_letters() {
    let (_program, client, session) = one_turn().await;
    let name = client.get("/me").await.text("displayName").to_owned();
    let file = export(&client, &session, "pdf").await;
    let pages = file.pages();
    assert_eq!(pages.len(), 1);
    let words =
        [name.as_str(), "Leo the Lion", "¿Qué comes?", "你喜欢什么", "🦁", "I eat meat.", "牛肉和鸡肉", "1 / 1"];
    for words in words {
        let words = words.split_whitespace().collect::<String>();
        assert!(pages[0].contains(&words), "no {words} in {}", pages[0]);
    }
    let document = file.pdf();
    let about = document.get_dictionary(document.trailer.get(b"Info").unwrap().as_reference().unwrap()).unwrap();
    let title = lopdf::decode_text_string(about.get(b"Title").unwrap()).unwrap();
    assert!(title.starts_with("A conversation of 2") && !title.contains(&name), "{title}");
    assert!(document.catalog().unwrap().get(b"StructTreeRoot").is_ok(), "it can be read aloud in order");
}

#[tokio::test]
async fn a_long_conversation_is_whole_and_every_page_is_numbered() {
    let model = ScriptedModel::answering(|question| Reply::Words(if question.contains('7') { 900 } else { 40 })).await;
    let Long { client, session, .. } = &long(&model, 150).await;
    let document = client.get(&path(session, "json")).await.body;
    assert_eq!(document["messages"].as_array().unwrap().len(), 300);
    let pages = export(client, session, "pdf").await.pages();
    assert!(pages.len() > 20, "{} pages", pages.len());
    for (index, page) in pages.iter().enumerate() {
        let number = format!("{}/{}", index + 1, pages.len());
        assert!(page.contains(&number), "page {} has no number", index + 1);
    }
    let (all, text) = (pages.concat(), export(client, session, "txt").await);
    let mut behind = 0;
    for number in 0..150 {
        let question = format!("Question {number}!");
        assert!(text.text().contains(&question), "no {question}");
        let question = question.replace(' ', "");
        behind += all[behind..].find(&question).unwrap_or_else(|| panic!("no {question} in its place"));
    }
}

#[tokio::test]
async fn a_conversation_that_no_file_holds_is_refused_before_it_is_sent() {
    let model = ScriptedModel::answering(|_| Reply::Words(20_000)).await;
    let Long { client, session, .. } = &long(&model, 70).await;
    assert_eq!(export(client, session, "txt").await.status, 200);
    for _ in 70..95 {
        assert_eq!(client.ask_in(session, "And then?").await.status, 200);
    }
    for format in ["json", "txt", "pdf"] {
        client.get(&path(session, format)).await.is_problem(413, "export_too_large");
    }
}

struct Long {
    client: Client,
    session: String,
    _programs: (Engine, Server),
}

/// A conversation of so many turns, on an engine that is made to forget how often was asked.
async fn long(model: &ScriptedModel, turns: usize) -> Long {
    let engine = Engine::start().await;
    let server = Server::start(&engine.program.url, &model.url, &[]).await;
    let client = Client::new(&server.url).sign_in(client::USER).await;
    let session = client.ask("Question 0!").await.text("sessionId").to_owned();
    for number in 1..turns {
        if number % 60 == 0 {
            forget_limits(&engine).await;
        }
        assert_eq!(client.ask_in(&session, &format!("Question {number}!")).await.status, 200);
    }
    forget_limits(&engine).await;
    Long { client, session, _programs: (engine, server) }
}

async fn forget_limits(engine: &Engine) {
    for item in engine.items("cmz-limits").await {
        let key = json!({ "principal": item["principal"], "kind": item["kind"] });
        engine.call("DeleteItem", &json!({ "TableName": "cmz-limits", "Key": key })).await;
    }
}

#[tokio::test]
async fn a_product_without_its_fonts_does_not_start_and_says_which_setting_is_to_blame() {
    let arguments = ["--memory", "--port", "0", "--model-url", "http://127.0.0.1:9"];
    let ended = command("menagerie").args(arguments).env("EXPORT_FONTS_DIR", "functions").output().await.unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && said.contains("EXPORT_FONTS_DIR"), "{said}");
}
