//! Before the model: admit and read everything at once, decide, store the question, claim the turn.

use crate::{
    Parts, Question, TurnError,
    admission::{self, Door},
    cache, config,
    follower::Follower,
    ledger::Ledger,
    place::{Place, Placing},
    producer::{Job, Plan},
    prompt,
    read::{self, Person, Read},
};
use domain::{
    MessageId, SessionId, TurnId,
    animal::Animal,
    turn::{FinishReason, TurnStart, TurnState},
};
use edge::{Standing, clock};
use llm::{Delivery, PromptMessage};
use std::{sync::Arc, time::Duration};
use store::turns::TurnRecord;

/// How often a claim is tried when something else of the same person comes in between.
const ATTEMPTS: usize = 4;

/// What a question becomes.
pub(crate) enum Beginning {
    /// A turn of its own.
    New(Box<Job>),
    /// The turn that had its id before.
    Known(Box<Follower>),
}

/// Lets a question in and begins its turn. The standing is there where the limits were looked at.
pub(crate) async fn begin(parts: &Arc<Parts>, question: &Question) -> (Result<Beginning, TurnError>, Option<Standing>) {
    let (door, read) = tokio::join!(admission::admit(parts, question), Box::pin(read::everything(parts, question)));
    let mut door = match door {
        Ok(door) => door,
        Err(error) => return (Err(error), None),
    };
    let outcome = Box::pin(decide(parts, question, &mut door, read)).await;
    if let Err(error) = &outcome {
        door.close(&parts.store, error.is_ours()).await;
    }
    (outcome, Some(door.standing()))
}

async fn decide(
    parts: &Arc<Parts>,
    question: &Question,
    door: &mut Door,
    first: Result<Read, TurnError>,
) -> Result<Beginning, TurnError> {
    let mut read = first?;
    door.hold_to(read.person.as_ref().and_then(|person| person.user.daily_limit()));
    let start = TurnStart {
        turn_id: question.turn_id.clone().unwrap_or_else(|| TurnId::from(clock::new_id())),
        session_id: question.session_id.clone().unwrap_or_else(|| SessionId::from(clock::new_id())),
        message_id: MessageId::from(clock::new_id()),
        animal_id: question.animal_id.clone(),
    };
    for _ in 1..ATTEMPTS {
        match (Attempt { parts, question, read: &read }).run(start.clone(), door).await {
            Err(TurnError::Raced) => read = Box::pin(read::everything(parts, question)).await?,
            outcome => return outcome,
        }
    }
    Attempt { parts, question, read: &read }.run(start, door).await
}

/// One attempt at a turn, on what was read before it.
struct Attempt<'a> {
    parts: &'a Arc<Parts>,
    question: &'a Question,
    read: &'a Read,
}

impl Attempt<'_> {
    async fn run(&self, start: TurnStart, door: &mut Door) -> Result<Beginning, TurnError> {
        if let Some(person) = &self.read.person
            && let Some(turn) = &person.turn
        {
            return Box::pin(self.known(person, turn, door)).await;
        }
        door.pass()?;
        let animal = self.animal()?;
        let Some(person) = &self.read.person else {
            return Ok(self.job(Err(start), animal, prompt::earlier(&self.question.earlier), door));
        };
        let Place { ledger, opening, context } = Box::pin(self.placing(person).find(start)).await?;
        Box::pin(ledger.store_question(&self.parts.store, self.question, opening)).await?;
        Ok(self.job(Ok(ledger), animal, context, door))
    }

    /// The id is known: its turn is joined or replayed; one without an answer is answered anew.
    async fn known(&self, person: &Person, turn: &TurnRecord, door: &mut Door) -> Result<Beginning, TurnError> {
        let follower =
            Box::pin(Follower::open(&self.parts.store, &self.parts.vault, person.user.clone(), turn.clone())).await?;
        let is_same = follower.fingerprint(self.question)? == turn.fingerprint;
        if !is_same || turn.state != TurnState::Failed {
            door.release(&self.parts.store).await;
            return if is_same { Ok(Beginning::Known(Box::new(follower))) } else { Err(TurnError::TurnReused) };
        }
        door.pass()?;
        let animal = self.animal()?;
        let owner = &person.user.user_id;
        let session = read::one_session(&self.parts.store, owner, &turn.session_id, self.read.now).await?;
        let session = session.ok_or(TurnError::NoSession)?;
        let ledger = follower.into_ledger(clock::new_id());
        let context = self.placing(person).context(&session, &ledger.start.turn_id).await?;
        ledger.reclaim(&self.parts.store, turn, self.read.now).await?;
        Ok(self.job(Ok(ledger), animal, context, door))
    }

    fn placing<'b>(&'b self, person: &'b Person) -> Placing<'b> {
        Placing { parts: self.parts, person, now: self.read.now }
    }

    fn animal(&self) -> Result<Animal, TurnError> {
        self.read.catalogue.find(&self.question.animal_id).cloned().ok_or(TurnError::NoAnimal)
    }

    /// What a producer is to do. Of a visitor nothing is kept: there is no ledger then, but a start.
    fn job(
        &self,
        ledger: Result<Ledger, TurnStart>,
        animal: Animal,
        context: Vec<PromptMessage>,
        door: &mut Door,
    ) -> Beginning {
        let time = config::bounded(self.parts.config.response_timeout, self.question.delivery, &self.question.peer);
        let plan = self.plan(&animal, context, door.is_out_of_tokens(), time);
        let (start, ledger) = match ledger {
            Ok(ledger) => (ledger.start.clone(), Some(ledger)),
            Err(start) => (start, None),
        };
        Beginning::New(Box::new(Job {
            start,
            animal,
            plan,
            ledger,
            admitted: door.take(),
            question_bytes: self.question.text.as_str().len(),
            begun: self.read.now,
            time,
        }))
    }

    fn plan(&self, animal: &Animal, context: Vec<PromptMessage>, is_out_of_tokens: bool, time: Duration) -> Plan {
        if is_out_of_tokens {
            return Plan::Speak(FinishReason::Budget);
        }
        let cache = self.parts.answers.as_ref().filter(|_| context.is_empty());
        let key = cache.and_then(|_| cache::key(animal, self.read.catalogue.version, &self.question.text));
        if let Some(answer) = cache.zip(key.as_ref()).and_then(|(cache, key)| cache.get(key)) {
            return Plan::Recite(answer);
        }
        let patience = match self.question.delivery {
            Delivery::Streamed => self.parts.config.first_token_timeout.min(time),
            Delivery::Whole => time,
        };
        match prompt::request(animal, context, self.question, patience) {
            Some(request) => Plan::Ask(request, key),
            None => Plan::Speak(FinishReason::Fallback),
        }
    }
}
