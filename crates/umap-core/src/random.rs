//! Counter-based random numbers: a value is a hash of (seed, stream, counters), so any thread can draw any of them.

/// What a number is drawn for; two purposes never share numbers.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum Stream {
    /// Centres and pieces of the cells.
    Cells = 1,
    /// Candidate priorities in NN-descent.
    Candidates = 2,
    /// Rows of a sample.
    Sample = 3,
    /// Random layouts and start vectors.
    Layout = 4,
    /// Noise on an initial layout.
    Noise = 5,
    /// Negative samples.
    Negative = 6,
    /// Rows that stand for all.
    Landmarks = 8,
    /// Where searches of an index start.
    Entries = 9,
    /// Triplets and pairs whose distances are compared.
    Triplets = 10,
    /// Weights of networks, and the draws of their training.
    Networks = 16,
}

/// Bijective 32-bit hash (constants of "lowbias32", Chris Wellons, "Prospecting for hash functions", 2018).
#[inline(always)]
pub fn h32(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// A keyed source of random numbers.
#[derive(Clone, Copy, Debug)]
pub struct Random {
    key: u32,
}

impl Random {
    /// The source for one purpose under one seed.
    pub fn new(seed: u32, stream: Stream) -> Self {
        Self { key: h32(seed ^ h32((stream as u32).wrapping_mul(0x9e37_79b9))) }
    }

    /// The source for one counter of this source.
    #[inline(always)]
    pub fn at(self, counter: u32) -> Self {
        Self { key: h32(self.key ^ h32(counter.wrapping_add(0x9e37_79b9))) }
    }

    /// 32 random bits.
    #[inline(always)]
    pub fn bits(self, counter: u32) -> u32 {
        self.at(counter).key
    }

    /// Uniform integer in `0..n`.
    #[inline(always)]
    pub fn below(self, counter: u32, n: u32) -> u32 {
        ((u64::from(self.bits(counter)) * u64::from(n)) >> 32) as u32
    }

    /// Uniform in [0, 1), a multiple of 2^-24.
    #[inline(always)]
    pub fn uniform(self, counter: u32) -> f32 {
        (self.bits(counter) >> 8) as f32 / 16_777_216.0
    }

    /// Standard normal (Box-Muller).
    pub fn normal(self, counter: u32) -> f32 {
        let source = self.at(counter);
        let radius = (-2.0 * libm::log(1.0 - f64::from(source.uniform(0)))).sqrt();
        (radius * libm::cos(std::f64::consts::TAU * f64::from(source.uniform(1)))) as f32
    }

    /// `count` distinct values of `0..n` in increasing order (all of them if there are not more), by Floyd's method.
    pub fn sample(self, n: u32, count: u32) -> Vec<u32> {
        if count >= n {
            return (0..n).collect();
        }
        let mut chosen = std::collections::BTreeSet::new();
        for j in n - count..n {
            let t = self.below(j, j + 1);
            chosen.insert(if chosen.contains(&t) { j } else { t });
        }
        chosen.into_iter().collect()
    }
}
