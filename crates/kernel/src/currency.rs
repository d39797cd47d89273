//! Currencies of ISO 4217 that have a minor unit.

use crate::Invalid;

/// Withdrawn from ISO 4217, while the library still knows them: nothing can be paid in them any more.
const WITHDRAWN: [&str; 5] = ["BGN", "CUC", "HRK", "SLL", "ZWL"];

/// An ISO 4217 currency with a known exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Parses an upper-case code; codes without a minor unit (`XAU`) and withdrawn ones (`HRK`) are refused.
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some() && !WITHDRAWN.contains(&currency.code()))
            .map(Self)
            .ok_or_else(|| Invalid::new("currency_unknown", "not a currency code of ISO 4217"))
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the decimal point: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&code).map_err(serde::de::Error::custom)
    }
}
