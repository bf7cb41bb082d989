//! Which rows an iteration of NN-descent compares: for each row a random choice among its neighbours and the rows whose
//! neighbour it is, those that are new apart from those that were compared before.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use crate::error::Result;
use crate::memory;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::Random;
use crate::sorting::sort;

use super::rows::{EMPTY, Entry, Rows, is_new, row_of};

/// Rows, or slots for pairs, between two ticks.
const TICK: usize = 1 << 18;

/// For each row the rows that it makes a pair with as neighbour or as reverse neighbour, `row << 1 | new`, those of a row
/// together; after [`choose`](Self::choose) the chosen ones first. Threads take the slots in any order; the choice
/// goes by a total order of pairs, so it does not depend on that. Half the time of lists of the least priorities that
/// every pair is pushed to.
pub(crate) struct Candidates {
    max: usize,
    pairs: Vec<AtomicU32>,
    /// Where the pairs of a row start, and one more.
    starts: Vec<usize>,
    /// Pairs of a row: first counted, then stored.
    counts: Vec<AtomicU32>,
    has_new: Vec<AtomicBool>,
    /// How many new and how many old ones were chosen.
    chosen: Vec<[u32; 2]>,
}

impl Candidates {
    /// Memory for the pairs of `neighbors`, and a choice of at most `max` new and `max` old ones of each row.
    pub(crate) async fn new(neighbors: &Rows, max: usize, pulse: &Pulse) -> Result<Self> {
        let (rows, width) = (neighbors.len(), 2 * neighbors.width());
        let what = format!("candidates ({rows} x {width})");
        let mut new = Self {
            max,
            pairs: memory::reserve(&what, rows, width)?,
            starts: memory::reserve(&what, rows + 1, 1)?,
            counts: memory::reserve(&what, rows, 1)?,
            has_new: memory::reserve(&what, rows, 1)?,
            chosen: memory::reserve(&what, rows, 1)?,
        };
        while new.pairs.len() < rows * width {
            new.pairs.resize_with((rows * width).min(new.pairs.len() + TICK), AtomicU32::default);
            pulse.tick(0.0).await?;
        }
        new.counts.resize_with(rows, AtomicU32::default);
        new.has_new.resize_with(rows, AtomicBool::default);
        Ok(new)
    }

    /// Chooses candidates from `neighbors`, whose entries then cease to be new where they were chosen.
    pub(crate) async fn choose(&mut self, neighbors: &Rows, random: Random, pulse: &Pulse) -> Result<()> {
        self.count(neighbors, &pulse.part(0.0, 0.3)).await?;
        self.make_room(pulse).await?;
        self.fill(neighbors, &pulse.part(0.3, 0.6)).await?;
        let this = &*self;
        let choosing = pulse.part(0.6, 1.0);
        let chosen =
            parallel::map(&choosing, neighbors.tasks(), |rows| this.choose_for_all(neighbors, rows, random)).await?;
        self.chosen.clear();
        self.chosen.extend(chosen.into_iter().flatten());
        Ok(())
    }

    /// The candidates of `row`, new ones first, and how many those are.
    pub(crate) fn of(&self, row: u32) -> (impl Iterator<Item = u32>, usize) {
        let [new, old] = self.chosen[row as usize].map(|count| count as usize);
        let slots = &self.pairs[self.starts[row as usize]..][..new + old];
        (slots.iter().map(|pair| pair.load(Relaxed) >> 1), new)
    }

    async fn count(&mut self, neighbors: &Rows, pulse: &Pulse) -> Result<()> {
        self.counts.iter_mut().for_each(|count| *count.get_mut() = 0);
        self.has_new.iter_mut().for_each(|has_new| *has_new.get_mut() = false);
        let this = &*self;
        parallel::for_each(pulse, neighbors.tasks(), |rows| this.count_pairs(neighbors, rows)).await
    }

    #[inline(never)]
    fn count_pairs(&self, neighbors: &Rows, rows: Range<u32>) {
        for_each_neighbor(neighbors, rows, |row, e| {
            for row in [row, row_of(e)] {
                self.counts[row as usize].fetch_add(1, Relaxed);
                if is_new(e) {
                    self.has_new[row as usize].store(true, Relaxed);
                }
            }
        });
    }

    async fn make_room(&mut self, pulse: &Pulse) -> Result<()> {
        self.starts.clear();
        let mut start = 0;
        for counts in self.counts.chunks_mut(TICK) {
            for count in counts {
                self.starts.push(start);
                start += std::mem::take(count.get_mut()) as usize;
            }
            pulse.tick(0.0).await?;
        }
        self.starts.push(start);
        Ok(())
    }

    /// Puts the pairs in their slots, but for rows without anything new.
    async fn fill(&self, neighbors: &Rows, pulse: &Pulse) -> Result<()> {
        parallel::for_each(pulse, neighbors.tasks(), |rows| self.put_pairs(neighbors, rows)).await
    }

    #[inline(never)]
    fn put_pairs(&self, neighbors: &Rows, rows: Range<u32>) {
        for_each_neighbor(neighbors, rows, |row, e| {
            let new = u32::from(is_new(e));
            for (row, other) in [(row, row_of(e)), (row_of(e), row)] {
                if self.has_new[row as usize].load(Relaxed) {
                    let at = self.counts[row as usize].fetch_add(1, Relaxed) as usize;
                    self.pairs[self.starts[row as usize] + at].store(other << 1 | new, Relaxed);
                }
            }
        });
    }

    #[inline(never)]
    fn choose_for_all(&self, neighbors: &Rows, rows: Range<u32>, random: Random) -> Vec<[u32; 2]> {
        let mut choice = Choice::default();
        rows.map(|row| self.choose_for(neighbors, row, random, &mut choice)).collect()
    }

    fn choose_for(&self, neighbors: &Rows, row: u32, random: Random, choice: &mut Choice) -> [u32; 2] {
        if !self.has_new[row as usize].load(Relaxed) {
            return [0, 0];
        }
        let count = self.counts[row as usize].load(Relaxed) as usize;
        let slots = &self.pairs[self.starts[row as usize]..][..count];
        let keys = |new: u32| {
            let pairs = slots.iter().map(|pair| pair.load(Relaxed)).filter(move |pair| pair & 1 == new);
            pairs.map(move |pair| key(random, row, pair >> 1))
        };
        let Choice { new, old } = choice;
        take_least(new, keys(1), self.max);
        take_least(old, keys(0), self.max);
        // What is new for one of the two is new.
        old.retain(|key| new.binary_search(key).is_err());
        let last = if new.len() < self.max { EMPTY } else { new[self.max - 1] };
        let (new, old) = (&*new, &*old);
        for (slot, &key) in slots.iter().zip(new.iter().chain(old)) {
            slot.store(row_of(key) << 1, Relaxed);
        }
        neighbors.with(row, |entries| {
            let chosen = |e: Entry| is_new(e) && key(random, row, row_of(e)) <= last;
            entries.iter_mut().filter(|e| chosen(**e)).for_each(|e| *e &= !1);
        });
        [new.len() as u32, old.len() as u32]
    }
}

/// Scratch memory for a row's choice.
#[derive(Default)]
struct Choice {
    new: Vec<u64>,
    old: Vec<u64>,
}

/// The `max` least of different `keys`, in order; none is there more than twice.
fn take_least(least: &mut Vec<u64>, keys: impl Iterator<Item = u64>, max: usize) {
    least.clear();
    least.extend(keys);
    if least.len() > 2 * max {
        least.select_nth_unstable(2 * max);
        least.truncate(2 * max);
    }
    sort(least);
    least.dedup();
    least.truncate(max);
}

/// By which pairs of a row are chosen: a random number that both rows have in common, then the other row.
fn key(random: Random, row: u32, other: u32) -> u64 {
    u64::from(random.at(row.min(other)).bits(row.max(other))) << 32 | u64::from(other) << 1
}

fn for_each_neighbor(neighbors: &Rows, rows: Range<u32>, mut work: impl FnMut(u32, Entry)) {
    let mut own = vec![EMPTY; neighbors.width()];
    for row in rows {
        neighbors.with(row, |entries| own.copy_from_slice(entries));
        own.iter().take_while(|&&e| e != EMPTY).for_each(|&e| work(row, e));
    }
}
