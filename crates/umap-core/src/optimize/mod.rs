//! Stage 4: fuzzy simplicial set and initial layout to the embedding.
