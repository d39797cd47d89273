//! Order numbers: what a customer reads out on the telephone.

use rand::{RngCore, SeedableRng, rngs::StdRng};

use crate::Invalid;

/// Ten Crockford base32 characters without Z, the last one a check character. Random: a number tells nothing about sales.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, sqlx::Type, utoipa::ToSchema)]
#[sqlx(transparent)]
#[schema(value_type = String, min_length = 10, max_length = 10)]
pub struct OrderNumber(String);

/// Crockford's alphabet less its last letter: 31 is prime, which is what lets one check character catch every slip.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKMNPQRSTVWXY";
const LENGTH: usize = 10;

impl OrderNumber {
    /// A number from random bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let mut random = StdRng::from_seed(seed);
        let mut values = [0_u8; LENGTH - 1];
        random.fill_bytes(&mut values);
        let values = values.map(|value| value % 31);
        Self(values.iter().copied().chain([check_value(&values)]).map(character).collect())
    }

    /// Parses what a person typed: case, spaces and hyphens do not matter, O, I and L are read as digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("order_number_invalid", "this is not an order number");
        let values: Vec<u8> =
            text.chars().filter(|c| !matches!(c, ' ' | '-')).take(LENGTH + 1).map(value).collect::<Option<_>>().ok_or_else(invalid)?;
        match values.split_last() {
            Some((check, body)) if values.len() == LENGTH && check_value(body) == *check => {
                Ok(Self(values.into_iter().map(character).collect()))
            }
            _ => Err(invalid()),
        }
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Weighted sum: catches every single wrong character and every swap of neighbours.
fn check_value(values: &[u8]) -> u8 {
    let sum: u32 = values.iter().zip((1_u32..).step_by(2)).map(|(&value, weight)| u32::from(value) * weight).sum();
    u8::try_from(sum % 31).unwrap_or(0)
}

fn character(value: u8) -> char {
    ALPHABET.get(usize::from(value)).map_or('0', |&byte| char::from(byte))
}

fn value(character: char) -> Option<u8> {
    let upper = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|&byte| char::from(byte) == upper).and_then(|at| u8::try_from(at).ok())
}

impl std::fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for OrderNumber {
    fn from(stored: String) -> Self {
        Self(stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_back_as_people_type_it() {
        for seed in 0..200_u8 {
            let number = OrderNumber::from_seed([seed; 32]);
            let typed = format!("{} {}", &number.as_str()[..5].to_lowercase(), &number.as_str()[5..]);
            assert_eq!(OrderNumber::parse(&typed).as_ref(), Ok(&number));
        }
    }

    #[test]
    fn a_wrong_character_or_swapped_neighbours_are_noticed() {
        let number = OrderNumber::from_seed([9; 32]);
        let characters: Vec<char> = number.as_str().chars().collect();
        for at in 0..LENGTH {
            let mut wrong = characters.clone();
            wrong[at] = character((value(wrong[at]).unwrap() + 1) % 31);
            assert!(OrderNumber::parse(&wrong.iter().collect::<String>()).is_err(), "position {at}");
            if at + 1 < LENGTH - 1 && characters[at] != characters[at + 1] {
                let mut swapped = characters.clone();
                swapped.swap(at, at + 1);
                assert!(OrderNumber::parse(&swapped.iter().collect::<String>()).is_err(), "swap at {at}");
            }
        }
    }
}
