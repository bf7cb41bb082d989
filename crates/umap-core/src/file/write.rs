//! A file in the making: its header is made at once, its data piece by piece from where the model has it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::container::{
    CHECKSUM, Dtype, Entry, FORMAT, METADATA, NO_CHECKSUM, PIECE, VERSION, checksum_place, frame_of,
};
use crate::boxed::boxed;
use crate::error::Result;
use crate::points::{Frame, Points};
use crate::pulse::Pulse;
use crate::sorting::order_of;

/// An array of a file.
#[derive(Debug)]
pub struct Section<'a> {
    name: Cow<'static, str>,
    shape: Vec<u64>,
    data: Data<'a>,
}

#[derive(Debug)]
enum Data<'a> {
    F32(&'a [f32]),
    U32(Cow<'a, [u32]>),
    I32(&'a [u32]),
    U8(&'a [u8]),
    Points(&'a Points),
}

impl<'a> Section<'a> {
    /// An array of 32-bit floats.
    pub fn floats(name: impl Into<Cow<'static, str>>, shape: &[usize], values: &'a [f32]) -> Self {
        Self { name: name.into(), shape: sides(shape), data: Data::F32(values) }
    }

    pub(crate) fn integers(name: impl Into<Cow<'static, str>>, values: impl Into<Cow<'a, [u32]>>) -> Self {
        let values = values.into();
        Self { name: name.into(), shape: sides(&[values.len()]), data: Data::U32(values) }
    }

    /// Row numbers of which `u32::MAX` means none, written as -1.
    pub(crate) fn rows(name: &'static str, shape: &[usize], values: &'a [u32]) -> Self {
        Self { name: name.into(), shape: sides(shape), data: Data::I32(values) }
    }

    /// Points as they are stored, and their frame.
    pub fn points(name: &'static str, points: &'a Points) -> impl Iterator<Item = Self> {
        let (_, width) = points.stored_as();
        let data = Self { name: name.into(), shape: sides(&[points.rows(), width]), data: Data::Points(points) };
        std::iter::once(data).chain(Self::frame(name, points.frame()))
    }

    /// The frame of the points of a name, unless it is plain.
    pub fn frame(points: &str, frame: &Frame) -> Option<Self> {
        (!frame.is_plain()).then(|| Self::integers(frame_of(points), frame.numbers()))
    }

    /// Bytes as they are: another file, texts.
    pub fn bytes_of(name: &'static str, values: &'a [u8]) -> Self {
        Self { name: name.into(), shape: sides(&[values.len()]), data: Data::U8(values) }
    }

    /// The same under a name of which `prefix` is the first part.
    pub(crate) fn within(self, prefix: &str) -> Self {
        Self { name: format!("{prefix}{}", self.name).into(), ..self }
    }

    fn dtype(&self) -> Dtype {
        match &self.data {
            Data::F32(_) => Dtype::F32,
            Data::U32(_) => Dtype::U32,
            Data::I32(_) => Dtype::I32,
            Data::U8(_) => Dtype::U8,
            Data::Points(points) => points.stored_as().0,
        }
    }

    fn bytes(&self) -> u64 {
        self.shape.iter().product::<u64>() * self.dtype().bytes()
    }

    /// Appends the bytes from piece `number` on to `out`, until they are a piece; the number of the next piece, if there is
    /// one.
    fn piece(&self, number: usize, out: &mut Vec<u8>) -> bool {
        fn put<const N: usize, T: Copy>(
            values: &[T],
            number: usize,
            out: &mut Vec<u8>,
            bytes: fn(T) -> [u8; N],
        ) -> bool {
            let (from, to) = (number * (PIECE / N), values.len().min((number + 1) * (PIECE / N)));
            values[from.min(to)..to].iter().for_each(|&x| out.extend_from_slice(&bytes(x)));
            to < values.len()
        }
        match &self.data {
            Data::F32(values) => put(values, number, out, f32::to_le_bytes),
            Data::U32(values) => put(values, number, out, u32::to_le_bytes),
            Data::I32(values) => put(values, number, out, u32::to_le_bytes),
            Data::U8(values) => put(values, number, out, |x| [x]),
            Data::Points(points) => {
                let per_piece = (PIECE as u64 * points.rows() as u64 / self.bytes().max(1)).max(1) as usize;
                let rows = number * per_piece..points.rows().min((number + 1) * per_piece);
                let end = rows.end;
                rows.for_each(|row| points.put_stored(row, out));
                end < points.rows()
            }
        }
    }
}

fn sides(shape: &[usize]) -> Vec<u64> {
    shape.iter().map(|&side| side as u64).collect()
}

/// A file, ready to be written.
#[derive(Debug)]
pub struct File<'a> {
    header: Vec<u8>,
    sections: Vec<Section<'a>>,
}

impl<'a> File<'a> {
    /// A file of `kind`. Reads all data once, for the checksum.
    pub async fn new(
        kind: &str,
        texts: impl IntoIterator<Item = (impl Into<Cow<'static, str>>, String)>,
        sections: Vec<Section<'a>>,
        pulse: &Pulse,
    ) -> Result<Self> {
        let own = [("format", FORMAT.into()), ("version", VERSION.to_string()), ("kind", kind.into())];
        let mut all = Texts::new();
        all.extend(own.map(|(name, text)| (name.into(), text)));
        all.extend(texts.into_iter().map(|(name, text)| (name.into(), text)));
        boxed(Self::with_texts(all, sections, pulse)).await
    }

    async fn with_texts(mut all: Texts, sections: Vec<Section<'a>>, pulse: &Pulse) -> Result<Self> {
        // Those of the widest values first: then every array starts at a multiple of the size of its values.
        let keys: Vec<u64> = sections.iter().map(|section| u64::MAX - section.dtype().bytes()).collect();
        let mut unsorted: Vec<Option<Section>> = sections.into_iter().map(Some).collect();
        let sections: Vec<Section> = order_of(&keys).into_iter().filter_map(|at| unsorted[at].take()).collect();
        all.insert(CHECKSUM.into(), NO_CHECKSUM.into());
        let mut file = Self { header: header(&all, &sections), sections };
        let mut checksum = crc32fast::Hasher::new();
        file.write(|bytes| checksum.update(bytes), pulse).await?;
        let digits = format!("{:08x}", checksum.finalize());
        let at = checksum_place(&file.header).expect("the key was written");
        file.header[at..at + digits.len()].copy_from_slice(digits.as_bytes());
        Ok(file)
    }

    /// Bytes in all.
    pub fn len(&self) -> u64 {
        self.header.len() as u64 + self.sections.iter().map(Section::bytes).sum::<u64>()
    }

    /// Never.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Gives `sink` the bytes, a megabyte or so at a time.
    pub async fn write(&self, mut sink: impl FnMut(&[u8]), pulse: &Pulse) -> Result<()> {
        boxed(self.write_to(&mut sink, pulse)).await
    }

    async fn write_to(&self, sink: &mut dyn FnMut(&[u8]), pulse: &Pulse) -> Result<()> {
        sink(&self.header);
        let (mut done, total) = (0.0, self.len() as f64);
        let mut bytes = Vec::new();
        for section in &self.sections {
            for number in 0.. {
                bytes.clear();
                let is_more = section.piece(number, &mut bytes);
                sink(&bytes);
                done += bytes.len() as f64;
                pulse.tick(done / total).await?;
                if !is_more {
                    break;
                }
            }
        }
        Ok(())
    }
}

type Texts = BTreeMap<Cow<'static, str>, String>;

/// Length and text of a header.
fn header(texts: &Texts, sections: &[Section]) -> Vec<u8> {
    let mut all = Map::new();
    all.insert(METADATA.into(), json!(texts));
    let mut at = 0;
    for section in sections {
        let data_offsets = [at, at + section.bytes()];
        let entry = Entry { dtype: section.dtype(), shape: section.shape.clone(), data_offsets };
        all.insert(section.name.clone().into_owned(), json!(entry));
        at = data_offsets[1];
    }
    let mut text = Value::Object(all).to_string().into_bytes();
    // Data start at a multiple of 8.
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut header = (text.len() as u64).to_le_bytes().to_vec();
    header.append(&mut text);
    header
}
