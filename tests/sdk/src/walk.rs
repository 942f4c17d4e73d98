//! Numbered steps and their outcome.

use std::any::Any;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// No step takes longer, not even on a busy machine without optimisation.
const PATIENCE: Duration = Duration::from_secs(90);

/// Counts the steps of one walk.
#[derive(Default)]
pub(crate) struct Walk {
    begun: AtomicUsize,
    passed: AtomicUsize,
    failed: AtomicUsize,
}

impl Walk {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Runs one step and prints how it went.
    ///
    /// A failed step that would have given something ends its chapter, by its error; one that
    /// gives nothing is counted, and the walk goes on.
    pub(crate) async fn step<T: 'static>(
        &self,
        title: &str,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        let began = Instant::now();
        let result = tokio::time::timeout(PATIENCE, Box::pin(work))
            .await
            .unwrap_or_else(|_| Err(anyhow!("no end after {} s", PATIENCE.as_secs())));
        let ms = began.elapsed().as_millis();
        match &result {
            Ok(_) => {
                self.passed.fetch_add(1, Ordering::Relaxed);
                println!("step {number:02} ok: {title} ({ms} ms)");
            }
            Err(error) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                println!("step {number:02} FAILED: {title} ({ms} ms): {error:#}");
                let nothing: Box<dyn Any> = Box::new(());
                if let Ok(nothing) = nothing.downcast::<T>() {
                    return Ok(*nothing);
                }
            }
        }
        result
    }

    /// Ends a chapter; a failure has been printed by its step, unless it came between two.
    pub(crate) fn chapter(&self, result: Result<()>) {
        if let Err(error) = result {
            println!("     chapter ends here: {error:#}");
        }
    }

    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::Relaxed)
    }

    pub(crate) fn failed(&self) -> usize {
        self.failed.load(Ordering::Relaxed)
    }
}
