//! Light or dark pages.

use crate::appearance::Appearance;
use crate::cookie;
use crate::form::next_of;
use crate::frame::{Shown, Visit, redirect_with};

/// `POST /account/appearance`
pub(super) async fn choose(visit: Visit) -> Shown {
    let chosen = Appearance::of(visit.form.text("appearance"));
    let next = next_of(visit.form.text("next"));
    Ok(redirect_with(next, cookie::set_appearance(chosen, visit.is_secure)))
}
