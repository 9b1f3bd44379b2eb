//! The Lambda function `family`: answers in one piece.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::buffered(family::routes).await
}
