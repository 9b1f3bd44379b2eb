//! Retention in the local product: at its start, and over data of an earlier version.

use super::from_now;
use crate::testkit::{Client, Engine, Program, ScriptedModel, client, read};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

const INDEXES: [&str; 3] = ["ExpiryIndex", "DeletionIndex", "UnderWayIndex"];

/// The template without the tables' indexes that retention needs.
fn earlier(folder: &Path) -> String {
    let mut template: Value = serde_saphyr::from_str(&read("template.yaml")).unwrap();
    for resource in template["Resources"].as_object_mut().unwrap().values_mut() {
        let of = resource["Properties"].as_object_mut().unwrap();
        let Some(indexes) = of.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut) else { continue };
        indexes.retain(|index| !INDEXES.contains(&index["IndexName"].as_str().unwrap()));
        if indexes.is_empty() {
            of.remove("GlobalSecondaryIndexes");
        }
        let unused = ["expiryShard", "expiresAt", "deletionBegunAt", "underWay"];
        let attributes = of["AttributeDefinitions"].as_array_mut().unwrap();
        attributes.retain(|attribute| !unused.contains(&attribute["AttributeName"].as_str().unwrap()));
    }
    let file = folder.join("template.json");
    std::fs::write(&file, template.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_local_product_sweeps_at_its_start_also_data_of_an_earlier_version() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = folder.path().to_str().unwrap();
    let template = earlier(elsewhere.path());
    let start = async |more: &[&str]| Engine {
        program: Program::menagerie(&[&["engine", "--data", data, "--port", "0"], more].concat()).await,
    };
    let engine = start(&["--template", &template]).await;
    let server = engine.serve(&ScriptedModel::start([]).await.url).await;
    let user = Client::new(&server.url).sign_in(client::USER).await;
    let session = user.ask("Hello Leo!").await.text("sessionId").to_owned();
    let me = super::id(&user).await;
    let key = json!({ "ownerId": { "S": me }, "keyId": { "S": format!("session#{session}") } });
    for (table, key) in [("cmz-sessions", json!({ "sessionId": { "S": session } })), ("cmz-keys", key)] {
        let body = json!({
            "TableName": table, "Key": key, "UpdateExpression": "SET expiresAt = :over, #ttl = :ttl",
            "ExpressionAttributeNames": { "#ttl": "ttl" },
            "ExpressionAttributeValues": { ":over": { "S": from_now(-30) }, ":ttl": { "N": "1700000000" } },
        });
        engine.call("UpdateItem", &body).await;
    }
    assert!(server.interrupt().await.success());
    assert!(engine.program.interrupt().await.success());

    let engine = start(&[]).await;
    for _ in 0..50 {
        if !engine.everything().await.contains(&session) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for table in ["cmz-keys", "cmz-conversations", "cmz-sessions"] {
        assert!(!Value::from(engine.items(table).await).to_string().contains(&session), "{table}");
    }
}
