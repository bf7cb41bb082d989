//! A file as it comes, in pieces of any size. Nothing is believed: room is made for what has come only, and everything that
//! is taken out is checked.

use std::collections::{BTreeMap, VecDeque};

use super::container::{
    CHECKSUM, Dtype, Entry, FORMAT, MOST_HEADER, NO_CHECKSUM, PIECE, VERSION, checksum_place, parse,
};
use crate::error::{Result, UmapError};

/// Takes a file in pieces.
#[derive(Debug, Default)]
pub struct Reader {
    /// Length and header, as far as they have come.
    head: Vec<u8>,
    /// Once the header is there.
    body: Option<Body>,
}

#[derive(Debug)]
struct Body {
    texts: BTreeMap<String, String>,
    /// Those that are still to come, the next one first.
    coming: VecDeque<(String, Entry)>,
    arrays: BTreeMap<String, Array>,
    checksum: crc32fast::Hasher,
}

/// An array as it came.
#[derive(Debug)]
pub(crate) struct Array {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<u64>,
    /// Its bytes, in pieces that hold whole values. They are freed as they are read.
    pub(super) pieces: VecDeque<Vec<u8>>,
    /// Bytes in them.
    len: u64,
}

impl Reader {
    /// Takes the next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            match &mut self.body {
                None => self.push_head(&mut bytes)?,
                Some(body) => body.push(&mut bytes)?,
            }
        }
        Ok(())
    }

    fn push_head(&mut self, bytes: &mut &[u8]) -> Result<()> {
        let wanted = self.head_len()?;
        let (now, rest) = bytes.split_at(bytes.len().min(wanted - self.head.len()));
        self.head.extend_from_slice(now);
        *bytes = rest;
        if self.head.len() >= 8 && self.head.len() == self.head_len()? {
            self.body = Some(Body::new(&self.head)?);
        }
        Ok(())
    }

    /// Bytes up to the data; 8 while it is not known.
    fn head_len(&self) -> Result<usize> {
        let Some(length) = self.head.first_chunk::<8>() else { return Ok(8) };
        match u64::from_le_bytes(*length) {
            length @ 2..=MOST_HEADER => Ok(8 + length as usize),
            length => Err(UmapError::malformed("length of the header", format!("2 to {MOST_HEADER}"), length)),
        }
    }

    /// What was in the file, once all of it has come.
    pub fn finish(self) -> Result<Contents> {
        let truncated = |got: &str| UmapError::malformed("file", "a whole one", got);
        let mut body = self.body.ok_or_else(|| truncated("one that ends before its data"))?;
        body.take_complete();
        if let Some((name, _)) = body.coming.front() {
            return Err(truncated(&format!("one that ends within {name:?}")));
        }
        let (expected, got) = (body.texts.get(CHECKSUM), format!("{:08x}", body.checksum.finalize()));
        if expected != Some(&got) {
            let expected = expected.map_or("one", |text| text.as_str());
            return Err(UmapError::malformed("checksum", expected, format!("{got}, so the file is damaged")));
        }
        Ok(Contents { texts: body.texts, arrays: body.arrays })
    }
}

impl Body {
    fn new(head: &[u8]) -> Result<Self> {
        let (texts, entries) = parse(&head[8..])?;
        let text = |name: &str| texts.get(name).map_or("nothing", String::as_str);
        if text("format") != FORMAT {
            return Err(UmapError::malformed("format", FORMAT, text("format")));
        }
        match text("version").parse::<u32>() {
            Ok(1..=VERSION) => {}
            _ => return Err(UmapError::malformed("version", format!("1 to {VERSION}"), text("version"))),
        }
        let at = checksum_place(head).ok_or_else(|| UmapError::malformed("checksum", "one", "none"))?;
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&head[..at]);
        checksum.update(NO_CHECKSUM.as_bytes());
        checksum.update(&head[at + NO_CHECKSUM.len()..]);
        Ok(Self { texts, coming: entries.into(), arrays: BTreeMap::new(), checksum })
    }

    fn push(&mut self, bytes: &mut &[u8]) -> Result<()> {
        self.take_complete();
        let Some((name, entry)) = self.coming.front() else {
            return Err(UmapError::malformed(
                "file",
                "an end after its data",
                format!("{} bytes or more", bytes.len()),
            ));
        };
        let [from, to] = entry.data_offsets;
        let array = self.arrays.entry(name.clone()).or_insert_with(|| Array::new(entry));
        let left = to - from - array.len;
        let (now, rest) = bytes.split_at(usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len())));
        array.push(now).map_err(|()| UmapError::OutOfMemory { what: format!("{name} of a file"), bytes: to - from })?;
        self.checksum.update(now);
        *bytes = rest;
        Ok(())
    }

    /// Moves on from arrays all of whose bytes have come; those without bytes have come at once.
    fn take_complete(&mut self) {
        while let Some((name, entry)) = self.coming.front() {
            let [from, to] = entry.data_offsets;
            let array = self.arrays.entry(name.clone()).or_insert_with(|| Array::new(entry));
            if array.len < to - from {
                return;
            }
            self.coming.pop_front();
        }
    }
}

impl Array {
    fn new(entry: &Entry) -> Self {
        Self { dtype: entry.dtype, shape: entry.shape.clone(), pieces: VecDeque::new(), len: 0 }
    }

    /// Fills the last piece and makes new ones. Errs where there is no room.
    fn push(&mut self, mut bytes: &[u8]) -> std::result::Result<(), ()> {
        self.len += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.pieces.back().is_none_or(|piece| piece.len() == PIECE) {
                let mut piece = Vec::new();
                piece.try_reserve_exact(bytes.len().min(PIECE)).map_err(|_| ())?;
                self.pieces.push_back(piece);
            }
            let piece = self.pieces.back_mut().expect("there is one");
            let (now, rest) = bytes.split_at(bytes.len().min(PIECE - piece.len()));
            piece.try_reserve(now.len()).map_err(|_| ())?;
            piece.extend_from_slice(now);
            bytes = rest;
        }
        Ok(())
    }
}

/// What was in a file.
#[derive(Debug)]
pub struct Contents {
    texts: BTreeMap<String, String>,
    arrays: BTreeMap<String, Array>,
}

impl Contents {
    /// What the file holds.
    pub fn kind(&self) -> &str {
        self.text("kind")
    }

    /// A text, or "nothing".
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("nothing", String::as_str)
    }

    /// An array, if it is there.
    pub(crate) fn take(&mut self, name: &str) -> Option<Array> {
        self.arrays.remove(name)
    }

    /// The sides of an array, if it is there.
    pub fn shape(&self, name: &str) -> Option<&[u64]> {
        self.arrays.get(name).map(|array| array.shape.as_slice())
    }

    /// The type of an array, if it is there.
    pub(crate) fn dtype(&self, name: &str) -> Option<Dtype> {
        self.arrays.get(name).map(|array| array.dtype)
    }

    /// What is under names of which `prefix` is the first part, less that part.
    pub(crate) fn within(&mut self, prefix: &str) -> Self {
        let own = |name: &String| name.strip_prefix(prefix).map(str::to_string);
        // Not collected: a `BTreeMap` is that by a sort of its own.
        let (mut texts, mut arrays) = (BTreeMap::new(), BTreeMap::new());
        texts.extend(self.texts.iter().filter_map(|(name, text)| Some((own(name)?, text.clone()))));
        let names: Vec<String> = self.arrays.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
        arrays.extend(names.iter().filter_map(|name| Some((own(name)?, self.arrays.remove(name)?))));
        Self { texts, arrays }
    }

    /// Errs if there are arrays that nobody took: they would be lost.
    pub fn expect_no_more(&self) -> Result<()> {
        match self.arrays.keys().next() {
            None => Ok(()),
            Some(name) => Err(UmapError::malformed("arrays", format!("those of {}", self.kind()), format!("{name:?}"))),
        }
    }
}
