//! The Lambda function `auth`: answers in one piece.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::buffered(auth::routes).await
}
