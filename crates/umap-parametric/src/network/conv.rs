//! Two-dimensional convolution: the product of all windows, which are never written out, with the kernel.

use std::borrow::Cow;

use umap_core::Result;
use umap_core::parallel;
use umap_core::pulse::Pulse;
use umap_core::random::Random;

use super::dense::{column_sums, repeated};
use super::describe::Padding;
use super::each::each_row;
use super::parameter::Parameter;
use crate::gemm::{Operand, Panels, Strided, multiply_add, multiply_add_rows, rows_per_task};

/// y(place) = window(place) K + b.
#[derive(Clone, Debug)]
pub(super) struct Conv {
    pub(super) kernel: Parameter,
    pub(super) bias: Parameter,
    filters: usize,
    input: [usize; 3],
    /// Height and width with the zeros around.
    padded: [usize; 2],
    /// Zeros above and to the left.
    before: [usize; 2],
    /// Where in a padded image each window starts.
    starts: Vec<usize>,
    /// Where each value of a window is after its start.
    offsets: Vec<usize>,
}

/// What a convolution is besides its kernel's values.
pub(super) struct ConvShape {
    pub(super) input: [usize; 3],
    pub(super) output: [usize; 3],
    pub(super) kernel: [usize; 2],
    pub(super) strides: [usize; 2],
    pub(super) padding: Padding,
}

impl Conv {
    pub(super) async fn new(name: &str, shape: &ConvShape, l2: f64, random: Random, pulse: &Pulse) -> Result<Self> {
        let ConvShape { input, output: [rows, cols, filters], kernel: [height, width], strides, padding } = *shape;
        let channels = input[2];
        let missing = |axis: usize, places: usize, size: usize| match padding {
            Padding::Valid => 0,
            Padding::Same => ((places - 1) * strides[axis] + size).saturating_sub(input[axis]),
        };
        let missing = [missing(0, rows, height), missing(1, cols, width)];
        let padded = [input[0] + missing[0], input[1] + missing[1]];
        let place = |y: usize, x: usize| (y * padded[1] + x) * channels;
        let starts = (0..rows * cols).map(|at| place(at / cols * strides[0], at % cols * strides[1])).collect();
        let offset = |at: usize| place(at / (width * channels), at / channels % width) + at % channels;
        let sides = [height, width, channels, filters];
        Ok(Self {
            kernel: Parameter::glorot(format!("{name}.kernel"), &sides, l2, random, pulse).await?,
            bias: Parameter::new(format!("{name}.bias"), &[filters], vec![0.0; filters]),
            filters,
            input,
            padded,
            before: missing.map(|zeros| zeros / 2),
            starts,
            offsets: (0..height * width * channels).map(offset).collect(),
        })
    }

    fn padded_len(&self) -> usize {
        self.padded[0] * self.padded[1] * self.input[2]
    }

    fn input_len(&self) -> usize {
        self.input.iter().product()
    }

    /// Calls `copy` with where each line of an image is, and where in the padded image.
    fn lines(&self, mut copy: impl FnMut(std::ops::Range<usize>, std::ops::Range<usize>)) {
        let [height, width, channels] = self.input;
        let len = width * channels;
        for y in 0..height {
            let at = ((y + self.before[0]) * self.padded[1] + self.before[1]) * channels;
            copy(y * len..(y + 1) * len, at..at + len);
        }
    }

    async fn pad<'a>(&self, x: &'a [f32], pulse: &Pulse) -> Result<Cow<'a, [f32]>> {
        if self.padded_len() == self.input_len() {
            return Ok(Cow::Borrowed(x));
        }
        let lens = [self.input_len(), self.padded_len()];
        let padded = each_row(x, lens, pulse, |_, x, padded| {
            self.lines(|from, to| padded[to].copy_from_slice(&x[from]));
        });
        Ok(Cow::Owned(padded.await?))
    }

    pub(super) async fn forward(&self, x: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let rows = x.len() / self.input_len();
        let padded = self.pad(x, pulse).await?;
        let mut y = repeated(&self.bias.values, rows * self.starts.len());
        let weights = Strided::rows(&self.kernel.values, self.filters);
        let weights = Panels::pack(&weights, self.offsets.len(), self.filters, pulse).await?;
        multiply_add(&Windows { conv: self, data: &padded }, &weights, &mut y, pulse).await?;
        Ok(y)
    }

    /// The derivatives of the weights; returns those of `x` if they are wanted.
    pub(super) async fn backward(
        &mut self,
        x: &[f32],
        dy: &[f32],
        wants_input: bool,
        pulse: &Pulse,
    ) -> Result<Vec<f32>> {
        self.bias.gradient = column_sums(dy, self.filters, pulse).await?;
        let padded = self.pad(x, pulse).await?;
        let packed = Strided::rows(dy, self.filters);
        let packed = Panels::pack(&packed, dy.len() / self.filters, self.filters, pulse).await?;
        let mut gradient = vec![0.0; self.kernel.values.len()];
        multiply_add(&WindowsTransposed { conv: self, data: &padded }, &packed, &mut gradient, pulse).await?;
        self.kernel.gradient = gradient;
        if wants_input { self.input_gradient(dy, pulse).await } else { Ok(Vec::new()) }
    }

    /// Each window's derivatives, added where the window was.
    async fn input_gradient(&self, dy: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let (places, terms) = (self.starts.len(), self.offsets.len());
        let [x_len, y_len] = [self.input_len(), places * self.filters];
        let rows = dy.len() / y_len;
        let weights = Strided::transposed(&self.kernel.values, self.filters);
        let weights = Panels::pack(&weights, self.filters, terms, pulse).await?;
        let mut dx = vec![0.0; rows * x_len];
        let per_task = rows_per_task(rows, places * terms * self.filters);
        let tasks: Vec<_> = dy.chunks(per_task * y_len).zip(dx.chunks_mut(per_task * x_len)).collect();
        parallel::for_each(pulse, tasks, |(dy, dx)| {
            for (dy, dx) in dy.chunks_exact(y_len).zip(dx.chunks_exact_mut(x_len)) {
                let mut windows = vec![0.0; places * terms];
                multiply_add_rows(&Strided::rows(dy, self.filters), 0..places, &weights, &mut windows);
                let mut padded = vec![0.0; self.padded_len()];
                for (&start, window) in self.starts.iter().zip(windows.chunks_exact(terms)) {
                    self.offsets.iter().zip(window).for_each(|(&offset, value)| padded[start + offset] += value);
                }
                self.lines(|to, from| dx[to].copy_from_slice(&padded[from]));
            }
        })
        .await?;
        Ok(dx)
    }
}

/// The windows of all images as rows.
struct Windows<'a> {
    conv: &'a Conv,
    data: &'a [f32],
}

impl Windows<'_> {
    fn start(&self, window: usize) -> usize {
        let places = self.conv.starts.len();
        window / places * self.conv.padded_len() + self.conv.starts[window % places]
    }
}

impl Operand for Windows<'_> {
    fn data(&self) -> &[f32] {
        self.data
    }
    #[inline(always)]
    fn row(&self, i: usize) -> usize {
        self.start(i)
    }
    #[inline(always)]
    fn col(&self, k: usize) -> usize {
        self.conv.offsets[k]
    }
}

/// The windows of all images as columns.
struct WindowsTransposed<'a> {
    conv: &'a Conv,
    data: &'a [f32],
}

impl Operand for WindowsTransposed<'_> {
    fn data(&self) -> &[f32] {
        self.data
    }
    #[inline(always)]
    fn row(&self, i: usize) -> usize {
        self.conv.offsets[i]
    }
    #[inline(always)]
    fn col(&self, k: usize) -> usize {
        Windows { conv: self.conv, data: self.data }.start(k)
    }
}
