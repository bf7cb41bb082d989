//! Options as TypeScript's types and as tables.

use serde::Serialize;
use ts_rs::{Config, TS};
use umap_core::params::ALIASES;

/// A declaration as ts-rs writes it.
pub(crate) fn declaration<T: TS + 'static>() -> String {
    declared(&T::export_to_string(&Config::default()).expect("a type that can be exported"))
}

/// The same, less its header and imports.
pub(crate) fn declared(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("//") && !line.starts_with("import "));
    lines.collect::<Vec<_>>().join("\n").trim().to_string()
}

/// Characters of a default.
const LONGEST_DEFAULT: usize = 80;

pub(crate) struct Options {
    name: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    doc: Vec<String>,
    kind: String,
    default: Option<String>,
}

impl Options {
    pub(crate) fn of<T: TS + Default + Serialize + 'static>() -> Self {
        let name = T::name(&Config::default());
        let defaults = serde_json::to_value(T::default()).expect("options serialise");
        let mut fields = Vec::new();
        let mut doc = Vec::new();
        for line in declaration::<T>().lines() {
            if let Some(text) = line.strip_prefix(" * ") {
                doc.push(text.to_string());
            } else if line == "/**" {
                doc.clear();
            } else if let Some((field, kind)) = line.split_once(": ") {
                let field = field.trim_end_matches('?').to_string();
                let kind = kind.trim_end_matches("};").trim_end_matches([',', ' ']).replace(" | null", "");
                let default = defaults[&field].clone();
                let default = (!default.is_null()).then(|| default.to_string());
                // Longer ones are described in words.
                let default = default.filter(|text| text.len() <= LONGEST_DEFAULT);
                fields.push(Field { name: field, doc: std::mem::take(&mut doc), kind, default });
            }
        }
        assert_eq!(fields.len(), defaults.as_object().map_or(0, |o| o.len()), "{name}: every option was understood");
        Self { name, fields }
    }

    pub(crate) fn to_typescript(&self) -> String {
        let mut lines = vec![format!("export interface {} {{", self.name)];
        for field in &self.fields {
            let default = field.default.iter().map(|d| format!("@default {d}"));
            let doc: Vec<String> = field.doc.iter().cloned().chain(default).collect();
            lines.push(format!("  /**\n   * {}\n   */", doc.join("\n   * ")));
            lines.push(format!("  {}?: {};", field.name, field.kind));
            for (alias, _) in ALIASES.iter().filter(|(_, of)| *of == field.name) {
                lines.push(format!("  /** umap-learn's name for `{}`. */\n  {alias}?: {};", field.name, field.kind));
            }
        }
        lines.push("}".to_string());
        lines.join("\n")
    }

    pub(crate) fn to_markdown(&self, title: &str) -> String {
        let mut lines = vec![format!("## {title}\n\n| option | type | default | meaning |\n| --- | --- | --- | --- |")];
        for field in &self.fields {
            let default = field.default.as_ref().map_or(String::new(), |d| format!("`{d}`"));
            let kind = field.kind.replace('|', "\\|");
            lines.push(format!("| `{}` | `{kind}` | {default} | {} |", field.name, field.doc.join(" ")));
            for (alias, _) in ALIASES.iter().filter(|(_, of)| *of == field.name) {
                lines.push(format!("| `{alias}` | `{kind}` | | umap-learn's name for `{}`. |", field.name));
            }
        }
        lines.join("\n")
    }
}
