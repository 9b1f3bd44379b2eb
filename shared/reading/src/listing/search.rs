//! The sessions in which something was said, the latest first. Text is sealed, so nothing but opening it
//! finds a word: a page looks at so many messages and no more, and the next goes on where it stopped,
//! if need be in the middle of a session.

use super::{Found, Part, Wanted, owners::Owners, rows::Opened};
use crate::{
    ReadError, Reading,
    cursor::{Cursor, Lanes, Within},
};
use domain::{audit::EventType, search::Needle};
use futures_util::future::try_join_all;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Sessions that one page looks at.
const SESSIONS: usize = 50;
/// Messages that one page looks at.
const MESSAGES: usize = 1_000;
/// Messages that are read at once.
const AT_ONCE: usize = 100;
/// Sessions that are looked at side by side.
const SIDE_BY_SIDE: usize = 4;

/// How looking through a session ended.
enum Looked {
    Found(Found),
    ThroughAll,
    /// No more may be looked at; this sort key was the last.
    To(Option<String>),
}

/// What a page found, and how far it came.
#[derive(Default)]
struct Search {
    found: Vec<(Opened, Found)>,
    /// How many sessions were looked through.
    done: usize,
    within: Option<Within>,
}

impl Reading {
    pub(super) async fn holding(
        &self,
        owners: &Owners<'_>,
        wanted: &Wanted,
        needle: &Needle,
        limit: usize,
        lanes: Option<Lanes>,
    ) -> Result<Part, ReadError> {
        let merged = self.merged(owners, wanted, SESSIONS, lanes.as_ref()).await?;
        let sessions = merged.ready.iter().take(SESSIONS).cloned().collect();
        let opened = self.open_all(owners, EventType::ConversationSearched, sessions).await?;
        let Search { found, done, within } =
            self.search(opened, needle, limit, lanes.and_then(|lanes| lanes.within)).await?;
        let next = merged.next(done).map(|at| Cursor::Lanes(Lanes { at, within }));
        Ok(Part { sessions: self.found_rows(owners, found).await?, next, ..Part::default() })
    }

    async fn search(
        &self,
        opened: Vec<Opened>,
        needle: &Needle,
        limit: usize,
        within: Option<Within>,
    ) -> Result<Search, ReadError> {
        let left = AtomicUsize::new(MESSAGES);
        let (mut search, mut opened) = (Search::default(), opened.into_iter());
        loop {
            let group: Vec<_> = opened.by_ref().take(SIDE_BY_SIDE).collect();
            if group.is_empty() {
                return Ok(search);
            }
            let looks = group.iter().map(|opened| self.look(opened, needle, within.as_ref(), &left));
            let looked = try_join_all(looks).await?;
            for (opened, looked) in group.into_iter().zip(looked) {
                let is_finished = search.note(opened, looked) && search.found.len() < limit;
                if !is_finished {
                    return Ok(search);
                }
            }
        }
    }

    /// Looks through a session, its newest message first.
    async fn look(
        &self,
        opened: &Opened,
        needle: &Needle,
        within: Option<&Within>,
        left: &AtomicUsize,
    ) -> Result<Looked, ReadError> {
        let Some(conversation) = &opened.conversation else { return Ok(Looked::ThroughAll) };
        let session = conversation.session();
        let begun = within.filter(|within| within.session_id == session.session_id);
        let mut before = begun.map(|within| within.before.clone());
        loop {
            let may = take(left);
            if may == 0 {
                return Ok(Looked::To(before));
            }
            let limit = i32::try_from(may).unwrap_or(i32::MAX);
            let read = self.store().messages_before(&session.user_id, &session.session_id, limit, before.as_deref());
            let page = read.await?;
            left.fetch_add(may.saturating_sub(page.messages.len()), Ordering::Relaxed);
            for message in page.messages {
                if let Some(excerpt) = needle.excerpt(&conversation.text(&message)?) {
                    let (message_id, sender) = (message.message_id, message.message_type);
                    return Ok(Looked::Found(Found { message_id, sender, timestamp: message.timestamp, excerpt }));
                }
            }
            match page.last {
                Some(last) => before = Some(last),
                None => return Ok(Looked::ThroughAll),
            }
        }
    }
}

impl Search {
    /// Whether the search may go on behind this session.
    fn note(&mut self, opened: Opened, looked: Looked) -> bool {
        match looked {
            Looked::To(before) => {
                let session_id = opened.metadata.session_id;
                self.within = before.map(|before| Within { session_id, before });
                return false;
            }
            Looked::Found(found) => self.found.push((opened, found)),
            Looked::ThroughAll => {}
        }
        self.done += 1;
        true
    }
}

/// How many messages may be read now, of those that are left.
fn take(left: &AtomicUsize) -> usize {
    let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left - left.min(AT_ONCE)));
    taken.unwrap_or(0).min(AT_ONCE)
}
