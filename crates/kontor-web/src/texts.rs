//! Texts in German and English (Fluent).

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use kontor_core::Locale;
use kontor_policy::Text;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// The chapters: one file each and language, in German and in English.
const CHAPTERS: &[(&str, &str)] = &[
    (
        include_str!("../texts/de/device_register.ftl"),
        include_str!("../texts/en/device_register.ftl"),
    ),
    (include_str!("../texts/de/app_passwords.ftl"), include_str!("../texts/en/app_passwords.ftl")),
    (include_str!("../texts/de/mail.ftl"), include_str!("../texts/en/mail.ftl")),
    (include_str!("../texts/de/admin.ftl"), include_str!("../texts/en/admin.ftl")),
    (include_str!("../texts/de/admin_policy.ftl"), include_str!("../texts/en/admin_policy.ftl")),
    (include_str!("../texts/de/audit.ftl"), include_str!("../texts/en/audit.ftl")),
    (include_str!("../texts/de/classes.ftl"), include_str!("../texts/en/classes.ftl")),
    (include_str!("../texts/de/backups.ftl"), include_str!("../texts/en/backups.ftl")),
    (include_str!("../texts/de/deletion.ftl"), include_str!("../texts/en/deletion.ftl")),
    (include_str!("../texts/de/holds.ftl"), include_str!("../texts/en/holds.ftl")),
    (include_str!("../texts/de/erasures.ftl"), include_str!("../texts/en/erasures.ftl")),
    (include_str!("../texts/de/console.ftl"), include_str!("../texts/en/console.ftl")),
    (include_str!("../texts/de/devices.ftl"), include_str!("../texts/en/devices.ftl")),
    (include_str!("../texts/de/layout.ftl"), include_str!("../texts/en/layout.ftl")),
    (include_str!("../texts/de/links.ftl"), include_str!("../texts/en/links.ftl")),
    (include_str!("../texts/de/login.ftl"), include_str!("../texts/en/login.ftl")),
    (include_str!("../texts/de/oauth.ftl"), include_str!("../texts/en/oauth.ftl")),
    (include_str!("../texts/de/overview.ftl"), include_str!("../texts/en/overview.ftl")),
    (include_str!("../texts/de/own.ftl"), include_str!("../texts/en/own.ftl")),
    (include_str!("../texts/de/password.ftl"), include_str!("../texts/en/password.ftl")),
    (include_str!("../texts/de/people.ftl"), include_str!("../texts/en/people.ftl")),
    (include_str!("../texts/de/security.ftl"), include_str!("../texts/en/security.ftl")),
];

static DE: LazyLock<Bundle> = LazyLock::new(|| bundle("de", |chapter| chapter.0));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle("en", |chapter| chapter.1));

/// The texts of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Texts(pub(crate) Locale);

fn bundle(language: &str, text_of: fn(&(&'static str, &'static str)) -> &'static str) -> Bundle {
    // Only plural forms depend on it; both codes are known.
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Marks around inserted values would end up in attributes; pages mark names with <bdi>.
    bundle.set_use_isolating(false);
    for text in CHAPTERS.iter().map(text_of) {
        // A line that does not parse is left out; a test makes sure that there is none.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(rest, _)| rest);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

impl Texts {
    /// A text.
    pub(crate) fn get(self, id: &str) -> String {
        self.format(id, None)
    }

    /// A text that says something about `value`, which it calls `$name`.
    pub(crate) fn get_with<'v>(
        self,
        id: &str,
        name: &'v str,
        value: impl Into<FluentValue<'v>>,
    ) -> String {
        let mut values = FluentArgs::new();
        values.set(name, value);
        self.format(id, Some(&values))
    }

    /// As [`Self::get_with`], about two values.
    pub(crate) fn get_with_two(self, id: &str, one: (&str, &str), two: (&str, &str)) -> String {
        let mut values = FluentArgs::new();
        values.set(one.0, one.1);
        values.set(two.0, two.1);
        self.format(id, Some(&values))
    }

    /// Which of two languages' texts.
    pub(crate) const fn of(self, text: Text) -> &'static str {
        match self.0 {
            Locale::De => text.de,
            Locale::En => text.en,
        }
    }

    /// Code of the language, for `lang`.
    pub(crate) const fn code(self) -> &'static str {
        match self.0 {
            Locale::De => "de",
            Locale::En => "en",
        }
    }

    fn format(self, id: &str, values: Option<&FluentArgs<'_>>) -> String {
        let bundle: &Bundle = match self.0 {
            Locale::De => &DE,
            Locale::En => &EN,
        };
        let pattern = bundle.get_message(id).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            tracing::error!(id, "a text is missing");
            return id.to_owned();
        };
        bundle.format_pattern(pattern, values, &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(text: &str) -> BTreeSet<&str> {
        let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        lines.filter_map(|line| line.split_once(" =")).map(|(id, _)| id).collect()
    }

    fn all_ids() -> BTreeSet<&'static str> {
        CHAPTERS.iter().flat_map(|(german, _)| ids(german)).collect()
    }

    #[test]
    fn every_text_is_there_once_in_both_languages() {
        let mut seen = 0;
        for (german, english) in CHAPTERS {
            for text in [german, english] {
                let parsed = FluentResource::try_new((*text).to_owned());
                assert!(parsed.is_ok(), "{:?}", parsed.err().map(|(_, errors)| errors));
            }
            assert_eq!(ids(german), ids(english));
            seen += ids(german).len();
        }
        assert_eq!(seen, all_ids().len(), "a text is there twice");
    }

    #[test]
    fn every_file_of_texts_is_a_chapter() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("texts/de");
        for file in std::fs::read_dir(folder).expect("a folder").flatten() {
            let text = std::fs::read_to_string(file.path()).expect("a text");
            assert!(CHAPTERS.iter().any(|(german, _)| *german == text), "{:?}", file.path());
        }
    }

    #[test]
    fn every_text_that_is_asked_for_is_there_and_no_other() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"));
        let mut sources = String::new();
        for part in ["src", "templates"] {
            read_all(&std::path::Path::new(folder).join(part), &mut sources);
        }
        for id in all_ids() {
            assert!(sources.contains(&format!("\"{id}\"")), "nobody shows {id}");
        }
        // Not `text(`, which asks for fields of forms.
        let calls = [".t(\"", ".t_with(\"", "texts.get(\"", "texts.get_with(\""];
        let parts = calls.into_iter().flat_map(|call| sources.split(call).skip(1));
        let shown: BTreeSet<&str> =
            parts.filter_map(|rest| rest.split_once('"')).map(|(id, _)| id).collect();
        let missing: Vec<_> = shown.difference(&all_ids()).copied().collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    fn read_all(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                read_all(&path, into);
            } else if !path.ends_with("texts.rs") {
                into.push_str(&std::fs::read_to_string(path).expect("a text"));
            }
        }
    }

    #[test]
    fn values_are_put_in() {
        let text = Texts(Locale::En).get_with("error-too-often", "seconds", 5);
        assert!(text.contains('5'), "{text}");
        assert_eq!(Texts(Locale::De).get("no-such-text"), "no-such-text");
    }
}
