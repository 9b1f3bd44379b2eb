//! What letters say, in all languages of the product one below the other: an account has no language.

use super::Letter;
use domain::retention::RESET_MINUTES;
use secrecy::ExposeSecret;

/// Subject and text of a letter, whose links lead to the web app at this origin. The fragment of an address is sent
/// to no server, so that a link's secret is in no log.
pub(super) fn of(letter: &Letter, origin: &str) -> (String, String) {
    let origin = origin.trim_end_matches('/');
    match letter {
        Letter::Password(letter) => {
            let link = format!("{origin}/reset-password#{}", letter.token.expose_secret());
            ("A new password · Nueva contraseña · 新密码".to_owned(), password(&link))
        }
        Letter::Invitation(_) => {
            ("An invitation · Una invitación · 邀请".to_owned(), invitation(&format!("{origin}/invitations/")))
        }
    }
}

fn password(link: &str) -> String {
    format!(
        "Somebody, probably you, has asked to set a new password for your account at the zoo. This link is good \
         once, for {RESET_MINUTES} minutes. If it was not you, do nothing: your old password stays.\n\n\
         Alguien, seguramente tú, ha pedido una nueva contraseña para tu cuenta del zoo. Este enlace sirve una vez, \
         durante {RESET_MINUTES} minutos. Si no fuiste tú, no hagas nada: tu contraseña sigue igual.\n\n\
         有人(很可能是您本人)要求为您在动物园的账户设置新密码。此链接只能使用一次,{RESET_MINUTES} 分钟内有效。\
         如果不是您本人,请不必理会,原密码保持不变。\n\n{link}\n"
    )
}

fn invitation(link: &str) -> String {
    format!(
        "An invitation to be family is waiting for you at the zoo. Sign in to see whose it is, and accept or decline \
         it.\n\n\
         En el zoo te espera una invitación para formar parte de una familia. Inicia sesión para ver de quién es y \
         aceptarla o rechazarla.\n\n\
         动物园里有一份家庭邀请在等您。请登录查看邀请人,并接受或拒绝。\n\n{link}\n"
    )
}
