//! The stages' tests, one module each, in one program: linking ten costs minutes on two cores.

mod aligned;
mod arrangement;
mod bits;
mod curve;
mod density;
mod evaluate;
mod exact;
mod fit;
mod fixtures;
mod frame;
mod fuzzy;
mod golden;
mod index;
mod init;
mod knn;
mod metric;
mod model;
mod optimize;
mod oracle;
mod points;
mod resume;
mod space;
mod stores;
mod target;
mod transform;
mod waist;
