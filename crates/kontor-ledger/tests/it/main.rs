//! The ledger as stored, and its file beside the backups, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

use kontor_audit::Audit;
use kontor_core::{Cx, Secret, Timestamp};
use kontor_db::Db;
use kontor_ledger::{Entry, KEPT, Kind, Ledger, read_file};
use kontor_store::MIGRATIONS;
use kontor_store::hold::{HoldRow, HoldSubject};
use kontor_testdb::{Backend, cx, for_each_backend};
use ruma::{server_name, user_id};
use tempfile::TempDir;

/// An organisation with backups in a folder.
struct Office {
    backend: Backend,
    folder: TempDir,
    db: Db,
    ledger: Ledger,
}

impl Office {
    async fn open(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (db, ledger) = open(&backend, Some(folder.path().join("a.example/ledger.jsonl"))).await;
        Self { backend, folder, db, ledger }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("a.example/ledger.jsonl")
    }

    /// Erases `user`, as far as the ledger is concerned.
    async fn erase(&self, cx: &Cx, user: &'static str) -> i64 {
        let (ledger, at) = (self.ledger.clone(), cx.now);
        let user = <&ruma::UserId>::try_from(user).unwrap();
        self.db.write(cx, move |tx| ledger.record_person(tx, user, (at, None))).await.unwrap()
    }
}

async fn open(backend: &Backend, file: Option<PathBuf>) -> (Db, Ledger) {
    let db = backend.open(MIGRATIONS).await;
    let root = Secret::new([7; 32]);
    let name = server_name!("a.example");
    let audit = Audit::open(&cx(), &backend.settings(), name, &root).await.unwrap();
    let ledger = Ledger::new((db.clone(), audit), &Secret::new([9; 32]), file);
    (db, ledger)
}

fn seqs(path: &Path) -> Vec<i64> {
    read_file(path).unwrap().entries.iter().map(|entry| entry.seq).collect()
}

#[test]
fn what_is_erased_is_told_beside_the_backups_and_names_nobody() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        office.ledger.told(&cx()).await.unwrap();
        assert_eq!(office.erase(&cx(), "@anna:a.example").await, 1);
        assert_eq!(office.erase(&cx(), "@ben:a.example").await, 2);
        office.ledger.told(&cx()).await.unwrap();
        let text = fs::read_to_string(office.file()).unwrap();
        assert!(!text.contains("anna") && !text.contains("ben"));
        let read = read_file(&office.file()).unwrap();
        let anna = office.ledger.tombstone(Kind::Person, "@anna:a.example");
        assert_eq!(read.entries.len(), 2);
        assert_eq!((read.entries[0].kind, &*read.entries[0].subject), (Kind::Person, &*anna));
        assert_eq!(read.server_name.as_deref(), Some("a.example"));
        assert!(!read.is_torn);
        // Another organisation's key, or another kind of thing, gives another tombstone.
        let (_, other) = open(&office.backend, None).await;
        assert_eq!(other.tombstone(Kind::Person, "@anna:a.example"), anna);
        assert_ne!(other.tombstone(Kind::Room, "@anna:a.example"), anna);
        assert_eq!(office.ledger.state().told, Some(2));
    });
}

#[test]
fn an_erasure_that_is_undone_leaves_no_entry() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        let ledger = office.ledger.clone();
        let cx = cx();
        let failed = office.db.write(&cx, move |tx| {
            ledger.record_person(tx, user_id!("@anna:a.example"), (Timestamp(1), None))?;
            Err::<(), _>(kontor_core::Error::internal("undone"))
        });
        failed.await.unwrap_err();
        assert_eq!(office.ledger.newest(&cx).await.unwrap(), 0);
        assert_eq!(office.erase(&cx, "@ben:a.example").await, 1);
    });
}

#[test]
fn a_line_that_was_torn_is_written_again_and_a_changed_one_is_found() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        for user in ["@anna:a.example", "@ben:a.example"] {
            office.erase(&cx(), user).await;
        }
        office.ledger.told(&cx()).await.unwrap();
        let whole = fs::read(office.file()).unwrap();
        // The process was killed while it wrote the second line.
        fs::write(office.file(), &whole[..whole.len() - 20]).unwrap();
        let read = read_file(&office.file()).unwrap();
        assert!(read.is_torn && read.entries.len() == 1);
        let (_, again) = open(&office.backend, Some(office.file())).await;
        again.told(&cx()).await.unwrap();
        assert_eq!(fs::read(office.file()).unwrap(), whole);
        // A line in the middle that is gone or changed breaks the chain.
        let text = String::from_utf8(whole).unwrap();
        let second = text.lines().nth(1).unwrap();
        fs::write(office.file(), text.replace("person", "room")).unwrap();
        assert!(read_file(&office.file()).unwrap_err().public.contains("not as signed"));
        fs::write(office.file(), format!("{second}\n{second}\n")).unwrap();
        assert!(read_file(&office.file()).unwrap_err().public.contains("missing"));
    });
}

#[test]
fn a_target_that_cannot_be_written_is_told_and_caught_up_with() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        // Something else lies where the folder should be.
        fs::write(office.folder.path().join("a.example"), b"").unwrap();
        office.erase(&cx(), "@anna:a.example").await;
        office.ledger.told(&cx()).await.unwrap_err();
        let (since, why) = office.ledger.state().failing.unwrap();
        assert!(since <= cx().now && why.contains("ledger.jsonl"), "{why}");
        fs::remove_file(office.folder.path().join("a.example")).unwrap();
        office.ledger.told(&cx()).await.unwrap();
        assert_eq!(seqs(&office.file()), [1]);
        assert_eq!(office.ledger.state().failing, None);
    });
}

#[test]
fn a_file_that_knows_more_than_the_database_is_refused() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        office.erase(&cx(), "@anna:a.example").await;
        office.ledger.told(&cx()).await.unwrap();
        // An old copy of the data folder, brought back without a restore.
        let old = Backend::sqlite();
        let (_, old) = open(&old, Some(office.file())).await;
        let error = old.told(&cx()).await.unwrap_err();
        assert!(error.public.contains("kontor restore"), "{error}");
        assert_eq!(seqs(&office.file()), [1]);
        // Restored properly, it goes on where the file ends.
        let entry = read_file(&office.file()).unwrap().entries.remove(0);
        old.adopt(&cx(), &entry).await.unwrap();
        old.adopt(&cx(), &entry).await.unwrap();
        old.told(&cx()).await.unwrap();
        assert_eq!(old.newest(&cx()).await.unwrap(), 1);
    });
}

#[test]
fn entries_are_kept_sixty_days_and_no_number_is_given_twice() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        office.ledger.needed_behind(None);
        let now = cx();
        for days in [80, 70, 1] {
            let mut then = cx();
            then.now = now.now.minus(KEPT / 60 * days);
            office.erase(&then, "@anna:a.example").await;
        }
        office.ledger.told(&now).await.unwrap();
        office.ledger.expire(&now).await.unwrap();
        assert_eq!(seqs(&office.file()), [3]);
        let mut later = cx();
        later.now = now.now.plus(KEPT * 2);
        office.ledger.expire(&later).await.unwrap();
        assert_eq!(office.ledger.newest(&later).await.unwrap(), 3);
        assert_eq!(office.erase(&later, "@ben:a.example").await, 4);
        office.ledger.told(&later).await.unwrap();
        assert_eq!(seqs(&office.file()), [3, 4]);
        let unknown = Entry::new(Kind::Hold, "x".to_owned(), later.now);
        assert_eq!(unknown.seq, 0);
    });
}

/// The clock was behind when they were recorded: they say that they are old, and are not.
#[test]
fn no_entry_goes_that_a_backup_needs_however_old_it_says_it_is() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        let now = cx();
        for days in [90, 80, 70, 1] {
            let mut then = cx();
            then.now = now.now.minus(KEPT / 60 * days);
            office.erase(&then, "@anna:a.example").await;
        }
        office.ledger.told(&now).await.unwrap();
        office.ledger.expire(&now).await.unwrap();
        assert_eq!(seqs(&office.file()), [1, 2, 3, 4], "nobody has said yet which sets there are");
        office.ledger.needed_behind(Some(2));
        office.ledger.expire(&now).await.unwrap();
        assert_eq!(seqs(&office.file()), [3, 4]);
        office.ledger.needed_behind(None);
        office.ledger.expire(&now).await.unwrap();
        assert_eq!(seqs(&office.file()), [4]);
        assert_eq!(read_file(&office.file()).unwrap().entries.len(), 1, "signed and chained");
    });
}

#[test]
fn what_a_hold_says_is_told_sealed_and_can_be_read_again() {
    for_each_backend(async |backend| {
        let office = Office::open(backend).await;
        let cx = cx();
        let hold = HoldRow {
            nid: 4,
            subject: HoldSubject::Person("@anna:a.example".to_owned()),
            from: Some(Timestamp(1)),
            until: None,
            matter: "Rechtsstreit 7/26".to_owned(),
            basis: "Art. 17(3)(e) DSGVO".to_owned(),
            delay: Some("Verdunkelungsgefahr".to_owned()),
            placed: cx.now,
            placed_by: user_id!("@olga:a.example").to_owned(),
            allowed_by: user_id!("@dora:a.example").to_owned(),
            ends: cx.now.plus(KEPT),
            reviewed: cx.now,
            released: None,
            cleaned: None,
            asked: 0,
        };
        let (ledger, row, random, now) =
            (office.ledger.clone(), hold.clone(), cx.random.clone(), cx.now);
        let record = office.db.write(&cx, move |tx| {
            ledger.record_hold(tx, &row, &random)?;
            ledger.record_release(tx, row.nid, now)
        });
        assert_eq!(record.await.unwrap(), 2);
        office.ledger.told(&cx).await.unwrap();
        let text = fs::read_to_string(office.file()).unwrap();
        for word in ["anna", "olga", "Rechtsstreit", "Art. 17", "Verdunkelung"] {
            assert!(!text.contains(word), "{word}");
        }
        let entries = read_file(&office.file()).unwrap().entries;
        let tombstone = office.ledger.tombstone(Kind::Hold, "@anna:a.example");
        let told = HoldRow { subject: HoldSubject::Person(tombstone), ..hold };
        assert_eq!(office.ledger.hold_of(&entries[0]).unwrap(), told);
        assert_eq!(entries[1].subject, office.ledger.tombstone(Kind::Release, "4"));
        // Moved to another subject, or in somebody else's hands, it says nothing.
        let moved = Entry { subject: entries[1].subject.clone(), ..entries[0].clone() };
        office.ledger.hold_of(&moved).unwrap_err();
        office.ledger.hold_of(&entries[1]).unwrap_err();
    });
}
