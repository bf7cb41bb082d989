//! Names of options.

/// Other names that umap-learn has for options, and the options that they are (the serde aliases of the options, for TypeScript).
pub const ALIASES: [(&str, &str); 3] =
    [("randomState", "seed"), ("nJobs", "nThreads"), ("metricKwds", "metricOptions")];

/// An option's own name, of one of umap-learn's for it.
pub fn own_name(name: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, of)| of)
}

/// Options of `AlignedUMAP` that all datasets share.
pub const SHARED: [&str; 3] = ["nComponents", "seed", "nThreads"];
