//! Where an animal may have its questions answered: at hosts that the operator has listed, and
//! nowhere else (OWASP, "Server-Side Request Forgery Prevention").

use super::{LION, Zoo, patch, patched, tag};
use crate::testkit::ScriptedModel;
use serde_json::json;

/// An address of a model on this machine, by its name.
fn by_name(model: &ScriptedModel) -> String {
    format!("{}/chat/completions", model.url.replace("127.0.0.1", "localhost"))
}

#[tokio::test]
async fn a_listed_host_is_really_asked_and_the_default_one_not() {
    let zoo = Zoo::open("models.example, localhost").await;
    let own = ScriptedModel::start([]).await;
    let keeper = zoo.keeper().await;
    let endpoint = by_name(&own);
    let found = patched(&keeper, json!({ "endpoint": endpoint, "model": "lion-1" })).await;
    assert_eq!((&found["endpoint"], &found["model"]), (&json!(endpoint), &json!("lion-1")));
    assert_eq!(zoo.asked_afresh().await.text("reply"), "Hello there!");
    assert_eq!(own.requests()[0]["model"], "lion-1");
    assert!(zoo.model.requests().is_empty());
    // And back to the zoo's own.
    patched(&keeper, json!({ "endpoint": null, "model": null })).await;
    zoo.asked_afresh().await;
    assert_eq!((own.requests().len(), zoo.model.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_host_is_listed_as_it_is_written_and_the_default_endpoints_always() {
    let zoo = Zoo::open("models.example,zoo.example:8443").await;
    let keeper = zoo.keeper().await;
    for endpoint in [
        "https://models.example/v1/chat/completions",
        "https://zoo.example:8443/v1/chat/completions",
        &format!("{}/chat/completions", zoo.model.url),
    ] {
        assert_eq!(patched(&keeper, json!({ "endpoint": endpoint })).await["endpoint"], endpoint);
    }
}

#[tokio::test]
async fn no_configuration_reaches_a_host_that_is_not_listed() {
    let zoo = Zoo::open("models.example").await;
    let inside = ScriptedModel::start([]).await;
    let keeper = zoo.keeper().await;
    let before = keeper.get(LION).await;
    let port = inside.url.strip_suffix("/v1").and_then(|url| url.rsplit_once(':')).unwrap().1;
    for endpoint in [
        "https://unlisted.example/v1/chat/completions",
        "https://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "https://2852039166/latest/meta-data/",
        "https://0xa9fea9fe/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/latest/meta-data/",
        "https://[fd00:ec2::254]/latest/meta-data/",
        "https://10.0.0.1/",
        &by_name(&inside),
        &format!("https://localhost:{port}/v1"),
        &format!("http://LOCALHOST:{port}/v1"),
        &format!("http://[::1]:{port}/v1"),
        &format!("http://0.0.0.0:{port}/v1"),
        &format!("https://models.example@localhost:{port}/v1"),
        "https://models.example@169.254.169.254/",
        "https://models.example:443@unlisted.example/",
        "https://keeper:word@models.example/",
        "https://unlisted.example#models.example",
        "https://unlisted.example?models.example",
        "https://unlisted.example\\.models.example/",
        "https://models.example.unlisted.example/",
        "https://a.models.example/",
        "https://models.example./",
        "https://models.example:8443/",
        "http://models.example/",
        "ftp://models.example/",
        "file:///etc/passwd",
        "//models.example/",
        "models.example",
        "",
    ] {
        let answer = patch(&keeper, json!({ "endpoint": endpoint })).await;
        let found = (answer.status.as_u16(), answer.body["code"].as_str());
        assert_eq!(found, (422, Some("endpoint_not_allowed")), "{endpoint}");
        let said = answer.body.to_string();
        assert!(!said.contains("unlisted") && !said.contains("169.254"), "the problem repeats what was sent: {said}");
    }
    let after = keeper.get(LION).await;
    assert_eq!((tag(&after), &after.body), (tag(&before), &before.body));
    assert_eq!(zoo.asked_afresh().await.text("reply"), "Hello there!");
    assert!(inside.requests().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_is_too_long_is_refused_before_it_is_looked_at() {
    let zoo = Zoo::open("models.example").await;
    let keeper = zoo.keeper().await;
    let endpoint = format!("https://models.example/{}", "x".repeat(2000));
    patch(&keeper, json!({ "endpoint": endpoint })).await.is_problem(422, "invalid");
}
