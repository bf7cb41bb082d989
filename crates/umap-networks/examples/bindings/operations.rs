//! The operations of the modules, with the types of their options and their results.

use crate::options::declared;

/// Of the layer below: see ts/arrays.ts.
const ARRAYS: [&str; 4] = ["OwnFloat32Array", "OwnInt32Array", "OwnUint32Array", "OwnUint8Array"];

const TRANSFORMED: &str = "\
/** What `transform` gives, which the option `transformMode` decides. */
export type Transformed<Mode extends TransformMode> = Mode extends \"graph\" ? SparseMatrix : Embedding;";

/// Declarations of results and a map from each operation to its types; `types` are the other declarations that there are.
pub(crate) fn to_typescript(types: &[String]) -> String {
    let answers = umap_wasm::answers::declarations().into_iter().chain(umap_networks::answers::declarations());
    let all = umap_wasm::operations::ALL.iter().chain(&umap_networks::OPERATIONS).copied().flatten();
    let lines = all.map(|(name, operation)| {
        let [options, result] = operation.types();
        format!("  {:?}: {{ options: {options}; result: {result} }};\n", name)
    });
    let map = [
        "/** The operations of the modules; `Mode` is that of the model that they work on. */\n",
        "export interface Operations<Mode extends TransformMode = TransformMode> {\n",
        &lines.collect::<String>(),
        "}",
    ];
    let parts: Vec<String> = answers
        .map(|text| declared(&text))
        .chain([TRANSFORMED.into(), map.concat(), "export type OperationName = keyof Operations;".into()])
        .collect();
    let text = parts.join("\n\n");
    let known: Vec<&str> = types.iter().flat_map(|declarations| declarations.lines()).filter_map(exported).collect();
    let imports = [imports(&ARRAYS, "../arrays.js", &text), imports(&known, "./index.js", &text)].concat();
    format!("{imports}\n{text}\n")
}

/// The name of a type, in the line that exports it.
fn exported(line: &str) -> Option<&str> {
    let declared = line.strip_prefix("export type ").or(line.strip_prefix("export interface "))?;
    declared.split([' ', '<']).next()
}

/// An import of those of the names that a text has.
fn imports(names: &[&str], from: &str, text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let used: Vec<&str> = names.iter().copied().filter(|name| words.contains(name)).collect();
    format!("import type {{ {} }} from {from:?};\n", used.join(", "))
}
