//! Collects what is wrong with a form, so that a person sees every field at once.

use kernel::Invalid;

use crate::{Problem, problem::FieldError};

/// The fields of a request that were refused so far.
#[derive(Debug, Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// Keeps the value, or the reason against it under the field's path.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.errors.push(FieldError { field: field.to_owned(), code: invalid.code, detail: invalid.detail })).ok()
    }

    /// The whole form, or a 422 that names each wrong field.
    pub fn finish<T>(self, form: Option<T>) -> Result<T, Problem> {
        match form {
            Some(form) if self.errors.is_empty() => Ok(form),
            _ => Err(Problem::fields(self.errors)),
        }
    }
}

/// Checks an address field by field; paths begin with `prefix`.
pub fn address(fields: &mut Fields, prefix: &str, raw: &kernel::RawAddress) -> Option<kernel::Address> {
    use kernel::{Text, address::Country};
    let path = |name: &str| format!("{prefix}.{name}");
    let full_name = fields.take(&path("full_name"), Text::parse(&raw.full_name));
    let line1 = fields.take(&path("line1"), Text::parse(&raw.line1));
    let line2 = fields.take(&path("line2"), Text::parse_optional(raw.line2.as_deref()));
    let city = fields.take(&path("city"), Text::parse(&raw.city));
    let region = fields.take(&path("region"), Text::parse_optional(raw.region.as_deref()));
    let postal_code = fields.take(&path("postal_code"), Text::parse_optional(raw.postal_code.as_deref()));
    let country = fields.take(&path("country"), Country::parse(&raw.country));
    let phone = fields.take(&path("phone"), Text::parse_optional(raw.phone.as_deref()));
    Some(kernel::Address {
        full_name: full_name?,
        line1: line1?,
        line2: line2?,
        city: city?,
        region: region?,
        postal_code: postal_code?,
        country: country?,
        phone: phone?,
    })
}
