//! The product: the routers of all functions on one port, over an engine, a key service and a
//! model.

use crate::{
    banner, cli,
    engine::Engine,
    failure::{Explain, Failure},
    key_service::{SIGNING_KEY, VAULT_KEY},
    listener, offline_model, seed, web,
};
use axum::{Router, serve::ListenerExt};
use cli::Front;
use domain::settings::{Settings, is_loopback};
use std::time::Duration;
use tokio::{net::TcpListener, sync::watch};

const OPENAI: &str = "https://api.openai.com/v1/chat/completions";
/// How long answers under way may take when the program is asked to end: the longest turn and some.
const PATIENCE: Duration = Duration::from_secs(35);

/// `menagerie`: engine and product in one process.
pub(crate) async fn run(options: cli::Run) -> Result<(), Failure> {
    let front = listener::bind(options.front.port).await?;
    let engine = Engine::start(&options.data, listener::bind_pair(0).await?)?;
    let lies = if options.data.memory { None } else { Some(options.data.data.as_path()) };
    let environment = edge::settings::from_environment();
    let settings = settings(environment, &options.front, &engine.database_url, &engine.keys_url).await?;
    let served = open(&options.front, front, settings, &banner::Data::Own(lies)).await;
    engine.stop().await;
    served
}

/// `menagerie serve`: the product on an engine that runs already.
pub(crate) async fn serve(options: cli::Serve) -> Result<(), Failure> {
    let front = listener::bind(options.front.port).await?;
    let keys_url = neighbour(&options.engine)?;
    let environment = edge::settings::from_environment().with("DYNAMODB_ENDPOINT_URL", &options.engine);
    let settings = settings(environment, &options.front, &options.engine, &keys_url).await?;
    open(&options.front, front, settings, &banner::Data::Engine(&options.engine)).await
}

async fn open(
    options: &Front,
    listener: TcpListener,
    settings: Settings,
    data: &banner::Data<'_>,
) -> Result<(), Failure> {
    // Demo accounts with known passwords are for this machine only.
    if settings.get("DYNAMODB_ENDPOINT_URL").is_some_and(is_loopback) {
        seed::plant(&settings).await?;
    }
    let app = edge::app(web::serve(edge::prefixed(routes(settings).await?), &options.web));
    let shutdown = listener::shutdown()?;
    banner::product(&listener::url_of(&listener)?, options, data)?;
    let (asked, mut stopping) = watch::channel(());
    let signal = async move {
        shutdown.await;
        asked.send_replace(());
    };
    let quick = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let serving = axum::serve(quick, app).with_graceful_shutdown(signal).into_future();
    let finishing = async {
        // Answered or not, it is over in the end.
        drop(stopping.changed().await);
        out_of_patience().await
    };
    tokio::select! {
        served = async { serving.await.explain("the server ended")?; last_answers().await; Ok(()) } => served,
        ended = finishing => ended,
    }
}

/// Answers whose clients have left are finished and kept too.
async fn last_answers() {
    while turn::producers_at_work() > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Resolves when the answers under way have had time enough, or at a second signal.
async fn out_of_patience() -> Result<(), Failure> {
    let again = listener::shutdown()?;
    tokio::select! {
        () = again => {}
        () = tokio::time::sleep(PATIENCE) => {}
    }
    Ok(())
}

/// The routers of all functions, each connected as it would be on Lambda.
async fn routes(settings: Settings) -> Result<Router, Failure> {
    let what = "a function cannot start";
    let routers = [
        auth::routes(settings.clone()).await.explain(what)?,
        animals::routes(settings.clone()).await.explain(what)?,
        convo_turn::routes(settings.clone()).await.explain(what)?,
        convo_stream::routes(settings.clone()).await.explain(what)?,
        history::routes(settings).await.explain(what)?,
    ];
    Ok(routers.into_iter().fold(Router::new(), Router::merge))
}

/// The environment, and where it is silent, this machine.
async fn settings(
    environment: Settings,
    options: &Front,
    database_url: &str,
    keys_url: &str,
) -> Result<Settings, Failure> {
    let settings = environment
        .with_default("LOG_LEVEL", "warn")
        .with_default("DYNAMODB_ENDPOINT_URL", database_url)
        .with_default("CONVERSATION_TABLE_REGION", "us-west-2")
        .with("KMS_ENDPOINT_URL", keys_url)
        .with("VAULT_KEY_ID", VAULT_KEY)
        .with("SIGNING_KEY_ID", SIGNING_KEY)
        .with_default("TOKEN_ISSUER", "menagerie-local")
        .with_default("TOKEN_AUDIENCE", "menagerie");
    edge::logging::start(&settings);
    with_model(settings, options).await
}

/// The model: the one named on the command line, the one of the environment, else the offline one.
async fn with_model(settings: Settings, options: &Front) -> Result<Settings, Failure> {
    if let Some(url) = &options.model_url {
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
    offline_model::serve(listener, Duration::from_millis(options.model_pace));
    Ok(settings.with("CHAT_ENDPOINT", endpoint).with_default("CHAT_MODEL", "menagerie-offline"))
}

/// An engine's key service answers on the port above its database.
fn neighbour(url: &str) -> Result<String, Failure> {
    let url = url.trim_end_matches('/');
    let (host, port) = url.rsplit_once(':').unwrap_or_default();
    let next = port.parse::<u16>().ok().and_then(|port| port.checked_add(1));
    let next = next.filter(|_| host.starts_with("http://"));
    next.map(|next| format!("{host}:{next}"))
        .ok_or_else(|| Failure::new(format!("{url} is not an engine's address such as http://127.0.0.1:8000")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_service_is_next_to_the_database() {
        assert_eq!(neighbour("http://127.0.0.1:8000/").unwrap(), "http://127.0.0.1:8001");
        assert!(neighbour("127.0.0.1").is_err());
        assert!(neighbour("http://127.0.0.1:65535").is_err());
    }
}
