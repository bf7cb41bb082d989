//! Everything against slow answers in f64, and training against itself.

mod bits;
mod callers;
mod components;
mod fits;
mod layers;
mod losses;
mod oracle;
mod training;
