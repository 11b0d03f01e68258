//! Floods of gaps made readable: what many files have in common is told once, with how many they are and the first names.
//! The one place for it, whichever stage found them. Nothing is left out but the names of the many.

use std::collections::BTreeMap;

use model::{Gap, Hidden};

/// Files with the very same problem that are told one by one.
const MAX_EQUAL: usize = 3;
/// Problems of one kind, each with words of its own, that are told one by one. Higher, since each says something new.
const MAX_ALIKE: usize = 20;

/// Sorts the gaps, drops repetitions, and folds floods. Folding what was folded changes nothing.
pub(crate) fn fold(gaps: &mut Vec<Gap>) {
    gaps.sort_unstable();
    gaps.dedup();
    if gaps.len() <= MAX_EQUAL {
        return;
    }
    let mut kinds: BTreeMap<(String, Vec<Hidden>), Vec<Group>> = BTreeMap::new();
    for group in groups(std::mem::take(gaps)) {
        let Some(first) = group.gaps.first() else { continue };
        kinds.entry((shape(&first.why), first.hides.clone())).or_default().push(group);
    }
    for groups in kinds.into_values() {
        if groups.len() > MAX_ALIKE {
            let mut alike: Vec<Gap> = groups.into_iter().flat_map(|group| group.gaps).collect();
            alike.sort_unstable();
            gaps.extend(one_of_alike(&alike));
        } else {
            groups.into_iter().for_each(|group| group.tell(gaps));
        }
    }
    gaps.sort_unstable();
}

/// Gaps of whole files with the same words, or one gap of a place inside a file.
struct Group {
    /// Sorted, never empty.
    gaps: Vec<Gap>,
}

impl Group {
    fn tell(self, gaps: &mut Vec<Gap>) {
        match self.gaps.first() {
            Some(first) if self.gaps.len() > MAX_EQUAL => {
                let folder = common_folder(&self.gaps);
                let files = self.gaps.iter().map(|gap| gap.location.file.as_str());
                gaps.push(Gap::of_files(first, self.gaps.len(), folder, files));
            }
            _ => gaps.extend(self.gaps),
        }
    }
}

fn groups(gaps: Vec<Gap>) -> Vec<Group> {
    let mut of_files: BTreeMap<(String, Vec<Hidden>), Vec<Gap>> = BTreeMap::new();
    let mut groups = Vec::new();
    for gap in gaps {
        if gap.location.line.is_some() {
            groups.push(Group { gaps: vec![gap] });
        } else {
            of_files.entry((gap.why.clone(), gap.hides.clone())).or_default().push(gap);
        }
    }
    groups.extend(of_files.into_values().map(|gaps| Group { gaps }));
    groups
}

fn one_of_alike(gaps: &[Gap]) -> Option<Gap> {
    let first = gaps.first()?;
    let folder = common_folder(gaps);
    Some(Gap::of_places(first, gaps.len(), folder, gaps.iter().map(|gap| &gap.location)))
}

/// The words without what the user wrote and without numbers: equal for problems of one kind.
fn shape(why: &str) -> String {
    let own_words = why.split('`').step_by(2);
    own_words.flat_map(str::chars).filter(|character| !character.is_ascii_digit()).collect()
}

/// The innermost folder or archive that holds the files of all gaps, or their one file; empty for the target itself.
/// `gaps` are sorted, so that the first and the last file have in common what all have.
fn common_folder(gaps: &[Gap]) -> &str {
    let [first, .., last] = gaps else { return gaps.first().map_or("", |gap| &gap.location.file) };
    common_path(&first.location.file, &last.location.file)
}

fn common_path<'a>(left: &'a str, right: &str) -> &'a str {
    if left == right {
        return left;
    }
    let ends = left.match_indices('/').map(|(end, _)| end);
    let common = ends.filter_map(|end| left.get(..=end)).take_while(|folder| right.starts_with(folder)).last();
    common.map_or("", |folder| folder.trim_end_matches('/').trim_end_matches('!'))
}

#[cfg(test)]
mod tests {
    use model::Location;

    use super::*;

    fn check(gaps: impl IntoIterator<Item = Gap>, expected: &[(&str, &str)]) {
        let mut gaps: Vec<Gap> = gaps.into_iter().collect();
        fold(&mut gaps);
        let told: Vec<_> = gaps.iter().map(|gap| (gap.location.to_string(), gap.why.clone())).collect();
        let told: Vec<_> = told.iter().map(|(place, why)| (place.as_str(), why.as_str())).collect();
        assert_eq!(told, expected);
        let before = gaps.clone();
        fold(&mut gaps);
        assert_eq!(gaps, before, "folding again changes nothing");
    }

    fn file(path: impl Into<String>, why: &str) -> Gap {
        Gap::new(Location::file(path), why, &[Hidden::Components])
    }

    #[test]
    fn few_gaps_stay_as_they_are() {
        check(
            [file("b", "broken"), file("a", "broken"), file("a", "broken"), file("c", "broken")],
            &[("a", "broken"), ("b", "broken"), ("c", "broken")],
        );
    }

    #[test]
    fn equal_gaps_of_many_files_are_one_with_the_folder_they_share() {
        let broken = (0..30_000).map(|at| file(format!("app/node_modules/p{at:05}/package.json"), "it is not JSON"));
        let rest = "29997 more): it is not JSON";
        let names = "`app/node_modules/p00000/package.json`, `app/node_modules/p00001/package.json`, \
                     `app/node_modules/p00002/package.json`";
        let why = format!("30000 files below `app/node_modules` ({names} and {rest}");
        check(broken, &[("app/node_modules", &why)]);
    }

    #[test]
    fn files_of_one_archive_are_told_at_the_archive_and_those_of_the_target_at_its_top() {
        let inside = (0..4).map(|at| file(format!("a.zip!/{at}"), "broken"));
        check(inside, &[("a.zip", "4 files below `a.zip` (`a.zip!/0`, `a.zip!/1`, `a.zip!/2` and 1 more): broken")]);
        let top = (0..4).map(|at| file(format!("{at}"), "broken"));
        check(top, &[(".", "4 files (`0`, `1`, `2` and 1 more): broken")]);
    }

    #[test]
    fn problems_of_one_kind_are_one_gap_when_they_are_many() {
        let line = |at: u32| {
            let why = format!("`P{at}` has the version `$(V{at})`, which is set elsewhere");
            Gap::new(Location::line("src/a.csproj", at), why, &[Hidden::Components])
        };
        let why = "585 places like this (`src/a.csproj:1`, `src/a.csproj:2`, `src/a.csproj:3` and 582 more), the first: \
                   `P1` has the version `$(V1)`, which is set elsewhere";
        check((1..=585).map(line), &[("src/a.csproj", why)]);
        let mut few: Vec<Gap> = (1..=MAX_ALIKE as u32).map(line).collect();
        let expected = few.clone();
        fold(&mut few);
        assert_eq!(few, expected, "each says something new");
    }

    #[test]
    fn what_hides_other_things_stays_apart() {
        let secret = |at: u32| Gap::new(Location::file(format!("{at}")), "broken", &[Hidden::Secrets]);
        let mut gaps: Vec<Gap> = (0..4).map(|at| file(format!("{at}"), "broken")).chain((0..4).map(secret)).collect();
        fold(&mut gaps);
        let hides: Vec<_> = gaps.iter().map(|gap| gap.hides.clone()).collect();
        assert_eq!(hides, [[Hidden::Components], [Hidden::Secrets]]);
    }
}
