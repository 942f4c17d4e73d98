//! Who may depend on whom.

use super::Finding;
use super::workspace::{Member, Workspace};

/// The crates from foundation to surface; an edge may only point to an earlier entry.
const ORDER: &[&str] = &[
    "kontor-core",
    "kontor-config",
    "kontor-vault",
    "kontor-tls",
    "kontor-protocol",
    "kontor-db",
    "kontor-store",
    "kontor-blob",
    "kontor-feed",
    "kontor-audit",
    "kontor-ledger",
    "kontor-backup",
    "kontor-policy",
    "kontor-health",
    "kontor-mail",
    "kontor-webpush",
    "kontor-identity",
    "kontor-oauth",
    "kontor-approval",
    "kontor-rooms",
    "kontor-e2ee",
    "kontor-media",
    "kontor-account-data",
    "kontor-receipts",
    "kontor-presence",
    "kontor-push",
    "kontor-sync",
    "kontor-deletion",
    "kontor-tenant",
    "kontor-client-api",
    "kontor-web",
    "kontor-node",
    "kontor",
    "kontor-testdb",
    "kontor-testkit",
    "kontor-bench",
    "xtask",
];

/// Libraries that only some crates may name: an engine, or HTTP.
const RESERVED: &[(&str, &[&str])] = &[
    ("rusqlite", &["kontor-db"]),
    ("tokio-postgres", &["kontor-db", "kontor-testkit"]),
    ("axum", &["kontor-client-api", "kontor-web", "kontor-node"]),
    (
        "http",
        &[
            "kontor-tenant",
            "kontor-client-api",
            "kontor-web",
            "kontor-node",
            "kontor-tls",
            "kontor-webpush",
            "kontor-bench",
        ],
    ),
    ("tower-http", &["kontor-client-api", "kontor-web", "kontor-node"]),
    ("hyper", &["kontor-node", "kontor-bench"]),
    ("hyper-util", &["kontor-node", "kontor-tls", "kontor-webpush", "kontor-bench"]),
];

/// Surfaces speak to services; none of them looks into the database.
const SURFACES: &[&str] = &["kontor-client-api", "kontor-web", "kontor", "kontor-bench"];
const BEHIND_SERVICES: &[&str] = &["kontor-db", "kontor-store"];

/// Checks every dependency edge, and that each crate obeys the workspace's lints.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &workspace.members {
        findings.extend(check_edges(member));
        if !has_workspace_lints(&member.manifest) {
            findings.push(Finding::new(
                "lints",
                &*member.name,
                "add `[lints] workspace = true` to its Cargo.toml",
            ));
        }
    }
    findings
}

fn check_edges(member: &Member) -> Vec<Finding> {
    let Some(own) = rank(&member.name) else {
        return vec![Finding::new(
            "layer",
            &*member.name,
            "unknown crate: give it a place in xtask/src/tidy/layers.rs",
        )];
    };
    let product = member.dependencies.iter().filter(|edge| edge.kind.is_none());
    let mut findings = Vec::new();
    for edge in product {
        if rank(&edge.name).is_some_and(|other| other >= own) {
            findings.push(Finding::new(
                "layer",
                &*member.name,
                format!("depends on {}, which is above it", edge.name),
            ));
        }
        if SURFACES.contains(&member.name.as_str()) && BEHIND_SERVICES.contains(&&*edge.name) {
            findings.push(Finding::new(
                "layer",
                &*member.name,
                format!("is a surface and may not name {}; ask a service", edge.name),
            ));
        }
        let reserved = RESERVED.iter().find(|(library, _)| *library == edge.name);
        if let Some((library, allowed)) = reserved
            && !allowed.contains(&member.name.as_str())
        {
            findings.push(Finding::new(
                "layer",
                &*member.name,
                format!("may not name {library}; only {} may", allowed.join(", ")),
            ));
        }
    }
    findings
}

fn rank(name: &str) -> Option<usize> {
    ORDER.iter().position(|entry| *entry == name)
}

fn has_workspace_lints(manifest: &str) -> bool {
    manifest
        .split_once("[lints]")
        .is_some_and(|(_, rest)| rest.trim_start().starts_with("workspace = true"))
}
