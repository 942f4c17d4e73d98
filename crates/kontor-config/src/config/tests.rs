use std::net::SocketAddr;

use tempfile::TempDir;

use super::*;
use crate::{DatabaseUrl, MailSecurity, RegistrationMode, example_toml};

/// A configuration from a file's text, environment and flags.
fn load(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &str)],
) -> Result<Config, ConfigError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("kontor.toml");
    fs::write(&path, file).unwrap();
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let flags = flags.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    Config::load_from(Sources { file: Some(path), flags }, environment.iter().map(owned).collect())
}

fn refusal(file: &str) -> String {
    let text = load(file, &[], &[]).unwrap_err().to_string();
    text.split_once("kontor.toml:").map(|(_, rest)| rest.to_owned()).unwrap_or(text)
}

#[test]
fn flag_wins_over_environment_over_file_over_default() {
    let address = |config: Result<Config, ConfigError>| config.unwrap().listen.address.port();
    let file = "[listen]\naddress = \"127.0.0.1:2\"";
    let environment = [("KONTOR_LISTEN_ADDRESS", "127.0.0.1:3")];
    assert_eq!(address(load("", &[], &[])), 8008);
    assert_eq!(address(load(file, &[], &[])), 2);
    assert_eq!(address(load(file, &environment, &[])), 3);
    assert_eq!(address(load(file, &environment, &[("listen", "127.0.0.1:4")])), 4);
}

#[test]
fn unknown_keys_are_refused_with_line_and_nearest_key() {
    let table = [
        ("[listen]\nadress = 1", "2: unknown key \"adress\" in [listen]. Did you mean address?"),
        ("\n[lisen]\naddress = 1", "3: unknown section [lisen]. Did you mean listen?"),
        (
            "[log]\nqqqqqqqq = 1",
            "2: unknown key \"qqqqqqqq\" in [log]. Its keys are: level, format.",
        ),
        (
            "[media]\nmax_upload_bytes = 1",
            "2: unknown key \"max_upload_bytes\" in [media]. Did you mean max_upload?",
        ),
        (
            "[server]\nadress = 1",
            "2: unknown key \"adress\" in [server]. Did you mean [listen] address?",
        ),
        (
            "[server]\nlisten = 1",
            "2: unknown key \"listen\" in [server]. There is a section [listen].",
        ),
        (
            "[[tenant]]\nserver_name = \"a\"\nhost = []",
            "3: unknown key \"host\" in [[tenant]]. Did you mean hosts?",
        ),
        (
            "[tls]\ncertifcate = 1",
            "2: unknown key \"certifcate\" in [tls]. Did you mean certificate?",
        ),
        (
            "[acme]\nterms_agree = true",
            "2: unknown key \"terms_agree\" in [acme]. Did you mean terms_agreed?",
        ),
        ("[tsl]\nkey = 1", "2: unknown section [tsl]. Did you mean tls?"),
        ("address = 1", "1: \"address\" stands outside of a section; write [section] first."),
    ];
    for (file, text) in table {
        let found = refusal(file);
        assert!(found.starts_with(text), "{file:?}: {found}");
    }
}

#[test]
fn every_unknown_key_is_listed_at_once() {
    let error = load("[listen]\na = 1\nb = 2", &[("KONTOR_LISTEN_ADRESS", "x")], &[]).unwrap_err();
    assert_eq!(error.problems.len(), 3, "{error}");
    assert!(error.to_string().contains("Did you mean KONTOR_LISTEN_ADDRESS?"), "{error}");
}

#[test]
fn impossible_values_are_refused_with_line_and_what_is_possible() {
    let table = [
        ("[listen]\naddress = \"8008\"", "2: listen.address = \"8008\": must be IP:PORT"),
        ("[listen]\naddress = 8008", "2: listen.address must be a text in quotes."),
        ("[listen]\nmax_connections = 0", "2: listen.max_connections = 0: must be a whole number"),
        ("[listen]\nmax_connections = \"5\"", "2: listen.max_connections must be a whole number"),
        ("[listen]\nmax_connections = -5", "2: listen.max_connections = -5: must be a whole"),
        ("[listen]\nmax_header = \"1 KiB\"", "2: listen.max_header = \"1 KiB\": must be between"),
        (
            "[policy]\npreset = \"strikt\"",
            "2: policy.preset = \"strikt\": must be one of: strict, \
             lab. Did you mean strict?",
        ),
        ("[policy]\nreceipts = \"yes\"", "2: policy.receipts must be true or false"),
        ("[policy]\nreceipts = true", "2: policy.receipts = true: by this people can be watched"),
        ("[policy]\n\ntyping = true", "3: policy.typing = true: by this people can be watched"),
        ("[policy]\ndefault_room_version = \"9\"", "2: policy.default_room_version = \"9\": must"),
        (
            "[media]\nmax_upload = \"5 apples\"",
            "2: media.max_upload = \"5 apples\": must be a size",
        ),
        ("[server]\nname = \"a/b\"", "2: server.name = \"a/b\": must be a server name"),
        ("[[tenant]]\nhosts = [\"a\"]", "2: this [[tenant]] has no server_name."),
        ("[[tenant]]\nserver_name = \"a\"\nhosts = \"a\"", "3: hosts must be a list"),
        ("[tls]\ncertificate = \"c\"", "tls.key is missing"),
        ("[tls]\noldest_version = \"1.1\"", "2: tls.oldest_version = \"1.1\": must be one of"),
        ("[[tenant]]\nserver_name = \"a\"\nkey = \"k\"", "3: this [[tenant]] has no certificate."),
        ("[[tenant]]\nserver_name = \"a\"\nkey = 7", "3: key must be the path of a file."),
        (
            "[server]\ntrusted_proxies = [\"0.0.0.0/0\"]",
            "2: server.trusted_proxies = \"0.0.0.0/0\": \"0.0.0.0/0\" is everybody",
        ),
        (
            "[server]\ntrusted_proxies = \"10.0.0.2\"",
            "2: server.trusted_proxies must be a list of texts in quotes.",
        ),
        ("[server]\nproxy_header = \"forward\"", "2: server.proxy_header = \"forward\": must be"),
        (
            "[acme]\ndirectory = \"http://ca.example\"",
            "2: acme.directory = \"http://ca.example\": must be",
        ),
        ("[acme]\ndirectory = \"letsencrypt\"", "2: acme.directory = https://acme-v02.api."),
        ("[acme]\ncontact = \"admin\"", "2: acme.contact = \"admin\": must be a mail address"),
        ("[listen", "1: "),
    ];
    for (file, text) in table {
        let found = refusal(file);
        assert!(found.starts_with(text), "{file:?}: {found}");
    }
}

#[test]
fn nobody_is_watched_by_the_word_of_the_operator_alone_but_in_the_lab() {
    for name in ["receipts", "typing"] {
        let file = |preset: &str, on: bool| {
            let text = format!("[policy]\npreset = \"{preset}\"\n{name} = {on}\n");
            load(&text, &[], &[])
        };
        let refused = file("strict", true).unwrap_err().to_string();
        assert!(refused.contains(&format!("3: policy.{name} = true")), "{refused}");
        assert!(refused.contains("/admin/policy"), "{refused}");
        let variable = format!("KONTOR_POLICY_{}", name.to_uppercase());
        let refused = load("", &[(&variable, "true")], &[]).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("{variable} true")), "{refused}");
        file("strict", false).unwrap();
        let lab = file("lab", true).unwrap();
        assert!(lab.policy.receipts.or(lab.policy.typing).unwrap());
    }
}

#[test]
fn a_variable_of_a_misspelled_section_is_refused() {
    for (name, meant) in [
        ("KONTOR_LISTN_ADDRESS", "KONTOR_LISTEN_ADDRESS"),
        ("KONTOR_DATABSE_URL", "KONTOR_DATABASE_URL"),
        ("KONTOR__LISTEN__ADDRESS", "KONTOR_LISTEN_ADDRESS"),
    ] {
        let error = load("", &[(name, "x")], &[]).unwrap_err().to_string();
        assert_eq!(error, format!("{name}: no such setting. Did you mean {meant}?"));
    }
    // What an orchestrator sets for a service called kontor.
    for name in ["KONTOR_PORT", "KONTOR_PORT_8008_TCP", "KONTOR_SERVICE_HOST"] {
        load("", &[(name, "tcp://10.0.0.1:8008")], &[]).unwrap();
    }
}

#[test]
fn a_secret_that_makes_administrators_is_long() {
    let file = |preset: &str| {
        format!("[policy]\npreset = \"{preset}\"\n[registration]\nshared_secret = \"hunter2\"")
    };
    let found = refusal(&file("strict"));
    let expected = "4: registration.shared_secret = …: must have at least 16 characters.";
    assert!(found.starts_with(expected), "{found}");
    load(&file("lab"), &[], &[]).unwrap();
}

#[test]
fn a_secret_is_never_shown() {
    let error = load("[database]\nurl = \"mysql://x:hunter2@y\"", &[], &[]).unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let config = load(
        "[database]\nurl = \"postgres://x:hunter2@y\"\n[registration]\nshared_secret = \"hunter2hunter2hunter2\"",
        &[],
        &[],
    )
    .unwrap();
    assert!(matches!(config.database.url, DatabaseUrl::Postgres(_)));
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn lab_listens_on_loopback_only() {
    let lab = [("preset", "lab"), ("listen", "0.0.0.0:8008")];
    let error = load("", &[], &lab).unwrap_err().to_string();
    assert!(error.starts_with("--listen 0.0.0.0:8008: the preset \"lab\""), "{error}");
    for address in ["127.0.0.1:8008", "127.9.9.9:1", "[::1]:8008", "localhost:0"] {
        assert!(load("", &[], &[("preset", "lab"), ("listen", address)]).is_ok(), "{address}");
    }
}

#[test]
fn nothing_but_a_loopback_address_is_listened_on_in_the_clear() {
    let exposed = |file: &str| load(file, &[], &[("listen", "0.0.0.0:8008")]);
    let error = exposed("").unwrap_err().to_string();
    assert!(error.starts_with("--listen 0.0.0.0:8008: without TLS"), "{error}");
    for file in [
        "[tls]\ncertificate = \"c\"\nkey = \"k\"",
        "[[tenant]]\nserver_name = \"a\"\ncertificate = \"c\"\nkey = \"k\"",
        "[acme]\ndirectory = \"letsencrypt\"\nterms_agreed = true",
        "[server]\ntrusted_proxies = [\"10.0.0.2\"]",
    ] {
        assert!(exposed(file).is_ok(), "{file}");
        let lab = load(file, &[], &[("listen", "0.0.0.0:8008"), ("preset", "lab")]);
        assert!(lab.is_err(), "{file}");
    }
}

#[test]
fn a_list_is_separated_by_commas_where_there_are_no_brackets() {
    let file = "[server]\ntrusted_proxies = [\"10.0.0.2\", \"fd00::/64\"]";
    let expected = load(file, &[], &[]).unwrap().proxies.trusted;
    let variable = [("KONTOR_SERVER_TRUSTED_PROXIES", "10.0.0.2, fd00::/64")];
    assert_eq!(load("", &variable, &[]).unwrap().proxies.trusted, expected);
    assert_eq!(expected.len(), 2);
}

#[test]
fn nothing_goes_out_unless_the_configuration_says_so() {
    assert_eq!(load("", &[], &[]).unwrap().egress(), []);
    let file = "[database]\nurl = \"postgres://kontor:hunter2@db.example/kontor\"\n\
                [acme]\ndirectory = \"https://ca.example:14000/dir\"\nterms_agreed = true";
    let list = load(file, &[], &[]).unwrap().egress();
    let shown: Vec<String> = list.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["db.example (database)", "ca.example:14000 (certificates)"]);
}

#[test]
fn mails_cross_no_network_in_the_clear() {
    let mail = |rest: &str| format!("[mail]\nserver = \"mail.example\"\n{rest}");
    let sound = mail("from = \"kontor@firma.example\"");
    let config = load(&sound, &[], &[]).unwrap();
    let found = config.mail.as_ref().unwrap();
    assert_eq!((found.port, found.security), (587, MailSecurity::StartTls));
    assert_eq!(config.egress()[0].to_string(), "mail.example:587 (mail)");
    let here = "[mail]\nserver = \"127.0.0.1\"\nsecurity = \"none\"\nfrom = \"k@firma.example\"";
    assert_eq!(load(here, &[], &[]).unwrap().mail.unwrap().port, 25);
    for (rest, why) in [
        ("", "mails need a sender"),
        ("from = \"k@firma.example\"\nsecurity = \"none\"", "is no loopback address"),
        ("from = \"nobody\"", "must be a mail address"),
        ("from = \"k@firma.example\"\nuser = \"k\"", "go together"),
        ("from = \"k@firma.example\"\npasword_file = \"k\"", "password_file"),
    ] {
        let error = refusal(&mail(rest));
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn push_services_are_asked_only_if_they_are_named() {
    assert_eq!(load("[push]\ncontact = \"a@firma.example\"", &[], &[]).unwrap().push, None);
    let file = "[push]\nhosts = [\"push.example\", \"*.push.apple.com\"]";
    let list = load(file, &[], &[]).unwrap().egress();
    let shown: Vec<String> = list.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["push.example (push)", "*.push.apple.com (push)"]);
    let error = refusal("[push]\nhosts = [\"https://push.example\"]");
    assert!(error.contains("push.hosts = ") && error.contains("must be a host name"), "{error}");
}

#[test]
fn a_relay_for_calls_has_addresses_and_a_secret() {
    let file = |rest: &str| format!("[turn]\n{rest}");
    let uris = "uris = [\"turn:turn.example:3478?transport=udp\", \"stun:[::1]:3478\"]";
    let sound = file(&format!("{uris}\nsecret = \"hunter2hunter2hunter2\""));
    let config = load(&sound, &[], &[]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let turn = config.turn.unwrap();
    assert_eq!((turn.uris.len(), turn.lifetime.as_secs()), (2, 14_400));
    for (rest, why) in [
        (uris, "turn.secret is missing"),
        ("secret = \"hunter2hunter2hunter2\"", "turn.uris is missing"),
        ("secret = \"hunter2\"", "turn.secret = …: must have at least 16 characters."),
        ("uris = [\"https://turn.example\"]", "must be like \"turn:"),
        ("uris = [\"turn:\"]", "must be like \"turn:"),
    ] {
        let error = refusal(&file(rest));
        assert!(error.contains(why) && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn tenants_have_names_and_hosts() {
    let file = "[[tenant]]\nserver_name = \"Firma.example\"\nhosts = [\"Chat.firma.example\"]\n\
                [[tenant]]\nserver_name = \"other.example\"";
    let tenants = load(file, &[], &[]).unwrap().tenants;
    assert_eq!(tenants[0].server_name, "firma.example");
    assert_eq!(tenants[0].hosts, ["chat.firma.example"]);
    assert_eq!(tenants[1].hosts, [""; 0]);
    let same = "[[tenant]]\nserver_name = \"a\"\nhosts = [\"a\", \"b\"]";
    let own = load(same, &[], &[]).unwrap().tenants;
    assert_eq!(own[0].all_hosts().collect::<Vec<_>>(), ["a", "b"], "its name may be its host");
    let twice = "[[tenant]]\nserver_name = \"a\"\n[[tenant]]\nserver_name = \"b\"\nhosts = [\"a\"]";
    assert!(refusal(twice).contains("claim the host \"a\""));
}

#[test]
fn defaults_are_strict() {
    let config = load("", &[], &[]).unwrap();
    assert_eq!(config.policy.preset, Preset::Strict);
    assert_eq!(config.listen.address, SocketAddr::from(([127, 0, 0, 1], 8008)));
    assert_eq!(config.database.url, DatabaseUrl::Sqlite);
    assert_eq!(config.registration.mode, None::<RegistrationMode>);
}

#[test]
fn the_file_in_the_data_folder_is_found_and_a_named_one_must_exist() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().to_str().unwrap().to_owned();
    let load = |file: Option<PathBuf>| {
        let flags = BTreeMap::from([("data", data.clone())]);
        Config::load_from(Sources { file, flags }, BTreeMap::new())
    };
    assert_eq!(load(None).unwrap().file, None);
    let path = folder.path().join("kontor.toml");
    fs::write(&path, "[log]\nlevel = \"warn\"").unwrap();
    let config = load(None).unwrap();
    assert_eq!((config.file, config.log.level), (Some(path), "warn"));
    let error = load(Some("/nowhere/kontor.toml".into())).unwrap_err().to_string();
    assert!(error.starts_with("/nowhere/kontor.toml: "), "{error}");
}

#[test]
fn the_shipped_example_lists_every_key_and_parses_when_uncommented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kontor.example.toml");
    let shipped = fs::read_to_string(&root).unwrap();
    assert_eq!(shipped, example_toml(), "update it: cargo run -p kontor -- config > {root:?}");
    assert!(load(&shipped, &[], &[]).is_ok());

    let uncommented: Vec<&str> = shipped
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .collect();
    let config = load(&uncommented.join("\n"), &[], &[]).unwrap();
    assert_eq!(config.tenants.len(), 1);
    for key in Config::keys() {
        let line = format!("\n{} = ", key.name);
        assert!(uncommented.join("\n").contains(&line), "{}", key.path());
    }
}
