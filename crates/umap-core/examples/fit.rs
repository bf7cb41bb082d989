//! Times a whole fit natively, for profiles: `fit N D THREADS FILE [OPTIONS [OUT]]`. FILE holds N x D bytes, or
//! little-endian f32 where its name ends in f32; OPTIONS is JSON; OUT gets the embedding as little-endian f32.

use umap_core::params::{Params, UmapParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;
use umap_core::umap::{FitInputs, fit};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize| args[i].parse::<usize>().expect("a number");
    let (rows, cols, threads) = (number(0), number(1), number(2));
    let bytes = std::fs::read(&args[3]).expect("a file");
    let params = UmapParams::from_json(args.get(4).map_or("{}", String::as_str)).expect("options");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let fitted = pool.install(|| {
        block_on(async |pulse| {
            let points = if args[3].ends_with("f32") {
                let floats: Vec<f32> = bytes.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect();
                Points::stored(&floats[..rows * cols], rows, cols, params.metric(), params.store)?
            } else {
                Points::stored(&bytes[..rows * cols], rows, cols, params.metric(), params.store)?
            };
            fit(points, &params, FitInputs::default(), pulse).await
        })
    });
    let fitted = fitted.expect("an embedding");
    println!("{:#?}", fitted.diagnostics);
    if let Some(out) = args.get(5) {
        let bytes: Vec<u8> = fitted.embedding.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(out, bytes).expect("a writable file");
    }
}
