//! What the page asks of the shop behind it: the composition root answers, so that this crate knows no domain.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

type Answering<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;

/// A question whose answer is a value, or in one sentence why there is none.
pub struct Ask<T>(Arc<dyn Fn() -> Answering<T> + Send + Sync>);

impl<T> Ask<T> {
    /// A question that `answer` answers each time.
    pub fn new<F, Fut>(answer: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, String>> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(answer())))
    }

    pub(crate) async fn ask(&self) -> Result<T, String> {
        (self.0)().await
    }
}

impl<T> Clone for Ask<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Ask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ask")
    }
}
