//! Mail: letters with links. They go to SES where a sender is set, or where the program says; without an outlet
//! they go nowhere. Nothing of a letter is ever logged.

mod ses;
mod words;

use domain::settings::{InvalidSetting, Settings};
use secrecy::SecretString;
use std::{pin::Pin, sync::Arc, time::Duration};

/// A letter that is not sent by then is not sent at all. Whoever answers only after it tells nobody by the time of
/// the answer whether there was somebody to write to.
pub const SENT_WITHIN: Duration = Duration::from_millis(1800);

/// A letter with the secret of a link to set a new password.
#[derive(Debug)]
pub struct PasswordLetter {
    /// The address, from the account itself.
    pub to: SecretString,
    /// What the link carries.
    pub token: SecretString,
}

/// A letter that says that an invitation waits. Who invites stands behind the sign-in.
#[derive(Debug)]
pub struct InvitationLetter {
    /// The address, from the account itself.
    pub to: SecretString,
}

/// A letter.
#[derive(Debug)]
pub enum Letter {
    /// With a link to set a new password.
    Password(PasswordLetter),
    /// To somebody who is invited.
    Invitation(InvitationLetter),
}

impl Letter {
    fn to(&self) -> &SecretString {
        match self {
            Self::Password(letter) => &letter.to,
            Self::Invitation(letter) => &letter.to,
        }
    }
}

impl From<PasswordLetter> for Letter {
    fn from(letter: PasswordLetter) -> Self {
        Self::Password(letter)
    }
}

impl From<InvitationLetter> for Letter {
    fn from(letter: InvitationLetter) -> Self {
        Self::Invitation(letter)
    }
}

/// A letter could not be sent. Holds nothing of the letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a letter could not be sent: {0}")]
pub struct MailError(pub String);

type Sending = Pin<Box<dyn Future<Output = Result<(), MailError>> + Send>>;
type Outlet = dyn Fn(Letter) -> Sending + Send + Sync;

/// Sends letters.
#[derive(Clone)]
pub struct Mailer(Option<Arc<Outlet>>);

impl Mailer {
    /// No way to send anything.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// Letters go to SES, from `MAIL_FROM`, with links to `WEB_ORIGIN`; without a sender they go nowhere.
    ///
    /// # Errors
    /// [`InvalidSetting`] where there is a sender and no one origin to link to.
    pub async fn connect(settings: &Settings) -> Result<Self, InvalidSetting> {
        let Some(from) = settings.get("MAIL_FROM") else {
            tracing::warn!("MAIL_FROM is not set: no letter is sent");
            return Ok(Self::none());
        };
        let origin = settings.required("WEB_ORIGIN")?;
        if !origin.starts_with("http") {
            return Err(InvalidSetting::Malformed("WEB_ORIGIN".to_owned(), "an origin that letters can link to"));
        }
        let ses = Arc::new(ses::Ses::connect(from, origin, settings).await);
        Ok(Self::new(move |letter| {
            let ses = Arc::clone(&ses);
            async move { ses.send(&letter).await }
        }))
    }

    /// Letters go to `outlet`.
    #[must_use]
    pub fn new<F>(outlet: impl Fn(Letter) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        Self(Some(Arc::new(move |letter| Box::pin(outlet(letter)))))
    }

    /// Sends a letter, within [`SENT_WITHIN`].
    ///
    /// # Errors
    /// [`MailError`], also where there is no way to send anything.
    pub async fn send(&self, letter: impl Into<Letter>) -> Result<(), MailError> {
        let outlet = self.0.as_ref().ok_or_else(|| MailError("no outlet is set up".to_owned()))?;
        let sent = tokio::time::timeout(SENT_WITHIN, outlet(letter.into())).await;
        sent.unwrap_or_else(|_| Err(MailError("it took too long".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn letter() -> PasswordLetter {
        PasswordLetter { to: "pat@cmz.org".into(), token: "t0ken".into() }
    }

    #[tokio::test]
    async fn a_letter_reaches_its_outlet_and_does_not_print_itself() {
        assert!(!format!("{:?}", letter()).contains("t0ken"));
        assert!(!format!("{:?}", letter()).contains("pat@"));
        let mailer = Mailer::new(|letter| async move {
            match letter {
                Letter::Password(letter) => Err(MailError(letter.token.expose_secret().to_owned())),
                Letter::Invitation(_) => Ok(()),
            }
        });
        assert_eq!(mailer.send(InvitationLetter { to: "pat@cmz.org".into() }).await, Ok(()));
        assert_eq!(mailer.send(letter()).await, Err(MailError("t0ken".to_owned())));
    }

    #[tokio::test]
    async fn without_an_outlet_nothing_is_sent() {
        assert!(Mailer::none().send(letter()).await.is_err());
        assert!(Mailer::connect(&Settings::default()).await.unwrap().send(letter()).await.is_err());
    }

    #[tokio::test]
    async fn a_sender_without_a_place_to_link_to_stops_the_start() {
        let settings = Settings::default().with("MAIL_FROM", "zoo@cmz.org");
        let refused = Mailer::connect(&settings).await.err().unwrap();
        assert_eq!(refused, InvalidSetting::Missing("WEB_ORIGIN".to_owned()));
        let anywhere = settings.with("WEB_ORIGIN", "*");
        assert!(matches!(Mailer::connect(&anywhere).await.err().unwrap(), InvalidSetting::Malformed(..)));
    }

    #[tokio::test]
    async fn an_outlet_that_hangs_is_given_up() {
        let mailer = Mailer::new(|_| std::future::pending());
        assert_eq!(mailer.send(letter()).await, Err(MailError("it took too long".to_owned())));
    }
}
