//! Recovery codes: ten to be kept on paper, each good once in place of a second factor.

use kontor_audit::Action;
use kontor_core::{Cx, Result, Secret};
use kontor_mail::Letter;
use kontor_store::recovery_code;

use crate::browser_session::BrowserSession;
use crate::letters::Notice;
use crate::methods::Method;
use crate::pepper::Purpose;
use crate::{BrowserSignIn, CriticalAct, Identity};

/// Codes of one sheet.
const CODES: usize = 10;
/// Random letters of each half of a code; 50 bits in all.
const HALF_LETTERS: usize = 5;

impl Identity {
    /// Makes ten codes; those before are void. They are shown once.
    ///
    /// # Errors
    /// `Forbidden` unless she has proved who she is just now (`APP_KONTOR_STEP_UP`).
    pub async fn new_recovery_codes(
        &self,
        cx: &Cx,
        session: &BrowserSession,
    ) -> Result<Vec<Secret<String>>> {
        let acting = Self::step_up_in_browser(cx, session, CriticalAct::ChangeFactors)?;
        let mut codes = Vec::with_capacity(CODES);
        for _ in 0..CODES {
            let (one, two) = (cx.random.word(HALF_LETTERS)?, cx.random.word(HALF_LETTERS)?);
            codes.push(Secret::new(format!("{one}-{two}")));
        }
        let hashes: Vec<_> = codes.iter().map(|code| self.recovery_hash(code.expose())).collect();
        let (user, now) = (session.user_id.clone(), cx.now);
        let write = self.inner.db.write(&acting, move |tx| {
            recovery_code::replace_recovery_codes(tx, &user, &hashes, now)
        });
        write.await?;
        self.note_factor(&acting, Action::FactorEnrolled, (&session.user_id, "recovery_codes"));
        Ok(codes)
    }

    /// Shows a recovery code and uses it up; a mail tells her.
    ///
    /// # Errors
    /// `Forbidden` for a wrong or used code; `Limited` after too many.
    pub async fn confirm_with_recovery_code(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        code: &str,
    ) -> Result<BrowserSignIn> {
        let user = session.user_id.clone();
        self.throttle_factor(cx, &user).await?;
        let renewal = self.renewal(cx, session, Method::RecoveryCode)?;
        let (this, hash, owner) = (self.clone(), self.recovery_hash(code), user.clone());
        let notice = Notice::new(cx)?;
        let done = self.inner.db.write(cx, move |tx| {
            if !recovery_code::spend_recovery_code(tx, &owner, &hash)? {
                return Ok(None);
            }
            this.forget_wrong_factors(tx, &owner)?;
            this.tell(tx, &owner, Letter::RecoveryCodeUsed, &notice)?;
            renewal.store(tx, &this).map(Some)
        });
        let Some(signed_in) = done.await? else {
            let text = "This recovery code is wrong or was used already.";
            return Err(self.wrong_factor(cx, &user, text).await);
        };
        self.note_factor(cx, Action::RecoveryCodeUsed, (&user, "recovery_code"));
        Ok(signed_in)
    }

    /// However it was typed.
    fn recovery_hash(&self, code: &str) -> [u8; 32] {
        let letters = code.chars().filter(char::is_ascii_alphanumeric);
        let code: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        self.inner.pepper.hash(Purpose::RecoveryCode, &code)
    }
}
