//! Lists of sessions: one's own and one's children's with their first and last words, anybody's for
//! staff without a word; the latest first, sorted, or those in which something was said.

mod everybody;
mod lanes;
mod owners;
mod rows;
mod search;
mod sorted;

pub(crate) use sorted::Rank;

use crate::{
    Person, ReadError, Reading, Trace,
    cursor::{Binding, Cursor},
};
use domain::{
    AnimalId, MessageId, Timestamp, UserId,
    access::{self, Action, Relation, Verdict},
    message::Sender,
    search::Needle,
};
use edge::clock;
use owners::Owners;
use serde::{Serialize, Serializer};
use store::{
    sessions::{Position, SessionMetadata, SessionRecord, Span},
    users::UserRecord,
};
use vault::{Label, OpenError};

/// How many sessions are looked at for a page that is filtered by animal.
const LOOKED_AT: i32 = 200;

/// Which sessions are wanted.
#[derive(Debug, Clone, Serialize)]
pub struct Wanted {
    /// Whose; those of all whom the person may see where nobody is named.
    pub user: Option<UserId>,
    /// With which animals; with any where there are none.
    pub animals: Vec<AnimalId>,
    /// The earliest last activity.
    pub from: Option<Timestamp>,
    /// The latest last activity.
    pub to: Option<Timestamp>,
    /// In which order, and whether all.
    pub order: Order,
}

/// In which order sessions are listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Order {
    /// The latest first.
    Latest,
    /// By the animal's name, each animal's latest first.
    Animal,
    /// The longest first.
    MessageCount,
    /// The latest first, of those only in which this was said.
    Holding(#[serde(serialize_with = "folded")] Needle),
}

/// A page of a list, as it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// How many sessions at most.
    pub limit: usize,
    /// Behind which page.
    pub cursor: Option<&'a str>,
}

/// A session in a list.
#[derive(Debug)]
pub struct Listed {
    /// What is known without opening anything.
    pub metadata: SessionMetadata,
    /// The owner's name, for whom it is their own or their child's.
    pub display_name: Option<String>,
    /// The first and the last message, likewise.
    pub words: Option<(String, String)>,
    /// Whether something was said that the caller, the owner's guardian, has not opened; likewise.
    pub unread: Option<bool>,
    /// What was found in it.
    pub found: Option<Found>,
}

/// A message in which something was found.
#[derive(Debug)]
pub struct Found {
    /// Which.
    pub message_id: MessageId,
    /// Who says it.
    pub sender: Sender,
    /// When.
    pub timestamp: Timestamp,
    /// The words around the find.
    pub excerpt: String,
}

/// A page of a list.
#[derive(Debug)]
pub struct Listing {
    /// The sessions.
    pub sessions: Vec<Listed>,
    /// The cursor to the next page.
    pub next: Option<String>,
    /// How many sessions the list has without its filters; for staff's view of everybody nobody counts.
    pub total: Option<u64>,
    /// Among how many of each person's latest sessions was sorted, where there are more.
    pub sorted_among: Option<usize>,
    binding: Binding,
    behind: String,
}

impl Listing {
    /// A validator of this page for its caller: the same as long as what is shown of it is. What it goes on
    /// behind is in it; how that is sealed is not.
    ///
    /// # Errors
    /// [`OpenError`] when the system refuses the digest.
    pub fn validator(&self, shown: &str) -> Result<String, OpenError> {
        self.binding.digest(&format!("{}\n{shown}", self.behind))
    }
}

/// What one way of listing gives.
#[derive(Debug, Default)]
struct Part {
    sessions: Vec<Listed>,
    next: Option<Cursor>,
    total: Option<u64>,
    sorted_among: Option<usize>,
}

impl Reading {
    /// A page of the sessions that a person may see.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::ForeignCursor`] for a cursor of another list or caller,
    /// [`ReadError::NobodyNamed`] where staff sort or search the sessions of everybody.
    pub async fn sessions(
        &self,
        person: &Person,
        trace: &Trace,
        wanted: &Wanted,
        page: Page<'_>,
    ) -> Result<Listing, ReadError> {
        let binding = Binding::new(self.zoo_key().await?, person, wanted)?;
        let cursor = page.cursor.map(|cursor| binding.open(cursor)).transpose()?;
        let sees_all = access::decide(person.user().who(), Action::ListSessions, Relation::Zoo) == Verdict::Allowed;
        let part = if wanted.user.is_none() && sees_all {
            self.everybodys(wanted, page.limit, cursor).await?
        } else {
            let owners = self.owners(person, trace, wanted).await?;
            self.of_owners(&owners, wanted, page.limit, cursor).await?
        };
        let behind = serde_json::to_string(&part.next).map_err(|_| ReadError::ForeignCursor)?;
        let next = part.next.map(|next| binding.seal(&next)).transpose()?;
        let Part { sessions, total, sorted_among, .. } = part;
        Ok(Listing { sessions, next, total, sorted_among, binding, behind })
    }

    async fn of_owners(
        &self,
        owners: &Owners<'_>,
        wanted: &Wanted,
        limit: usize,
        cursor: Option<Cursor>,
    ) -> Result<Part, ReadError> {
        let is_whole = cursor.is_none() && wanted.is_unfiltered();
        let part = match (&wanted.order, cursor) {
            (Order::Latest, None) => self.latest(owners, wanted, limit, None).await?,
            (Order::Latest, Some(Cursor::Lanes(lanes))) => self.latest(owners, wanted, limit, Some(lanes)).await?,
            (Order::Holding(needle), None) => self.holding(owners, wanted, needle, limit, None).await?,
            (Order::Holding(needle), Some(Cursor::Lanes(lanes))) => {
                self.holding(owners, wanted, needle, limit, Some(lanes)).await?
            }
            (Order::Animal | Order::MessageCount, None) => self.sorted(owners, wanted, limit, None).await?,
            (Order::Animal | Order::MessageCount, Some(Cursor::Row(rank))) => {
                self.sorted(owners, wanted, limit, Some(rank)).await?
            }
            (_, Some(_)) => return Err(ReadError::ForeignCursor),
        };
        // Counts are of days; a list that is wholly here is counted by itself.
        let total = match is_whole && part.next.is_none() && part.sorted_among.is_none() {
            true => part.sessions.len() as u64,
            false => owners.total(clock::now(), self.store().ttl_days()),
        };
        Ok(Part { total: Some(total), ..part })
    }

    /// Nothing is older than what is kept, and no clock is wrong by more than a day.
    fn span(&self, wanted: &Wanted, after: Option<Position>, limit: i32) -> Span {
        let (earliest, latest) = (clock::now().minus_days(self.store().ttl_days()), clock::now().plus_days(1));
        let from = wanted.from.map_or(earliest, |from| from.max(earliest));
        let to = wanted.to.map_or(latest, |to| to.min(latest)).max(from);
        Span { from, to, after, limit }
    }

    pub(crate) async fn zoo_key(&self) -> Result<vault::DataKey, ReadError> {
        let kept = self.store().zoo_key().await?.ok_or(ReadError::NoAccount)?;
        Ok(self.vault().unwrap_key(&Label::zoo(), &kept.wrapped).await?)
    }
}

impl Wanted {
    fn is_unfiltered(&self) -> bool {
        let is_searched = matches!(self.order, Order::Holding(_));
        self.animals.is_empty() && self.from.is_none() && self.to.is_none() && !is_searched
    }

    /// Those of an earlier generation are on their way out.
    fn includes_of(&self, owner: &UserRecord, session: &SessionRecord) -> bool {
        session.generation == owner.generation && self.includes(&SessionMetadata::from(session))
    }

    fn includes(&self, session: &SessionMetadata) -> bool {
        let is_expired = clock::now() >= session.expires_at;
        !is_expired && (self.animals.is_empty() || self.animals.contains(&session.animal_id))
    }
}

fn folded<S: Serializer>(needle: &Needle, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(needle.folded())
}
