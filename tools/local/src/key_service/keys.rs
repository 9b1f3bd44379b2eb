//! All keys, by their ids and aliases. In a data folder they lie in `keys.json`, readable by its owner only, and
//! every change is there before it counts.

use super::{
    key::{Key, Spec, State},
    refusal::Refusal,
};
use crate::failure::{Explain, Failure};
use domain::Timestamp;
use edge::clock;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;

pub(crate) const VAULT_KEY: &str = "alias/cmz-vault";
pub(crate) const SIGNING_KEY: &str = "alias/cmz-signing";
/// What `SIGNING_KEY_ID` names after the signing key was changed.
pub(crate) const NEXT_SIGNING_KEY: &str = "alias/cmz-signing-next";
/// What the names of keys here begin with.
const ARN: &str = "arn:aws:kms:us-west-2:000000000000:key/";
/// The same of aliases, before `alias/…`.
const ALIAS_ARN: &str = "arn:aws:kms:us-west-2:000000000000:";

/// The keys.
pub(crate) struct Keys {
    file: Option<PathBuf>,
    ring: Mutex<Ring>,
}

/// The keys as they are kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Ring {
    keys: BTreeMap<Uuid, Key>,
    aliases: BTreeMap<String, Uuid>,
    /// The key of what was wrapped when bytes did not yet say which key wraps them.
    #[serde(default)]
    unnamed: Option<Uuid>,
}

/// Keys as folders of before have them.
#[derive(Deserialize)]
struct Before {
    wrapping: String,
    signing: String,
    /// Still older ones do not have it.
    next_signing: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Now(Ring),
    Before(Before),
}

impl Keys {
    /// Reads the keys of a folder, or makes them where there are none; without a folder, makes
    /// keys that end with the process.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = folder else { return Ok(Self { file: None, ring: Mutex::new(Ring::make()?) }) };
        let file = folder.join("keys.json");
        let what = format!("the keys {} cannot be used", file.display());
        let ring = match std::fs::read_to_string(&file) {
            Ok(text) => match serde_json::from_str(&text).explain(&what)? {
                Stored::Now(ring) => ring,
                Stored::Before(before) => Ring::of_before(before)?,
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ring::make()?,
            Err(error) => return Err(error).explain(&what),
        };
        if !ring.keys.values().all(Key::is_whole) {
            return Err(Failure::new(format!("{what}: one of them is broken")));
        }
        save(&file, &ring).explain(&what)?;
        Ok(Self { file: Some(file), ring: Mutex::new(ring) })
    }

    /// Asks the keys something.
    pub(crate) fn read<T>(&self, ask: impl FnOnce(&Ring) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.drop_ended(clock::now());
        ask(&ring)
    }

    /// Changes something about them, all or nothing.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Ring) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = ring.clone();
        changed.drop_ended(clock::now());
        let done = change(&mut changed)?;
        if let Some(file) = &self.file {
            save(file, &changed).map_err(|_| Refusal::Internal)?;
        }
        *ring = changed;
        Ok(done)
    }
}

impl Ring {
    fn make() -> Result<Self, Failure> {
        let mut ring = Self { keys: BTreeMap::new(), aliases: BTreeMap::new(), unnamed: None };
        for (alias, spec) in
            [(VAULT_KEY, Spec::Wrapping), (SIGNING_KEY, Spec::Signing), (NEXT_SIGNING_KEY, Spec::Signing)]
        {
            let made = Key::make(spec, clock::now()).ok_or_else(|| Failure::new("no key can be made".to_owned()))?;
            let id = ring.add(made);
            ring.aliases.insert(alias.to_owned(), id);
        }
        Ok(ring)
    }

    fn of_before(before: Before) -> Result<Self, Failure> {
        let mut ring = Self::make()?;
        let found = [
            (VAULT_KEY, Spec::Wrapping, Some(before.wrapping)),
            (SIGNING_KEY, Spec::Signing, Some(before.signing)),
            (NEXT_SIGNING_KEY, Spec::Signing, before.next_signing),
        ];
        for (alias, spec, material) in found {
            let key = ring.aliases.get(alias).and_then(|id| ring.keys.get_mut(id));
            if let Some((key, material)) = key.zip(material) {
                *key = Key::of_before(spec, material, clock::now());
            }
        }
        ring.unnamed = ring.aliases.get(VAULT_KEY).copied();
        Ok(ring)
    }

    /// Adds a key and gives its id.
    pub(crate) fn add(&mut self, key: Key) -> Uuid {
        let id = clock::new_id();
        self.keys.insert(id, key);
        id
    }

    /// The id that a name stands for: an id, an alias, or the ARN of one.
    pub(crate) fn id(&self, name: &str) -> Result<Uuid, Refusal> {
        let name = name.strip_prefix(ARN).or_else(|| name.strip_prefix(ALIAS_ARN)).unwrap_or(name);
        let id = match name.starts_with("alias/") {
            true => self.aliases.get(name).copied(),
            false => Uuid::parse_str(name).ok(),
        };
        id.filter(|id| self.keys.contains_key(id)).ok_or(Refusal::NotFound)
    }

    pub(crate) fn key(&self, id: Uuid) -> Result<&Key, Refusal> {
        self.keys.get(&id).ok_or(Refusal::NotFound)
    }

    pub(crate) fn key_mut(&mut self, id: Uuid) -> Result<&mut Key, Refusal> {
        self.keys.get_mut(&id).ok_or(Refusal::NotFound)
    }

    pub(crate) fn create_alias(&mut self, alias: &str, target: Uuid) -> Result<(), Refusal> {
        if !alias.starts_with("alias/") {
            return Err(Refusal::Validation);
        }
        if self.aliases.contains_key(alias) {
            return Err(Refusal::AlreadyExists);
        }
        self.name(alias, target)
    }

    pub(crate) fn update_alias(&mut self, alias: &str, target: Uuid) -> Result<(), Refusal> {
        let before = self.aliases.get(alias).ok_or(Refusal::NotFound)?;
        if self.key(target)?.spec != self.keys.get(before).map_or(self.key(target)?.spec, |key| key.spec) {
            return Err(Refusal::Validation);
        }
        self.name(alias, target)
    }

    fn name(&mut self, alias: &str, target: Uuid) -> Result<(), Refusal> {
        if self.key(target)?.state == State::PendingDeletion {
            return Err(Refusal::InvalidState);
        }
        self.aliases.insert(alias.to_owned(), target);
        Ok(())
    }

    /// Which key wraps these bytes, and what of them is its own.
    pub(crate) fn wrapper<'a>(&self, wrapped: &'a [u8]) -> Result<(Uuid, &'a [u8]), Refusal> {
        let named = wrapped.split_at_checked(size_of::<Uuid>());
        let named = named.and_then(|(id, rest)| Some((Uuid::from_slice(id).ok()?, rest)));
        match (named, self.unnamed) {
            (Some((id, rest)), _) if self.keys.contains_key(&id) => Ok((id, rest)),
            (_, Some(unnamed)) => Ok((unnamed, wrapped)),
            _ => Err(Refusal::InvalidCiphertext),
        }
    }

    /// Drops keys whose time is over, and the aliases that name them.
    fn drop_ended(&mut self, now: Timestamp) {
        self.keys.retain(|_, key| key.ends_at.is_none_or(|end| now < end));
        let keys = &self.keys;
        self.aliases.retain(|_, id| keys.contains_key(id));
    }
}

/// The full name of a key.
pub(crate) fn arn(id: Uuid) -> String {
    format!("{ARN}{id}")
}

/// Writes beside and renames: a start that is cut short leaves no half a key.
fn save(file: &Path, ring: &Ring) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut new = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    new.write_all(&serde_json::to_vec(ring)?)?;
    new.sync_all()?;
    std::fs::rename(beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(owner: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("owner".to_owned(), owner.to_owned())])
    }

    fn public_key(keys: &Keys, name: &str) -> Vec<u8> {
        keys.read(|ring| ring.key(ring.id(name)?)?.public_key()).unwrap()
    }

    #[test]
    fn a_folder_of_before_keeps_its_keys_and_gets_what_it_lacks_once() {
        let folder = tempfile::tempdir().unwrap();
        let [wrapping, signing] = [Spec::Wrapping, Spec::Signing].map(|spec| Key::make(spec, clock::now()).unwrap());
        let wrapped = wrapping.wrap(&context("a"), &[7; 32]).unwrap();
        let material = |key: &Key| serde_json::to_value(key).unwrap()["material"].clone();
        let before = serde_json::json!({ "wrapping": material(&wrapping), "signing": material(&signing) });
        std::fs::write(folder.path().join("keys.json"), before.to_string()).unwrap();
        let [one, two] = [0, 1].map(|_| Keys::open(Some(folder.path())).unwrap());
        for keys in [&one, &two] {
            assert_eq!(public_key(keys, SIGNING_KEY), signing.public_key().unwrap());
            let opened = keys.read(|ring| {
                let (id, own) = ring.wrapper(&wrapped)?;
                ring.key(id)?.unwrap(&context("a"), own)
            });
            assert_eq!(opened.unwrap(), [7; 32]);
        }
        assert_eq!(public_key(&one, NEXT_SIGNING_KEY), public_key(&two, NEXT_SIGNING_KEY));
        assert_ne!(public_key(&one, NEXT_SIGNING_KEY), public_key(&one, SIGNING_KEY));
    }

    #[test]
    fn keys_and_their_states_outlive_a_restart_and_are_their_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(Some(folder.path())).unwrap();
        let disable = |ring: &mut Ring| {
            let id = ring.id(VAULT_KEY)?;
            ring.key_mut(id)?.state = State::Disabled;
            Ok(id)
        };
        let id = keys.change(disable).unwrap();
        let again = Keys::open(Some(folder.path())).unwrap();
        assert_eq!(again.read(|ring| Ok(ring.key(id)?.state)), Ok(State::Disabled));
        assert_eq!(again.read(|ring| ring.id(VAULT_KEY)), Ok(id));
        let mode = folder.path().join("keys.json").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_whose_time_is_over_is_no_more_nor_is_its_alias() {
        let keys = Keys::open(None).unwrap();
        let end = |ring: &mut Ring| {
            let id = ring.id(VAULT_KEY)?;
            ring.key_mut(id)?.ends_at = Some(clock::now());
            Ok(id)
        };
        let id = keys.change(end).unwrap();
        assert_eq!(keys.read(|ring| ring.key(id).map(|_| ())), Err(Refusal::NotFound));
        assert_eq!(keys.read(|ring| ring.id(VAULT_KEY)), Err(Refusal::NotFound));
    }
}
