//! What is read from a module.

use std::collections::HashMap;

use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// A function that ships.
pub(crate) struct Function {
    /// Demangled, without hashes.
    pub(crate) name: String,
    pub(crate) bytes: usize,
}

/// Bytes of sections, and the functions by number.
#[derive(Default)]
pub(crate) struct Sections {
    pub(crate) code: usize,
    pub(crate) data: usize,
    bodies: Vec<usize>,
    imported: usize,
    names: HashMap<usize, String>,
}

pub(crate) fn sections(bytes: &[u8]) -> anyhow::Result<Sections> {
    let mut found = Sections::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    found.imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { range, .. } => found.code = range.len(),
            Payload::CodeSectionEntry(body) => found.bodies.push(body.range().len()),
            Payload::DataSection(section) => found.data = section.range().len(),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for subsection in subsections {
                        if let Name::Function(names) = subsection? {
                            for naming in names {
                                let naming = naming?;
                                found.names.insert(naming.index as usize, naming.name.to_owned());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The functions of a module as cargo wrote it, without those that only describe it to wasm-bindgen, which drops them.
pub(crate) fn functions(bytes: &[u8]) -> anyhow::Result<Vec<Function>> {
    let Sections { bodies, imported, names, .. } = sections(bytes)?;
    let functions = bodies.into_iter().enumerate().map(|(i, bytes)| {
        let name = names.get(&(imported + i)).map_or("", String::as_str);
        Function { name: format!("{:#}", rustc_demangle::demangle(name)), bytes }
    });
    let describes = |name: &str| name.starts_with("__wbindgen_describe") || name.contains("WasmDescribe");
    Ok(functions.filter(|function| !describes(&function.name)).collect())
}
