//! A whole conversation from the tables: page after page, opened as it is read.

use crate::{
    attachment::{LARGEST, too_large},
    transcript::{Message, Transcript},
};
use domain::message::Sender;
use edge::{Problem, clock};
use reading::{Conversation, ReadError, Reading};
use store::conversations::MessageRecord;
use vault::OpenError;

/// Messages that are read at once.
const PAGE: i32 = 500;

/// All of a conversation.
///
/// # Errors
/// A problem: `export_too_large` as soon as there is more text than any file of ours holds; what the
/// tables or the keys fail with.
pub(crate) async fn transcript(reading: &Reading, conversation: &Conversation) -> Result<Transcript, Problem> {
    let session = conversation.session();
    let (messages, name, catalogue) = tokio::try_join!(
        messages(reading, conversation),
        async { reading.owners_name(conversation).await.map_err(|error| error.problem()) },
        async { reading.animals().catalogue(clock::now()).await.map_err(|error| ReadError::from(error).problem()) },
    )?;
    let animal = catalogue.find(&session.animal_id);
    Ok(Transcript {
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
    })
}

async fn messages(reading: &Reading, conversation: &Conversation) -> Result<Vec<Message>, Problem> {
    let session = conversation.session();
    let (mut all, mut size, mut after) = (Vec::new(), 0, None::<String>);
    loop {
        let page = reading.store().messages(&session.user_id, &session.session_id, PAGE, after.as_deref()).await;
        let page = page.map_err(|error| ReadError::from(error).problem())?;
        for record in page.messages {
            let message = opened(conversation, record).map_err(|error| Problem::internal(&error))?;
            size += message.content.len();
            if size > LARGEST {
                return Err(too_large());
            }
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
