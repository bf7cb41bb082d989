//! Pooling: one value for each window of a channel; windows do not overlap, what is left at the edge is left out.

use umap_core::Result;
use umap_core::pulse::Pulse;

use super::each::each_row;

/// The greatest value of each window, or the mean.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) takes_greatest: bool,
    pub(super) size: [usize; 2],
    pub(super) input: [usize; 3],
    pub(super) output: [usize; 3],
}

impl Pool {
    fn lens(&self) -> [usize; 2] {
        [self.input.iter().product(), self.output.iter().product()]
    }

    /// Calls `visit` for each output with its number and the places of its window in the input.
    fn windows(&self, mut visit: impl FnMut(usize, &[usize])) {
        let ([_, width, channels], [rows, cols, _]) = (self.input, self.output);
        let mut window = Vec::with_capacity(self.size[0] * self.size[1]);
        for at in 0..rows * cols * channels {
            let (row, col, channel) = (at / (cols * channels), at / channels % cols, at % channels);
            window.clear();
            for y in row * self.size[0]..(row + 1) * self.size[0] {
                let line = (col * self.size[1]..(col + 1) * self.size[1]).map(|x| (y * width + x) * channels + channel);
                window.extend(line);
            }
            visit(at, &window);
        }
    }

    pub(super) async fn forward(&self, x: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        each_row(x, self.lens(), pulse, |_, x, y| {
            self.windows(|at, window| {
                y[at] = if self.takes_greatest {
                    x[greatest(x, window)]
                } else {
                    window.iter().fold(0.0, |sum, &place| sum + x[place]) / window.len() as f32
                };
            });
        })
        .await
    }

    pub(super) async fn backward(&self, x: &[f32], dy: &[f32], pulse: &Pulse) -> Result<Vec<f32>> {
        let [x_len, y_len] = self.lens();
        each_row(dy, [y_len, x_len], pulse, |i, dy, dx| {
            let x = &x[i * x_len..][..x_len];
            self.windows(|at, window| {
                if self.takes_greatest {
                    dx[greatest(x, window)] += dy[at];
                } else {
                    window.iter().for_each(|&place| dx[place] += dy[at] / window.len() as f32);
                }
            });
        })
        .await
    }
}

/// The place of the greatest value, of equal ones the first.
fn greatest(x: &[f32], window: &[usize]) -> usize {
    window.iter().copied().reduce(|a, b| if x[b] > x[a] { b } else { a }).expect("windows are not empty")
}
