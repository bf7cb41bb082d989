//! Which rows of different slices correspond.
//!
//! Callers give relations between consecutive slices, which are chained through the window, or the ids of all rows, from
//! which relations between any slices of the window follow: then rows that a slice in between has not are related too.

use crate::error::{Result, UmapError};
use crate::sorting;

/// Stands for no row.
const NONE: u32 = u32::MAX;

/// Rows of one slice and the rows of a later one that correspond: no row is there twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// Earlier and later, in the order of the earlier rows.
    pairs: Vec<[u32; 2]>,
}

/// A relation between two slices, by their numbers; the first is the earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Earlier and later.
    pub slices: [usize; 2],
    /// Between them.
    pub relation: Relation,
}

/// What a caller says about the rows of slices that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relations {
    /// Pairs of rows for each two consecutive slices, or none.
    Pairs(Vec<Option<Vec<[u32; 2]>>>),
    /// For each slice its rows' ids.
    Ids(Vec<Vec<u32>>),
}

impl Relation {
    /// Checks pairs of rows of two slices of so many `rows`; `name` is theirs in errors, `slices` what they lead between.
    pub fn new(name: &str, pairs: Vec<[u32; 2]>, slices: [&str; 2], rows: [usize; 2]) -> Result<Self> {
        if pairs.is_empty() {
            return Err(UmapError::parameter(name, "at least one pair, or null where nothing is related", "none"));
        }
        for side in [0, 1] {
            check_rows(name, &pairs, side, slices, rows)?;
            check_once(name, &pairs, side, slices[side], rows[side])?;
        }
        Ok(Self::sorted(pairs))
    }

    fn sorted(mut pairs: Vec<[u32; 2]>) -> Self {
        let mut entries: Vec<u64> = pairs.iter().map(|&[a, b]| sorting::pair(a, b)).collect();
        sorting::sort(&mut entries);
        pairs.iter_mut().zip(entries).for_each(|(pair, entry)| *pair = sorting::unpair(entry).into());
        Self { pairs }
    }

    /// Earlier and later rows, in the order of the earlier ones.
    pub fn pairs(&self) -> &[[u32; 2]] {
        &self.pairs
    }

    /// Whether nothing is related.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// This relation, and then another one.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let onward = |[from, between]: &[u32; 2]| {
            let at = next.pairs.binary_search_by_key(between, |pair| pair[0]).ok()?;
            Some([*from, next.pairs[at][1]])
        };
        Self { pairs: self.pairs.iter().filter_map(onward).collect() }
    }

    /// Rows that have the same id; none is twice in either list.
    fn of_ids([earlier, later]: [&[(u32, u32)]; 2]) -> Self {
        let (mut pairs, mut rest) = (Vec::new(), later);
        for &(id, row) in earlier {
            rest = &rest[rest.partition_point(|&(other, _)| other < id)..];
            match rest.first() {
                Some(&(other, later)) if other == id => pairs.push([row, later]),
                Some(_) => {}
                None => break,
            }
        }
        Self::sorted(pairs)
    }

    /// For each row of one side (0 or 1), of which there are so many, the row of the other; `u32::MAX` for none.
    pub(super) fn map_from(&self, side: usize, rows: usize) -> Vec<u32> {
        let mut map = vec![NONE; rows];
        self.pairs.iter().for_each(|pair| map[pair[side] as usize] = pair[1 - side]);
        map
    }
}

fn check_rows(name: &str, pairs: &[[u32; 2]], side: usize, slices: [&str; 2], rows: [usize; 2]) -> Result<()> {
    let fits = |row: u32, side: usize| (row as usize) < rows[side];
    let Some(at) = pairs.iter().position(|pair| !fits(pair[side], side)) else { return Ok(()) };
    let is_reversed = pairs.iter().all(|pair| fits(pair[0], 1) && fits(pair[1], 0));
    let hint = if is_reversed { "; the other way round all pairs fit: they lead from earlier to later" } else { "" };
    let expected = format!("rows of {}, which has {}", slices[side], rows[side]);
    let (which, got) = (["from", "to"][side], pairs[at][side].cast_signed());
    Err(UmapError::parameter(name, expected, format!("{got} as `{which}` of entry {at}{hint}")))
}

fn check_once(name: &str, pairs: &[[u32; 2]], side: usize, slice: &str, rows: usize) -> Result<()> {
    let mut entry = vec![NONE; rows];
    for (at, pair) in (0..).zip(pairs) {
        let before = std::mem::replace(&mut entry[pair[side] as usize], at);
        if before != NONE {
            let got = format!("row {} of {slice} in entries {before} and {at}", pair[side]);
            return Err(UmapError::parameter(name, "each row in one pair at most", got));
        }
    }
    Ok(())
}

impl Relations {
    /// The relations between slices that are at most `window` apart, those of `later - earlier` = 1 first.
    pub fn within(self, window: usize, rows: &[usize]) -> Result<Vec<Related>> {
        match self {
            Self::Pairs(pairs) => {
                if pairs.len() + 1 != rows.len() {
                    let expected = format!("{}, one for each two consecutive datasets", rows.len() - 1);
                    return Err(UmapError::shape("relations", expected, pairs.len().to_string()));
                }
                let between = |(i, pairs): (usize, Option<Vec<[u32; 2]>>)| {
                    pairs.map(|pairs| consecutive(i, pairs, [rows[i], rows[i + 1]])).transpose()
                };
                let all = pairs.into_iter().enumerate().map(between).collect::<Result<Vec<_>>>()?;
                Ok(chained(&all, window))
            }
            Self::Ids(ids) => by_ids(&ids, window, rows),
        }
    }
}

/// Pairs of rows of two consecutive datasets, by their numbers, checked.
fn consecutive(i: usize, pairs: Vec<[u32; 2]>, rows: [usize; 2]) -> Result<Relation> {
    let slices = [i, i + 1].map(|slice| format!("datasets[{slice}]"));
    Relation::new(&format!("relations[{i}]"), pairs, [&slices[0], &slices[1]], rows)
}

/// The relations through the window, from those between consecutive slices.
pub fn chained(consecutive: &[Option<Relation>], window: usize) -> Vec<Related> {
    let mut all = Vec::new();
    // Between slices that are one apart, two apart, ...
    let mut apart: Vec<Relation> = consecutive.iter().map(|relation| relation.clone().unwrap_or_default()).collect();
    for distance in 1..=window.min(consecutive.len()) {
        let related =
            |(i, relation): (usize, &Relation)| Related { slices: [i, i + distance], relation: relation.clone() };
        all.extend(apart.iter().enumerate().map(related).filter(|related| !related.relation.is_empty()));
        let next = consecutive.iter().skip(distance);
        apart = apart
            .iter()
            .zip(next)
            .map(|(relation, next)| next.as_ref().map_or(Relation::default(), |next| relation.then(next)))
            .collect();
    }
    all
}

fn by_ids(ids: &[Vec<u32>], window: usize, rows: &[usize]) -> Result<Vec<Related>> {
    if ids.len() != rows.len() {
        let expected = format!("{} lists, one for each dataset", rows.len());
        return Err(UmapError::shape("ids", expected, ids.len().to_string()));
    }
    let sorted =
        (ids.iter().zip(rows).enumerate()).map(|(i, (ids, &rows))| sorted_ids(&format!("ids[{i}]"), ids, rows));
    let sorted = sorted.collect::<Result<Vec<_>>>()?;
    let mut all = Vec::new();
    for distance in 1..=window.min(ids.len().saturating_sub(1)) {
        for i in 0..ids.len() - distance {
            let relation = Relation::of_ids([&sorted[i], &sorted[i + distance]]);
            all.extend((!relation.is_empty()).then_some(Related { slices: [i, i + distance], relation }));
        }
    }
    if all.is_empty() && ids.len() > 1 {
        let expected = "ids that occur in more than one dataset of a window";
        return Err(UmapError::parameter("ids", expected, "only ids that do not"));
    }
    Ok(all)
}

/// Ids with their rows, in the order of ids.
fn sorted_ids(name: &str, ids: &[u32], rows: usize) -> Result<Vec<(u32, u32)>> {
    if ids.len() != rows {
        return Err(UmapError::shape(name, format!("{rows} ids, one for each row"), ids.len().to_string()));
    }
    let mut sorted: Vec<(u32, u32)> = ids.iter().copied().zip(0..).collect();
    sorting::sort_pairs(&mut sorted);
    match sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        None => Ok(sorted),
        Some(twice) => {
            let got = format!("the same in rows {} and {}", twice[0].1, twice[1].1);
            Err(UmapError::parameter(name, "an id of its own for each row", got))
        }
    }
}
