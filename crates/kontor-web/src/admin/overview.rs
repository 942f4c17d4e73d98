//! The first page of the console.

use askama::Template;

use crate::frame::{Shown, Visit};
use crate::page::{self, Page};

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    page: Page,
}

/// `GET /admin/`
pub(super) async fn show(visit: Visit) -> Shown {
    visit.officer()?;
    Ok(page::show(&Overview { page: Page::new(&visit, "admin-overview-title") }))
}
