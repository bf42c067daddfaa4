//! A lower layer never knows an upper one: what each module of the crate names by `crate::`, or by `super::` from its root, is of its own layer,
//! or of one below.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// From the lowest to the uppermost.
const LAYERS: [&[&str]; 7] = [
    // The vocabulary.
    &["clock", "cme", "error", "line", "model", "power", "trace", "types"],
    &["codec"],
    &["cloud", "command", "unsolicited", "urc"],
    &["digester", "engine"],
    &["modem"],
    &["client"],
    &["blocking", "profile", "runner"],
];

const CLIENT: usize = 5;

/// These know the vocabulary alone, and no layer knows them.
const BESIDE: [&str; 2] = ["sim", "transport"];

/// May know everything, and nothing knows it.
const FUZZING: &str = "fuzzing";

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Whether `user` may name `used`.
fn may_know(user: &str, used: &str) -> bool {
    if user == used || user == FUZZING {
        return true;
    }
    match (layer(user), layer(used)) {
        (Some(user), Some(used)) => used <= user,
        (None, Some(used)) => BESIDE.contains(&user) && used == 0,
        _ => false,
    }
}

fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The code of a file without comments and without its tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn first_name(path: &str) -> &str {
    let path = path.trim_start();
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
    &path[..end.unwrap_or(path.len())]
}

/// What stands in the braces that the text begins with, split at the commas outside of inner braces.
fn group(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 1, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 1 || depth == 0 {
            parts.push(&text[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The first names behind `prefix`, of one path or of a group.
fn names<'c>(code: &'c str, prefix: &'c str) -> impl Iterator<Item = &'c str> {
    code.match_indices(prefix).flat_map(move |(at, _)| {
        let rest = &code[at + prefix.len()..];
        let paths = if rest.starts_with('{') { group(rest) } else { vec![rest] };
        paths.into_iter().map(first_name).filter(|name| !name.is_empty())
    })
}

/// The modules behind the names that the crate re-exports at its root.
fn reexports(root: &str) -> BTreeMap<&str, &str> {
    let mut modules = BTreeMap::new();
    for statement in root.split("pub use ").skip(1) {
        let (module, items) = statement.split_once("::").unwrap();
        let items = if items.starts_with('{') {
            group(items)
        } else {
            vec![items]
        };
        modules.extend(items.into_iter().map(|item| (first_name(item), module)));
    }
    modules
}

#[test]
fn a_lower_layer_never_knows_an_upper_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let root = code(&source.join("lib.rs"));
    let reexports = reexports(&root);
    let mut files = Vec::new();
    sources(&source, &mut files);
    let (mut seen, mut wrong) = (0, Vec::new());
    for file in files {
        let inside = file.strip_prefix(&source).unwrap();
        if inside.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let top = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        let user = top.trim_end_matches(".rs");
        if user == "lib" {
            continue;
        }
        let code = code(&file);
        // So many of these lead out of the module.
        let out = "super::".repeat(inside.components().count() - usize::from(inside.ends_with("mod.rs")));
        for name in names(&code, "crate::").chain(names(&code, &out)) {
            let used = reexports.get(name).copied().unwrap_or(name);
            seen += 1;
            if !may_know(user, used) {
                wrong.push(format!("{} names {used} by {name}", inside.display()));
            }
        }
        // A client is made by a call as well.
        if layer(user).is_some_and(|user| user < CLIENT) && code.contains(".client(") {
            wrong.push(format!("{} makes a client", inside.display()));
        }
    }
    assert!(seen > 500, "only {seen} names were found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
