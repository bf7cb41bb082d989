//! Every option: its name, meaning, range and default. TypeScript's types, defaults and documentation are generated
//! from these files (`npm run generate`); there is no other place for them.

mod aligned;
mod calls;
mod checks;
mod metric;
mod names;
mod parts;
mod read;
mod stages;
mod umap;

pub use self::aligned::{AlignedParams, AlignmentParams};
pub use self::calls::{EvaluateParams, IndexParams, KnnParams, QueryParams, SaveParams};
pub use self::checks::{DEFAULT_THREADS, MAX_THREADS};
pub use self::metric::MetricOptions;
pub use self::names::{ALIASES, SHARED, own_name};
pub use self::parts::{OF_GRAPH, OF_LAYOUT};
pub use self::read::Params;
pub use self::umap::{Init, TransformMode, UmapParams};
pub use crate::json::{from_json, from_value};
