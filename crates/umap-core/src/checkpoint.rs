//! The result of a stage, kept so that a fit goes on behind it: after a cancelled call, and after a file was read.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::boxed::boxed;
use crate::error::Result;
use crate::file::{Contents, Section};
use crate::pulse::{Pulse, Stage};

/// The result of a stage, once there is one.
#[derive(Debug)]
pub(crate) struct Checkpoint<T>(Option<T>);

/// A result that a file can hold: arrays, and what JSON has to say about them.
pub(crate) trait Stored: Sized {
    /// What is in JSON.
    type Head: Serialize + DeserializeOwned;
    /// What it is checked against: the results of the stages before it.
    type Context<'a>: Copy;

    fn head(&self) -> Self::Head;

    fn sections(&self) -> Vec<Section<'_>>;

    async fn read(head: Self::Head, contents: &mut Contents, context: Self::Context<'_>, pulse: &Pulse)
    -> Result<Self>;
}

impl<T> Default for Checkpoint<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Checkpoint<T> {
    /// The result, which `work` computes unless it is there already.
    pub(crate) async fn reach(
        &mut self,
        stage: Stage,
        pulse: &Pulse,
        work: impl AsyncFnOnce() -> Result<T>,
    ) -> Result<&mut T> {
        if self.0.is_none() {
            pulse.begin(stage);
            self.0 = Some(boxed(work()).await?);
        }
        Ok(self.0.as_mut().expect("just set"))
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    pub(crate) fn into_inner(self) -> Option<T> {
        self.0
    }
}

impl<T: Stored> Checkpoint<T> {
    /// What JSON has to say, if there is a result.
    pub(crate) fn head(&self) -> Option<T::Head> {
        self.get().map(Stored::head)
    }

    /// The arrays; none without a result.
    pub(crate) fn sections(&self) -> Vec<Section<'_>> {
        self.get().map(Stored::sections).unwrap_or_default()
    }

    /// Reads what [`sections`](Self::sections) and [`head`](Self::head) gave.
    pub(crate) async fn read(
        head: Option<T::Head>,
        contents: &mut Contents,
        context: T::Context<'_>,
        pulse: &Pulse,
    ) -> Result<Self> {
        Ok(Self(match head {
            Some(head) => Some(T::read(head, contents, context, pulse).await?),
            None => None,
        }))
    }
}
