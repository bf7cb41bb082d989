//! The low-dimensional curve 1 / (1 + a d^(2b)).
