//! How well an embedding keeps neighbours.
