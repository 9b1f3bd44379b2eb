//! The Lambda function `privacy`: answers in one piece.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::buffered(privacy::routes).await
}
