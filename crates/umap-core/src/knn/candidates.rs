//! Which rows an iteration of NN-descent compares: for each row a random choice among its neighbours and the rows whose
//! neighbour it is, those that are new apart from those that were compared before.

use crate::error::Result;
use crate::parallel;
use crate::pulse::Pulse;
use crate::random::Random;

use super::rows::{EMPTY, Entry, Rows, entry, is_new, row_of};

/// Candidates of each row. They are kept by priority, and a pair of rows has one priority, so a pair that is both a
/// neighbour and a reverse neighbour counts once.
pub(crate) struct Candidates {
    /// New neighbours of a row and rows that have it as a new neighbour.
    pub(crate) new: Rows,
    /// Likewise for neighbours that were candidates before; only for rows with something new.
    pub(crate) old: Rows,
}

impl Candidates {
    /// Room for `max` new and `max` old candidates of each row.
    pub(crate) async fn new(rows: usize, max: usize, pulse: &Pulse) -> Result<Self> {
        Ok(Self { new: Rows::new(rows, max, pulse).await?, old: Rows::new(rows, max, pulse).await? })
    }

    /// Chooses candidates from `neighbors`, whose entries then cease to be new where they were chosen.
    pub(crate) async fn choose(&mut self, neighbors: &Rows, random: Random, pulse: &Pulse) -> Result<()> {
        self.new.clear(&pulse.part(0.0, 0.05)).await?;
        self.old.clear(&pulse.part(0.05, 0.1)).await?;
        self.choose_new(neighbors, random, &pulse.part(0.1, 0.4)).await?;
        self.choose_old(neighbors, random, &pulse.part(0.4, 0.9)).await?;
        parallel::for_each(&pulse.part(0.9, 1.0), neighbors.tasks(), |rows| {
            rows.for_each(|row| mark_chosen(neighbors, &self.new, row, random));
        })
        .await
    }

    async fn choose_new(&self, neighbors: &Rows, random: Random, pulse: &Pulse) -> Result<()> {
        parallel::for_each(pulse, neighbors.tasks(), |rows| {
            for_each_neighbor(neighbors, rows, |row, e| {
                if is_new(e) {
                    let (other, priority) = (row_of(e), priority(random, row, row_of(e)));
                    self.new.push(row, priority, other);
                    self.new.push(other, priority, row);
                }
            });
        })
        .await
    }

    async fn choose_old(&self, neighbors: &Rows, random: Random, pulse: &Pulse) -> Result<()> {
        let has_new = parallel::map(&pulse.part(0.0, 0.2), neighbors.tasks(), |rows| {
            rows.map(|row| self.new.with(row, |entries| entries[0] != EMPTY)).collect::<Vec<bool>>()
        })
        .await?
        .concat();
        parallel::for_each(&pulse.part(0.2, 1.0), neighbors.tasks(), |rows| {
            for_each_neighbor(neighbors, rows, |row, e| {
                let other = row_of(e);
                let (to_row, to_other) = (has_new[row as usize], has_new[other as usize]);
                if e & 1 == 1 || !(to_row || to_other) {
                    return;
                }
                let priority = priority(random, row, other);
                if to_row {
                    self.old.push(row, priority, other);
                }
                if to_other {
                    self.old.push(other, priority, row);
                }
            });
        })
        .await
    }
}

fn priority(random: Random, a: u32, b: u32) -> u32 {
    random.at(a.min(b)).bits(a.max(b))
}

fn for_each_neighbor(neighbors: &Rows, rows: std::ops::Range<u32>, mut work: impl FnMut(u32, Entry)) {
    let mut own = vec![EMPTY; neighbors.width()];
    for row in rows {
        neighbors.with(row, |entries| own.copy_from_slice(entries));
        own.iter().take_while(|&&e| e != EMPTY).for_each(|&e| work(row, e));
    }
}

/// The entries of `row` that were chosen as its candidates are not new any more.
fn mark_chosen(neighbors: &Rows, chosen: &Rows, row: u32, random: Random) {
    let last = chosen.with(row, |entries| entries[entries.len() - 1]);
    neighbors.with(row, |entries| {
        for e in entries.iter_mut().filter(|e| is_new(**e)) {
            let other = row_of(*e);
            if entry(priority(random, row, other), other) <= last {
                *e &= !1;
            }
        }
    });
}
