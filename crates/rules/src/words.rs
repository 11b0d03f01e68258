//! Small pieces of English that several rules need.

/// `one thing`, `3 things`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("one {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// `` `a`, `b` and `c` ``; of more than `limit` names the first ones and how many others.
pub(crate) fn quoted_list<S: AsRef<str>>(names: &[S], limit: usize) -> String {
    let quoted: Vec<String> = names.iter().take(limit).map(|name| format!("`{}`", name.as_ref())).collect();
    let rest = names.len().saturating_sub(limit);
    match (quoted.as_slice(), rest) {
        ([], _) => String::new(),
        ([only], 0) => only.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (some, rest) => format!("{} and {}", some.join(", "), count(rest, "other")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_names() {
        assert_eq!(quoted_list::<&str>(&[], 3), "");
        assert_eq!(quoted_list(&["a"], 3), "`a`");
        assert_eq!(quoted_list(&["a", "b", "c"], 3), "`a`, `b` and `c`");
        assert_eq!(quoted_list(&["a", "b", "c", "d", "e"], 3), "`a`, `b`, `c` and 2 others");
        assert_eq!(quoted_list(&["a", "b", "c", "d"], 3), "`a`, `b`, `c` and one other");
    }
}
