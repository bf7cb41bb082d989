//! Rows that are likely neighbours meet: they are compared, many with many, and each is offered the others.

use std::ops::Range;

use super::rows::{KEYS, Rows};
use crate::space::{Gathered, SearchSpace, TILE_A};

/// Members of a meeting and its scratch memory, reused within a task.
#[derive(Default)]
pub(crate) struct Meeting {
    members: Vec<u32>,
    gathered: Gathered,
    /// The greatest key that is of use to each member.
    limits: Vec<u32>,
    keys: Vec<u32>,
}

impl Meeting {
    /// Begins a meeting of other members.
    pub(crate) fn begin(&mut self, space: &dyn SearchSpace, rows: &Rows, members: impl Iterator<Item = u32>) {
        self.members.clear();
        self.members.extend(members);
        self.limits.clear();
        self.limits.extend(self.members.iter().map(|&row| rows.limit(row)));
        space.gather(&self.members, &mut self.gathered);
    }

    /// Lets the members number `hosts` meet each other and all members after them.
    pub(crate) fn meet(&mut self, space: &dyn SearchSpace, rows: &Rows, hosts: Range<usize>) {
        let len = self.members.len();
        for first in hosts.clone().step_by(TILE_A) {
            let (count, width) = (TILE_A.min(hosts.end - first), len - first);
            self.keys.resize(self.keys.len().max(count * width), 0);
            let keys = &mut self.keys[..count * width];
            space.keys(self.gathered.stretch(first, first + count), self.gathered.stretch(first, len), keys);
            for (at, keys) in keys.chunks_exact(width).enumerate() {
                let (host, later) = (first + at, first + at + 1);
                offer(rows, self.members[host], &self.members[later..], &keys[at + 1..], &mut self.limits[later..]);
            }
        }
    }

    /// Lets `visitors`, none of them a member, meet all members.
    pub(crate) fn receive(&mut self, space: &dyn SearchSpace, rows: &Rows, visitors: &[u32]) {
        let (len, gathered) = (self.members.len(), Gathered::of(space, visitors));
        self.keys.resize(self.keys.len().max(TILE_A * len), 0);
        for (first, visitors) in (0..).step_by(TILE_A).zip(visitors.chunks(TILE_A)) {
            let keys = &mut self.keys[..visitors.len() * len];
            space.keys(gathered.stretch(first, first + visitors.len()), self.gathered.all(), keys);
            for (&visitor, keys) in visitors.iter().zip(keys.chunks_exact(len)) {
                offer(rows, visitor, &self.members, keys, &mut self.limits);
            }
        }
    }
}

/// Offers a row and the members, none of them that row, to each other.
fn offer(rows: &Rows, row: u32, members: &[u32], keys: &[u32], limits: &mut [u32]) {
    let mut own = rows.limit(row);
    let chunks = keys.chunks(KEYS).zip(limits.chunks_mut(KEYS)).zip(members.chunks(KEYS));
    for ((keys, limits), members) in chunks {
        // Without a branch per key, so that it vectorises.
        if !keys.iter().zip(&*limits).fold(false, |any, (&key, &limit)| any | (key <= limit.max(own))) {
            continue;
        }
        for ((&key, limit), &member) in keys.iter().zip(limits).zip(members) {
            if key <= own {
                rows.push(row, key, member);
                own = rows.limit(row);
            }
            if key <= *limit {
                rows.push(member, key, row);
                *limit = rows.limit(member);
            }
        }
    }
}
