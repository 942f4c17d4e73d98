//! Finds what somebody probably meant.

/// The candidate that `word` begins with, or else the one with the smallest edit distance, unless
/// all are far off.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let begins = |candidate: &&&str| {
        word.strip_prefix(**candidate).is_some_and(|rest| rest.starts_with('_'))
    };
    if let Some(longest) = candidates.iter().filter(begins).max_by_key(|name| name.len()) {
        return Some(longest);
    }
    candidates
        .iter()
        .map(|candidate| (distance(&word, &candidate.to_ascii_lowercase()), *candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(2))
        .map(|(_, candidate)| candidate)
}

/// ` Did you mean X?`, or nothing.
#[must_use]
pub fn suggestion(word: &str, candidates: &[&str]) -> String {
    nearest(word, candidates).map_or_else(String::new, |found| format!(" Did you mean {found}?"))
}

/// Whether `word` is `name`, but for a slip of the finger or two in a long one.
pub(crate) fn is_like(word: &str, name: &str) -> bool {
    let slips = (name.chars().count() / 4).max(1);
    distance(&word.to_ascii_lowercase(), &name.to_ascii_lowercase()) <= slips
}

/// Levenshtein distance in characters.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        let mut next = vec![previous];
        for (above, r) in row.iter().skip(1).zip(right.chars()) {
            previous = (diagonal + usize::from(l != r)).min(above + 1).min(previous + 1);
            diagonal = *above;
            next.push(previous);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (left, right, edits) in
            [("", "", 0), ("", "abc", 3), ("adress", "address", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(left, right), edits, "{left} {right}");
            assert_eq!(distance(right, left), edits, "{right} {left}");
        }
    }

    #[test]
    fn a_slip_is_forgiven_and_another_word_is_not() {
        for (word, name, like) in [
            ("LISTEN", "listen", true),
            ("LISTN", "listen", true),
            ("DATABSE", "database", true),
            ("PORT", "policy", false),
            ("SERVICE", "server", false),
            ("TEST", "tls", false),
        ] {
            assert_eq!(is_like(word, name), like, "{word} {name}");
        }
    }

    #[test]
    fn suggests_what_is_near_and_nothing_that_is_far() {
        assert_eq!(nearest("strikt", &["lab", "strict"]), Some("strict"));
        assert_eq!(nearest("zzzzzzzzzz", &["lab", "strict"]), None);
    }
}
