//! The service's parts: opening, recording, looking after the log, closing.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kontor_core::{Actor, Cx, Error, Kind, MatrixCode, Permission, Random, Result, Secret};
use kontor_db::{Db, Settings, Tx};
use kontor_store::AUDIT_MIGRATIONS;
use kontor_store::audit_entry::find_audit_head;
use kontor_store::audit_pseudonym::delete_pseudonym_secret;
use ruma::{OwnedServerName, OwnedUserId, ServerName, UserId};

use crate::append::{self, Draft, Scribe};
use crate::lost::Lost;
use crate::{Action, AuditKeys, Event, Pseudonym};

/// Name of the log's store: a file or schema beside the tenant's tables.
const STORE: &str = "audit";
/// Entries expire once in this time.
const EXPIRY_EVERY_MS: i64 = 24 * 60 * 60 * 1000;

/// The audit log of one organisation. Clones share everything.
#[derive(Clone)]
pub struct Audit {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) keys: AuditKeys,
    pub(crate) server_name: OwnedServerName,
    random: Random,
    /// Events that could not be recorded, and are to be told of.
    lost: Lost,
    /// When entries last expired, in milliseconds; in memory only.
    expired_ms: AtomicI64,
}

impl Audit {
    /// Opens the log of `server_name` beside the tables in `place`; creates it if there is none.
    /// `root` is the vault's key for it. Several processes may have it open and write to it.
    ///
    /// # Errors
    /// `Unavailable`, with a text for the operator.
    pub async fn open(
        cx: &Cx,
        place: &Settings,
        server_name: &ServerName,
        root: &Secret<[u8; 32]>,
    ) -> Result<Self> {
        let keys = AuditKeys::derive(root)?;
        let (place, database) = (Self::place(place), keys.database.clone());
        let db = Db::open(place, cx.tenant, database, AUDIT_MIGRATIONS).await?;
        let inner = Inner {
            db,
            keys,
            server_name: server_name.to_owned(),
            random: cx.random.clone(),
            lost: Lost::default(),
            expired_ms: AtomicI64::new(i64::MIN),
        };
        let audit = Self { inner: Arc::new(inner) };
        let empty = audit.inner.db.read(cx, |tx| Ok(find_audit_head(tx)?.is_none())).await?;
        if empty {
            audit.record(cx, Event::new(Action::LogStarted)).await?;
        }
        Ok(audit)
    }

    /// Records `event`; answers its number once it is durable. For administrative acts: what
    /// cannot be recorded must not be done ([`Self::act`]).
    ///
    /// # Errors
    /// `Invalid` if a reason is asked for and missing; `Unavailable` if it cannot be recorded.
    pub async fn record(&self, cx: &Cx, event: Event) -> Result<i64> {
        let draft = draft(cx, event)?;
        let (inner, clock) = (Arc::clone(&self.inner), cx.clock.clone());
        let write = self.inner.db.write(cx, move |tx| {
            let drafts = inner.with_lost(tx, draft);
            append::append(tx, inner.scribe(), clock.now(), &drafts)
        });
        write.await.map_err(unrecorded)
    }

    /// Records `event`, then does `work`. If `work` fails, a second entry says so; if the process
    /// dies in between, the log tells of something that was not done, never the other way round.
    ///
    /// # Errors
    /// Those of [`Self::record`], in which case nothing was done, and those of `work`.
    pub async fn act<T: Send>(
        &self,
        cx: &Cx,
        event: Event,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let seq = self.record(cx, event.clone()).await?;
        let outcome = work.await;
        if outcome.is_err() {
            self.note(cx, event.failed(seq));
        }
        outcome
    }

    /// Records `event` without making anybody wait. For security events, of which there may be
    /// many: they share commits, so that one may come to lie on the disk up to 100 ms later, and
    /// those that cannot be recorded are counted, and the next entry is their number.
    pub fn note(&self, cx: &Cx, event: Event) {
        let draft = match draft(cx, event) {
            Ok(draft) => draft,
            Err(error) => {
                tracing::error!(%error, "a security event is not in the catalogue");
                return;
            }
        };
        let Some(entrusted) = self.inner.lost.entrust() else { return };
        let (inner, clock) = (Arc::clone(&self.inner), cx.clock.clone());
        // Whoever notes does not wait. What is dropped unwritten counts itself as lost.
        drop(self.inner.db.enqueue_patiently(move |tx| {
            let drafts = inner.with_lost(tx, draft);
            append::append(tx, inner.scribe(), clock.now(), &drafts)?;
            tx.after_commit(move || entrusted.settle());
            Ok(())
        }));
    }

    /// Signs a checkpoint if one is due, tells of lost events, and lets entries expire once a day.
    /// To be called every few minutes.
    pub async fn look_after(&self, cx: &Cx) -> Result<()> {
        let inner = Arc::clone(&self.inner);
        let now = cx.clock.now();
        let due = self.inner.db.read(cx, move |tx| append::is_checkpoint_due(tx, now)).await?;
        if due || inner.lost.count() > 0 {
            let write = self.inner.db.write(cx, move |tx| {
                if let Some(count) = inner.lost.tell(tx) {
                    let told = Draft::of_job(Action::EventsLost, count);
                    append::append(tx, inner.scribe(), now, &[told])?;
                }
                append::sign(tx, &inner.keys.signer, now)
            });
            write.await?;
        }
        let before = self.inner.expired_ms.load(Ordering::Relaxed);
        if now.0.saturating_sub(before) >= EXPIRY_EVERY_MS {
            self.inner.expired_ms.store(now.0, Ordering::Relaxed);
            self.expire(cx).await?;
        }
        Ok(())
    }

    /// Who `pseudonym` is, among `candidates`. The look-up is recorded first, with its reason.
    /// law: R-192
    ///
    /// # Errors
    /// `Forbidden` for all but the operator: two people decide on it; `Invalid` without a reason.
    pub async fn look_up(
        &self,
        cx: &Cx,
        pseudonym: &Pseudonym,
        reason: &str,
        candidates: &[OwnedUserId],
    ) -> Result<Option<OwnedUserId>> {
        cx.require(Permission::LookUpPseudonym)?;
        if let Actor::User(_) = cx.actor {
            let text = "Looking up a pseudonym needs a second person. Ask for an approval.";
            return Err(Error::forbidden(text).with_code(MatrixCode::FourEyes));
        }
        self.look_up_approved(cx, pseudonym, reason, candidates).await
    }

    /// As [`Self::look_up`]; whoever calls has seen to it that two people want it.
    ///
    /// # Errors
    /// `Invalid` without a reason; `Unavailable` if it cannot be recorded.
    pub async fn look_up_approved(
        &self,
        cx: &Cx,
        pseudonym: &Pseudonym,
        reason: &str,
        candidates: &[OwnedUserId],
    ) -> Result<Option<OwnedUserId>> {
        let event = Event::new(Action::PseudonymLookedUp);
        self.record(cx, event.about_pseudonym(pseudonym.clone()).because(reason)).await?;
        let (inner, pseudonym) = (Arc::clone(&self.inner), pseudonym.clone());
        let candidates = candidates.to_vec();
        let find = move |tx: &mut Tx<'_>| {
            for user in candidates {
                if inner.keys.pseudonyms.fits(tx, &pseudonym, &user)? {
                    return Ok(Some(user));
                }
            }
            Ok(None)
        };
        self.inner.db.read(cx, find).await
    }

    /// Destroys what the pseudonyms of `user` are made with, for good: entries about somebody who was
    /// erased stay in the chain and lead to nobody. law: R-128
    ///
    /// # Errors
    /// `Unavailable` if it cannot be stored.
    pub async fn forget(&self, cx: &Cx, user: &UserId) -> Result<()> {
        let person = self.inner.keys.pseudonyms.person(user);
        let destroy = move |tx: &mut Tx<'_>| delete_pseudonym_secret(tx, &person);
        self.inner.db.write(cx, destroy).await?;
        // So few pages that one step gives them all back.
        self.inner.db.compact(u32::from(u16::MAX)).await.map(drop)
    }

    /// Where the log's store is, beside the tables in `tables`.
    #[must_use]
    pub fn place(tables: &Settings) -> Settings {
        tables.beside(STORE)
    }

    /// The organisation.
    #[must_use]
    pub fn server_name(&self) -> &ServerName {
        &self.inner.server_name
    }

    /// Fingerprint of the key that signs the log and statements beside it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.inner.keys.signer.fingerprint()
    }

    /// Whether entries can be written.
    pub async fn ping(&self) -> Result<()> {
        self.inner.db.ping().await
    }

    /// Signs what is not signed yet, then closes.
    pub async fn close(&self, cx: &Cx) {
        let (inner, now) = (Arc::clone(&self.inner), cx.clock.now());
        let signed = self.inner.db.write(cx, move |tx| append::sign(tx, &inner.keys.signer, now));
        if let Err(error) = signed.await {
            tracing::warn!(%error, "the audit log closes without a last checkpoint");
        }
        self.inner.db.close().await;
    }
}

fn draft(cx: &Cx, event: Event) -> Result<Draft> {
    event.check()?;
    Ok(Draft::new(cx, event))
}

impl Inner {
    /// What entries are written with.
    pub(crate) const fn scribe(&self) -> Scribe<'_> {
        let AuditKeys { signer, pseudonyms, .. } = &self.keys;
        Scribe { signer, pseudonyms, random: &self.random }
    }

    /// `draft`, behind the number of lost events if there are any.
    fn with_lost(&self, tx: &mut Tx<'_>, draft: Draft) -> Vec<Draft> {
        let told = self.lost.tell(tx);
        let told = told.map(|count| Draft::of_job(Action::EventsLost, count));
        told.into_iter().chain([draft]).collect()
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").field("of", &self.inner.server_name).finish_non_exhaustive()
    }
}

/// What cannot be recorded is not done.
fn unrecorded(cause: Error) -> Error {
    match cause.kind {
        Kind::Invalid | Kind::Forbidden => cause,
        _ => Error::unavailable("This cannot be recorded in the audit log, so it is not done.")
            .because(cause),
    }
}
