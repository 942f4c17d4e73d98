//! Passwords that anybody would try: common ones, sequences, repetitions, names. law: R-043

/// Common passwords of five or more characters in lower case, sorted by bytes. From the list of
/// `zxcvbn` (MIT), whose source are leaked passwords, with German words added.
static COMMON: &str = include_str!("guesses.txt");

/// What people type in a row.
const ROWS: [&str; 5] = [
    "012345678901234567890123456789",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertzuiopüasdfghjklöäyxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6zhn7ujm8ik9ol0p",
];
/// More than this around a common word makes it no longer common, in characters.
const MOST_AROUND: usize = 8;
/// Shorter names are parts of too many words, in characters.
const SHORTEST_NAME: usize = 4;

/// Whether anybody would try it, knowing nothing.
pub(crate) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    let around = lower.chars().count() - core.chars().count();
    is_listed(&lower)
        || (around <= MOST_AROUND && is_listed(core))
        || is_sequence(&lower)
        || is_repetition(&lower)
}

/// Whether one of `names`, or a word of one, occurs in it.
pub(crate) fn names_somebody(password: &str, names: &[String]) -> bool {
    let lower = password.to_lowercase();
    let words = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    let mut words = words.filter(|word| word.chars().count() >= SHORTEST_NAME);
    words.any(|word| lower.contains(&word.to_lowercase()))
}

fn is_listed(word: &str) -> bool {
    // A search by halves over the text itself: no table in memory.
    let (mut from, mut to) = (0, COMMON.len());
    while from < to {
        let middle = COMMON.floor_char_boundary(usize::midpoint(from, to));
        let start = COMMON.get(..middle).and_then(|left| left.rfind('\n')).map_or(0, |at| at + 1);
        let line = COMMON.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        match line.as_bytes().cmp(word.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = start + line.len() + 1,
            std::cmp::Ordering::Greater => to = start,
        }
    }
    false
}

fn is_sequence(lower: &str) -> bool {
    let backwards: String = lower.chars().rev().collect();
    ROWS.iter().any(|row| row.contains(lower) || row.contains(&backwards))
}

/// The same few characters again and again.
fn is_repetition(lower: &str) -> bool {
    let letters: Vec<char> = lower.chars().collect();
    (1..=letters.len() / 2).any(|period| {
        letters.iter().zip(letters.iter().skip(period)).all(|(one, other)| one == other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_word_is_found() {
        let words: Vec<&str> = COMMON.lines().collect();
        assert!(words.is_sorted() && words.len() > 15_000 && COMMON.len() < 200_000);
        assert!(words.iter().all(|word| is_listed(word)));
        assert!(!is_listed("") && !is_listed("a") && !is_listed("zzzzzzzzzzzzzzz"));
    }

    #[test]
    fn what_anybody_would_try_is_common() {
        for common in [
            "password",
            "Passwort2026!",
            "1234567890123",
            "098765432109",
            "qwertzuiopü",
            "abcabcabcabc",
            "aaaaaaaaaaaaaaaaaaaaa",
            "Sommer2026!",
            "passwortpasswort",
            "1qaz2wsx3edc",
        ] {
            assert!(is_common(common), "{common}");
        }
        for uncommon in ["correct horse battery", "xkq9-2mvp-77ab", "Blaue Fahrräder im Regen"] {
            assert!(!is_common(uncommon), "{uncommon}");
        }
    }

    #[test]
    fn names_and_their_words_are_found() {
        let names = ["erika.muster".to_owned(), "firma.example".to_owned()];
        assert!(names_somebody("Ganz-Geheim-MUSTER-77", &names));
        assert!(names_somebody("bei firma seit 1999", &names));
        assert!(!names_somebody("correct horse battery", &names));
        assert!(!names_somebody("correct horse", &["cor".to_owned(), String::new()]));
    }
}
