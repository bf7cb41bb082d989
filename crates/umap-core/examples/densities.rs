//! Local radii of points, for comparing embeddings.
use umap_core::fuzzy::radii::log_radii;
use umap_core::fuzzy::{FuzzyParams, fuzzy_simplicial_set};
use umap_core::knn::nearest_neighbors;
use umap_core::metric::Metric;
use umap_core::params::UmapParams;
use umap_core::points::Points;
use umap_core::pulse::block_on;

fn radii(points: Points) -> Vec<f32> {
    let params = FuzzyParams {
        set_op_mix_ratio: 1.0,
        local_connectivity: 1.0,
        disconnection_distance: f32::INFINITY,
        signed_distances: false,
    };
    block_on(async |pulse| {
        let found = nearest_neighbors(&points, 15, false, 42, pulse).await?;
        eprintln!("recall {:?} {:?}", found.recall, found.method);
        let fuzzy = fuzzy_simplicial_set(&found.graph, params, pulse).await?;
        log_radii(&fuzzy.graph, &found.graph, pulse).await
    })
    .unwrap()
}
fn floats(path: &str) -> Vec<f32> {
    std::fs::read(path).unwrap().as_chunks().0.iter().copied().map(f32::from_le_bytes).collect()
}
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (rows, cols) = (args[0].parse::<usize>().unwrap(), args[1].parse::<usize>().unwrap());
    let points = if args[2].ends_with("f32") {
        let d = floats(&args[2]);
        Points::stored(&d[..rows * cols], rows, cols, Metric::Euclidean, UmapParams::default().store)
    } else {
        let d = std::fs::read(&args[2]).unwrap();
        Points::stored(&d[..rows * cols], rows, cols, Metric::Euclidean, UmapParams::default().store)
    };
    let t = std::time::Instant::now();
    let radii = radii(points.unwrap());
    eprintln!("{:?}", t.elapsed());
    std::fs::write(&args[3], radii.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).unwrap();
}
