//! The program that speaks to us, as far as it says so.

use std::cmp::Ordering;

/// Longest name and version kept, in characters.
const LONGEST_CHARS: usize = 40;
/// Numbers of a version that are compared.
const MOST_PARTS: usize = 6;

/// A program and its version: the first product of `User-Agent` (RFC 9110 §10.1.5), and no more of
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Name, such as `Element X`.
    pub name: String,
    /// Version as written, such as `25.06.1-rc2`.
    pub version: String,
}

impl Program {
    /// What a program says of itself; `None`: nothing that could be told from others. Browsers
    /// all call themselves `Mozilla/5.0`.
    #[must_use]
    pub fn of_agent(agent: &str) -> Option<Self> {
        let (name, rest) = agent.split_once('/')?;
        let version = rest.split([' ', '(', ';', ',']).next().unwrap_or_default();
        let is_short = |text: &str| !text.is_empty() && text.chars().count() <= LONGEST_CHARS;
        let is_name =
            name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_'));
        let is_version =
            version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
        let name = name.trim();
        let known = is_name && is_version && is_short(name) && is_short(version);
        let numbered = version.starts_with(|c: char| c.is_ascii_digit());
        (known && numbered && name != "Mozilla")
            .then(|| Self { name: name.to_owned(), version: version.to_owned() })
    }

    /// Whether it is from before `minimum`.
    #[must_use]
    pub fn is_before(&self, minimum: &str) -> bool {
        numbers(&self.version).cmp(&numbers(minimum)) == Ordering::Less
    }
}

/// The numbers of a version; what is not said is 0.
fn numbers(version: &str) -> [u64; MOST_PARTS] {
    let mut numbers = [0; MOST_PARTS];
    for (to, part) in numbers.iter_mut().zip(version.split(['.', '-', '+'])) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        *to = digits.parse().unwrap_or_default();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_the_first_product() {
        let table = [
            ("Element/1.11.2 (Linux; x64)", Some(("Element", "1.11.2"))),
            ("Element X/25.06.1-rc2 (iPhone; iOS 18.1)", Some(("Element X", "25.06.1-rc2"))),
            ("matrix-rust-sdk/0.18.0", Some(("matrix-rust-sdk", "0.18.0"))),
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140", None),
            ("curl", None),
            ("", None),
            ("<script>/1.0", None),
            ("x/abc", None),
            ("x/", None),
            ("/1.0", None),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/1.0", None),
        ];
        for (agent, expected) in table {
            let found = Program::of_agent(agent);
            let found = found.as_ref().map(|it| (it.name.as_str(), it.version.as_str()));
            assert_eq!(found, expected, "{agent}");
        }
    }

    #[test]
    fn versions_are_compared_by_number() {
        let before = |version: &str, minimum: &str| {
            Program { name: "x".to_owned(), version: version.to_owned() }.is_before(minimum)
        };
        assert!(before("1.9", "1.10") && before("1.9.9", "2") && before("25.06.1", "25.6.2"));
        assert!(!before("1.10", "1.9") && !before("2", "2.0.0") && !before("2.0.1", "2"));
    }
}
