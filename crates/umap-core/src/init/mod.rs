//! Stage 3: fuzzy simplicial set to the initial layout.
