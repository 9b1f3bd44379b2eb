//! The engine alone, and its items as they really lie there.

use super::Program;
use serde_json::{Value, json};

/// A running engine.
pub(crate) struct Engine {
    pub(crate) program: Program,
}

impl Engine {
    /// An engine in memory.
    pub(crate) async fn start() -> Self {
        Self { program: Program::menagerie(&["engine", "--memory", "--port", "0"]).await }
    }

    /// An engine in memory that does nothing at a time of its own.
    pub(crate) async fn without_schedules() -> Self {
        Self { program: Program::menagerie(&["engine", "--memory", "--port", "0", "--no-schedules"]).await }
    }

    /// An engine in memory whose tables have no streams: their records pile up in its memory and make
    /// thousands of writes slow.
    pub(crate) async fn without_streams() -> Self {
        let template = super::read("template.yaml");
        let lines = template.lines().filter(|line| !line.contains("StreamSpecification"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("template.yaml");
        std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
        let arguments = ["engine", "--memory", "--port", "0", "--template", file.to_str().unwrap()];
        Self { program: Program::menagerie(&arguments).await }
    }

    /// A server on this engine.
    pub(crate) async fn serve(&self, model_url: &str) -> Program {
        Program::menagerie(&["serve", "--engine", &self.program.url, "--port", "0", "--model-url", model_url]).await
    }

    /// A call as DynamoDB takes it.
    pub(crate) async fn call(&self, operation: &str, body: &Value) -> Value {
        call(&self.program.url, operation, body).await
    }

    /// A call as DynamoDB Streams takes it.
    pub(crate) async fn stream(&self, operation: &str, body: &Value) -> Value {
        post(&self.program.url, &format!("DynamoDBStreams_20120810.{operation}"), body).await
    }

    /// All items of a table.
    pub(crate) async fn items(&self, table: &str) -> Vec<Value> {
        let found = self.call("Scan", &json!({ "TableName": table })).await;
        found["Items"].as_array().unwrap().clone()
    }

    /// All items of all tables as one text, each in its place, but for the audit trail, to which the tables'
    /// streams add when they come to it.
    pub(crate) async fn everything(&self) -> String {
        let tables = self.call("ListTables", &json!({})).await;
        let tables = tables["TableNames"].as_array().unwrap().iter().map(|table| table.as_str().unwrap());
        let mut all = String::new();
        for table in tables.filter(|table| *table != "cmz-audit") {
            let mut items: Vec<_> = self.items(table).await.iter().map(Value::to_string).collect();
            items.sort_unstable();
            all.push_str(&items.concat());
        }
        all
    }

    /// Changes an animal behind the product's back.
    pub(crate) async fn update_animal(&self, animal: &str, expression: &str, values: &Value) {
        let mut body = json!({
            "TableName": "cmz-animals",
            "Key": { "kind": { "S": "animal" }, "id": { "S": animal } },
            "UpdateExpression": expression,
        });
        if !values.is_null() {
            body["ExpressionAttributeValues"] = values.clone();
        }
        self.call("UpdateItem", &body).await;
    }
}

/// A call of a database, as DynamoDB takes it.
pub(crate) async fn call(url: &str, operation: &str, body: &Value) -> Value {
    post(url, &format!("DynamoDB_20120810.{operation}"), body).await
}

async fn post(url: &str, target: &str, body: &Value) -> Value {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http
        .post(url)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", target)
        .header("authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
        .header("x-amz-date", "20260101T000000Z")
        .body(body.to_string());
    let response = request.send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}
