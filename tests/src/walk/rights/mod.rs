//! What each function does to the database and the key service, held against what `template.yaml`
//! lets it do. The local product asks nobody for permission, so that a missing right would show on
//! AWS only.

mod flows;
mod needs;
mod retention;
mod template;

use super::{
    cells::{Walk, plan},
    clients,
    principals::Principal,
    scene::Scene,
};
use crate::testkit::{Client, Proxy, Server, contract_routes};
use futures_util::future::join_all;
use needs::needs;
use std::collections::{BTreeMap, BTreeSet};
use template::{Right, Template};

/// Who gets somewhere.
const WALKERS: [Principal; 7] = [
    Principal::NoTokenWhereVisitorsAreServed,
    Principal::Visitor,
    Principal::Child,
    Principal::User,
    Principal::Parent,
    Principal::ZookeeperWithReason,
    Principal::AdministratorWithReason,
];

/// Rights that nothing here uses: function, action, resource, and why it needs them.
const IDLE: &[(&str, &str, &str, &str)] = &[
    ("audit", "kms:GetPublicKey", NEXT_KEY, NEXT_KEY_REASON),
    ("audit", "kms:Sign", NEXT_KEY, NEXT_KEY_REASON),
    ("auth", "kms:GetPublicKey", NEXT_KEY, NEXT_KEY_REASON),
    ("auth", "kms:Sign", NEXT_KEY, NEXT_KEY_REASON),
    ("auth", "ses:SendEmail", SENDER, NO_SENDER),
    ("auth", "ses:SendEmail", SENDERS_SET, NO_SENDER),
    ("family", "ses:SendEmail", SENDER, NO_SENDER),
    ("family", "ses:SendEmail", SENDERS_SET, NO_SENDER),
    ("audit", "dynamodb:GetItem", "cmz-audit", "an entry that was put twice is compared"),
    ("convo-stream", "secretsmanager:GetSecretValue", SECRET, "here the model has no key"),
    ("convo-turn", "secretsmanager:GetSecretValue", SECRET, "here the model has no key"),
    ("exports", "dynamodb:GetItem", "cmz-audit", "an entry that was put twice is compared"),
    ("family", "dynamodb:GetItem", "cmz-audit", "an entry that was put twice is compared"),
    ("history", "dynamodb:GetItem", "cmz-audit", "an entry that was put twice is compared"),
    ("privacy", "dynamodb:GetItem", "cmz-audit", "an entry that was put twice is compared"),
    ("privacy", "kms:GetPublicKey", NEXT_KEY, NEXT_KEY_REASON),
    ("privacy", "kms:Sign", NEXT_KEY, NEXT_KEY_REASON),
    ("retention", "kms:Decrypt", "ArchiveKey", COLD),
    ("retention", "kms:GenerateDataKey", "ArchiveKey", COLD),
    ("retention", "kms:GetPublicKey", NEXT_KEY, NEXT_KEY_REASON),
    ("retention", "kms:Sign", NEXT_KEY, NEXT_KEY_REASON),
    ("retention", "s3:GetObject", "${AuditArchive.Arn}/audit/*", COLD),
    ("retention", "s3:ListBucket", "AuditArchive", COLD),
    ("retention", "s3:PutObject", "${AuditArchive.Arn}/audit/*", COLD),
    ("retention", "s3:PutObjectRetention", "${AuditArchive.Arn}/audit/*", COLD),
    ("sessions", "dynamodb:GetItem", "cmz-audit", "an entry that was put twice is compared"),
];
const SENDER: &str = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*";
const SENDERS_SET: &str = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/*";
const NO_SENDER: &str = "here letters are printed";
const COLD: &str = "here the archive is a folder";
const NEXT_KEY: &str = "alias/cmz-signing-next";
const NEXT_KEY_REASON: &str = "a parameter says which of two keys signs, and here it is the first";
/// The secret of the model's keys, as the template names it.
const SECRET: &str =
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${OpenAiSecretName}-??????";

/// One function: a server that is asked for its routes only, and what passes between it and the
/// engine.
struct Stage {
    server: Server,
    proxy: Proxy,
}

async fn stages(scene: &Scene) -> BTreeMap<String, Stage> {
    let functions: BTreeSet<_> = contract_routes().into_iter().map(|route| route.function).collect();
    let stages = functions.into_iter().map(async |function| {
        let proxy = Proxy::start(&scene.engine.program.url).await;
        let server = scene.server(&proxy.url, &[("VISITORS_WITHOUT_ACCOUNT", "on")]).await;
        // What a local server does when it starts, no function does.
        proxy.forward();
        (function, Stage { server, proxy })
    });
    join_all(stages).await.into_iter().collect()
}

#[tokio::test]
async fn each_function_may_do_what_it_does_and_nothing_else() {
    let scene = Scene::open(&WALKERS).await;
    let stages = stages(&scene).await;
    let cells = plan(&WALKERS);
    let walk = Walk::prepare(&scene, &cells).await;
    let clients = clients(&scene).await;
    let at = |function: &str| -> BTreeMap<Principal, Client> {
        let there = |(who, client): (&Principal, &Client)| (*who, client.at(&stages[function].server.url));
        clients.iter().map(there).collect()
    };
    let user = |function: &str| at(function).remove(&Principal::User).expect("a user");
    let email = &scene.people[&super::aims::Owner::Principal(Principal::User)].email;
    flows::firsts(&scene, |function| stages[function].server.url.clone()).await;
    flows::families(&scene, |function| stages[function].server.url.clone()).await;
    flows::passwords(&scene.client.at(&stages["auth"].server.url), &stages["auth"].server, email).await;
    for cells in cells.chunk_by(|one, next| one.operation.id == next.operation.id) {
        walk.outcomes(cells, &at(&walk.route(cells[0].operation).function)).await;
    }
    flows::turns(&scene, &user("convo-turn"), "/convo_turn").await;
    flows::turns(&scene, &user("convo-stream"), "/convo_turn/stream").await;
    flows::streams(&user("convo-stream")).await;
    flows::erasures(&scene, &stages["privacy"].server.url).await;
    flows::consent(&scene, &stages["privacy"].server.url).await;
    let proxies = stages.iter().map(|(function, stage)| (function.clone(), stage.proxy.clone()));
    judge(&proxies.collect());
}

/// Holds what passed through each function's proxy against its rights.
#[test]
fn nobody_may_write_over_the_chain_but_who_links_it() {
    let template = Template::read();
    let links = ["audit", "audit-fanout"];
    for function in template.functions() {
        let may = |action: &str, leading| {
            let (action, resource) = (format!("dynamodb:{action}"), "cmz-audit".to_owned());
            template.allows(&Right { function: function.to_owned(), action, resource }, Some(leading))
        };
        for leading in ["chain", "checkpoint"] {
            assert_eq!(may("PutItem", leading), links.contains(&function), "{function} {leading}");
            let others = ["UpdateItem", "DeleteItem", "BatchWriteItem"];
            assert!(!others.iter().any(|action| may(action, leading)), "{function} {leading}");
        }
    }
}

fn judge(proxies: &BTreeMap<String, Proxy>) {
    let template = Template::read();
    let (mut missing, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (function, proxy) in proxies {
        for need in proxy.records().iter().flat_map(|record| needs(&record.call, &template)) {
            let right = Right { function: function.clone(), action: need.action, resource: need.resource };
            if !template.allows(&right, need.leading.as_deref()) {
                missing.insert(right.clone());
            }
            used.insert(right);
        }
    }
    assert!(missing.is_empty(), "template.yaml does not let these functions do what they do: {missing:#?}");
    let rights = proxies.keys().flat_map(|function| template.rights(function));
    let idle: BTreeSet<_> = rights.filter(|right| !used.contains(right)).collect();
    let of_these = IDLE.iter().filter(|(function, ..)| proxies.contains_key(*function));
    let known = of_these.map(|(function, action, resource, _)| Right {
        function: (*function).to_owned(),
        action: (*action).to_owned(),
        resource: (*resource).to_owned(),
    });
    let known: BTreeSet<_> = known.collect();
    let unused: Vec<_> = idle.difference(&known).collect();
    assert!(
        unused.is_empty(),
        "nothing uses these rights: take them out of template.yaml, add to flows.rs what needs them, or say in IDLE why: {unused:#?}"
    );
    let in_use: Vec<_> = known.difference(&idle).collect();
    assert!(in_use.is_empty(), "these rights are used, take them out of IDLE: {in_use:#?}");
}
