use super::assert_refused;
use umap_core::aligned::register;
use umap_core::procrustes::Similarity;
use umap_core::pulse::block_on;
use umap_core::random::{Random, Stream};

fn noise(rows: usize, dims: usize, seed: u32) -> Vec<f32> {
    let random = Random::new(seed, Stream::Layout);
    (0..rows * dims).map(|at| 3.0 * random.normal(at as u32)).collect()
}

fn found(from: &[f32], to: &[f32], dims: usize, scales: bool) -> Similarity {
    let pairs = from.chunks_exact(dims).zip(to.chunks_exact(dims)).map(|(from, to)| [from, to]);
    block_on(async |pulse| Similarity::of_pairs(pairs, dims, scales, pulse).await).unwrap()
}

fn error(from: &[f32], to: &[f32], similarity: &Similarity) -> f64 {
    let mut moved = from.to_vec();
    similarity.apply(&mut moved);
    moved.iter().zip(to).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

/// A turn of two of the axes, and a mirror.
fn turned(dims: usize, axes: [usize; 2], angle: f64, mirrored: bool) -> Vec<f64> {
    let mut rotation: Vec<f64> = (0..dims * dims).map(|at| f64::from(u8::from(at / dims == at % dims))).collect();
    if dims > 1 {
        let [i, j] = axes;
        rotation[i * dims + i] = angle.cos();
        rotation[i * dims + j] = angle.sin();
        rotation[j * dims + i] = -angle.sin();
        rotation[j * dims + j] = angle.cos();
    }
    if mirrored {
        rotation[..dims].iter_mut().for_each(|x| *x = -*x);
    }
    rotation
}

#[track_caller]
fn assert_orthogonal(similarity: &Similarity) {
    let (dims, rotation) = (similarity.dims, &similarity.rotation);
    for (i, j) in (0..dims * dims).map(|at| (at / dims, at % dims)) {
        let dot: f64 = (0..dims).map(|k| rotation[i * dims + k] * rotation[j * dims + k]).sum();
        assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-12, "{i} {j}: {dot}");
    }
}

#[test]
fn a_turn_a_mirror_a_scale_and_a_shift_are_found_again() {
    for (dims, mirrored, scale) in [(1, true, 2.0), (2, false, 0.3), (2, true, 5.0), (3, false, 1.0), (7, true, 2.0)] {
        let rotation = turned(dims, [0, dims - 1], 0.7, mirrored);
        let shift: Vec<f64> = (0..dims).map(|k| 10.0 * k as f64 - 3.0).collect();
        let expected = Similarity { dims, rotation, scale, shift };
        let from = noise(40, dims, 3);
        let mut to = from.clone();
        expected.apply(&mut to);
        let similarity = found(&from, &to, dims, true);
        assert_orthogonal(&similarity);
        let parts = |of: &Similarity| [&of.rotation[..], &[of.scale], &of.shift].concat();
        for (found, expected) in parts(&similarity).into_iter().zip(parts(&expected)) {
            assert!((found - expected).abs() < 1e-5, "{dims}: {found} is not {expected}");
        }
        if scale != 1.0 {
            assert_eq!(found(&from, &to, dims, false).scale, 1.0);
        }
    }
}

#[test]
fn no_other_is_nearer() {
    for dims in [2, 3, 5] {
        let (from, to) = (noise(30, dims, 1), noise(30, dims, 2));
        let best = found(&from, &to, dims, true);
        let least = error(&from, &to, &best);
        let mut others = Vec::new();
        for (axes, angle) in [([0, 1], 0.01), ([0, dims - 1], -0.01), ([0, 1], 1.0)] {
            let turn = turned(dims, axes, angle, false);
            let product =
                |i: usize, j: usize| (0..dims).map(|k| best.rotation[i * dims + k] * turn[k * dims + j]).sum();
            let rotation: Vec<f64> = (0..dims * dims).map(|at| product(at / dims, at % dims)).collect();
            others.push(Similarity { rotation, ..best.clone() });
        }
        others.push(Similarity { scale: best.scale * 1.01, ..best.clone() });
        others.push(Similarity { scale: best.scale * 0.99, ..best.clone() });
        others.push(Similarity { shift: best.shift.iter().map(|x| x + 0.01).collect(), ..best.clone() });
        for other in others {
            assert!(error(&from, &to, &other) > least, "{other:?}");
        }
    }
}

#[test]
fn what_pairs_do_not_say_stays_as_it_is() {
    let one = found(&[1.0, 2.0], &[5.0, -1.0], 2, true);
    assert_eq!((&one.rotation[..], one.scale, &one.shift[..]), (&[1.0, 0.0, 0.0, 1.0][..], 1.0, &[4.0, -3.0][..]));
    let none = found(&[], &[], 3, true);
    assert_eq!(none.shift, [0.0; 3]);
    assert_orthogonal(&none);
    // On a line in space: it is turned onto the other one, and nothing is lost.
    let line: Vec<f32> = (0..6).flat_map(|i| [i as f32, 0.0, 0.0]).collect();
    let other: Vec<f32> = (0..6).flat_map(|i| [1.0, 2.0 * i as f32, 3.0]).collect();
    let similarity = found(&line, &other, 3, true);
    assert_orthogonal(&similarity);
    assert!((similarity.scale - 2.0).abs() < 1e-6 && error(&line, &other, &similarity) < 1e-8);
    // All in one place.
    let same = found(&[1.0; 8], &[2.0; 8], 2, true);
    assert!(same.scale == 1.0 && error(&[1.0; 8], &[2.0; 8], &same) < 1e-12);
}

#[test]
fn an_embedding_is_registered_onto_another_by_its_anchors() {
    let onto = noise(20, 2, 4);
    let rotation = turned(2, [0, 1], 2.0, true);
    let mut own = onto[10..].to_vec();
    Similarity { dims: 2, rotation, scale: 0.5, shift: vec![7.0, 8.0] }.apply(&mut own);
    // Rows without a place count for nothing.
    own[6..8].fill(f32::NAN);
    let anchors: Vec<[u32; 2]> = (0..10).map(|row| [row, row + 5]).collect();
    let run = |own: &[f32], dims: [usize; 2], anchors: &[[u32; 2]]| {
        block_on(async |pulse| register(own.to_vec(), &onto, dims, anchors.to_vec(), pulse).await)
    };
    let registered = run(&own, [2, 2], &anchors).unwrap();
    assert!((registered.similarity.scale - 2.0).abs() < 1e-5 && registered.deviation < 1e-5);
    for (at, (found, expected)) in registered.embedding.iter().zip(&onto[10..]).enumerate() {
        assert!(if at / 2 == 3 { found.is_nan() } else { (found - expected).abs() < 1e-4 });
    }
    assert_refused(run(&own, [2, 3], &anchors), "onto: expected 2 columns, as the embedding has, got 3");
    assert_refused(run(&own, [2, 2], &[[3, 0]]), "anchors: expected rows that have coordinates in both, got none");
    assert_refused(
        run(&own, [2, 2], &[[0, 20]]),
        "anchors: expected rows of `onto`, which has 20, got 20 as `to` of entry 0",
    );
    assert_refused(
        run(&[], [2, 2], &[[0, 0]]),
        "anchors: expected rows of the embedding, which has 0, got 0 as `from` of entry 0",
    );
}
