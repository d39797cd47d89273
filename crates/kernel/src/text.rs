//! Text from outside, bounded and kept exactly as it was typed.

use crate::Invalid;

/// 1 to `MAX` characters that are not all white space, without NUL (PostgreSQL cannot store it).
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Parses a text; nothing is trimmed or changed.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.trim().is_empty() {
            return Err(Invalid::new("required", "this must not be empty"));
        }
        if text.chars().count() > MAX {
            return Err(Invalid::new("too_long", format!("this has more than {MAX} characters")));
        }
        if text.contains('\0') {
            return Err(Invalid::new("character_not_allowed", "the NUL character cannot be stored"));
        }
        Ok(Self(text.to_owned()))
    }

    /// An optional text: absent, null and blank mean the same.
    pub fn parse_optional(text: Option<&str>) -> Result<Option<Self>, Invalid> {
        text.filter(|text| !text.trim().is_empty()).map(Self::parse).transpose()
    }

    /// The text as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}
