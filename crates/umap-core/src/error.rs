//! What can go wrong, with what was expected and what came.

use crate::spelling::nearest;

/// Result of every fallible function in this crate.
pub type Result<T> = std::result::Result<T, UmapError>;

/// An error with a stable [`code`](UmapError::code); the message says what was expected and what came.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UmapError {
    /// An option has an unknown name.
    #[error("unknown option: `{name}`, {}", instead_of(name, known))]
    UnknownOption {
        /// The name that came.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// An option has a value outside what it accepts.
    #[error("{name}: expected {expected}, got {got}")]
    InvalidParameter {
        /// The option, in TypeScript's spelling.
        name: String,
        /// What is accepted.
        expected: String,
        /// What came.
        got: String,
    },
    /// An array has the wrong shape or length.
    #[error("{what}: expected {expected}, got {got}")]
    ShapeMismatch {
        /// Which array.
        what: String,
        /// The shape that fits.
        expected: String,
        /// The shape that came.
        got: String,
    },
    /// A value is NaN or infinite.
    #[error("{what}[{row}, {col}] is {}: every value must be a finite 32-bit float", as_javascript_has_it(*value))]
    NotFinite {
        /// Which array.
        what: &'static str,
        /// Its row, from 0.
        row: usize,
        /// Its column, from 0.
        col: usize,
        /// The value.
        value: f64,
    },
    /// The input has no rows or no columns.
    #[error("points: expected at least 1 row and 1 column, got {rows} x {cols}")]
    EmptyInput {
        /// Rows given.
        rows: usize,
        /// Columns given.
        cols: usize,
    },
    /// The work does not fit in the memory there is.
    #[error("not enough memory: {what} would take {bytes} bytes")]
    OutOfMemory {
        /// What was to be stored.
        what: String,
        /// How much that takes.
        bytes: u64,
    },
    /// The caller cancelled the work.
    #[error("the work was cancelled")]
    Cancelled,
    /// What the work needs no longer exists.
    #[error("{0}")]
    InstanceLost(String),
    /// What the work needs is not there yet.
    #[error("{0}")]
    NotFitted(String),
    /// A file does not hold what it should.
    #[error("malformed file: {what}: expected {expected}, got {got}")]
    MalformedFile {
        /// The part of the file.
        what: String,
        /// What fits there.
        expected: String,
        /// What is there.
        got: String,
    },
}

/// A number that is not finite, among others.
fn as_javascript_has_it(value: f64) -> String {
    value.to_string().replace("inf", "Infinity")
}

/// The name that was probably meant; where none is near, all there are.
fn instead_of(name: &str, known: &[String]) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the options are `{}`", known.join("`, `")),
    }
}

impl UmapError {
    /// A short stable name, the same in TypeScript (`UmapError.code`).
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownOption { .. } => ErrorCode::UnknownOption,
            Self::InvalidParameter { .. } => ErrorCode::InvalidParameter,
            Self::ShapeMismatch { .. } => ErrorCode::ShapeMismatch,
            Self::NotFinite { .. } => ErrorCode::NotFinite,
            Self::EmptyInput { .. } => ErrorCode::EmptyInput,
            Self::OutOfMemory { .. } => ErrorCode::OutOfMemory,
            Self::Cancelled => ErrorCode::Cancelled,
            Self::InstanceLost(_) => ErrorCode::InstanceLost,
            Self::NotFitted(_) => ErrorCode::NotFitted,
            Self::MalformedFile { .. } => ErrorCode::MalformedFile,
        }
    }

    /// An option that is not there.
    pub fn unknown_option<T: Into<String>>(name: &str, known: impl IntoIterator<Item = T>) -> Self {
        Self::UnknownOption { name: name.into(), known: known.into_iter().map(Into::into).collect() }
    }

    /// An option outside its range.
    pub fn parameter(name: &str, expected: impl Into<String>, got: impl std::fmt::Display) -> Self {
        Self::InvalidParameter { name: name.into(), expected: expected.into(), got: got.to_string() }
    }

    /// A part of a file that does not fit.
    pub fn malformed(what: &str, expected: impl Into<String>, got: impl std::fmt::Display) -> Self {
        Self::MalformedFile { what: what.into(), expected: expected.into(), got: got.to_string() }
    }

    /// As an error of a file's: what it holds was refused, by checks that callers' input goes through too.
    #[must_use]
    pub fn of_file(self) -> Self {
        match self {
            Self::Cancelled | Self::OutOfMemory { .. } | Self::InstanceLost(_) | Self::MalformedFile { .. } => self,
            refused => Self::malformed("contents", "those that were saved", refused),
        }
    }

    /// An array of the wrong shape.
    pub fn shape(what: &str, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::ShapeMismatch { what: what.into(), expected: expected.into(), got: got.into() }
    }
}

/// The codes that a rejected promise carries: those of [`UmapError`], and those of the layer around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// An option has an unknown name.
    UnknownOption,
    /// An option has a value outside what it accepts.
    InvalidParameter,
    /// An array has the wrong shape or length.
    ShapeMismatch,
    /// A value is NaN or infinite.
    NotFinite,
    /// The input has no rows or no columns.
    EmptyInput,
    /// The work does not fit in the memory there is.
    OutOfMemory,
    /// The caller cancelled the work.
    Cancelled,
    /// The WebAssembly module trapped; the instance was ended and the next call starts a new one.
    Panic,
    /// The instance that the call was made on has ended.
    InstanceLost,
    /// A worker did not start in time, or could not be loaded.
    WorkerStart,
    /// A result was asked for before `fit` has ended, or anything after `dispose`.
    NotFitted,
    /// A file is not one of this package's, is damaged, or of a later version.
    MalformedFile,
}
