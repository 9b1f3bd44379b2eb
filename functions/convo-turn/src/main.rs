//! The Lambda function `convo-turn`: answers in one piece.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::buffered(convo_turn::routes).await
}
