//! Writes what is generated from Rust: `bindings <types.ts> <operations.ts> <options.md>`, called by `npm run generate`.
//!
//! ts-rs gives the declarations with their doc comments. Options become optional here and get the default that
//! `Default` has, so that a default is written in one place only.

use umap_core::metric::{Metric, MetricName};
use umap_core::params::{
    ALIASES, AlignmentParams, DEFAULT_THREADS, EvaluateParams, IndexParams, KnnParams, MAX_THREADS, OF_GRAPH,
    OF_LAYOUT, QueryParams, SHARED, SaveParams, UmapParams,
};
use umap_parametric::params::{NOT_HERE, ParametricSaveParams, TrainingParams};

mod operations;
mod options;

use options::{Options, declaration};

const HEADER: &str = "// Written by `npm run generate` from crates/. Do not edit.";

fn main() -> std::io::Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [types, operations, docs] = &paths[..] else { panic!("expected three files to write") };
    let umap = Options::of::<UmapParams>();
    let alignment = Options::of::<AlignmentParams>();
    let knn = Options::of::<KnnParams>();
    let save = Options::of::<SaveParams>();
    let index = Options::of::<IndexParams>();
    let query = Options::of::<QueryParams>();
    let evaluate = Options::of::<EvaluateParams>();
    let training = Options::of::<TrainingParams>();
    let parametric_save = Options::of::<ParametricSaveParams>();
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
        "/** Options of one more dataset of `AlignedUMAP`. */\nexport type DatasetOptions = Omit<UmapOptions, SharedOption>;".into(),
        picked("GraphLayoutOptions", "of `UMAP` that decide on the layout of a graph", &OF_LAYOUT),
        metrics_put_into_form(),
        format!("/** The `seed` where none is given. */\nexport const DEFAULT_SEED = {};", UmapParams::default().seed),
    ];
    let parts: Vec<String> = core_types().chain(network_types()).chain(options).collect();
    std::fs::write(types, format!("{HEADER}\n\n{}\n", parts.join("\n\n")))?;
    std::fs::write(operations, format!("{HEADER}\n{}", operations::to_typescript(&parts)))?;
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
        metric_names(),
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
        declaration::<umap_parametric::params::InputScaling>(),
        declaration::<umap_parametric::params::Schedule>(),
        declaration::<umap_parametric::params::GraphLoss>(),
        declaration::<umap_parametric::params::EarlyStopping>(),
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

/// The metrics, and the other names of some.
fn metric_names() -> String {
    let aliases: Vec<String> = MetricName::ALIASES.iter().map(|(alias, _)| format!("{alias:?}")).collect();
    declaration::<MetricName>().replacen(';', &format!(" | {};", aliases.join(" | ")), 1)
}

fn metrics_to_markdown() -> String {
    let names = |metric: &MetricName| {
        let aliases =
            MetricName::ALIASES.iter().filter(|(_, of)| of == metric).map(|(alias, _)| format!(", `{alias}`"));
        format!("`{}`{}", metric.label(), aliases.collect::<String>())
    };
    let row = |(metric, about): (&MetricName, &&str)| format!("| {} |{} |", names(metric), about.replace('|', "\\|"));
    let rows: Vec<String> = MetricName::ALL.iter().zip(MetricName::ABOUT).map(row).collect();
    format!("## Metrics\n\n| `metric` | |\n| --- | --- |\n{}", rows.join("\n"))
}

fn metrics_put_into_form() -> String {
    let is_put = |name: &&MetricName| !Metric::from(**name).form().is_as_is();
    let aliases = MetricName::ALIASES.iter().filter(|(_, name)| is_put(&name)).map(|(alias, _)| format!("{alias:?}"));
    let names = MetricName::ALL.iter().filter(is_put).map(|name| format!("{:?}", name.label())).chain(aliases);
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
