//! For each row the few smallest entries of all that many threads push, sorted. Entries are totally ordered, so what is
//! kept does not depend on the order of the pushes.

use std::cell::UnsafeCell;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::error::Result;
use crate::memory;
use crate::pulse::Pulse;

/// A key, a row and whether it is new there: `key << 32 | row << 1 | new`. Equal keys are in the order of their rows.
pub(crate) type Entry = u64;

/// Fills free slots, greater than any entry.
pub(crate) const EMPTY: Entry = u64::MAX;

/// The entry of a row that is new.
#[inline(always)]
pub(crate) fn entry(key: u32, row: u32) -> Entry {
    u64::from(key) << 32 | u64::from(row) << 1 | 1
}

/// The row of an entry.
#[inline(always)]
pub(crate) fn row_of(entry: Entry) -> u32 {
    entry as u32 >> 1
}

/// Whether the entry is there and new.
#[inline(always)]
pub(crate) fn is_new(entry: Entry) -> bool {
    entry & 1 == 1 && entry != EMPTY
}

/// Keys held against a limit at a time: two vectors, of which few have a key within it.
pub(crate) const KEYS: usize = 8;

/// Rows of a task that does little per row.
const TASK_ROWS: usize = 512;

/// Rows allocated between two ticks: some megabytes.
const FILL_ROWS: usize = 1 << 14;

struct Head {
    locked: AtomicBool,
    /// Key of the last entry. It only falls, so a push that a stale value refuses would be refused anyway.
    worst: AtomicU32,
}

/// Sorted entries of each row, `width` slots each.
pub(crate) struct Rows {
    heads: Vec<Head>,
    entries: Vec<UnsafeCell<Entry>>,
    width: usize,
}

// SAFETY: the entries of a row are reached only through `with`, which holds the row's lock.
unsafe impl Sync for Rows {}

impl Rows {
    /// Empty rows. Row numbers must be below 2^31 - 1.
    pub(crate) async fn new(rows: usize, width: usize, pulse: &Pulse) -> Result<Self> {
        assert!(rows < i32::MAX as usize && width > 0);
        let what = format!("neighbors while searching ({rows} x {width})");
        let (heads, entries) = (memory::reserve(&what, rows, 1)?, memory::reserve(&what, rows, width)?);
        let mut new = Self { heads, entries, width };
        for end in (0..rows).step_by(FILL_ROWS).map(|start| rows.min(start + FILL_ROWS)) {
            new.heads.resize_with(end, || Head { locked: AtomicBool::new(false), worst: AtomicU32::new(u32::MAX) });
            new.entries.resize_with(end * width, || UnsafeCell::new(EMPTY));
            pulse.tick(0.0).await?;
        }
        Ok(new)
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Slots per row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// All rows, cut in tasks.
    pub(crate) fn tasks(&self) -> impl ExactSizeIterator<Item = Range<u32>> + use<> {
        let len = self.len();
        (0..len.div_ceil(TASK_ROWS)).map(move |i| (i * TASK_ROWS) as u32..((i + 1) * TASK_ROWS).min(len) as u32)
    }

    /// Calls `work` with the entries of a row, which nobody else can reach meanwhile. `work` must keep them sorted and
    /// must not call back: it would wait for itself.
    #[inline(always)]
    pub(crate) fn with<R>(&self, row: u32, work: impl FnOnce(&mut [Entry]) -> R) -> R {
        let lock = &self.heads[row as usize].locked;
        while lock.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            std::hint::spin_loop();
        }
        let _unlock = Unlock(lock);
        let cells = &self.entries[row as usize * self.width..][..self.width];
        // SAFETY: `cells` are the entries of this row alone, and whoever holds the row's lock is alone with them.
        work(unsafe { std::slice::from_raw_parts_mut(UnsafeCell::raw_get(cells.as_ptr()), cells.len()) })
    }

    /// The rows in the entries of a row, nearest first.
    pub(crate) fn neighbors(&self, row: u32) -> impl Iterator<Item = u32> + use<> {
        let taken = |entries: &mut [Entry]| entries.iter().take_while(|&&e| e != EMPTY).map(|&e| row_of(e)).collect();
        self.with(row, taken as fn(&mut [Entry]) -> Vec<u32>).into_iter()
    }

    /// How many entries of some rows are such.
    #[inline(never)]
    pub(crate) fn count(&self, rows: Range<u32>, is_such: fn(Entry) -> bool) -> usize {
        rows.map(|row| self.with(row, |entries| entries.iter().filter(|&&e| is_such(e)).count())).sum()
    }

    /// No entry with a greater key is of use to a row.
    #[inline(always)]
    pub(crate) fn limit(&self, row: u32) -> u32 {
        self.heads[row as usize].worst.load(Ordering::Relaxed)
    }

    /// Offers one entry to a row.
    #[inline(always)]
    pub(crate) fn push(&self, row: u32, key: u32, neighbor: u32) {
        let worst = &self.heads[row as usize].worst;
        if key <= worst.load(Ordering::Relaxed) {
            self.with(row, |entries| {
                if insert(entries, entry(key, neighbor)) {
                    worst.store((entries[self.width - 1] >> 32) as u32, Ordering::Relaxed);
                }
            });
        }
    }

    /// Gives a row what of the entries of a row of `others` is nearer, whose keys must be of the same kind. Limits for
    /// further pushes stay.
    pub(crate) fn merge(&self, row: u32, others: &Self, other: u32) {
        self.with(row, |entries| {
            others.with(other, |more| more.iter().take_while(|&&e| e != EMPTY).for_each(|&e| _ = insert(entries, e)));
        });
    }

    /// Offers `neighbors` with their keys to a row, all but `own`.
    #[inline(always)]
    pub(crate) fn push_all(&self, row: u32, own: u32, neighbors: &[u32], keys: &[u32]) {
        let worst = &self.heads[row as usize].worst;
        let limit = worst.load(Ordering::Relaxed);
        // Late in a search most lists have nothing to offer.
        if !any_within(keys, limit) {
            return;
        }
        self.with(row, |entries| {
            let mut limit = (entries[self.width - 1] >> 32) as u32;
            for (keys, neighbors) in keys.chunks(KEYS).zip(neighbors.chunks(KEYS)) {
                if !any_within(keys, limit) {
                    continue;
                }
                for (&key, &neighbor) in keys.iter().zip(neighbors) {
                    if key <= limit && neighbor != own && insert(entries, entry(key, neighbor)) {
                        limit = (entries[self.width - 1] >> 32) as u32;
                    }
                }
            }
            worst.store(limit, Ordering::Relaxed);
        });
    }
}

/// Without a branch per key, so that it vectorises.
#[inline(always)]
fn any_within(keys: &[u32], limit: u32) -> bool {
    keys.iter().fold(false, |any, &key| any | (key <= limit))
}

struct Unlock<'a>(&'a AtomicBool);

impl Drop for Unlock<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Inserts `entry` and drops the last one, unless it is too great or its row is there.
#[inline(always)]
fn insert(entries: &mut [Entry], entry: Entry) -> bool {
    let last = entries.len() - 1;
    if entry >= entries[last] {
        return false;
    }
    // A row has one key, so an entry of the same row is exactly here, new or not.
    // Counted, not searched: without branches it costs less for so few.
    let at = entries.iter().map(|&e| usize::from(e < entry & !1)).sum::<usize>();
    if entries[at] >> 1 == entry >> 1 {
        return false;
    }
    // Each entry is carried on to the next slot: for so few, a call to move them takes longer in WebAssembly.
    entries[at..].iter_mut().fold(entry, |carried, slot| std::mem::replace(slot, carried));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pulse::block_on;
    use crate::random::h32;

    fn empty(rows: usize, width: usize) -> Rows {
        block_on(async |pulse| Rows::new(rows, width, pulse).await).unwrap()
    }

    #[test]
    fn any_order_of_pushes_keeps_the_same_entries() {
        let pushes: Vec<(u32, u32)> = (0..200).map(|i| (h32(i % 90) % 40, i % 90)).collect();
        let mut expected: Vec<Entry> = pushes.iter().map(|&(key, row)| entry(key, row)).collect();
        expected.sort_unstable();
        expected.dedup();
        expected.retain(|&e| row_of(e) != 3);
        let (keys, ids): (Vec<u32>, Vec<u32>) = pushes.iter().copied().unzip();
        for turn in 0..200 {
            let rows = empty(100, 7);
            let (head, tail) = (turn, 200 - turn);
            rows.push_all(3, 3, &ids[head..], &keys[head..]);
            for i in (0..200 - tail).rev().filter(|&i| ids[i] != 3) {
                rows.push(3, keys[i], ids[i]);
            }
            rows.with(3, |entries| assert_eq!(entries, &expected[..7]));
        }
    }

    #[test]
    fn a_row_that_is_known_stays_known() {
        let rows = empty(4, 2);
        rows.push(0, 5, 1);
        rows.with(0, |entries| entries[0] &= !1);
        rows.push(0, 5, 1);
        rows.with(0, |entries| assert_eq!(entries, [5 << 32 | 1 << 1, EMPTY]));
    }
}
