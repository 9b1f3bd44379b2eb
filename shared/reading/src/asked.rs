//! What a child asked, for its guardian to be told about what: the words of its newest questions. That they
//! were looked through is written down first, once for the child.

use crate::{
    Conversation, Person, ReadError, Reading,
    trail::{Access, Trace},
};
use domain::{
    AnimalId, SessionId,
    access::{self, Action, Relation, Verdict},
    audit::{EventType, Metadata, Receipt},
};
use edge::{Code, clock};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use store::{conversations::MessageRecord, users::UserRecord};
use vault::DataKey;

/// Sessions that are opened at the same time.
const OPENED_AT_ONCE: usize = 8;

/// A question and whom it was asked. It does not print itself.
pub struct Asked {
    /// The animal.
    pub animal_id: AnimalId,
    /// The words.
    pub words: String,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("animal_id", &self.animal_id).finish_non_exhaustive()
    }
}

impl Reading {
    /// The words of a child's questions, without those of sessions that are gone.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] to anybody but the child's guardian, as its account says.
    pub async fn asked(
        &self,
        person: &Person,
        trace: &Trace,
        child: &UserRecord,
        questions: Vec<MessageRecord>,
    ) -> Result<Vec<Asked>, ReadError> {
        let mut sessions: BTreeMap<SessionId, Vec<MessageRecord>> = BTreeMap::new();
        for question in questions
            .into_iter()
            .filter(|question| question.user_id == child.user_id && question.generation == child.generation)
        {
            sessions.entry(question.session_id.clone()).or_default().push(question);
        }
        let access = Access {
            event: EventType::ConversationSearched,
            action: Action::ReadTopics,
            user: person.user(),
            target: Some(&child.user_id),
            session: None,
            trace,
            metadata: Metadata { looked_at: Some(sessions.len() as u64), ..Metadata::default() },
        };
        let relation = Relation::of(person.user(), &child.user_id, child.parent_user_id.as_ref());
        if access::decide(person.user().who(), Action::ReadTopics, relation) != Verdict::Allowed {
            self.record_refusal(access, Code::Forbidden).await;
            return Err(ReadError::Forbidden);
        }
        if sessions.is_empty() {
            return Ok(Vec::new());
        }
        let (receipt, key) = tokio::try_join!(self.record(access), self.user_key(&child.user_id, child.generation))?;
        let Some(key) = key else { return Ok(Vec::new()) };
        let opened = stream::iter(sessions).map(|(id, questions)| self.words(&key, &receipt, id, questions));
        let opened: Vec<Vec<Asked>> = opened.buffer_unordered(OPENED_AT_ONCE).try_collect().await?;
        Ok(opened.into_iter().flatten().collect())
    }

    async fn words(
        &self,
        key: &DataKey,
        receipt: &Receipt,
        id: SessionId,
        questions: Vec<MessageRecord>,
    ) -> Result<Vec<Asked>, ReadError> {
        let session = self.store().session(&id).await?.filter(|session| !session.session().is_expired(clock::now()));
        let Some(session) = session else { return Ok(Vec::new()) };
        // Where its key is gone, the items are about to be.
        let Some(wrapped) = self.session_key(&session).await? else { return Ok(Vec::new()) };
        let conversation = Conversation::open(session, key, &wrapped.wrapped, receipt)?;
        let words = questions.into_iter().map(|question| {
            let words = conversation.text(&question)?;
            Ok(Asked { animal_id: question.animal_id, words })
        });
        words.collect()
    }
}
