//! The product: the routers of all functions on one port, over an engine, a key service and a
//! model.

use crate::{
    banner, cli,
    engine::Engine,
    environment,
    failure::{Explain, Failure},
    listener, seed, web,
};
use axum::{Router, serve::ListenerExt};
use cli::Front;
use domain::settings::Settings;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// How long answers under way may take when the program is asked to end: the longest turn and some.
const PATIENCE: Duration = Duration::from_secs(35);

/// `menagerie`: engine and product in one process.
pub(crate) async fn run(options: cli::Run) -> Result<(), Failure> {
    let front = listener::bind(options.front.port).await?;
    let mut engine = Engine::start(&options.data, listener::bind_pair(0).await?)?;
    let lies = if options.data.memory { None } else { Some(options.data.data.as_path()) };
    let environment = edge::settings::from_environment();
    let settings =
        environment::complete(environment, &options.front.model, &engine.database_url, &engine.keys_url).await?;
    engine.carry_streams(settings.clone());
    engine.keep_schedules(settings.clone());
    let served = open(&options.front, front, settings, &banner::Data::Own(lies)).await;
    engine.stop().await;
    served
}

/// `menagerie serve`: the product on an engine that runs already.
pub(crate) async fn serve(options: cli::Serve) -> Result<(), Failure> {
    let front = listener::bind(options.front.port).await?;
    let keys_url = neighbour(&options.engine)?;
    let environment = edge::settings::from_environment().with("DYNAMODB_ENDPOINT_URL", &options.engine);
    let settings = environment::complete(environment, &options.front.model, &options.engine, &keys_url).await?;
    open(&options.front, front, settings, &banner::Data::Engine(&options.engine)).await
}

async fn open(
    options: &Front,
    listener: TcpListener,
    settings: Settings,
    data: &banner::Data<'_>,
) -> Result<(), Failure> {
    seed::plant(&settings).await?;
    let app = edge::app(web::serve(
        edge::prefixed(routes(settings.clone(), &listener::url_of(&listener)?).await?),
        &options.web,
    ));
    let app = edge::with_peer(app, &settings).into_make_service_with_connect_info::<SocketAddr>();
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
async fn routes(settings: Settings, url: &str) -> Result<Router, Failure> {
    let what = "a function cannot start";
    let routers = [
        auth::routes_with_mail(settings.clone(), banner::letters(url)).await.explain(what)?,
        animals::routes(settings.clone()).await.explain(what)?,
        convo_turn::routes(settings.clone()).await.explain(what)?,
        convo_stream::routes(settings.clone()).await.explain(what)?,
        exports::routes(settings.clone()).await.explain(what)?,
        family::routes_with_mail(settings.clone(), banner::letters(url)).await.explain(what)?,
        history::routes(settings.clone()).await.explain(what)?,
        privacy::routes(settings.clone()).await.explain(what)?,
        sessions::routes(settings.clone()).await.explain(what)?,
        audit::routes(settings).await.explain(what)?,
    ];
    Ok(routers.into_iter().fold(Router::new(), Router::merge))
}

/// An engine's key service answers on the port above its database.
pub(crate) fn neighbour(url: &str) -> Result<String, Failure> {
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
