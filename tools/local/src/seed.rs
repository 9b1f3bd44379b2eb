//! The first animals and the demo accounts, each made where it is missing and left alone where it
//! is there. A deployed stack gets none of this.

use crate::failure::{Explain, Failure};
use domain::{
    UserId,
    animal::Animal,
    consent::{Consent, Method},
    notice::Version,
    settings::{Settings, is_loopback},
    user::{Controls, Role, Status},
};
use edge::clock;
use store::{Store, keys, tally::Tally, users::UserRecord};
use uuid::Uuid;
use vault::{DataKey, Label, Vault};

const ANIMALS: &str = include_str!("../seed/animals.json");
/// The namespace of demo accounts' ids: the same account has the same id in every data folder.
const ACCOUNTS: Uuid = Uuid::from_u128(0x6d65_6e61_6765_7269_6500_0000_0000_0001);

/// An account for trying things out.
pub(crate) struct DemoAccount {
    pub(crate) email: &'static str,
    pub(crate) password: &'static str,
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    /// The guardian's address, and whether they have agreed to the child's chats.
    pub(crate) guardian: Option<(&'static str, bool)>,
}

const fn account(email: &'static str, name: &'static str, role: Role) -> DemoAccount {
    DemoAccount { email, password: "testpass123", name, role, guardian: None }
}

/// Guardians come before their children.
pub(crate) const DEMO_ACCOUNTS: [DemoAccount; 9] = [
    DemoAccount { password: "admin123", ..account("admin@cmz.org", "Alex", Role::Administrator) },
    account("keeper1@test.cmz.org", "Kim", Role::Zookeeper),
    account("parent1@test.cmz.org", "Pat", Role::Parent),
    account("parent2@test.cmz.org", "Robin", Role::Parent),
    DemoAccount {
        guardian: Some(("parent1@test.cmz.org", true)),
        ..account("student1@test.cmz.org", "Sam", Role::User)
    },
    DemoAccount {
        guardian: Some(("parent1@test.cmz.org", true)),
        ..account("student2@test.cmz.org", "Mia", Role::User)
    },
    DemoAccount {
        guardian: Some(("parent2@test.cmz.org", false)),
        ..account("student3@test.cmz.org", "Noa", Role::User)
    },
    account("user1@test.cmz.org", "Uma", Role::User),
    account("visitor1@test.cmz.org", "Vic", Role::Visitor),
];

/// Makes what is missing, on this machine only: the demo accounts' passwords are known to all. A
/// database elsewhere is left as it is.
pub(crate) async fn plant(settings: &Settings) -> Result<(), Failure> {
    if !settings.get("DYNAMODB_ENDPOINT_URL").is_some_and(is_loopback) {
        return Ok(());
    }
    let config = store::Config::read(settings).explain("the configuration")?;
    let keys = vault::Config::read(settings).explain("the configuration")?;
    let store = Store::connect(config).await;
    let vault = Vault::new(vault::connect(&keys).await, &keys);
    plant_animals(&store).await.explain("the animals cannot be made")?;
    let zoo = people::zoo_key(&store, &vault).await;
    let zoo = zoo.map_err(|problem| Failure::new(format!("the zoo's key cannot be made: {}", problem.to_json())))?;
    for account in &DEMO_ACCOUNTS {
        plant_account(&store, &vault, &zoo, account).await?;
    }
    Ok(())
}

async fn plant_animals(store: &Store) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let there = store.animals().await?;
    let animals: Vec<Animal> = serde_json::from_str(ANIMALS)?;
    for animal in animals {
        if there.iter().all(|found| found.animal_id != animal.animal_id) {
            store.put_animal(&animal).await?;
        }
    }
    Ok(())
}

async fn plant_account(store: &Store, vault: &Vault, zoo: &DataKey, account: &DemoAccount) -> Result<(), Failure> {
    let what = format!("the account {} cannot be made", account.email);
    let login = people::login_fingerprint(zoo, account.email).explain(&what)?;
    let user_id = id_of(account.email);
    if store.user(&user_id).await.explain(&what)?.is_some() {
        return Ok(());
    }
    let (key, new) = vault.create(&Label::profile(&user_id)).await.explain(&what)?;
    let record = record(account, user_id, &key, store.notice()).explain(&what)?;
    match store.create_user(&record, &login, &new).await {
        // Another process planted it at the same time.
        Err(error) if error.is_conflict() => Ok(()),
        created => created.explain(&what),
    }
}

fn record(account: &DemoAccount, user_id: UserId, key: &DataKey, notice: Version) -> Result<UserRecord, String> {
    let seal =
        |attribute, text| key.seal(&keys::profile_slot(&user_id, attribute), text).map_err(|error| error.to_string());
    let agreed = account.guardian.is_some_and(|(_, agreed)| agreed);
    let consent = Consent {
        collect: true,
        third_party: true,
        sharing: false,
        notice_version: Some(notice),
        method: Some(Method::SignedForm),
        changed_at: Some(clock::now()),
    };
    Ok(UserRecord {
        role: account.role,
        status: Status::Active,
        parent_user_id: account.guardian.map(|(email, _)| id_of(email)),
        consent: if agreed { consent } else { Consent::default() },
        consent_change: None,
        controls: Controls::default(),
        generation: 0,
        sign_ins_ended: 0,
        display_name: seal("displayName", account.name)?,
        email: seal("email", account.email)?,
        password_hash: people::password::hash(account.password).ok_or("a password cannot be hashed")?,
        created_at: clock::now(),
        erasing_conversations: None,
        erasing_account: None,
        sessions: Tally::default(),
        user_id,
    })
}

fn id_of(email: &str) -> UserId {
    UserId::from(Uuid::new_v5(&ACCOUNTS, email.as_bytes()))
}
