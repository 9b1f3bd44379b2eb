//! The Lambda function `convo-stream`: answers as they are made.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::streamed(convo_stream::routes).await
}
