//! Keyset cursors: where the next page of a list begins.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::Invalid;

/// An opaque cursor over the sort key of a list's last row. It decides where reading goes on, never what may be read.
pub struct Cursor;

/// Room for a name of 200 characters, each escaped.
const CURSOR_MAX: usize = 2048;

impl Cursor {
    /// Writes a sort key as a cursor.
    pub fn encode<K: Serialize>(key: &K) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }

    /// Reads a cursor back into the sort key of this list.
    pub fn decode<K: DeserializeOwned>(cursor: &str) -> Result<K, Invalid> {
        let bytes = Some(cursor).filter(|cursor| cursor.len() <= CURSOR_MAX).and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| Invalid::new("cursor_invalid", "this cursor is not from this list"))
    }
}
