//! How a search numbers what it compares: rows in an order of its own, then the centres of groups of them.

use std::ops::Range;

/// An order of the rows of a space, and centres that are numbered after them.
pub(super) struct Ordered<'a> {
    order: &'a [u32],
    centers: Vec<Vec<u32>>,
}

impl<'a> Ordered<'a> {
    /// Without centres; number `i` is row `order[i]` of the space.
    pub(super) fn new(order: &'a [u32]) -> Self {
        Self { order, centers: Vec::new() }
    }

    /// The rows of the space, in order.
    pub(super) fn rows(&self) -> &'a [u32] {
        self.order
    }

    /// The numbers of the centres.
    pub(super) fn centers(&self) -> Range<u32> {
        self.order.len() as u32..(self.order.len() + self.centers.len()) as u32
    }

    /// Replaces the centres.
    pub(super) fn set_centers(&mut self, centers: Vec<Vec<u32>>) {
        self.centers = centers;
    }

    /// The words of the centre of a number, unless that is a row.
    pub(super) fn center(&self, number: u32) -> Option<&[u32]> {
        Some(&self.centers[(number as usize).checked_sub(self.order.len())?])
    }
}
