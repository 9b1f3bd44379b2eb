//! Mail: letters with links. Where they go is for the program to say; without an
//! outlet they go nowhere. Nothing of a letter is ever logged.

use secrecy::SecretString;
use std::{pin::Pin, sync::Arc};

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

    /// Letters go to `outlet`.
    #[must_use]
    pub fn new<F>(outlet: impl Fn(Letter) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        Self(Some(Arc::new(move |letter| Box::pin(outlet(letter)))))
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// [`MailError`], also where there is no way to send anything.
    pub async fn send(&self, letter: impl Into<Letter>) -> Result<(), MailError> {
        match &self.0 {
            Some(outlet) => outlet(letter.into()).await,
            None => Err(MailError("no outlet is set up".to_owned())),
        }
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
    }
}
