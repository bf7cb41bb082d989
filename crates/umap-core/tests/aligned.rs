//! AlignedUMAP.

use std::rc::Rc;
use umap_core::aligned::relations::Relations;
use umap_core::aligned::{AlignedFit, AlignedInputs, AlignedModel, AlignedUpdate, UpdateRelations};
use umap_core::evaluate::evaluate;
use umap_core::metric::Metric;
use umap_core::params::{AlignedParams, EvaluateParams};
use umap_core::points::Points;
use umap_core::pulse::block_on;

fn digits() -> Vec<f32> {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/fixtures/digits.u8")).unwrap();
    let rows: Vec<&[u8]> = bytes[..1797 * 64].chunks(64).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&i| rows[i].iter().map(|&x| u32::from(x)).sum::<u32>());
    order.iter().flat_map(|&i| rows[i]).map(|&x| f32::from(x)).collect()
}

fn displacement(es: &[&[f32]]) -> f64 {
    let mut sum = 0.0;
    for w in es.windows(2) {
        let n = (w[0].len() / 2 - 150).min(w[1].len() / 2).min(250);
        let var = |e: &[f32]| {
            let m = e.len() as f64 / 2.0;
            (0..2)
                .map(|k| {
                    let mean = e.chunks(2).map(|r| r[k] as f64).sum::<f64>() / m;
                    e.chunks(2).map(|r| (r[k] as f64 - mean).powi(2)).sum::<f64>() / m
                })
                .sum::<f64>()
                / 2.0
        };
        let sd = ((var(w[0]) + var(w[1])) / 2.0).sqrt();
        let d: f64 = (0..n)
            .map(|i| {
                let (a, b) = (&w[0][(150 + i) * 2..][..2], &w[1][i * 2..][..2]);
                (((a[0] - b[0]) as f64).powi(2) + ((a[1] - b[1]) as f64).powi(2)).sqrt()
            })
            .sum::<f64>()
            / n as f64;
        sum += d / sd;
    }
    sum / (es.len() - 1) as f64
}

#[test]
#[ignore]
fn probe() {
    let data = digits();
    let slice = |i: usize| {
        let (from, to) = (150 * i, (150 * i + 400).min(1797));
        Points::from_slice(&data[from * 64..to * 64], to - from, 64, Metric::Euclidean).unwrap()
    };
    let pairs = || (0..250u32).map(|i| [i + 150, i]).collect::<Vec<_>>();
    let pairs_of = |_i: usize| pairs();
    let json = std::env::var("OPTIONS").unwrap_or("{}".into());
    let params = AlignedParams::from_json(&json).unwrap();
    let trust = |es: &[&[f32]]| {
        let t: Vec<f64> = es
            .iter()
            .enumerate()
            .map(|(i, e)| {
                let ev = EvaluateParams { ..EvaluateParams::default() };
                block_on(async |pulse| evaluate(&slice(i), e, 2, None, &ev, pulse).await).unwrap().trustworthiness
            })
            .collect();
        t.iter().sum::<f64>() / t.len() as f64
    };
    for _ in 0..2 {
        let start = std::time::Instant::now();
        let inputs =
            AlignedInputs { relations: Relations::Pairs((0..9).map(|i| Some(pairs_of(i))).collect()), targets: vec![] };
        let fit = AlignedFit::new((0..10).map(slice).collect(), &params, inputs).unwrap();
        let model = block_on(async |pulse| fit.run(pulse).await).unwrap();
        let took = start.elapsed().as_secs_f64();
        let es: Vec<&[f32]> = model.slices.iter().map(|s| s.fitted.embedding.as_slice()).collect();
        println!(
            "fit {took:.3} trust {:.4} disp {:.4} {:?}",
            trust(&es),
            displacement(&es),
            model.diagnostics.stage_ms
        );
    }
    let inputs = AlignedInputs { relations: Relations::Pairs(vec![Some(pairs())]), targets: vec![] };
    let fit = AlignedFit::new((0..2).map(slice).collect(), &params, inputs).unwrap();
    let mut model: Rc<AlignedModel> = Rc::new(block_on(async |pulse| fit.run(pulse).await).unwrap());
    for i in 2..10 {
        let start = std::time::Instant::now();
        let p = model.next_params("{}").unwrap();
        let update =
            AlignedUpdate::new(model.clone(), slice(i), p, UpdateRelations::Pairs(Some(pairs())), None).unwrap();
        model = Rc::new(block_on(async |pulse| update.run(pulse).await).unwrap());
        print!("{:.3} ", start.elapsed().as_secs_f64());
    }
    let es: Vec<&[f32]> = model.slices.iter().map(|s| s.fitted.embedding.as_slice()).collect();
    println!("updates: trust {:.4} disp {:.4}", trust(&es), displacement(&es));
}
