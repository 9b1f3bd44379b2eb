//! The Lambda function `audit-fanout`: reads streams.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    audit_fanout::run().await
}
