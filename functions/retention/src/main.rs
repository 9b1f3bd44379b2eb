//! The Lambda function `retention`: called by schedules.

#[tokio::main]
async fn main() -> Result<(), edge::lambda::Error> {
    retention::run().await
}
