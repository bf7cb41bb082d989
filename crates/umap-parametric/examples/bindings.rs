//! Writes what is generated from Rust: `bindings <types.ts> <options.md>`, called by `npm run generate`.
//!
//! ts-rs gives the declarations with their doc comments. Options become optional here and get the default that
//! `Default` has, so that a default is written in one place only.

use serde::Serialize;
use ts_rs::{Config, TS};
use umap_core::metric::{Form, Metric, MetricName};
use umap_core::params::{
    ALIASES, AlignmentParams, DEFAULT_THREADS, EvaluateParams, IndexParams, KnnParams, MAX_THREADS, OF_GRAPH,
    OF_LAYOUT, QueryParams, SHARED, SaveParams, UmapParams,
};
use umap_parametric::params::{NOT_HERE, ParametricSaveParams};
use umap_parametric::train::TrainingParams;

fn main() -> std::io::Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [types, docs] = &paths[..] else { panic!("expected two files to write: types.ts options.md") };
    let umap = Options::of::<UmapParams>("UmapOptions");
    let alignment = Options::of::<AlignmentParams>("AlignmentOptions");
    let knn = Options::of::<KnnParams>("KnnOptions");
    let save = Options::of::<SaveParams>("SaveOptions");
    let index = Options::of::<IndexParams>("IndexOptions");
    let query = Options::of::<QueryParams>("QueryOptions");
    let evaluate = Options::of::<EvaluateParams>("EvaluateOptions");
    let training = Options::of::<TrainingParams>("TrainingOptions");
    let parametric_save = Options::of::<ParametricSaveParams>("ParametricSaveOptions");
    let options = [
        umap.to_typescript(),
        alignment.to_typescript(),
        aligned_options(),
        training.to_typescript(),
        parametric_options(),
        parametric_save.to_typescript(),
        save.to_typescript(),
        knn.to_typescript(),
        index.to_typescript(),
        query.to_typescript(),
        evaluate.to_typescript(),
        format!("/** The greatest `nThreads`. */\nexport const MAX_THREADS = {MAX_THREADS};"),
        format!("/** `nThreads` of -1 at most. */\nexport const DEFAULT_THREADS = {DEFAULT_THREADS};"),
        picked("FuzzyGraphOptions", "of `UMAP` that decide on the graph", &OF_GRAPH),
        picked("GraphLayoutOptions", "of `UMAP` that decide on the layout of a graph", &OF_LAYOUT),
        metrics_put_into_form(),
        format!("/** The `seed` where none is given. */\nexport const DEFAULT_SEED = {};", UmapParams::default().seed),
    ];
    let header = "// Written by `npm run generate` from crates/. Do not edit.".to_string();
    let parts: Vec<String> =
        std::iter::once(header).chain(core_types()).chain(network_types()).chain(options).collect();
    std::fs::write(types, parts.join("\n\n") + "\n")?;
    let head = "# Options\n\nWritten by `npm run generate` from the Rust sources. Do not edit.";
    let sections = [
        head.to_string(),
        umap.to_markdown("UMAP"),
        alignment.to_markdown("AlignedUMAP"),
        "And those of `UMAP`, each one value or a list with one for each dataset (nComponents, seed and nThreads: one value)."
            .to_string(),
        metrics_to_markdown(),
        save.to_markdown("save"),
        knn.to_markdown("nearestNeighbors"),
        index.to_markdown("NeighborIndex.build"),
        query.to_markdown("NeighborIndex.query"),
        evaluate.to_markdown("evaluate"),
        training.to_markdown("ParametricUMAP"),
        format!("And those of `UMAP`, but `{}`.", NOT_HERE.join("`, `")),
        parametric_save.to_markdown("ParametricUMAP.save"),
    ];
    std::fs::write(docs, sections.join("\n\n") + "\n")
}

fn core_types() -> impl Iterator<Item = String> {
    [
        declaration::<umap_core::error::ErrorCode>(),
        declaration::<umap_core::pulse::Stage>(),
        declaration::<umap_core::metric::MetricName>(),
        declaration::<umap_core::params::MetricOptions>(),
        declaration::<umap_core::points::Store>(),
        declaration::<umap_core::points::StoreUsed>(),
        declaration::<umap_core::params::Init>(),
        declaration::<umap_core::fuzzy::target::TargetMetric>(),
        declaration::<umap_core::params::TransformMode>(),
        declaration::<umap_core::knn::KnnMethod>(),
        declaration::<umap_core::index::IndexMethod>(),
        declaration::<umap_core::index::IndexDiagnostics>(),
        declaration::<umap_core::init::Placement>(),
        declaration::<umap_core::init::InitUsed>(),
        declaration::<umap_core::umap::Diagnostics>(),
        declaration::<umap_core::aligned::AlignedDiagnostics>(),
        declaration::<umap_core::procrustes::Similarity>(),
        declaration::<umap_core::evaluate::Evaluation>(),
    ]
    .into_iter()
}

fn network_types() -> impl Iterator<Item = String> {
    [
        declaration::<umap_parametric::network::Activation>(),
        declaration::<umap_parametric::network::Padding>(),
        declaration::<umap_parametric::network::LayerParams>(),
        declaration::<umap_parametric::network::NetworkParams>(),
        declaration::<umap_parametric::optimizer::OptimizerParams>(),
        declaration::<umap_parametric::loss::landmarks::LandmarkLoss>(),
        declaration::<umap_parametric::loss::reconstruction::ReconstructionLoss>(),
        declaration::<umap_parametric::train::InputScaling>(),
        declaration::<umap_parametric::train::Schedule>(),
        declaration::<umap_parametric::train::GraphLoss>(),
        declaration::<umap_parametric::train::EarlyStopping>(),
        declaration::<umap_parametric::train::Report>(),
    ]
    .into_iter()
}

/// Some of the options of `UMAP`.
fn picked(name: &str, which: &str, options: &[&str]) -> String {
    let aliases = ALIASES.iter().filter(|(_, of)| options.contains(of)).map(|(alias, _)| alias);
    let names: Vec<String> = options.iter().chain(aliases).map(|name| format!("{name:?}")).collect();
    format!("/** Options {which}. */\nexport type {name} = Pick<UmapOptions, {}>;", names.join(" | "))
}

fn metrics_to_markdown() -> String {
    let name = |name: &MetricName| serde_json::to_value(name).expect("a name").as_str().expect("a string").to_string();
    let row = |(metric, about): (&MetricName, &&str)| format!("| `{}` |{} |", name(metric), about.replace('|', "\\|"));
    let rows: Vec<String> = MetricName::ALL.iter().zip(MetricName::ABOUT).map(row).collect();
    format!("## Metrics\n\n| `metric` | |\n| --- | --- |\n{}", rows.join("\n"))
}

fn metrics_put_into_form() -> String {
    let is_put = |name: &&MetricName| Metric::from(**name).form() != Form::AsIs;
    let names = MetricName::ALL.iter().filter(is_put).map(|name| serde_json::to_string(name).expect("a name"));
    let names = names.collect::<Vec<_>>().join(", ");
    format!(
        "/** Metrics that put rows into another form. */\nexport const METRICS_PUT_INTO_FORM: readonly Metric[] = [{names}];"
    )
}

fn parametric_options() -> String {
    let left_out = NOT_HERE.map(|name| format!("{name:?}")).join(" | ");
    let doc = "/** Options of `ParametricUMAP`: those of the graph, and those of the networks and their training. */";
    format!("{doc}\nexport type ParametricUmapOptions = Omit<UmapOptions, {left_out}> & TrainingOptions;")
}

/// A declaration as ts-rs writes it, less its header and imports.
fn declaration<T: TS + 'static>() -> String {
    let text = T::export_to_string(&Config::default()).expect("a type that can be exported");
    let lines = text.lines().filter(|line| !line.starts_with("//") && !line.starts_with("import "));
    lines.collect::<Vec<_>>().join("\n").trim().to_string()
}

/// The options of `AlignedUMAP`, made of those of `UMAP`.
fn aligned_options() -> String {
    let aliases = ALIASES.iter().filter(|(_, of)| SHARED.contains(of)).map(|(alias, _)| *alias);
    let shared: Vec<String> = SHARED.into_iter().chain(aliases).map(|name| format!("{name:?}")).collect();
    [
        "/** Options that all datasets of `AlignedUMAP` share. */",
        &format!("export type SharedOption = {};\n", shared.join(" | ")),
        "/** Options of `AlignedUMAP`: its own, and those of `UMAP`, each one value or a list with one for each dataset. */",
        "export type AlignedOptions = AlignmentOptions & {",
        "  [Name in keyof UmapOptions]:",
        "    | UmapOptions[Name]",
        "    | (Name extends SharedOption ? never : readonly NonNullable<UmapOptions[Name]>[]);",
        "};",
    ]
    .join("\n")
}

/// Characters of a default.
const LONGEST_DEFAULT: usize = 80;

struct Options {
    name: &'static str,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    doc: Vec<String>,
    kind: String,
    default: Option<String>,
}

impl Options {
    fn of<T: TS + Default + Serialize + 'static>(name: &'static str) -> Self {
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

    fn to_typescript(&self) -> String {
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

    fn to_markdown(&self, title: &str) -> String {
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
