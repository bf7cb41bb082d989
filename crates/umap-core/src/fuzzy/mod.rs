//! Stage 2: nearest neighbours to the fuzzy simplicial set.
