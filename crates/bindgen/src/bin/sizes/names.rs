//! What a function's demangled name says: `<knn::Sweep<A> as Trait>::run::<B>::{closure#0}`.

/// The crates that have stages.
const STAGED: [&str; 2] = ["umap_core::", "umap_parametric::"];

/// Longer names are cut.
const WIDTH: usize = 160;

/// The crate of the function, or of the type it belongs to: the first path in the name.
pub(crate) fn crate_of(name: &str) -> &str {
    let Some(end) = name.find("::") else { return "-" };
    let start = name[..end].rfind(|c| !is_identifier(c)).map_or(0, |at| at + 1);
    // `<str>::replace` is of a type that has no path.
    if start == end { "core" } else { &name[start..end] }
}

/// The first module path segment of `umap_core` or `umap_parametric` anywhere in the name: what a sort or a destructor is for.
pub(crate) fn stage(name: &str) -> Option<&str> {
    let at = STAGED.iter().filter_map(|prefix| name.find(prefix).map(|at| at + prefix.len())).min()?;
    let rest = &name[at..];
    Some(&rest[..rest.find(|c| !is_identifier(c)).unwrap_or(rest.len())])
}

/// What sort of code it is.
pub(crate) fn kind(name: &str) -> &'static str {
    let generic = without_arguments(name);
    let has = |part: &str| generic.contains(part);
    if has("drop_in_place") || has("drop_slow") || has("as core::ops::drop::Drop>") {
        "drop glue"
    } else if has("core::slice::sort") {
        "sorts"
    } else if ["rayon", "crossbeam", "wasm_sync"].iter().any(|name| crate_of(&generic).starts_with(name)) {
        "rayon"
    } else if has("serde") {
        "serde"
    } else if has("alloc::raw_vec") || has("dlmalloc") || has("__rust") || has("__rdl") {
        "allocator"
    } else if generic.ends_with('}') && has("{closure") {
        "async state machines, closures"
    } else {
        "rest"
    }
}

/// The name without generic arguments: the same for all instances of a function.
pub(crate) fn without_arguments(name: &str) -> String {
    let mut kept = String::new();
    let mut depth = 0;
    let mut before = ' ';
    for c in name.chars() {
        // Brackets that begin a path, as in `<A as Trait>::run`, are no arguments; neither is the head of an arrow.
        let opens = c == '<' && (depth > 0 || is_identifier(before) || before == ':');
        let closes = c == '>' && depth > 0 && before != '-';
        if opens && depth == 0 && kept.ends_with("::") {
            kept.truncate(kept.len() - 2);
        }
        depth += usize::from(opens);
        if depth == 0 {
            kept.push(c);
        }
        depth -= usize::from(closes);
        before = c;
    }
    kept
}

/// For a line: without the name of the crate that most are from. Where it is too long, what a function of another crate is
/// for comes first among its arguments.
pub(crate) fn shortened(name: &str) -> String {
    let generic = without_arguments(name);
    let cut = |name: &str| {
        let name = name.replace(STAGED[0], "");
        if name.chars().count() <= WIDTH { name } else { name.chars().take(WIDTH - 1).chain(['…']).collect() }
    };
    match name.find(STAGED[0]) {
        Some(at) if name.len() > WIDTH && !generic.contains(STAGED[0]) => cut(&format!("{generic} … {}", &name[at..])),
        _ => cut(name),
    }
}

fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &str =
        "<umap_core::knn::Sweep<umap_core::points::F32, fn(u8) -> u8> as core::ops::Run>::run::<[f32; 3]>";

    #[test]
    fn arguments_are_left_out() {
        assert_eq!(without_arguments(METHOD), "<umap_core::knn::Sweep as core::ops::Run>::run");
        assert_eq!(without_arguments("a::f::<b::C<d::E>>::{closure#0}"), "a::f::{closure#0}");
    }

    #[test]
    fn crate_and_stage_come_from_the_first_paths() {
        assert_eq!((crate_of(METHOD), stage(METHOD)), ("umap_core", Some("knn")));
        let sort = "<[umap_core::init::Edge]>::sort";
        assert_eq!((crate_of(sort), stage(sort)), ("umap_core", Some("init")));
        let drop = "core::ptr::drop_in_place::<umap_core::fuzzy::Graph>";
        assert_eq!((crate_of(drop), stage(drop), kind(drop)), ("core", Some("fuzzy"), "drop glue"));
        assert_eq!((crate_of("<str>::replace::<char>"), crate_of("alloc::fmt::format")), ("core", "alloc"));
        assert_eq!((crate_of("memcpy"), stage("memcpy"), kind("memcpy")), ("-", None, "rest"));
    }
}
