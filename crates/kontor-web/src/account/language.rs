//! The language of the pages.

use kontor_core::Locale;

use crate::cookie;
use crate::form::next_of;
use crate::frame::{Shown, Visit, redirect_with};

/// `POST /account/language`
pub(super) async fn choose(visit: Visit) -> Shown {
    let locale = match visit.form.text("language") {
        "en" => Locale::En,
        _ => Locale::De,
    };
    let next = next_of(visit.form.text("next"));
    Ok(redirect_with(next, cookie::set_language(locale, visit.is_secure)))
}
