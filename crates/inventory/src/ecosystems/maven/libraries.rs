//! Libraries known by their classes: which packages and classes belong to which artifact, and which of them are in a jar,
//! in their own place or moved to another (relocated by a shading build).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use model::table::SortedLines;
use rustc_hash::FxHashMap;

/// Rows of `group:artifact`, folders that hold only its classes, signature classes, twins.
static TABLE: LazyLock<SortedLines<'static>> = LazyLock::new(|| SortedLines::new(include_str!("data/libraries.tsv")));

/// Words of a folder that shading builds move other people's classes to.
const SHADING_WORDS: &[&str] = &[
    "shaded",
    "shade",
    "shadow",
    "relocated",
    "repackaged",
    "thirdparty",
    "third_party",
    "vendor",
    "embedded",
    "internal",
];

/// Of every five signature classes of a library so many show that it is there: others may be new, gone or left out.
const SIGNATURE_SHARE: (usize, usize) = (3, 5);

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Library {
    /// `group:artifact`.
    pub(crate) name: &'static str,
    folders: &'static str,
    classes: &'static str,
    /// Other artifacts with the same classes, from which only a name tells it apart; `*` for specifications that many
    /// implement. Empty when its classes are its own.
    twins: &'static str,
}

impl Library {
    pub(crate) fn find(name: &str) -> Option<Self> {
        let (key, rest) = TABLE.starting_with(name).next().filter(|(key, _)| *key == name)?;
        Some(Self::parse(key, rest))
    }

    fn parse(name: &'static str, rest: &'static str) -> Self {
        let mut columns = rest.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        Self { name, folders: next(), classes: next(), twins: next() }
    }

    pub(crate) fn artifact(self) -> &'static str {
        self.name.split_once(':').map_or(self.name, |(_, artifact)| artifact)
    }

    /// Folders all of whose classes are the library's, without trailing `/`; empty when others share all of them.
    pub(crate) fn folders(self) -> impl Iterator<Item = &'static str> {
        self.folders.split(',').filter(|folder| !folder.is_empty())
    }

    /// Paths without `.class`.
    pub(crate) fn classes(self) -> impl Iterator<Item = &'static str> {
        self.classes.split(',').filter(|class| !class.is_empty())
    }

    /// Whether its classes are a specification's, which change their names with its versions.
    pub(crate) fn is_specification(self) -> bool {
        self.twins == "*"
    }

    pub(crate) fn twins(self) -> impl Iterator<Item = &'static str> {
        self.twins.split(',').filter(|twin| !twin.is_empty())
    }

    /// Whether so many of its signature classes show that it is there.
    fn is_shown_by(self, found: usize) -> bool {
        let (share, of) = SIGNATURE_SHARE;
        found > 0 && found * of >= self.classes().count() * share
    }
}

/// A library and one of its signature classes.
type Signature = (Library, &'static str);

/// Signature classes by their simple name.
static SIGNATURES: LazyLock<FxHashMap<&'static str, Vec<Signature>>> = LazyLock::new(|| {
    let mut signatures: FxHashMap<&'static str, Vec<Signature>> = FxHashMap::default();
    for (name, rest) in TABLE.iter() {
        let library = Library::parse(name, rest);
        for class in library.classes() {
            signatures.entry(simple_name(class)).or_default().push((library, class));
        }
    }
    signatures
});

/// Folders that are known to be a library's own.
static FOLDERS: LazyLock<FxHashMap<&'static str, Library>> = LazyLock::new(|| {
    let libraries = TABLE.iter().map(|(name, rest)| Library::parse(name, rest));
    libraries.flat_map(|library| library.folders().map(move |folder| (folder, library))).collect()
});

/// Whether a class file of this name may be a library's signature class. Cost: one look into a hash table.
pub(crate) fn is_signature_name(file_name: &str) -> bool {
    file_name.strip_suffix(".class").is_some_and(|name| SIGNATURES.contains_key(name))
}

/// A library's classes below one head: in their own place, or moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copy {
    pub(crate) library: Library,
    /// Path of one of its classes, as in the archive.
    pub(crate) class: String,
    pub(crate) is_relocated: bool,
    /// Whether its signature is there, or only parts of it.
    pub(crate) is_whole: bool,
}

/// Collects signature classes of one archive or folder.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    found: BTreeMap<(&'static str, Move), BTreeMap<&'static str, String>>,
}

/// From where to where the classes were moved: the heads that differ, and what stands before everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    from: String,
    to: String,
}

impl Finder {
    /// Notes the class when some library has one like it; `folder` is its folder below the folder of classes.
    pub(crate) fn note(&mut self, folder: &str, file_name: &str, path: &str) {
        let Some(name) = file_name.strip_suffix(".class") else { return };
        for (library, class) in SIGNATURES.get(name).into_iter().flatten() {
            let Some(place) = moved(folder_of(class), folder) else { continue };
            // What lies where another library is at home is that library's, unless its folder says that it was moved there.
            let is_moved_whole = place.from.is_empty() && is_shaded(&place.to);
            let is_elsewhere = !place.to.is_empty() && !is_moved_whole;
            if is_elsewhere && owner(folder).is_some_and(|owner| owner.name != library.name) {
                continue;
            }
            self.found.entry((library.name, place)).or_default().entry(class).or_insert_with(|| path.to_owned());
        }
    }

    /// Every copy of a library of which something was found, by name, then place.
    pub(crate) fn copies(self) -> Vec<Copy> {
        let copy = |((name, place), classes): ((&'static str, Move), BTreeMap<&'static str, String>)| {
            let library = Library::find(name)?;
            let class = classes.values().next()?.clone();
            let is_relocated = !place.to.is_empty();
            let is_whole = library.is_shown_by(classes.len());
            Some(Copy { library, class, is_relocated, is_whole })
        };
        self.found.into_iter().filter_map(copy).collect()
    }
}

/// The library whose own folder this one is, or lies in.
pub(crate) fn owner(folder: &str) -> Option<Library> {
    let above = folder.match_indices('/').filter_map(|(end, _)| folder.get(..end));
    above.chain(std::iter::once(folder)).find_map(|folder| FOLDERS.get(folder).copied())
}

fn is_shaded(head: &str) -> bool {
    head.split('/').any(|word| SHADING_WORDS.contains(&word))
}

/// How `own` became `found`; `None` when they are too different to be the same package.
fn moved(own: &str, found: &str) -> Option<Move> {
    if own == found {
        return Some(Move { from: String::new(), to: String::new() });
    }
    let shared = own.rsplit('/').zip(found.rsplit('/')).take_while(|(left, right)| left == right).count();
    let head = |folder: &str| {
        let kept = folder.split('/').count().saturating_sub(shared);
        folder.split('/').take(kept).collect::<Vec<_>>().join("/")
    };
    let (from, to) = (head(own), head(found));
    // What was published in a folder of shaded classes is not moved back to where these come from.
    if is_shaded(&from) {
        return None;
    }
    // One shared word (`inject` of `javax.inject` and `jakarta.inject`) says too little.
    let is_same = shared >= 1 && (from.is_empty() || shared >= 2 || is_shaded(&to));
    (is_same && !to.is_empty()).then_some(Move { from, to })
}

fn simple_name(class: &str) -> &str {
    class.rsplit('/').next().unwrap_or(class)
}

fn folder_of(class: &str) -> &str {
    class.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Words in artifact ids that say nothing of the packages inside. Sorted.
const COMMON_WORDS: &[&str] = &[
    "all",
    "annotations",
    "api",
    "bundle",
    "client",
    "common",
    "commons",
    "core",
    "impl",
    "jakarta",
    "java",
    "javax",
    "jdk",
    "jre",
    "jvm",
    "lib",
    "library",
    "module",
    "parent",
    "runtime",
    "server",
    "shaded",
    "spec",
    "starter",
    "util",
    "utils",
];

/// Whether some of `folders` may hold the classes of an artifact that the table does not know.
pub(crate) fn may_hold(folders: &BTreeSet<String>, group: &str, artifact: &str) -> bool {
    let telling = Telling::new(group, artifact);
    folders.iter().any(|folder| telling.holds(folder))
}

/// What tells the folders of an artifact that the table does not know: a path that holds every telling word of the
/// artifact's id, or one below the group's that holds a word which the group lacks.
#[derive(Debug)]
pub(crate) struct Telling {
    group_path: String,
    words: Vec<String>,
}

impl Telling {
    pub(crate) fn new(group: &str, artifact: &str) -> Self {
        Self { group_path: group.replace(['.', '-'], "/").to_ascii_lowercase(), words: words(artifact) }
    }

    pub(crate) fn holds(&self, folder: &str) -> bool {
        let folder = folder.to_ascii_lowercase();
        let mut own = self.words.iter().filter(|word| !self.group_path.contains(word.as_str())).peekable();
        (!self.words.is_empty() && self.words.iter().all(|word| folder.contains(word.as_str())))
            || (is_inside(&folder, &self.group_path)
                && (own.peek().is_none() || own.any(|word| folder.contains(word.as_str()))))
    }
}

/// Whether a class file may be of an artifact that is named after its class: `com/zaxxer/sparsebits/SparseBitSet`.
pub(crate) fn may_name(path: &str, group: &str, artifact: &str) -> bool {
    let words = words(artifact);
    let path = path.to_ascii_lowercase();
    let group_path = group.replace('.', "/").to_ascii_lowercase();
    !words.is_empty() && path.contains(&group_path) && words.iter().all(|word| path.contains(word.as_str()))
}

/// Whether `inner` stands in `folder` as whole segments.
fn is_inside(folder: &str, inner: &str) -> bool {
    folder.match_indices(inner).any(|(at, _)| {
        let before = folder.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('/'));
        let after = folder.get(at + inner.len()..).is_some_and(|after| after.is_empty() || after.starts_with('/'));
        before && after
    })
}

/// The telling words of an artifact's id, lower case: without the Scala version, numbers and words that say nothing.
fn words(artifact: &str) -> Vec<String> {
    let lower = artifact.to_ascii_lowercase();
    let plain =
        lower.rsplit_once('_').filter(|(_, scala)| scala.starts_with(['2', '3'])).map_or(&*lower, |(name, _)| name);
    let split = plain.split(['-', '_', '.']).map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    split.filter(|word| word.len() > 1 && COMMON_WORDS.binary_search(word).is_err()).map(str::to_owned).collect()
}

/// Whether the folder is one of the library's classes, in its own place or moved.
pub(crate) fn covers(library: Library, folder: &str) -> bool {
    library.folders().chain(library.classes().map(folder_of)).any(|own| {
        folder.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            || is_moved_into(own, folder)
    })
}

/// Whether classes of the library lie in its own folders, wherever these lie.
pub(crate) fn holds_folder(folders: &BTreeSet<String>, library: Library) -> bool {
    library.folders().any(|own| {
        let inside = format!("{own}/");
        let mut from = folders.range(own.to_owned()..).take_while(|folder| folder.starts_with(own));
        from.any(|folder| folder == own || folder.starts_with(&inside))
            || folders.iter().any(|folder| is_moved_into(own, folder))
    })
}

/// Whether `folder` ends in the library's folder, or in its last words behind a folder of shaded classes.
fn is_moved_into(own: &str, folder: &str) -> bool {
    if own.contains('/') && is_inside(folder, own) {
        return true;
    }
    let tail = own.match_indices('/').rev().nth(1).and_then(|(at, _)| own.get(at + 1..));
    tail.is_some_and(|tail| is_inside(folder, tail) && owner(folder).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert_eq!(TABLE.first_unsorted(), None);
        for (name, rest) in TABLE.iter() {
            let library = Library::parse(name, rest);
            assert!(
                name.split_once(':').is_some_and(|(group, artifact)| !group.is_empty() && !artifact.is_empty()),
                "{name}"
            );
            assert!(library.classes().next().is_some(), "{name} has no signature");
            assert_eq!(Library::find(name), Some(library));
        }
        assert!(COMMON_WORDS.is_sorted());
    }

    #[test]
    fn knows_moved_packages() {
        let cases = [
            (("com/google/gson", "com/google/gson"), Some(("", ""))),
            (("com/google/gson", "my/shaded/com/google/gson"), Some(("", "my/shaded"))),
            (("com/google/common/base", "my/guava/common/base"), Some(("com/google", "my/guava"))),
            (("com/google/gson", "my/shaded/gson"), Some(("com/google", "my/shaded"))),
            (("javax/inject", "jakarta/inject"), None),
            (("com/google/gson", "my/own/gson"), None),
            (("a/b/c", "c"), None),
        ];
        for ((own, found), expected) in cases {
            let expected = expected.map(|(from, to)| Move { from: from.to_owned(), to: to.to_owned() });
            assert_eq!(moved(own, found), expected, "{own} {found}");
        }
    }

    #[test]
    fn tells_classes_of_unknown_artifacts_by_their_words() {
        let folders = |folders: &[&str]| folders.iter().map(|folder| (*folder).to_owned()).collect::<BTreeSet<_>>();
        let cases = [
            (("commons-io", "commons-io"), &["org/apache/commons/io"][..], true),
            (("com.example", "lib"), &["com/example/things"], true),
            (
                ("com.fasterxml.jackson.dataformat", "jackson-dataformat-x"),
                &["com/fasterxml/jackson/dataformat/yaml"],
                true,
            ),
            (
                ("com.fasterxml.jackson.dataformat", "jackson-dataformat-protobuf"),
                &["com/fasterxml/jackson/dataformat/yaml"],
                false,
            ),
            (("com.example", "stale"), &["com/acme"], false),
            (("org.typelevel", "cats-effect_2.13"), &["cats/effect/std"], true),
        ];
        for ((group, artifact), held, expected) in cases {
            assert_eq!(may_hold(&folders(held), group, artifact), expected, "{group}:{artifact}");
        }
    }
}
