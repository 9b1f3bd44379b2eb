//! All that is kept of somebody, opened for whoever may take it away. That it is opened is written down before the
//! first of it is.

use crate::{Asking, ConsentOf, Conversation, File, ReadError, Reading, trail::Access};
use domain::{
    SessionId, Timestamp, UserId,
    audit::{EventType, Metadata, Receipt},
    user::Status,
};
use edge::clock;
use std::collections::BTreeMap;
use store::{
    sessions::{Position, SessionRecord, Span},
    users::UserRecord,
};
use vault::Label;

/// Sessions that are read at once.
const PAGE: i32 = 500;

/// What is kept of somebody.
pub struct PersonalData {
    /// Their account.
    pub account: UserRecord,
    /// The name that they go by.
    pub display_name: String,
    /// The name that they sign in with.
    pub sign_in_name: String,
    /// Their children.
    pub children: Vec<UserId>,
    /// What was said for them, where they are a child.
    pub consent: Option<ConsentOf>,
    /// Their conversations, the oldest first.
    pub conversations: Vec<Conversation>,
}

impl Reading {
    /// Opens what is kept of somebody.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::Erased`] of somebody of whom nothing is kept any more.
    pub async fn personal_data(&self, asking: Asking<'_>, account: UserRecord) -> Result<PersonalData, ReadError> {
        if !self.may(asking).await? {
            return Err(ReadError::Forbidden);
        }
        if account.status == Status::Erased {
            return Err(ReadError::Erased);
        }
        let receipt = self.record(asking.access(EventType::ConversationViewed, None)).await?;
        let (names, children, consent, conversations) = tokio::try_join!(
            self.person_names(&account),
            async { Ok(self.store().children(&account.user_id).await?) },
            async {
                match account.user().is_child() {
                    true => self.consent_of(&account.user_id, account.consent).await.map(Some),
                    false => Ok(None),
                }
            },
            self.conversations_of(&account, &receipt),
        )?;
        let (display_name, sign_in_name) = names;
        let children = children.into_iter().map(|child| child.user_id).collect();
        Ok(PersonalData { account, display_name, sign_in_name, children, consent, conversations })
    }

    /// Writes down which file with all that is kept of somebody is about to be given.
    ///
    /// # Errors
    /// [`ReadError::Untraced`]: then it is not to be given.
    pub async fn record_personal_data(&self, asking: Asking<'_>, file: File) -> Result<(), ReadError> {
        let access = Access { metadata: Metadata::from(file), ..asking.access(EventType::ConversationExported, None) };
        self.record(access).await.map(drop)
    }

    async fn person_names(&self, account: &UserRecord) -> Result<(String, String), ReadError> {
        let key = self.store().profile_key(&account.user_id).await?.ok_or(ReadError::Erased)?;
        let key = self.vault().unwrap_key(&Label::profile(&account.user_id), &key.wrapped).await?;
        let display_name = key.open(&account.display_name_slot(), &account.display_name)?;
        Ok((display_name, key.open(&account.email_slot(), &account.email)?))
    }

    async fn conversations_of(&self, owner: &UserRecord, receipt: &Receipt) -> Result<Vec<Conversation>, ReadError> {
        // Who never talked has no key.
        let Some(user_key) = self.user_key(&owner.user_id, owner.generation).await? else {
            return Ok(Vec::new());
        };
        let sessions = self.sessions_of(owner).await?;
        let wanted: Vec<_> = sessions.iter().map(|session| (&session.user_id, &session.session_id)).collect();
        let mut keys = self.store().session_keys(&wanted).await?;
        let opened = sessions.into_iter().filter_map(|session| {
            let key = keys.remove(&session.session_id).filter(|key| key.generation == session.generation)?;
            Some(Conversation::open(session, &user_key, &key.wrapped, receipt))
        });
        Ok(opened.collect::<Result<_, _>>()?)
    }

    /// All of somebody's sessions, the oldest first.
    async fn sessions_of(&self, owner: &UserRecord) -> Result<Vec<SessionRecord>, ReadError> {
        let begun = clock::now();
        let mut all = BTreeMap::new();
        // The latest come first, and one in which something is said meanwhile becomes the latest: where the first look
        // came too late for it, the second finds it. Sessions know by themselves when they are over, also where the days
        // for which new ones are kept were more once.
        for from in [Timestamp::from_millis(0), begun.minus_seconds(1)] {
            let mut after = None;
            loop {
                let span = Span { from, to: clock::now().plus_days(1), after, limit: PAGE };
                let page = self.store().sessions_of(&owner.user_id, &span).await?;
                after = next(&page);
                all.extend(page.into_iter().map(|session| (key(&session), session)));
                if after.is_none() {
                    break;
                }
            }
        }
        let now = clock::now();
        let is_there = |session: &SessionRecord| {
            session.generation == owner.generation && now < session.expires_at && session.deletion_begun_at.is_none()
        };
        let mut all: Vec<_> = all.into_values().filter(is_there).collect();
        all.sort_by(|one, other| (one.start_time, &one.session_id).cmp(&(other.start_time, &other.session_id)));
        Ok(all)
    }
}

/// Behind which session to go on, after a page that may not be the last.
fn next(page: &[SessionRecord]) -> Option<Position> {
    let is_full = i32::try_from(page.len()).is_ok_and(|length| length == PAGE);
    page.last().filter(|_| is_full).map(SessionRecord::position)
}

fn key(session: &SessionRecord) -> SessionId {
    session.session_id.clone()
}
