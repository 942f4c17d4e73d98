//! An audit log for tests, with a clock to set.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use kontor_audit::{Anchor, Audit, Entry, ExportPurpose, Line, Report, verify};
use kontor_core::{Actor, Clock, Cx, Random, Roles, Secret, Session, TenantId, Timestamp};
use kontor_testdb::Backend;
use parking_lot::Mutex;
use ruma::{UserId, server_name};

/// 1 March 2025, noon.
pub(crate) const START: Timestamp = Timestamp(1_740_830_400_000);

pub(crate) struct Office<'b> {
    pub(crate) backend: &'b Backend,
    pub(crate) audit: Audit,
    pub(crate) clock: Clock,
}

impl<'b> Office<'b> {
    pub(crate) async fn open(backend: &'b Backend) -> Self {
        let clock = Clock::manual(START);
        let audit = open(backend, &clock).await;
        Self { backend, audit, clock }
    }

    /// The same log, opened by another process.
    pub(crate) async fn beside(&self) -> Audit {
        open(self.backend, &self.clock).await
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.clock.set(self.clock.now().plus(span));
    }

    pub(crate) fn cx(&self) -> Cx {
        cx(&self.clock, Actor::Operator)
    }

    pub(crate) fn anonymous(&self) -> Cx {
        cx(&self.clock, Actor::Anonymous)
    }

    pub(crate) fn person(&self, user: &UserId, roles: Roles) -> Cx {
        let session = Session::new(user.to_owned(), "PHONE".into(), roles);
        cx(&self.clock, Actor::User(Arc::new(session)))
    }

    pub(crate) async fn export(&self) -> Vec<u8> {
        export(&self.audit, &self.cx()).await
    }

    pub(crate) async fn verified(&self) -> Report {
        verify(&*self.export().await, &Anchor::default()).unwrap()
    }

    /// Every stored entry.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        entries(&self.export().await)
    }
}

async fn open(backend: &Backend, clock: &Clock) -> Audit {
    let cx = cx(clock, Actor::Job("test"));
    let root = Secret::new([3; 32]);
    Audit::open(&cx, &backend.settings(), server_name!("a.example"), &root).await.unwrap()
}

fn cx(clock: &Clock, actor: Actor) -> Cx {
    Cx::new(TenantId(1), actor, clock.clone(), Random::seeded(1)).unwrap()
}

pub(crate) async fn export(audit: &Audit, cx: &Cx) -> Vec<u8> {
    let sheet = Sheet::default();
    let about = (ExportPurpose::Accountability, "test");
    audit.export(cx, about, sheet.clone()).await.unwrap();
    sheet.0.lock().clone()
}

pub(crate) fn entries(export: &[u8]) -> Vec<Entry> {
    let lines = export.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines = lines.map(|line| serde_json::from_slice(line).unwrap());
    lines
        .filter_map(|line| match line {
            Line::Entry(entry) => Some(entry),
            _ => None,
        })
        .collect()
}

/// Keeps what is written.
#[derive(Clone, Default)]
pub(crate) struct Sheet(Arc<Mutex<Vec<u8>>>);

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
