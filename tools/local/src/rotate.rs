//! `menagerie rotate`: one call of what changes wrapping keys, by hand.

use crate::{
    banner, cli, environment,
    failure::{Explain, Failure},
    product,
};
use edge::clock;
use rotation::{Due, Plan};
use store::Store;
use vault::WrappingKeys;

/// Does what is due on an engine, and says what that was.
pub(crate) async fn run(options: cli::Rotate) -> Result<(), Failure> {
    let keys_url = product::neighbour(&options.engine)?;
    let environment = edge::settings::from_environment().with("DYNAMODB_ENDPOINT_URL", &options.engine);
    let settings = environment::of_engine(environment, &options.engine, &keys_url);
    edge::logging::start(&settings);
    let what = "the configuration";
    let mut plan = Plan::read(&settings).explain(what)?;
    if options.begin {
        plan.due = Due::Now;
    }
    let config = vault::Config::read(&settings).explain(what)?;
    let store = Store::connect(store::Config::read(&settings).explain(what)?).await;
    let keys = WrappingKeys::new(vault::connect(&config).await, &config);
    let report = rotation::rotate(&store, &keys, &plan, clock::now()).await.explain("the wrapping key")?;
    banner::say(&serde_json::to_string(&report).explain("the report")?)
}
