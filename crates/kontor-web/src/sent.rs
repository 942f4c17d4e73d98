//! What becomes of a form that was sent: it is done and the next page says so, or it waits until
//! somebody has shown who she is.

use std::sync::Arc;

use http::Uri;
use kontor_core::{Cx, Timestamp};
use kontor_identity::{BrowserSession, Stage};
use kontor_tenant::{Carried, Tenant};

use crate::frame::Visit;

/// The form of somebody who is signed in, as it came.
pub(crate) struct Sent {
    tenant: Arc<Tenant>,
    session: String,
    now: Timestamp,
    fields: Vec<(String, String)>,
}

impl Sent {
    /// `None` unless it is a form.
    pub(crate) fn of(visit: &Visit) -> Option<Self> {
        let (session, _) = visit.person().ok().filter(|_| visit.is_form)?;
        Some(Self {
            tenant: Arc::clone(&visit.tenant),
            session: session.id.clone(),
            now: visit.cx.now,
            fields: visit.form.without_secrets(),
        })
    }

    /// It waits on its page until she has shown who she is. Nothing is done by itself then: what
    /// is critical is sent by whoever has just shown who she is, and who sees what she sends.
    pub(crate) fn waits(self, page: &str) {
        let (path, fields) = (page.to_owned(), self.fields);
        let carried = Carried { path, fields, said: "layout-send-again", needs_proof: true };
        self.tenant.carrying.leave(&self.session, carried, self.now);
    }

    /// The page at `address` says so.
    pub(crate) fn done(self, address: &str, said: &'static str) {
        let path = address.split('?').next().unwrap_or(address).to_owned();
        let carried = Carried { path, said, ..Carried::default() };
        self.tenant.carrying.leave(&self.session, carried, self.now);
    }
}

/// What waits on a page for whoever asks for it.
pub(crate) fn carried_to(
    tenant: &Tenant,
    cx: &Cx,
    session: Option<&BrowserSession>,
    uri: &Uri,
) -> Option<Carried> {
    let session = session.filter(|session| session.stage == Stage::Complete)?;
    tenant.carrying.take(&session.id, (uri.path(), session.is_recent(cx.now)), cx.now)
}
