//! The Lambda function `audit`: answers in one piece.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::buffered(audit::routes).await
}
