//! Stand-in until umap-core lands.
use crate::{error::Error, marshal::Points, job::now};
use std::task::Poll;
#[cfg(feature = "threads")]
use rayon::prelude::*;

pub struct Nearest { points: Points, out: Vec<f32>, next: usize, pub cancelled: bool }
const UNIT: usize = 16;
impl Nearest {
    pub fn new(points: Points) -> Self { let n = points.rows; Nearest { points, out: vec![0.0; n], next: 0, cancelled: false } }
    pub fn fraction(&self) -> f64 { self.next as f64 / self.points.rows as f64 }
    pub fn step(&mut self, budget: f64) -> Poll<Result<Vec<f32>, Error>> {
        let until = now() + budget;
        let Points { rows, cols, data, .. } = &self.points;
        while self.next < *rows {
            if self.cancelled { return Poll::Ready(Err(Error::Cancelled)); }
            let end = (self.next + UNIT * 8).min(*rows);
            let first = self.next;
            let work = |(c, out): (usize, &mut [f32])| for (r, out) in out.iter_mut().enumerate() {
                let i = first + c * UNIT + r;
                let mut best = f32::INFINITY;
                for j in 0..*rows { if j != i {
                    let mut lanes = [0f32; 8];
                    for (a, b) in data[i*cols..(i+1)*cols].chunks(8).zip(data[j*cols..(j+1)*cols].chunks(8)) { for (l, (x, y)) in lanes.iter_mut().zip(a.iter().zip(b)) { *l += (x - y) * (x - y); } }
                    let s: f32 = lanes.iter().fold(0.0, |a, b| a + b);
                    if s < best { best = s }
                } }
                *out = best.sqrt();
            };
            #[cfg(feature = "threads")]
            self.out[first..end].par_chunks_mut(UNIT).enumerate().for_each(work);
            #[cfg(not(feature = "threads"))]
            self.out[first..end].chunks_mut(UNIT).enumerate().for_each(work);
            self.next = end;
            if now() >= until { return Poll::Pending }
        }
        Poll::Ready(Ok(std::mem::take(&mut self.out)))
    }
}

/// Ends the module in the way that is asked for: tests do it on the module that ships.
pub fn provoke(kind: &str) {
    match kind {
        "panic" => panic!("provoked on the host"),
        "panic-in-pool" => {
            #[cfg(feature = "threads")]
            (0..64).into_par_iter().for_each(|i| if i == 7 { panic!("provoked in the pool") });
            #[cfg(not(feature = "threads"))]
            panic!("provoked in the pool");
        }
        "out-of-memory" => { let mut hold: Vec<Vec<u8>> = Vec::new(); loop { hold.push(vec![1u8; 1 << 30]); } }
        "hang" => loop { std::hint::spin_loop() },
        _ => (),
    }
}
