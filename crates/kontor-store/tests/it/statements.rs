//! Every statement fits both engines and stays within its tenant.

use std::collections::BTreeSet;

use kontor_testdb::{Backend, cx};

use kontor_store::{audit_statements, statements};

use crate::backend::open_stores;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_engines() {
    let (sqlite, postgres) = (Backend::sqlite(), Backend::postgres());
    let [sqlite_tables, sqlite_audit] = open_stores(&sqlite).await;
    let [postgres_tables, postgres_audit] = open_stores(&postgres).await;
    let all = statements().map(|sql| (&sqlite_tables, &postgres_tables, sql));
    let all = all.chain(audit_statements().map(|sql| (&sqlite_audit, &postgres_audit, sql)));
    let mut wrong = Vec::new();
    for (sqlite, postgres, sql) in all {
        let ours = sqlite.read(&cx(), |tx| tx.describe(sql)).await;
        let theirs = postgres.read(&cx(), |tx| tx.describe(sql)).await;
        match (ours, theirs) {
            (Ok(left), Ok(right)) if left.len() == right.len() => {}
            (left, right) => wrong.push(format!("SQLite {left:?}\nPostgreSQL {right:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_statement_names_its_tenant() {
    for sql in statements().chain(audit_statements()) {
        let text = sql.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let within = text.contains("tenant_id = $1");
        let insert = text.starts_with("INSERT INTO")
            && text.contains("(tenant_id,")
            && ["VALUES ($1,", "VALUES {rows}", "SELECT $1,"]
                .iter()
                .any(|part| text.contains(part));
        assert!(within || insert, "{}: {text}", sql.name());
    }
}

#[test]
fn names_of_statements_are_unique() {
    let mut seen = BTreeSet::new();
    for sql in statements().chain(audit_statements()) {
        assert!(seen.insert(sql.name()), "{}", sql.name());
    }
}

/// law: R-190
#[test]
fn entries_of_the_audit_log_are_never_changed_and_only_their_expiry_removes_them() {
    let writing: Vec<&str> = audit_statements()
        .filter(|sql| sql.text().contains("audit_entry"))
        .filter(|sql| !sql.text().trim_start().starts_with("SELECT"))
        .map(kontor_db::Sql::name)
        .collect();
    assert_eq!(writing, ["audit_entry.insert", "audit_entry.expire"]);
    for sql in audit_statements() {
        assert!(!sql.text().contains("UPDATE"), "{}", sql.name());
    }
}
