//! Changes of messages and who made them. A message comes from a turn, and goes by a deletion that was
//! written down before or because its time is over. Nothing in the product changes one. Whatever else
//! happens to the table, nobody is known to have done.

use crate::{AT_ONCE, Deps, record::Poison};
use domain::{
    LogId, MessageId, SessionId, Timestamp, TurnId, UserId,
    audit::{DELETION_FINISHED, Entry, EventType, Metadata, Outcome, SESSION_EXPIRED},
    user::Role,
};
use edge::clock;
use futures_util::{StreamExt, stream};
use std::collections::BTreeMap;
use store::{StoreError, audit::AuditRecord, sessions::Kept};

/// Seconds before a removal in which its deletion was written down, and after it by other clocks.
const WRITTEN_BEFORE: u32 = 24 * 3_600;
const CLOCKS_APART: u32 = 15 * 60;

/// What happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Insert,
    Modify,
    Remove,
    Expire,
}

/// A change of a message.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) log_id: LogId,
    pub(crate) event_id: String,
    pub(crate) at: Timestamp,
    pub(crate) what: What,
    pub(crate) owner: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) message_id: MessageId,
    pub(crate) turn_id: TurnId,
}

/// Who made a change.
#[derive(Clone)]
enum Author {
    /// Somebody.
    Person(UserId, Option<Role>),
    /// The product, as it should.
    Product,
    /// Its time was over.
    Time,
    /// Nobody is known.
    Nobody,
}

/// Who deletes which sessions of a batch. A deletion takes many messages at once: it is asked once for each
/// session.
pub(crate) struct Deleters(BTreeMap<(UserId, SessionId), Author>);

impl Deleters {
    /// Looks for who deletes.
    pub(crate) async fn find<'a>(deps: &Deps, changes: impl Iterator<Item = &'a Change>) -> Self {
        let mut spans = BTreeMap::<_, (Timestamp, Timestamp)>::new();
        for change in changes.filter(|change| change.what == What::Remove) {
            let whose = (change.owner.clone(), change.session_id.clone());
            let span = spans.entry(whose).or_insert((change.at, change.at));
            *span = (span.0.min(change.at), span.1.max(change.at));
        }
        let found = stream::iter(spans).map(async |((owner, session), span)| {
            let author = deleter(deps, &owner, &session, span).await;
            ((owner, session), author)
        });
        let found: Vec<_> = found.buffer_unordered(AT_ONCE).collect().await;
        let known = found.into_iter().filter_map(|(whose, author)| match author {
            Ok(author) => Some((whose, author)),
            Err(cause) => {
                tracing::warn!(%cause, "who deletes is not known yet");
                None
            }
        });
        Self(known.collect())
    }

    fn of(&self, change: &Change) -> Result<Author, StoreError> {
        let found = self.0.get(&(change.owner.clone(), change.session_id.clone()));
        found.cloned().ok_or_else(StoreError::not_now)
    }
}

/// Puts a change's entry.
pub(crate) async fn keep(deps: &Deps, deleters: &Deleters, change: &Change) -> Result<(), StoreError> {
    let author = author(deps, deleters, change).await?;
    deps.store.keep_audit_entry(&AuditRecord::new(change.entry(author))).await.map(drop)
}

async fn author(deps: &Deps, deleters: &Deleters, change: &Change) -> Result<Author, StoreError> {
    match change.what {
        What::Insert => {
            let turn = deps.store.turn(&change.owner, &change.turn_id).await?;
            let is_its_own = turn.is_some_and(|turn| turn.session_id == change.session_id);
            if is_its_own || was_erased_since(deps, change).await? {
                Ok(Author::Person(change.owner.clone(), None))
            } else {
                Ok(Author::Nobody)
            }
        }
        What::Modify => Ok(Author::Nobody),
        What::Expire => Ok(Author::Time),
        What::Remove => deleters.of(change),
    }
}

/// Whether the turn that a message came from may be gone because all of the person's conversations were erased since,
/// before anybody was told of the message. Told of only after it was written down.
async fn was_erased_since(deps: &Deps, change: &Change) -> Result<bool, StoreError> {
    let span = (change.at.minus_seconds(CLOCKS_APART), clock::now().plus_seconds(CLOCKS_APART));
    let (owner, session) = (&change.owner, &change.session_id);
    Ok(deps.store.deletion_intent(owner, session, span).await?.is_some()
        || deps.store.young_deletion_intent(owner, session, span).await?.is_some())
}

/// Who wanted a message to go. A session on its way out is proof of a deletion by the product, if not of
/// whose.
async fn deleter(
    deps: &Deps,
    owner: &UserId,
    session: &SessionId,
    (first, last): (Timestamp, Timestamp),
) -> Result<Author, StoreError> {
    let last = last.plus_seconds(CLOCKS_APART);
    let (long, short) = (first.minus_seconds(WRITTEN_BEFORE), first.minus_seconds(CLOCKS_APART));
    let mut intent = deps.store.deletion_intent(owner, session, (long, last)).await?;
    if intent.is_none() {
        intent = deps.store.young_deletion_intent(owner, session, (short, last)).await?;
    }
    if let Some(author) = intent.and_then(Author::of) {
        return Ok(author);
    }
    let is_going = match deps.store.kept_session(session).await? {
        Some(Kept::Session(session)) => session.deletion_begun_at.is_some(),
        Some(Kept::Buried(_)) => true,
        None => false,
    };
    Ok(if is_going { Author::Product } else { Author::Nobody })
}

impl Author {
    /// Who wrote down that they delete.
    fn of(intent: Entry) -> Option<Self> {
        match (intent.user_id, intent.action.as_str()) {
            (Some(who), _) => Some(Self::Person(who, intent.role)),
            (None, SESSION_EXPIRED) => Some(Self::Time),
            (None, DELETION_FINISHED) => Some(Self::Product),
            _ => None,
        }
    }
}

impl Change {
    fn entry(&self, author: Author) -> Entry {
        let (user_id, role, event_type) = match author {
            Author::Person(who, role) => (Some(who), role, EventType::ConversationChanged),
            Author::Time => (None, None, EventType::ConversationExpired),
            Author::Product => (None, None, EventType::ConversationChanged),
            Author::Nobody => (None, None, EventType::UnattributedChange),
        };
        let action = match self.what {
            What::Insert => "insert",
            What::Modify => "modify",
            What::Remove | What::Expire => "remove",
        };
        Entry {
            log_id: self.log_id.clone(),
            timestamp: self.at,
            event_type,
            action: action.to_owned(),
            user_id,
            role,
            target_user_id: Some(self.owner.clone()),
            session_id: Some(self.session_id.clone()),
            result: Outcome::Success,
            reason: None,
            access_reason: None,
            ip_address: None,
            user_agent: None,
            metadata: Metadata { message_id: Some(self.message_id.clone()), ..Metadata::default() },
        }
    }

    /// Where the database takes no entry of it, however often it is told.
    pub(crate) fn poison(self, place: String) -> Poison {
        Poison {
            event_id: self.event_id,
            sequence_number: Some(place),
            stream: "conversations",
            why: "the database takes no entry of it",
            happened_at: Some(self.at),
        }
    }
}
