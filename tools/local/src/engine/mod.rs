//! The embedded database and the key service. Everything particular to the engine (dynoxide) is
//! met here, so that the rest of the house sees a DynamoDB.

mod database;
mod due;
mod retention;
mod streams;
mod tables;

use self::retention::Clock;
use crate::{
    banner, cli, environment,
    failure::{Explain, Failure},
    key_service::{self, Keys},
    listener, seed,
};
use cli::Data;
use database::Database;
use domain::settings::Settings;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// A running engine.
pub(crate) struct Engine {
    /// Where the database answers.
    pub(crate) database_url: String,
    /// Where the key service answers.
    pub(crate) keys_url: String,
    database: Database,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// What works with the database and ends before it.
    last_orders: watch::Sender<bool>,
    guests: Vec<JoinHandle<()>>,
}

/// `menagerie engine`.
pub(crate) async fn run(options: cli::Engine) -> Result<(), Failure> {
    let listeners = listener::bind_pair(options.port).await?;
    let mut engine = Engine::start(&options.data, listeners)?;
    let environment = edge::settings::from_environment();
    let settings = environment::of_engine(environment.clone(), &engine.database_url, &engine.keys_url);
    edge::logging::start(&settings);
    engine.carry_streams(settings.clone());
    if !options.no_schedules {
        engine.keep_schedules(settings);
    }
    if let Some(file) = &options.env_file {
        let environment = environment.with("DYNAMODB_ENDPOINT_URL", &engine.database_url);
        let settings = environment::complete(environment, &options.model, &engine.database_url, &engine.keys_url);
        let settings = settings.await?;
        seed::plant(&settings).await?;
        environment::write(&settings, file)?;
    }
    let shutdown = listener::shutdown()?;
    banner::engine(&engine, &options)?;
    shutdown.await;
    engine.stop().await;
    Ok(())
}

impl Engine {
    /// Opens the data, makes the tables that are missing, and answers on two listeners.
    pub(crate) fn start(
        data: &Data,
        (database_listener, keys_listener): (TcpListener, TcpListener),
    ) -> Result<Self, Failure> {
        let tables = tables::read(data.template.as_deref())?;
        let folder = (!data.memory).then_some(data.data.as_path());
        let database = Database::open(folder)?;
        database.create_tables(tables)?;
        let keys = Keys::open(folder)?;
        let (stop, stopped) = watch::channel(false);
        let database_url = listener::url_of(&database_listener)?;
        let keys_url = listener::url_of(&keys_listener)?;
        let tasks = vec![
            database.serve(database_listener, stopped.clone()),
            database.keep_house(stopped.clone()),
            key_service::serve(keys, keys_listener, stopped),
        ];
        let (last_orders, _) = watch::channel(false);
        Ok(Self { database_url, keys_url, database, stop, tasks, last_orders, guests: Vec::new() })
    }

    /// Carries the tables' streams into the fan-out, which finds this engine whatever else the settings name.
    pub(crate) fn carry_streams(&mut self, settings: Settings) {
        let settings = self.here(settings);
        self.guests.push(self.database.carry_streams(settings, self.last_orders.subscribe()));
    }

    /// Carries out what is due, and calls retention in its hours; here, whatever else the settings name.
    pub(crate) fn keep_schedules(&mut self, settings: Settings) {
        let settings = self.here(settings);
        self.tasks.push(due::start(settings.clone(), self.stop.subscribe()));
        let clock = match self.database.with_archive(settings.clone()) {
            Some(settings) => Clock::with_archive(settings),
            None => Clock::in_memory(settings),
        };
        self.guests.push(clock.start(self.last_orders.subscribe()));
    }

    fn here(&self, settings: Settings) -> Settings {
        settings
            .with("DYNAMODB_ENDPOINT_URL", self.database_url.as_str())
            .with("KMS_ENDPOINT_URL", self.keys_url.as_str())
    }

    /// Ends when the streams are carried to their ends and every request under way has its answer.
    pub(crate) async fn stop(self) {
        self.last_orders.send_replace(true);
        for guest in self.guests {
            drop(guest.await);
        }
        self.stop.send_replace(true);
        for task in self.tasks {
            drop(task.await);
        }
    }
}

/// Resolves when it is time to stop.
pub(crate) async fn stopping(mut stopped: watch::Receiver<bool>) {
    // A sender that is gone means the same.
    drop(stopped.wait_for(|stop| *stop).await);
}

/// The folder of the data, made if it is missing.
fn prepare(folder: &std::path::Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).explain(format!("the data folder {} cannot be used", folder.display()))
}
