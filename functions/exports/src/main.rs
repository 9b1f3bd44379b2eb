//! The Lambda function `exports`: answers as a stream, so that a file's bytes travel as they are.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    edge::lambda::streamed(exports::routes).await
}
