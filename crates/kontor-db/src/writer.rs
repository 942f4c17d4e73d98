//! The tenant's single writer: takes all waiting closures, runs them in one transaction with a
//! savepoint each, commits once, then acknowledges.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use kontor_core::{Error, Kind, Result, TenantId};
use tokio::sync::oneshot;

use crate::fault::Fault;
use crate::meter::Meter;
use crate::seal::Sealer;
use crate::tx::{Conn, Effects, Hook};
use crate::{Tx, postgres, sqlite};

/// Most closures in one commit.
const LARGEST_BATCH: usize = 256;
/// How long closures that nobody waits for may be kept, so that several share a commit.
const PATIENCE: Duration = Duration::from_millis(100);

pub(crate) enum Message {
    Job(Box<dyn Job>),
    /// A closure that nobody waits for.
    Patient(Box<dyn Job>),
    Compact(Step),
    Close(oneshot::Sender<()>),
}

/// Gives up to so many free pages back, and folds the write-ahead log in; answers how many are left.
pub(crate) struct Step {
    pub(crate) pages: u32,
    pub(crate) reply: oneshot::Sender<Result<u64>>,
}

/// A queued closure together with whoever waits for it.
pub(crate) trait Job: Send {
    /// Runs the closure and keeps its answer; `false` if its work must be undone.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers: what the closure answered, or `lost` if its work did not become durable.
    fn finish(self: Box<Self>, lost: Option<&Fault>);
}

/// The one kind of [`Job`].
pub(crate) struct Closure<T, F> {
    work: Option<F>,
    answer: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Closure<T, F> {
    pub(crate) const fn new(work: F, reply: oneshot::Sender<Result<T>>) -> Self {
        Self { work: Some(work), answer: None, reply }
    }
}

impl<T, F> Job for Closure<T, F>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        let answer = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))));
        let answer = match (answer, tx.broken()) {
            (Ok(_), Some(fault)) => Err(Error::internal(format!(
                "a closure went on after a failed statement: {}",
                fault.detail
            ))),
            (answer, _) => answer,
        };
        let sound = answer.is_ok();
        self.answer = Some(answer);
        sound
    }

    fn finish(self: Box<Self>, lost: Option<&Fault>) {
        let answer = match (self.answer, lost) {
            (Some(Err(error)), _) => Err(error),
            (_, Some(fault)) => Err(fault.clone().into()),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(Error::internal("a closure was not run")),
        };
        // Whoever asked may have gone away.
        drop(self.reply.send(answer));
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    format!("a closure panicked: {text}")
}

/// The writer's side of an engine.
pub(crate) enum Engine {
    Sqlite(Box<sqlite::Writer>),
    Postgres(Box<postgres::Writer>),
}

pub(crate) struct Writer {
    engine: Engine,
    tenant: TenantId,
    sealer: Arc<Sealer>,
    committed: Arc<AtomicI64>,
    meter: Arc<Meter>,
    /// Newest position given out.
    position: i64,
    /// Newest position that is stored with what it stands for.
    stored: i64,
    waiting: VecDeque<Box<dyn Job>>,
}

/// What came with the closures of a batch.
#[derive(Default)]
struct Turn {
    /// Somebody waits for what was taken.
    hurried: bool,
    steps: Vec<Step>,
    closing: Option<oneshot::Sender<()>>,
}

/// A closure that has run, in the order of running.
struct Done {
    job: Box<dyn Job>,
    /// `None`: undone, its failure hooks have run.
    effects: Option<Effects>,
}

impl Writer {
    pub(crate) fn new(
        engine: Engine,
        tenant: TenantId,
        sealer: Arc<Sealer>,
        committed: Arc<AtomicI64>,
        meter: Arc<Meter>,
    ) -> Self {
        let position = committed.load(Ordering::Acquire);
        let waiting = VecDeque::with_capacity(LARGEST_BATCH);
        Self { engine, tenant, sealer, committed, meter, position, stored: position, waiting }
    }

    /// Works until every sender is gone or the database is closed.
    pub(crate) fn run(mut self, queue: &mpsc::Receiver<Message>) {
        let mut turn = Turn::default();
        while turn.closing.is_none() {
            let Ok(first) = queue.recv() else { break };
            self.take(first, &mut turn);
            self.gather(queue, &mut turn);
            for Step { pages, reply } in turn.steps.drain(..) {
                // Whoever asked may have gone away.
                drop(reply.send(self.engine.compact(pages).map_err(Error::from)));
            }
            while !self.waiting.is_empty() {
                self.batch();
            }
        }
        self.engine.shut_down();
        drop(self);
        if let Some(done) = turn.closing {
            // Whoever asked may have gone away.
            let _ = done.send(());
        }
    }

    /// Takes what is in the queue, up to a batch; as long as nobody waits for any of it, also what
    /// comes within [`PATIENCE`].
    fn gather(&mut self, queue: &mpsc::Receiver<Message>, turn: &mut Turn) {
        let end = Instant::now() + PATIENCE;
        while self.waiting.len() < LARGEST_BATCH && turn.closing.is_none() {
            let next = if turn.hurried {
                queue.try_recv().ok()
            } else {
                queue.recv_timeout(end.saturating_duration_since(Instant::now())).ok()
            };
            let Some(message) = next else { break };
            self.take(message, turn);
        }
        turn.hurried = false;
    }

    fn take(&mut self, message: Message, turn: &mut Turn) {
        turn.hurried = turn.hurried || !matches!(message, Message::Patient(_));
        match message {
            Message::Job(job) | Message::Patient(job) => self.waiting.push_back(job),
            Message::Compact(step) => turn.steps.push(step),
            Message::Close(done) => turn.closing = Some(done),
        }
    }

    /// Runs and commits what is waiting. If the transaction is lost on the way, closures that have
    /// not started stay waiting.
    fn batch(&mut self) {
        match self.engine.begin() {
            // Another process (the command line) may have written in between.
            Ok(taken) => self.position = self.position.max(taken.unwrap_or_default()),
            Err(fault) => {
                tracing::error!(%fault.detail, "no transaction can be started");
                for job in self.waiting.drain(..) {
                    job.finish(Some(&fault));
                }
                return;
            }
        }
        let before = self.position;
        let alone = self.waiting.len() == 1;
        let mut done = Vec::with_capacity(self.waiting.len());
        while let Some(mut job) = self.waiting.pop_front() {
            match self.step(&mut *job, alone) {
                Ok(effects) => done.push(Done { job, effects }),
                Err(fault) => {
                    done.push(Done { job, effects: None });
                    self.lose(done, &fault);
                    return;
                }
            }
        }
        // A single closure that failed has been rolled back whole.
        if alone && done.iter().all(|d| d.effects.is_none()) {
            for one in done {
                one.job.finish(None);
            }
            return;
        }
        let begin = Instant::now();
        match self.commit(before) {
            Ok(()) => {
                self.meter.record(done.len(), begin.elapsed());
                self.acknowledge(done);
                self.engine.look_after();
            }
            Err(fault) => self.lose(done, &fault),
        }
    }

    /// Runs one closure; answers its effects, or `None` if it failed and was undone.
    ///
    /// # Errors
    /// The whole transaction is lost; the closure's failure hooks have run.
    fn step(&mut self, job: &mut dyn Job, alone: bool) -> Result<Option<Effects>, Fault> {
        if !alone {
            self.engine.savepoint()?;
        }
        let mut tx = Tx::new(self.engine.conn(), self.tenant, &self.sealer, self.position);
        let sound = job.run(&mut tx);
        let position = tx.position();
        let cause = tx.broken().cloned();
        let effects = tx.into_effects();
        self.position = position;
        let outcome = match (sound, alone) {
            (true, true) => Ok(()),
            (true, false) => self.engine.release(),
            (false, true) => self.engine.rollback(),
            (false, false) => self.engine.undo(),
        };
        if !sound || outcome.is_err() {
            run_hooks(effects.on_failure);
            // The first failure says more than what followed from it.
            return outcome.map(|()| None).map_err(|fault| match cause {
                Some(cause) if cause.kind == Kind::Unavailable => cause,
                _ => fault,
            });
        }
        Ok(Some(effects))
    }

    /// Positions of a lost batch are stored with the next closure that takes one, not before: who
    /// only reads here, to be behind all writes, can do so on a disk that takes no more.
    fn commit(&mut self, before: i64) -> Result<(), Fault> {
        let has_moved = self.position != before;
        self.engine.commit(has_moved.then_some(self.position))?;
        if has_moved {
            self.stored = self.position;
        }
        Ok(())
    }

    fn acknowledge(&mut self, done: Vec<Done>) {
        let mut visible = Vec::new();
        let mut jobs = Vec::with_capacity(done.len());
        for Done { job, effects } in done {
            jobs.push(job);
            if let Some(effects) = effects {
                run_hooks(effects.after_commit);
                visible.extend(effects.after_visible);
            }
        }
        self.committed.store(self.stored, Ordering::Release);
        run_hooks(visible);
        for job in jobs {
            job.finish(None);
        }
    }

    fn lose(&mut self, done: Vec<Done>, fault: &Fault) {
        tracing::error!(%fault.detail, closures = done.len(), "a batch of writes is lost");
        if let Err(fault) = self.engine.rollback() {
            tracing::error!(%fault.detail, "the transaction cannot be rolled back");
        }
        let fault = Fault { kind: Kind::Unavailable, ..lost_text(fault) };
        let mut jobs = Vec::with_capacity(done.len());
        for Done { job, effects } in done {
            jobs.push(job);
            if let Some(effects) = effects {
                run_hooks(effects.on_failure);
            }
        }
        for job in jobs {
            job.finish(Some(&fault));
        }
    }
}

/// A text fit for everyone in the batch: a defect of one closure is not theirs.
fn lost_text(fault: &Fault) -> Fault {
    if fault.kind == Kind::Unavailable {
        return fault.clone();
    }
    Fault::new(
        Kind::Unavailable,
        "The database could not store this. Please try again.",
        fault.detail.clone(),
    )
}

/// A panic in a hook must not take the writer with it.
fn run_hooks(hooks: Vec<Hook>) {
    for hook in hooks {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(hook)) {
            tracing::error!(panic = panic_text(&*panic), "a hook of a write panicked");
        }
    }
}

impl Engine {
    fn conn(&self) -> Conn<'_> {
        match self {
            Self::Sqlite(writer) => Conn::Sqlite(writer.conn()),
            Self::Postgres(writer) => Conn::Postgres(writer.session()),
        }
    }

    /// Starts a transaction; answers the newest position that others may have taken.
    fn begin(&mut self) -> Result<Option<i64>, Fault> {
        match self {
            Self::Sqlite(writer) => writer.begin(),
            Self::Postgres(writer) => writer.begin().map(Some),
        }
    }

    fn savepoint(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(writer) => writer.savepoint(),
            Self::Postgres(writer) => {
                writer.savepoint();
                Ok(())
            }
        }
    }

    fn release(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(writer) => writer.release(),
            Self::Postgres(writer) => {
                writer.release();
                Ok(())
            }
        }
    }

    /// Undoes everything since the savepoint.
    fn undo(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(writer) => writer.undo(),
            Self::Postgres(writer) => writer.undo(),
        }
    }

    /// Commits, storing the newest position with it if it has moved.
    fn commit(&self, position: Option<i64>) -> Result<(), Fault> {
        match self {
            Self::Sqlite(writer) => writer.commit(position),
            Self::Postgres(writer) => writer.commit(position),
        }
    }

    fn rollback(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(writer) => writer.rollback(),
            Self::Postgres(writer) => writer.rollback(),
        }
    }

    /// PostgreSQL looks after free space by itself.
    fn compact(&self, pages: u32) -> Result<u64, Fault> {
        match self {
            Self::Sqlite(writer) => writer.compact(pages),
            Self::Postgres(_) => Ok(0),
        }
    }

    /// After a commit that has been acknowledged. PostgreSQL looks after itself.
    fn look_after(&self) {
        if let Self::Sqlite(writer) = self {
            writer.look_after();
        }
    }

    fn shut_down(&self) {
        let Self::Sqlite(writer) = self else { return };
        if let Err(fault) = writer.checkpoint() {
            tracing::warn!(%fault.detail, "the write-ahead log stays beside the database");
        }
    }
}
