//! E-mail addresses.

use crate::Invalid;

/// An address in the one form under which the shop knows it: lower case, `local@domain.tld`, at most 254 characters.
///
/// Accepts the dot-atom form of RFC 5321 in ASCII. Quoted local parts, comments and address literals are refused:
/// nobody shops with them, and they are what header injection is made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[sqlx(transparent)]
#[schema(value_type = String, format = "email", max_length = 254)]
pub struct Email(String);

const LOCAL_MAX: usize = 64;
const EMAIL_MAX: usize = 254;
const LABEL_MAX: usize = 63;

impl Email {
    /// Parses an address; surrounding white space is dropped, letters become lower case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let valid = text.len() <= EMAIL_MAX && text.rsplit_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
        if valid { Ok(Self(text.to_ascii_lowercase())) } else { Err(Invalid::new("email_invalid", "this is not an e-mail address")) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b));
    local.len() <= LOCAL_MAX && local.split('.').all(is_atom)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_MAX).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(is_label) && !top.bytes().all(|b| b.is_ascii_digit())
}

impl TryFrom<String> for Email {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
