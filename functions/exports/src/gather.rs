//! Whole conversations from the tables: page after page, opened as they are read.

use crate::{
    attachment::{LARGEST, too_large},
    transcript::{Message, Transcript},
};
use domain::message::Sender;
use edge::{Problem, clock};
use futures_util::future::try_join_all;
use reading::{Conversation, ReadError, Reading};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use store::{animals::Catalogue, conversations::MessageRecord};
use vault::OpenError;

/// Messages that are read at once.
const PAGE: i32 = 500;
/// Conversations that are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// All of a conversation.
///
/// # Errors
/// A problem: `export_too_large` as soon as there is more text than any file of ours holds; what the
/// tables or the keys fail with.
pub(crate) async fn transcript(reading: &Reading, conversation: &Conversation) -> Result<Transcript, Problem> {
    let room = AtomicUsize::new(LARGEST);
    let (messages, name, catalogue) = tokio::try_join!(
        messages(reading, conversation, &room),
        async { reading.owners_name(conversation).await.map_err(|error| error.problem()) },
        catalogue(reading),
    )?;
    Ok(put_together(conversation, name, &catalogue, messages))
}

/// All of many conversations of one person, in their order.
///
/// # Errors
/// As for [`transcript`], where all together are more than `largest` bytes of text.
pub(crate) async fn transcripts(
    reading: &Reading,
    conversations: &[Conversation],
    name: &str,
    largest: usize,
) -> Result<Vec<Transcript>, Problem> {
    let (room, catalogue) = (AtomicUsize::new(largest), catalogue(reading).await?);
    let mut all = Vec::with_capacity(conversations.len());
    for some in conversations.chunks(SIDE_BY_SIDE) {
        let gathered = try_join_all(some.iter().map(|conversation| messages(reading, conversation, &room))).await?;
        let gathered = some.iter().zip(gathered);
        all.extend(gathered.map(|(one, messages)| put_together(one, name.to_owned(), &catalogue, messages)));
    }
    Ok(all)
}

async fn catalogue(reading: &Reading) -> Result<Arc<Catalogue>, Problem> {
    reading.animals().catalogue(clock::now()).await.map_err(|error| ReadError::from(error).problem())
}

fn put_together(
    conversation: &Conversation,
    name: String,
    catalogue: &Catalogue,
    messages: Vec<Message>,
) -> Transcript {
    let session = conversation.session();
    let animal = catalogue.find(&session.animal_id);
    Transcript {
        session_id: session.session_id.clone(),
        user_id: session.user_id.clone(),
        display_name: name,
        animal_id: session.animal_id.clone(),
        animal_name: animal.map_or_else(|| session.animal_id.to_string(), |animal| animal.name.clone()),
        avatar: animal.map(|animal| animal.avatar.clone()),
        start_time: session.start_time,
        end_time: session.last_activity,
        exported_at: clock::now(),
        messages,
        counts: session.session().counts,
    }
}

/// The messages of a conversation, as far as there is room for their text.
async fn messages(reading: &Reading, conversation: &Conversation, room: &AtomicUsize) -> Result<Vec<Message>, Problem> {
    let session = conversation.session();
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = reading.store().messages(&session.user_id, &session.session_id, PAGE, after.as_deref()).await;
        let page = page.map_err(|error| ReadError::from(error).problem())?;
        for record in page.messages {
            let message = opened(conversation, record).map_err(|error| Problem::internal(&error))?;
            let size = message.content.len();
            let taken = room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(size));
            taken.map_err(|_| too_large())?;
            all.push(message);
        }
        after = page.last;
        if after.is_none() {
            return Ok(all);
        }
    }
}

fn opened(conversation: &Conversation, record: MessageRecord) -> Result<Message, OpenError> {
    let content = conversation.text(&record)?;
    let is_answer = record.message_type == Sender::Assistant;
    Ok(Message {
        message_id: record.message_id,
        turn_id: record.turn_id,
        timestamp: record.timestamp,
        sender: record.message_type,
        content,
        tokens_used: is_answer.then_some(record.tokens_used),
        latency_ms: record.metadata.filter(|_| is_answer).map(|metadata| metadata.latency_ms),
        finish_reason: record.finish_reason.filter(|_| is_answer),
    })
}
