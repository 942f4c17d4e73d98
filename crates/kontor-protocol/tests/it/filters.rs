//! Event filters and their patterns.

use std::time::{Duration, Instant};

use kontor_protocol::glob;
use proptest::prelude::*;

use crate::invariants::naive_glob;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_pattern_fits_what_the_plain_definition_says(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
        prop_assert_eq!(glob(&pattern, &text), naive_glob(&pattern, &text));
    }

    #[test]
    fn a_pattern_without_stars_is_the_text(text in "[^*]{0,20}", other in "[^*]{0,20}") {
        prop_assert!(glob(&text, &text));
        prop_assert_eq!(glob(&text, &other), text == other);
    }
}

#[test]
fn hostile_patterns_cost_no_more_than_others() {
    let text = "a".repeat(60_000);
    let began = Instant::now();
    for pattern in ["a*".repeat(1_000) + "b", "*a".repeat(20_000) + "b", "*".repeat(60_000) + "b"] {
        assert!(!glob(&pattern, &text));
    }
    // A backtracking matcher would not come back in this lifetime.
    assert!(began.elapsed() < Duration::from_secs(5));
}
