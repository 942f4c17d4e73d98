//! What becomes of a form that was sent: it is done and the next page says so, or it waits until
//! somebody has shown who she is.

use std::sync::Arc;

use http::Uri;
use kontor_core::{Cx, Timestamp};
use kontor_identity::{BrowserSession, Stage};
use kontor_tenant::{Carried, Tenant};
use ruma::OwnedUserId;

use crate::frame::Visit;

/// The form of somebody who is signed in, or was until just now, as it came.
pub(crate) struct Sent {
    tenant: Arc<Tenant>,
    /// Name of the session; what only its browser can tell, if it has run out.
    session: String,
    /// Whose session has run out.
    owner: Option<OwnedUserId>,
    now: Timestamp,
    fields: Vec<(String, String)>,
}

impl Sent {
    /// `None` unless it is a form.
    pub(crate) fn of(visit: &Visit) -> Option<Self> {
        let (session, owner) = match (visit.person(), &visit.before) {
            _ if !visit.is_form => return None,
            (Ok((session, _)), _) => (session.id.clone(), None),
            (Err(_), Some(before)) => {
                (before.name.clone(), Some(before.run_out.as_ref()?.user_id.clone()))
            }
            (Err(_), None) => return None,
        };
        Some(Self {
            tenant: Arc::clone(&visit.tenant),
            session,
            owner,
            now: visit.cx.now,
            fields: visit.form.without_secrets(),
        })
    }

    /// It waits on its page until she has shown who she is. Nothing is done by itself then: what
    /// is critical is sent by whoever has just shown who she is, and who sees what she sends.
    pub(crate) fn waits(self, page: &str) {
        let (path, fields, owner) = (page.to_owned(), self.fields, self.owner);
        let said = "layout-send-again";
        let carried = Carried { path, fields, said, needs_proof: true, owner };
        self.tenant.carrying.leave(&self.session, carried, self.now);
    }

    /// Whether the session has run out, so that she is to sign in again.
    pub(crate) const fn is_late(&self) -> bool {
        self.owner.is_some()
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
