//! What a client learns before anybody has signed in: whether one may talk without an account.

use crate::testkit::{Client, Program, program::command};
use serde_json::json;

const ARGUMENTS: [&str; 5] = ["--memory", "--port", "0", "--model-pace", "0"];

#[tokio::test]
async fn the_options_say_whether_one_may_talk_without_an_account() {
    for (value, visitors) in [("on", true), ("off", false)] {
        let program = Program::menagerie_with(&ARGUMENTS, &[("VISITORS_WITHOUT_ACCOUNT", value)]).await;
        let answer = Client::new(&program.url).get("/auth/options").await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, json!({ "visitors": visitors })));
    }
}

#[tokio::test]
async fn a_value_that_is_neither_on_nor_off_stops_the_start_with_the_variables_name() {
    for value in ["yes", "ON", "1"] {
        let output =
            command("menagerie").args(ARGUMENTS).env("VISITORS_WITHOUT_ACCOUNT", value).output().await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("VISITORS_WITHOUT_ACCOUNT"), "{said}");
    }
}
