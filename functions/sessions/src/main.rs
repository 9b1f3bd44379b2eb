//! The Lambda function `sessions`: answers in one piece.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::buffered(sessions::routes).await
}
