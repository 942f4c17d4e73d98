//! Glob patterns of push rules (spec: "Glob-style matching").

/// Longest pattern, in characters. Longer ones match nothing.
pub const PATTERN_LIMIT: usize = 127;

/// A pattern in which `*` stands for any number of characters and `?` for one, regardless of
/// case.
///
/// Matched as an automaton whose states are the bits of one number, so that text of length n
/// costs n steps whatever the pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// The pattern in lower case.
    lower: String,
    /// It has no wildcard: to be compared or searched for.
    literal: bool,
    /// Which places each character may stand at; in order of character.
    places: Vec<(char, u128)>,
    /// Places of `?`.
    any: u128,
    /// Places of `*`.
    many: u128,
    /// The state behind the last place.
    accepting: u128,
}

impl Pattern {
    /// Compiles a pattern; `None` if it is too long.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        let lower = pattern.to_lowercase();
        let literal = !lower.contains(['*', '?']);
        let (mut places, mut any, mut many) = (Vec::<(char, u128)>::new(), 0_u128, 0_u128);
        let mut place = 1_u128;
        let mut length = 0;
        let mut after_star = false;
        for c in lower.chars() {
            if c == '*' && after_star {
                continue;
            }
            after_star = c == '*';
            length += 1;
            if length > PATTERN_LIMIT {
                return None;
            }
            match c {
                '*' => many |= place,
                '?' => any |= place,
                c => match places.iter_mut().find(|(known, _)| *known == c) {
                    Some((_, mask)) => *mask |= place,
                    None => places.push((c, place)),
                },
            }
            place <<= 1;
        }
        places.sort_unstable_by_key(|(c, _)| *c);
        Some(Self { lower, literal, places, any, many, accepting: place })
    }

    /// Whether all of `text` fits.
    pub(crate) fn fits(&self, text: &str) -> bool {
        if self.literal {
            return same_ignoring_case(text, &self.lower);
        }
        let mut state = self.past_stars(1);
        for c in text.chars().flat_map(char::to_lowercase) {
            state = self.step(state, c);
            if state == 0 {
                return false;
            }
        }
        state & self.accepting != 0
    }

    /// Whether a part of `text` (in lower case) fits that begins and ends at a word boundary.
    pub(crate) fn occurs_in(&self, text: &str) -> bool {
        if self.lower.is_empty() || text.is_empty() {
            return self.fits(text);
        }
        if self.literal && !text.contains(&self.lower) {
            return false;
        }
        let mut state = 0;
        let mut before = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if is_boundary(before, Some(c)) {
                state |= self.past_stars(1);
            }
            state = self.step(state, c);
            if state & self.accepting != 0 && is_boundary(Some(c), chars.peek().copied()) {
                return true;
            }
            before = Some(c);
        }
        false
    }

    fn step(&self, state: u128, c: char) -> u128 {
        let found = self.places.binary_search_by_key(&c, |(known, _)| *known);
        let mask = found.ok().and_then(|at| self.places.get(at)).map_or(0, |(_, mask)| *mask);
        self.past_stars(((state & (mask | self.any)) << 1) | (state & self.many))
    }

    /// A star may stand for nothing. Stars never follow each other, so one step is enough.
    fn past_stars(&self, state: u128) -> u128 {
        state | ((state & self.many) << 1)
    }
}

/// Whether `text` is `lower`, which is in lower case.
fn same_ignoring_case(text: &str, lower: &str) -> bool {
    if text.is_ascii() { text.eq_ignore_ascii_case(lower) } else { text.to_lowercase() == lower }
}

/// Whether a word may begin or end between two characters; the ends of the text are `None`.
fn is_boundary(before: Option<char>, after: Option<char>) -> bool {
    let in_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    !in_word(before) || !in_word(after)
}
