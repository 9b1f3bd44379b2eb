//! What a guardian agrees to for a child, by purpose: how it was made sure that it is the guardian, and under
//! which notice it was said (COPPA, 16 CFR 312.4 and 312.5).
//!
//! What was said under a notice that has changed since counts for nothing until it is said again.

use crate::{LogId, Timestamp, notice::Version};
use serde::{Deserialize, Serialize};

/// What a guardian can agree to, by the names that it has on the wire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scopes {
    /// Keeping the child's messages.
    pub collect: bool,
    /// Sending them to the model's provider.
    pub third_party: bool,
    /// Showing them to others by link.
    pub sharing: bool,
}

/// How it was made sure that somebody is the child's parent: the ways of 16 CFR 312.5(b)(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A form, signed and sent back (i).
    SignedForm,
    /// A payment that the holder of the account is told of (ii).
    Payment,
    /// A call to trained staff (iii).
    PhoneCall,
    /// A video conference with trained staff (iv).
    VideoCall,
    /// A document of a government, held against a register (v).
    GovernmentId,
    /// Questions that a child could not answer (vi).
    KnowledgeQuestions,
    /// The picture of such a document, held against the parent's face (vii).
    PhotoIdMatch,
    /// An email and a further step (viii): not where the child's words are shown to others.
    EmailPlus,
    /// A text message and a further step (ix): likewise.
    TextPlus,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::SignedForm,
        Self::Payment,
        Self::PhoneCall,
        Self::VideoCall,
        Self::GovernmentId,
        Self::KnowledgeQuestions,
        Self::PhotoIdMatch,
        Self::EmailPlus,
        Self::TextPlus,
    ];

    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SignedForm => "signed_form",
            Self::Payment => "payment",
            Self::PhoneCall => "phone_call",
            Self::VideoCall => "video_call",
            Self::GovernmentId => "government_id",
            Self::KnowledgeQuestions => "knowledge_questions",
            Self::PhotoIdMatch => "photo_id_match",
            Self::EmailPlus => "email_plus",
            Self::TextPlus => "text_plus",
        }
    }

    /// The method of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether it is enough where a child's words are disclosed, which `sharing` does.
    #[must_use]
    fn is_for_disclosure(self) -> bool {
        !matches!(self, Self::EmailPlus | Self::TextPlus)
    }
}

/// What a guardian has agreed to, as it lies in the child's account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// See [`Scopes`].
    pub collect: bool,
    /// See [`Scopes`].
    pub third_party: bool,
    /// See [`Scopes`].
    pub sharing: bool,
    /// The notice it was said under; none where nothing was said since there are notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_version: Option<Version>,
    /// How it was made sure who said it; none where all was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// When it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
}

impl Consent {
    /// The scopes that were agreed to, under whatever notice.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        Scopes { collect: self.collect, third_party: self.third_party, sharing: self.sharing }
    }

    /// Whether the child may talk, where this is the notice now.
    #[must_use]
    pub fn lets_talk(&self, notice: Version) -> bool {
        self.collect && self.third_party && self.notice_version == Some(notice)
    }

    /// Whether the child's conversations may be shown to others, where this is the notice now.
    #[must_use]
    pub fn lets_share(&self, notice: Version) -> bool {
        self.sharing && self.notice_version == Some(notice)
    }

    /// Whether something was agreed to, but under another notice than now.
    #[must_use]
    pub fn is_outdated(&self, notice: Version) -> bool {
        self.scopes() != Scopes::default() && self.notice_version != Some(notice)
    }
}

/// Something that cannot be agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConsent {
    /// What is not kept is neither sent on nor shown.
    #[error("third_party and sharing need collect")]
    WithoutCollect,
    /// Nobody says how it was made sure who agrees.
    #[error(
        "method is one of signed_form, payment, phone_call, video_call, government_id, knowledge_questions, \
         photo_id_match, email_plus, text_plus"
    )]
    Method,
    /// The method is not enough for what is agreed to.
    #[error("sharing needs another method than email_plus and text_plus")]
    MethodTooWeak,
    /// Not the notice of now.
    #[error("noticeVersion is not that of the notice now: read it again, then agree to it")]
    Notice,
}

/// What a guardian says, not checked yet.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// What to.
    pub scopes: Scopes,
    /// How it was made sure who says it.
    pub method: Option<&'a str>,
    /// The version of the notice that was read.
    pub notice_version: Option<&'a str>,
}

impl Wish<'_> {
    /// Checks it against the notice of now. Whoever withdraws everything needs neither method nor notice.
    ///
    /// # Errors
    /// [`InvalidConsent`].
    pub fn parse(self, notice: Version) -> Result<Said, InvalidConsent> {
        let Self { scopes, method, notice_version } = self;
        let withdraws_all = scopes == Scopes::default();
        if !scopes.collect && !withdraws_all {
            return Err(InvalidConsent::WithoutCollect);
        }
        match notice_version {
            Some(version) if version != notice.to_string() => return Err(InvalidConsent::Notice),
            None if !withdraws_all => return Err(InvalidConsent::Notice),
            _ => {}
        }
        let method = method.map(|name| Method::parse(name).ok_or(InvalidConsent::Method)).transpose()?;
        match method {
            None if !withdraws_all => Err(InvalidConsent::Method),
            Some(method) if scopes.sharing && !method.is_for_disclosure() => Err(InvalidConsent::MethodTooWeak),
            method => Ok(Said { scopes, method, notice }),
        }
    }
}

/// What a guardian says, and may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    scopes: Scopes,
    method: Option<Method>,
    notice: Version,
}

impl Said {
    /// The consent that it makes.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Consent {
        let Scopes { collect, third_party, sharing } = self.scopes;
        Consent {
            collect,
            third_party,
            sharing,
            notice_version: Some(self.notice),
            method: self.method,
            changed_at: Some(now),
        }
    }
}

/// The id of a change that follows another one: later than it, whatever the clocks say. Whichever of two
/// changes has the higher id is the one that holds.
#[must_use]
pub fn id_after(last: Option<&LogId>, fresh: uuid::Uuid) -> LogId {
    let id = LogId::from(fresh);
    match last {
        Some(last) if id <= *last => {
            LogId::of_event(Timestamp::from_millis(last.timestamp().as_millis() + 1), *fresh.as_bytes())
        }
        _ => id,
    }
}

#[cfg(test)]
mod tests;
