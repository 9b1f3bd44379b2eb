//! The environment of the functions on this machine: what is set outside, and where that is
//! silent, the engine, the key service and a model here.

use crate::{
    cli::Model,
    failure::{Explain, Failure},
    key_service::{SIGNING_KEY, VAULT_KEY},
    listener, offline_model,
};
use domain::settings::Settings;
use std::{path::Path, time::Duration};

const OPENAI: &str = "https://api.openai.com/v1/chat/completions";
/// What the functions' own binaries need of it; secrets are not among them.
const WRITTEN: [&str; 12] = [
    "CHAT_ENDPOINT",
    "CHAT_ENDPOINT_HOSTS",
    "CHAT_MODEL",
    "CONVERSATION_TABLE_REGION",
    "DYNAMODB_ENDPOINT_URL",
    "EXPORT_FONTS_DIR",
    "KMS_ENDPOINT_URL",
    "SIGNING_KEY_ID",
    "TOKEN_AUDIENCE",
    "TOKEN_ISSUER",
    "VAULT_KEY_ID",
    "VISITORS_WITHOUT_ACCOUNT",
];
/// Where the fonts of documents lie in the tree that this program was built from.
const FONTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions/exports/fonts");
/// Models on this machine, on any port.
const LOOPBACK_HOSTS: &str = "localhost,127.0.0.1,[::1]";

/// The environment, and where it is silent, this machine.
pub(crate) async fn complete(
    environment: Settings,
    model: &Model,
    database_url: &str,
    keys_url: &str,
) -> Result<Settings, Failure> {
    let settings = environment
        .with_default("LOG_LEVEL", "warn")
        .with_default("DYNAMODB_ENDPOINT_URL", database_url)
        .with_default("CONVERSATION_TABLE_REGION", "us-west-2")
        .with("KMS_ENDPOINT_URL", keys_url)
        .with("VAULT_KEY_ID", VAULT_KEY)
        .with_default("SIGNING_KEY_ID", SIGNING_KEY)
        .with_default("TOKEN_ISSUER", "menagerie-local")
        .with_default("TOKEN_AUDIENCE", "menagerie")
        .with_default("CHAT_ENDPOINT_HOSTS", LOOPBACK_HOSTS)
        .with_default("EXPORT_FONTS_DIR", FONTS)
        .with_default("VISITORS_WITHOUT_ACCOUNT", "on");
    edge::logging::start(&settings);
    with_model(settings, model).await
}

/// The model: the one named on the command line, the one of the environment, else the offline one.
async fn with_model(settings: Settings, model: &Model) -> Result<Settings, Failure> {
    if let Some(url) = &model.model_url {
        let url = url.trim_end_matches('/');
        let path = if url.ends_with("/chat/completions") { "" } else { "/chat/completions" };
        return Ok(settings.with("CHAT_ENDPOINT", format!("{url}{path}")));
    }
    if settings.get("CHAT_ENDPOINT").is_some() {
        return Ok(settings);
    }
    if settings.get("OPENAI_API_KEY").is_some() {
        return Ok(settings.with("CHAT_ENDPOINT", OPENAI));
    }
    let listener = listener::bind(0).await?;
    let endpoint = format!("{}/v1/chat/completions", listener::url_of(&listener)?);
    offline_model::serve(listener, Duration::from_millis(model.model_pace));
    Ok(settings.with("CHAT_ENDPOINT", endpoint).with_default("CHAT_MODEL", "menagerie-offline"))
}

/// Writes it as lines of `NAME=value`.
pub(crate) fn write(settings: &Settings, file: &Path) -> Result<(), Failure> {
    let lines = WRITTEN.iter().filter_map(|name| Some(format!("{name}={}\n", settings.get(name)?)));
    // The stage of an API would otherwise become a part of the path.
    let text = lines.chain(["AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH=true\n".to_owned()]).collect::<String>();
    std::fs::write(file, text).explain(format!("the file {} cannot be written", file.display()))
}
