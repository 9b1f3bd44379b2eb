//! The Lambda function `retention`: called once a day.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    retention::run().await
}
