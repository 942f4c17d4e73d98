//! Every statement fits both engines and stays within its tenant.

use std::collections::BTreeSet;

use kontor_testdb::{Backend, cx};

use kontor_store::{MIGRATIONS, statements};

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_engines() {
    let (sqlite, postgres) = (Backend::sqlite(), Backend::postgres());
    let sqlite = sqlite.open(MIGRATIONS).await;
    let postgres_db = postgres.open(MIGRATIONS).await;
    let mut wrong = Vec::new();
    for sql in statements() {
        let ours = sqlite.read(&cx(), |tx| tx.describe(sql)).await;
        let theirs = postgres_db.read(&cx(), |tx| tx.describe(sql)).await;
        match (ours, theirs) {
            (Ok(left), Ok(right)) if left.len() == right.len() => {}
            (left, right) => wrong.push(format!("SQLite {left:?}\nPostgreSQL {right:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_statement_names_its_tenant() {
    for sql in statements() {
        let text = sql.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let within = text.contains("tenant_id = $1");
        let insert = text.starts_with("INSERT INTO")
            && text.contains("(tenant_id,")
            && (text.contains("VALUES ($1,") || text.contains("SELECT $1,"));
        assert!(within || insert, "{}: {text}", sql.name());
    }
}

#[test]
fn names_of_statements_are_unique() {
    let mut seen = BTreeSet::new();
    for sql in statements() {
        assert!(seen.insert(sql.name()), "{}", sql.name());
    }
}
