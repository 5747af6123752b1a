//! The word that was meant.

/// Longer words are not mistyped.
const LONGEST: usize = 64;

/// The known word nearest to `word`, if one is near.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let limit = (letters / 3).max(1);
    // Whoever differs more in length alone is not looked at.
    let near = |k: &str| k.len() <= 4 * LONGEST && k.chars().count().abs_diff(letters) <= limit;
    let known: Vec<&str> = known.into_iter().filter(|k| *k != word && (k.starts_with(&word) || near(k))).collect();
    let distances = known.iter().map(|k| (strsim::damerau_levenshtein(&word, k), *k));
    let near = distances.filter(|&(distance, _)| distance <= limit).min_by_key(|&(distance, _)| distance);
    // `cos` and `stair` are cut short.
    let mut longer = known.iter().filter(|k| word.len() >= 3 && k.starts_with(&word)).copied();
    near.map(|(_, k)| k).or_else(|| longer.next().filter(|_| longer.next().is_none()))
}
