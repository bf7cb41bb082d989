//! What a name that is not known was probably meant to be.

/// The known name that is nearest to a wrong one: the same in another case or with underscores, or with few letters changed.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    // A third of the letters: more would suggest what was hardly meant.
    let most = wanted.len() / 3;
    let distances = known.into_iter().map(|name| (distance(&wanted, &plain(name)), name));
    // The first of several that are as near.
    distances.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

fn plain(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How many letters have to be added, removed or changed (Levenshtein).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const NAMES: [&str; 6] = ["nNeighbors", "nComponents", "minDist", "randomState", "nJobs", "a"];

    #[test]
    fn near_names_are_found() {
        for (wrong, meant) in [
            ("n_neighbors", "nNeighbors"),
            ("nNeighbours", "nNeighbors"),
            ("neighbors", "nNeighbors"),
            ("NCOMPONENTS", "nComponents"),
            ("min-dist", "minDist"),
            ("mindst", "minDist"),
            ("random_state", "randomState"),
        ] {
            assert_eq!(nearest(wrong, NAMES), Some(meant), "{wrong}");
        }
    }

    #[test]
    fn others_are_not() {
        for wrong in ["perplexity", "k", "b", "", "é", "maxIterations"] {
            assert_eq!(nearest(wrong, NAMES), None, "{wrong}");
        }
    }
}
