//! Why a value from outside could not be parsed.

/// A refused value: a stable code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Invalid {
    /// Lower-snake noun, part of the API's contract.
    pub code: &'static str,
    /// What is wrong and what would be right, without the value itself.
    pub detail: String,
}

impl Invalid {
    /// A refusal with its code and sentence.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
