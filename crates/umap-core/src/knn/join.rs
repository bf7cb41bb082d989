//! Compares rows that are likely neighbours of each other, because they are neighbours of one row.

use super::rows::Rows;
use super::space::Space;

/// Rows compared at a time; see `space.rs`.
const BLOCK: usize = 3;

/// Room for one join at a time, used again and again within a task.
#[derive(Default)]
pub(crate) struct Join {
    members: Vec<u32>,
    /// Row-major `members` x `members`; between two old rows it holds nothing.
    keys: Vec<u32>,
    block: Vec<u32>,
}

impl Join {
    /// Offers to each of `new` all others, to each of `old` all of `new`.
    pub(crate) fn run<S: Space>(&mut self, space: &S, rows: &Rows, new: &[u32], old: &[u32]) {
        self.members.clear();
        self.members.extend_from_slice(new);
        self.members.extend_from_slice(old);
        let len = self.members.len();
        self.keys.resize(self.keys.len().max(len * len), 0);
        self.block.resize(self.block.len().max(BLOCK * len), 0);
        for start in (0..new.len()).step_by(BLOCK) {
            self.compare(space, start, BLOCK.min(new.len() - start));
        }
        for (at, &row) in self.members.iter().enumerate() {
            let partners = if at < new.len() { len } else { new.len() };
            rows.push_all(row, row, &self.members[..partners], &self.keys[at * len..][..partners]);
        }
    }

    /// Keys of a few members with themselves and all later ones.
    fn compare<S: Space>(&mut self, space: &S, start: usize, count: usize) {
        let len = self.members.len();
        let others = &self.members[start..];
        let block = &mut self.block[..count * others.len()];
        space.keys(&others[..count], others, block);
        for (a, keys) in (start..).zip(block.chunks_exact(others.len())) {
            self.keys[a * len + start..][..others.len()].copy_from_slice(keys);
            let mirrored = self.keys[start * len..].iter_mut().skip(a).step_by(len);
            mirrored.zip(keys).for_each(|(mirrored, &key)| *mirrored = key);
            // Worse than all others, so that it rarely costs a lock.
            self.keys[a * len + a] = u32::MAX;
        }
    }
}
