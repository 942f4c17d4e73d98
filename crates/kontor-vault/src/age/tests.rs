//! The format, against files of the age program and against changes.

use std::io::{Read, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_core::Random;

use super::{Decryptor, Encryptor, Identity, Recipient};

/// Made with age-keygen 1.1.1.
const KEY_FILE: &str = "\
# created: 2026-11-30T09:26:17Z\n\
# public key: age1sg5vqlrjtzu4cjla9j0dklat6lyamdsenr4lv7ylqhvuf2wf25sq3c78w9\n\
AGE-SECRET-KEY-13VV8LN3DAUDUZ4HFY7MZS8UJMGLNF3T54QJMA6GAXKQPM2KTGEZS2LGJ5A\n";
/// "Hallo Kontor", by age 1.1.1 to another key and to this one.
const HALLO: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBYY0JaUlVkUzB6SW5tVFRFSDN4SFBBWk5HNWFJcG5wUGZnMVlBM2F2UkFZCjdDdXNyZUoyaG5tZ2ZrQWtYbmhnSEd3TDR3SE5lVmdXSGRCbTlWNjh3RTQKLT4gWDI1NTE5IHpNZFZmRHJGM1ZpQmFHeU56NDBFRW05NnZTTHZ6MmpITEFZalBjbFBPVGcKTklUQWlzUVJJMXg2VkxBWjBrZ25YdkxhZ09mbkpuVmYxcVg0eEZoS3ZQWQotLS0gVkNDQ3JOZnRFQ2JCczhiT3lkeUNSbWIxUUlZQkFvbjl3K3pkV0hFS1hQbwpa9PFk+cNWuGXi/oD2W8KfcpN5Cjr//zn9X8H8EBqnHVcf1nEAPhMjWuj0Vw==";
/// Nothing, by age 1.1.1.
const NOTHING: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBEbXI3K2QyU1lwNERORlhRN05NSndnWUpUM2Rub2ZBQVRwU3M2clFUNjBjClZuWmZ6eWRWUDAxYTVLcFRaR0lHdjN0Rjh0K3BSZHhZUXU5UjBpOUU0UGMKLS0tIDk3cVIyd3l0VW9IUW5KZDd3K0dQb3ZZSXI0M2tNSVN4WEdFLzN4MXBnL3cK0tyiIl5aEvFwb0u4mAnMVgcfqTZ8yLbHyvYiQNMWFOA=";

fn decrypt(file: &[u8], identities: &[Identity]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    Decryptor::new(file, identities)?.read_to_end(&mut plain)?;
    Ok(plain)
}

fn encrypt(plain: &[u8], recipients: &[Recipient]) -> Vec<u8> {
    let mut to = Encryptor::new(Vec::new(), recipients, &Random::seeded(3)).unwrap();
    to.write_all(plain).unwrap();
    to.finish().unwrap()
}

#[test]
fn what_the_age_program_wrote_is_read() {
    let key = Identity::parse_file(KEY_FILE).unwrap();
    let comment = KEY_FILE.lines().nth(1).unwrap();
    let public = key[0].recipient().unwrap();
    assert_eq!(comment, format!("# public key: {public}"));
    assert_eq!(KEY_FILE.lines().nth(2).unwrap(), key[0].to_text().expose());
    for (file, plain) in [(HALLO, "Hallo Kontor"), (NOTHING, "")] {
        let file = BASE64_STANDARD.decode(file).unwrap();
        assert_eq!(decrypt(&file, &key).unwrap(), plain.as_bytes());
    }
}

#[test]
fn every_length_comes_back_to_every_recipient_and_to_nobody_else() {
    let random = Random::seeded(1);
    let keys: [Identity; 3] = std::array::from_fn(|_| Identity::generate(&random).unwrap());
    let public = [keys[0].recipient().unwrap(), keys[1].recipient().unwrap()];
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let plain: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let file = encrypt(&plain, &public);
        for key in &keys[..2] {
            assert_eq!(decrypt(&file, std::slice::from_ref(key)).unwrap(), plain, "{length}");
        }
        let error = decrypt(&file, &keys[2..]).unwrap_err();
        assert!(error.to_string().contains("other keys"), "{error}");
    }
}

#[test]
fn a_file_that_was_changed_cut_or_lengthened_does_not_open() {
    let random = Random::seeded(1);
    let key = Identity::generate(&random).unwrap();
    let file = encrypt(&vec![7; 150_000], &[key.recipient().unwrap()]);
    let keys = [key];
    for at in (0..file.len()).step_by(977).chain([0, 30, 170, 200, file.len() - 1]) {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(decrypt(&changed, &keys).is_err(), "changed at {at}");
        assert!(decrypt(&file[..at], &keys).is_err(), "cut at {at}");
    }
    // At a border between chunks too.
    let header = file.len() - (150_000 + 3 * 16) - 16;
    for chunks in 0..3 {
        let border = header + 16 + chunks * (65_536 + 16);
        assert!(decrypt(&file[..border], &keys).is_err(), "cut after {chunks} chunks");
    }
    let longer = [&file[..], b"x"].concat();
    assert!(decrypt(&longer, &keys).is_err());
}

#[test]
fn key_files_say_what_is_wrong_with_them() {
    for text in
        ["", "# nothing\n", "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z"]
    {
        let error = Identity::parse_file(text).unwrap_err();
        assert!(error.public.contains("AGE-SECRET-KEY-1"), "{error}");
    }
    let error =
        "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2q".parse::<Recipient>();
    assert!(error.unwrap_err().public.contains("mistyped"));
}
