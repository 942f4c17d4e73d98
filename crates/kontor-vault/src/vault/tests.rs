use std::os::unix::fs::PermissionsExt;

use kontor_core::Kind;
use ruma::server_name;

use super::*;

fn open(folder: &Path) -> Vault {
    Vault::open(folder, Random::default()).unwrap()
}

fn passphrase(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[test]
fn keys_survive_a_restart_and_differ_between_tenants() {
    let folder = tempfile::tempdir().unwrap();
    let firma = open(folder.path()).create_tenant(server_name!("firma.example")).unwrap();
    let other = open(folder.path()).create_tenant(server_name!("localhost:8008")).unwrap();
    let vault = open(folder.path());
    assert_eq!(vault.open_tenant(server_name!("firma.example")).unwrap(), firma);
    assert_eq!(vault.open_tenant(server_name!("localhost:8008")).unwrap(), other);
    assert_ne!(firma.cipher_key, other.cipher_key);
    assert_ne!(firma.cipher_key, firma.seal_key);
    assert_eq!((firma.tenant.0, other.tenant.0), (1, 2));
    assert_eq!(vault.tenants().unwrap(), ["firma.example", "localhost:8008"]);
    assert!(firma.signing.key_id.starts_with("ed25519:"));
    assert_eq!(firma.signing.version().len(), 6);
}

#[test]
fn every_file_is_private_and_holds_no_key_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let keys = open(folder.path()).create_tenant(server_name!("firma.example")).unwrap();
    let wrapped = folder.path().join("tenants/firma.example/keys.json");
    let text = fs::read_to_string(&wrapped).unwrap();
    let secret = [&keys.cipher_key, &keys.seal_key, &keys.media_key, &keys.pepper];
    for key in secret.into_iter().chain([&keys.audit_key, &keys.push_key]) {
        assert!(!text.contains(BASE64_STANDARD.encode(key.expose()).trim_end_matches('=')));
    }
    for file in [wrapped, folder.path().join("node.key")] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn readable_key_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path());
    vault.create_tenant(server_name!("firma.example")).unwrap();
    let relax = |name: &str| {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o644)).unwrap();
    };
    relax("tenants/firma.example/keys.json");
    let error = vault.open_tenant(server_name!("firma.example")).unwrap_err();
    assert_eq!(error.kind, Kind::Forbidden);
    relax("node.key");
    let error = Vault::open(folder.path(), Random::default()).unwrap_err();
    assert!(error.public.contains("chmod 600"), "{error}");
}

#[test]
fn a_lost_node_key_is_not_silently_replaced() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).create_tenant(server_name!("firma.example")).unwrap();
    fs::remove_file(folder.path().join("node.key")).unwrap();
    let error = Vault::open(folder.path(), Random::default()).unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(!folder.path().join("node.key").exists());
}

#[test]
fn keys_of_another_node_or_tenant_do_not_open() {
    let here = tempfile::tempdir().unwrap();
    let there = tempfile::tempdir().unwrap();
    open(here.path()).create_tenant(server_name!("a.example")).unwrap();
    open(there.path()).create_tenant(server_name!("a.example")).unwrap();
    let file = "tenants/a.example/keys.json";
    fs::copy(there.path().join(file), here.path().join(file)).unwrap();
    assert!(open(here.path()).open_tenant(server_name!("a.example")).is_err());

    open(there.path()).create_tenant(server_name!("b.example")).unwrap();
    fs::copy(there.path().join(file), there.path().join("tenants/b.example/keys.json")).unwrap();
    assert!(open(there.path()).open_tenant(server_name!("b.example")).is_err());
}

#[test]
fn raw_and_base64_node_keys_are_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let keys = open(folder.path()).create_tenant(server_name!("a.example")).unwrap();
    let path = folder.path().join("node.key");
    let raw = BASE64_STANDARD.decode(fs::read(&path).unwrap().trim_ascii()).unwrap();
    fs::write(&path, raw).unwrap();
    assert_eq!(open(folder.path()).open_tenant(server_name!("a.example")).unwrap(), keys);
    fs::write(&path, "short").unwrap();
    assert!(Vault::open(folder.path(), Random::default()).is_err());
}

#[test]
fn exists_already_and_not_found_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path());
    vault.create_tenant(server_name!("a.example")).unwrap();
    let kind = |result: Result<TenantKeys>| result.unwrap_err().kind;
    assert_eq!(kind(vault.create_tenant(server_name!("a.example"))), Kind::Conflict);
    assert_eq!(kind(vault.create_tenant(server_name!("A.example"))), Kind::Conflict);
    assert_eq!(kind(vault.open_tenant(server_name!("b.example"))), Kind::NotFound);
    let escape = ServerName::parse("..");
    assert!(escape.is_err() || vault.create_tenant(&escape.unwrap()).is_err());
}

#[test]
fn exported_keys_open_on_another_node_with_the_passphrase_only() {
    let here = tempfile::tempdir().unwrap();
    let there = tempfile::tempdir().unwrap();
    let name = server_name!("a.example");
    let vault = open(here.path());
    let keys = vault.create_tenant(name).unwrap();
    let file = here.path().join("export.json");
    assert!(vault.export_tenant_keys(name, &passphrase("short"), &file).is_err());
    vault.export_tenant_keys(name, &passphrase("correct horse battery"), &file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let target = open(there.path());
    let error = target.import_tenant_keys(&file, &passphrase("wrong horse battery")).unwrap_err();
    assert_eq!(error.kind, Kind::Forbidden);
    assert_eq!(
        target.import_tenant_keys(&file, &passphrase("correct horse battery")).unwrap(),
        name
    );
    assert_eq!(target.open_tenant(name).unwrap(), keys);
}

#[test]
fn debug_prints_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path());
    let keys = vault.create_tenant(server_name!("a.example")).unwrap();
    let text = format!("{vault:?} {keys:?}");
    assert_eq!(text.matches("Secret(…)").count(), 7, "{text}");
}

#[test]
fn older_files_lack_keys_and_open_with_ones_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let name = server_name!("firma.example");
    let new = open(folder.path()).create_tenant(name).unwrap();
    let path = folder.path().join("tenants/firma.example/keys.json");
    let mut file: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for later in ["audit_key", "push_key"] {
        assert!(file.as_object_mut().unwrap().remove(later).is_some());
    }
    fs::write(&path, file.to_string()).unwrap();
    let old = open(folder.path()).open_tenant(name).unwrap();
    assert_eq!(old, open(folder.path()).open_tenant(name).unwrap());
    assert_ne!(old.audit_key, new.audit_key);
    assert_ne!(old.push_key, new.push_key);
    assert_ne!(old.push_key, old.audit_key);
    let (audit_key, push_key) = (new.audit_key.clone(), new.push_key.clone());
    assert_eq!(TenantKeys { audit_key, push_key, ..old }, new);
}
