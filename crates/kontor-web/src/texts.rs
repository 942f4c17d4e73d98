//! Texts in German and English (Fluent).

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use kontor_core::Locale;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

const GERMAN: &str = include_str!("../texts/de.ftl");
const ENGLISH: &str = include_str!("../texts/en.ftl");

static DE: LazyLock<Bundle> = LazyLock::new(|| bundle("de", GERMAN));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle("en", ENGLISH));

/// The texts of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Texts(pub(crate) Locale);

fn bundle(language: &str, text: &str) -> Bundle {
    // Only plural forms depend on it; both codes are known.
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Marks around inserted values would end up in attributes; pages mark names with <bdi>.
    bundle.set_use_isolating(false);
    // A line that does not parse is left out; a test makes sure that there is none.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(rest, _)| rest);
    bundle.add_resource_overriding(resource);
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

    #[test]
    fn every_text_is_there_in_both_languages() {
        for text in [GERMAN, ENGLISH] {
            let parsed = FluentResource::try_new(text.to_owned());
            assert!(parsed.is_ok(), "{:?}", parsed.err().map(|(_, errors)| errors));
        }
        assert_eq!(ids(GERMAN), ids(ENGLISH));
    }

    #[test]
    fn every_text_that_is_asked_for_is_there_and_no_other() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"));
        let mut sources = String::new();
        for part in ["src", "templates"] {
            read_all(&std::path::Path::new(folder).join(part), &mut sources);
        }
        for id in ids(GERMAN) {
            assert!(sources.contains(&format!("\"{id}\"")), "nobody shows {id}");
        }
        // Not `text(`, which asks for fields of forms.
        let calls = [".t(\"", ".t_with(\"", "texts.get(\"", "texts.get_with(\""];
        let parts = calls.into_iter().flat_map(|call| sources.split(call).skip(1));
        let shown: BTreeSet<&str> =
            parts.filter_map(|rest| rest.split_once('"')).map(|(id, _)| id).collect();
        let missing: Vec<_> = shown.difference(&ids(GERMAN)).copied().collect();
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
