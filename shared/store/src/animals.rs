//! `cmz-animals`: the animals, and the version that says whether they changed. Key `(kind, id)`.

use crate::{
    Store, StoreError, from_item, keys, number, strings, text, to_item,
    transact::{Cancelled, put, update},
};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update, builders::UpdateBuilder};
use domain::{
    AnimalId, Timestamp,
    animal::{Animal, ChatConfig},
};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;

/// How long animals stay in memory without a look at their version.
const REVALIDATE_AFTER_MILLIS: u64 = 60 * 1000;
/// How long they stay in memory at all (seed 003, 3.1).
const CACHED_FOR_MILLIS: u64 = 60 * 60 * 1000;

/// All animals at one version.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Rises with each change.
    pub version: u64,
    /// The animals, by id.
    pub animals: Vec<Animal>,
}

impl Catalogue {
    /// The animal of an id.
    #[must_use]
    pub fn find(&self, id: &AnimalId) -> Option<&Animal> {
        self.animals.iter().find(|animal| animal.animal_id == *id)
    }
}

struct Cached {
    catalogue: Arc<Catalogue>,
    loaded: Timestamp,
    checked: Timestamp,
}

/// The animals in memory: loaded when first asked for, looked after at most once a minute.
pub struct AnimalCache {
    store: Store,
    cached: RwLock<Option<Cached>>,
}

impl AnimalCache {
    /// An empty cache.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, cached: RwLock::new(None) }
    }

    /// The animals as they were at most a minute ago.
    ///
    /// # Errors
    /// [`StoreError`] when they have to be read and cannot be.
    pub async fn catalogue(&self, now: Timestamp) -> Result<Arc<Catalogue>, StoreError> {
        if let Some(fresh) = self.in_memory(now) {
            return Ok(fresh);
        }
        let version = self.store.animal_version().await?;
        if let Some(unchanged) = self.note_checked(version, now) {
            return Ok(unchanged);
        }
        let catalogue = Arc::new(Catalogue { version, animals: self.store.animals().await? });
        let cached = Cached { catalogue: Arc::clone(&catalogue), loaded: now, checked: now };
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        Ok(catalogue)
    }

    /// The animals that are in memory and looked after lately enough.
    #[must_use]
    pub fn in_memory(&self, now: Timestamp) -> Option<Arc<Catalogue>> {
        let cached = self.cached.read().unwrap_or_else(PoisonError::into_inner);
        let cached = cached.as_ref()?;
        (now.millis_since(cached.checked) < REVALIDATE_AFTER_MILLIS).then(|| Arc::clone(&cached.catalogue))
    }

    fn note_checked(&self, version: u64, now: Timestamp) -> Option<Arc<Catalogue>> {
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        let cached = cached.as_mut()?;
        let young = now.millis_since(cached.loaded) < CACHED_FOR_MILLIS;
        if !young || cached.catalogue.version != version {
            return None;
        }
        cached.checked = now;
        Some(Arc::clone(&cached.catalogue))
    }
}

/// An animal as it is stored now.
#[derive(Debug, Clone, Deserialize)]
pub struct AnimalRecord {
    /// The animal.
    #[serde(flatten)]
    pub animal: Animal,
    /// Rises with each change of how it speaks; 0 before the first.
    #[serde(default)]
    pub revision: u64,
}

#[derive(Serialize, Deserialize)]
struct Stored<A> {
    kind: String,
    id: String,
    #[serde(flatten)]
    animal: A,
}

#[derive(Deserialize)]
struct StoredVersion {
    version: u64,
}

impl Store {
    /// All animals, one query.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn animals(&self) -> Result<Vec<Animal>, StoreError> {
        let query = self.client.query().table_name(&self.config.animals).consistent_read(true);
        let answer = query
            .key_condition_expression("kind = :animal")
            .expression_attribute_values(":animal", text(keys::ANIMAL_KIND))
            .send()
            .await
            .map_err(|error| StoreError::from_sdk(&error))?;
        let items = answer.items.unwrap_or_default();
        items.into_iter().map(|item| from_item::<Stored<Animal>>(item).map(|stored| stored.animal)).collect()
    }

    /// One animal, read consistently and past every cache.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn animal(&self, animal: &AnimalId) -> Result<Option<AnimalRecord>, StoreError> {
        let id = keys::animal(animal);
        self.get(&self.config.animals, strings([("kind", keys::ANIMAL_KIND), ("id", &id)])).await
    }

    /// Keeps an animal and says that the animals changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_animal(&self, animal: &Animal) -> Result<(), StoreError> {
        let id = keys::animal(&animal.animal_id);
        let item = to_item(&Stored { kind: keys::ANIMAL_KIND.to_owned(), id, animal })?;
        let kept = Put::builder().table_name(&self.config.animals).set_item(Some(item));
        self.change_animals(put(kept.build().map_err(|_| StoreError::malformed())?)).await
    }

    /// Changes how an animal speaks, unless somebody has since it was read, and says that the
    /// animals changed. `None` takes its configuration away. Everything else of the animal stays
    /// as it is.
    ///
    /// # Errors
    /// [`StoreError::is_conflict`] when the animal has changed or is gone.
    pub async fn configure_animal(&self, read: &AnimalRecord, config: Option<&ChatConfig>) -> Result<(), StoreError> {
        let id = keys::animal(&read.animal.animal_id);
        let change = Update::builder()
            .table_name(&self.config.animals)
            .set_key(Some(strings([("kind", keys::ANIMAL_KIND), ("id", &id)])))
            .condition_expression(unchanged(read))
            .expression_attribute_values(":read", number(read.revision))
            .expression_attribute_values(":next", number(read.revision + 1));
        let change = written(change, config)?.build().map_err(|_| StoreError::malformed())?;
        self.change_animals(update(change)).await
    }

    /// A write and the new version of the list, both or neither: a reader that sees the version
    /// sees the animal.
    async fn change_animals(&self, change: TransactWriteItem) -> Result<(), StoreError> {
        let risen = Update::builder()
            .table_name(&self.config.animals)
            .set_key(Some(strings([("kind", keys::VERSION_KIND), ("id", keys::ANIMAL_KIND)])))
            .update_expression("ADD #version :one")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|_| StoreError::malformed())?;
        // The same change may come again later, and is another one then.
        let token = Uuid::from_u128(fastrand::u128(..)).to_string();
        match self.transact(&token, vec![change, update(risen)]).await {
            Ok(()) => Ok(()),
            Err(Cancelled::Conditions(_)) => Err(StoreError::conflict()),
            Err(Cancelled::Failed(error)) => Err(error),
        }
    }

    async fn animal_version(&self) -> Result<u64, StoreError> {
        let key = strings([("kind", keys::VERSION_KIND), ("id", keys::ANIMAL_KIND)]);
        let version: Option<StoredVersion> = self.get(&self.config.animals, key).await?;
        Ok(version.map_or(0, |stored| stored.version))
    }
}

/// The condition that an animal is as it was read. One that was never changed has no revision yet.
fn unchanged(read: &AnimalRecord) -> &'static str {
    match read.revision {
        0 => "attribute_exists(id) AND (attribute_not_exists(revision) OR revision = :read)",
        _ => "revision = :read",
    }
}

fn written(change: UpdateBuilder, config: Option<&ChatConfig>) -> Result<UpdateBuilder, StoreError> {
    let Some(config) = config else {
        return Ok(change.update_expression("SET revision = :next REMOVE chatConfig"));
    };
    let change = change.update_expression("SET revision = :next, chatConfig = :config");
    Ok(change.expression_attribute_values(":config", AttributeValue::M(to_item(config)?)))
}
