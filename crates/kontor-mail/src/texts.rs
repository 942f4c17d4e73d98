//! The texts of the mails (Fluent).

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use kontor_core::Locale;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

static DE: LazyLock<Bundle> = LazyLock::new(|| bundle("de", include_str!("../texts/de.ftl")));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle("en", include_str!("../texts/en.ftl")));

fn bundle(language: &str, source: &str) -> Bundle {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Marks around inserted values would break links.
    bundle.set_use_isolating(false);
    let parsed = FluentResource::try_new(source.to_owned());
    bundle.add_resource_overriding(parsed.unwrap_or_else(|(rest, _)| rest));
    bundle
}

/// A text with its values; its name if there is none, which a test rules out.
pub(crate) fn text(locale: Locale, id: &str, values: &FluentArgs<'_>) -> String {
    let bundle: &Bundle = match locale {
        Locale::De => &DE,
        Locale::En => &EN,
    };
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        return id.to_owned();
    };
    bundle.format_pattern(pattern, Some(values), &mut Vec::new()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Letter;

    fn ids(source: &str) -> BTreeSet<String> {
        FluentResource::try_new(source.to_owned()).expect("texts that parse");
        let lines = source.lines().filter_map(|line| line.split_once(" ="));
        lines.filter(|(id, _)| !id.starts_with([' ', '#'])).map(|(id, _)| id.to_owned()).collect()
    }

    #[test]
    fn both_languages_say_the_same() {
        let (german, english) =
            (ids(include_str!("../texts/de.ftl")), ids(include_str!("../texts/en.ftl")));
        assert_eq!(german, english);
        let parts = ["subject", "text"];
        let wanted = Letter::ALL
            .iter()
            .flat_map(|letter| parts.map(|part| format!("{}-{part}", letter.as_str())));
        assert_eq!(german, wanted.chain(["closing".to_owned()]).collect());
    }
}
