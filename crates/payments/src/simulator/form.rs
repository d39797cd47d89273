//! Form bodies with nested names: `payment_method_data[card][number]=...`, `metadata[order_id]=...`, `expand[]=...`.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::error::ApiError;

const FIELDS_MAX: usize = 300;
const METADATA_MAX: usize = 50;
const METADATA_NAME_MAX: usize = 40;
const METADATA_VALUE_MAX: usize = 500;
const TEXT_MAX: usize = 5000;

/// The fields of a request. Each is taken out by whoever knows it; what is left in the end is unknown.
#[derive(Clone)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads a query or body.
    pub fn parse(encoded: &[u8]) -> Result<Self, ApiError> {
        let fields: Vec<(String, String)> =
            serde_urlencoded::from_bytes(encoded).map_err(|_| ApiError::invalid(None, "The body is not a form."))?;
        if fields.len() > FIELDS_MAX {
            return Err(ApiError::invalid(None, "The form has too many fields."));
        }
        Ok(Self { fields })
    }

    /// The last value under a name; none when it is empty, which is how forms unset a field.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.take_all(|field| (field == name).then_some(())).pop().map(|((), value)| value).filter(|value| !value.is_empty())
    }

    /// A text of bounded length.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.take(name) {
            Some(value) if value.chars().count() > TEXT_MAX => Err(ApiError::invalid(None, "This text is too long.").param(name)),
            other => Ok(other),
        }
    }

    /// A whole number.
    pub fn integer(&mut self, name: &str) -> Result<Option<i64>, ApiError> {
        let invalid = |_| ApiError::invalid("parameter_invalid_integer", "This is not a whole number.").param(name);
        self.take(name).map(|text| text.parse().map_err(invalid)).transpose()
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, ApiError> {
        self.take(name)
            .map(|text| text.parse().map_err(|_| ApiError::invalid(None, "This is neither true nor false.").param(name)))
            .transpose()
    }

    /// Every `name[key]`, within Stripe's bounds for metadata.
    pub fn metadata(&mut self) -> Result<BTreeMap<String, String>, ApiError> {
        let entries = self.take_all(|field| field.strip_prefix("metadata[")?.strip_suffix(']').map(str::to_owned));
        let too_long =
            |(name, value): &(String, String)| name.chars().count() > METADATA_NAME_MAX || value.chars().count() > METADATA_VALUE_MAX;
        if entries.len() > METADATA_MAX || entries.iter().any(too_long) {
            let message =
                format!("Metadata has at most {METADATA_MAX} names of {METADATA_NAME_MAX} and values of {METADATA_VALUE_MAX} characters.");
            return Err(ApiError::invalid(None, message).param("metadata"));
        }
        Ok(entries.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// `name[]=a&name[]=b` or `name[0]=a&name[1]=b`.
    pub fn list(&mut self, name: &str) -> Vec<String> {
        let is_index = |index: &str| index.bytes().all(|byte| byte.is_ascii_digit());
        let entries =
            self.take_all(|field| field.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']').filter(|index| is_index(index)).map(drop));
        entries.into_iter().map(|((), value)| value).collect()
    }

    /// True when there is a field under `name[...]`.
    pub fn has_under(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| is_under(field, name))
    }

    /// Drops a field, with all below it, that Stripe knows and that changes nothing here.
    pub fn ignore(&mut self, names: &[&str]) {
        self.fields.retain(|(field, _)| !names.iter().any(|name| field == name || is_under(field, name)));
    }

    /// Refuses what nobody took.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.fields.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(METADATA_VALUE_MAX).collect();
                Err(ApiError::invalid("parameter_unknown", format!("Received unknown parameter: {name}")).param(name))
            }
        }
    }

    /// What is equal for equal requests to one path, in whatever order the fields came.
    pub fn fingerprint(&self, path: &str) -> [u8; 32] {
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort();
        Sha256::digest(serde_json::to_vec(&(path, fields)).unwrap_or_default()).into()
    }

    fn take_all<K>(&mut self, wanted: impl Fn(&str) -> Option<K>) -> Vec<(K, String)> {
        let (mut taken, mut left) = (Vec::new(), Vec::new());
        for (field, value) in std::mem::take(&mut self.fields) {
            match wanted(&field) {
                Some(key) => taken.push((key, value)),
                None => left.push((field, value)),
            }
        }
        self.fields = left;
        taken
    }
}

fn is_under(field: &str, name: &str) -> bool {
    field.strip_prefix(name).is_some_and(|rest| rest.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_names_lists_and_metadata_are_read_and_the_rest_is_unknown() {
        let mut form = Form::parse(b"a[b][c]=1&metadata[x]=%26&expand[]=one&expand[]=two&list[1]=z&empty=&flag=true").unwrap();
        assert!(form.has_under("a") && !form.has_under("flag"));
        assert_eq!(form.take("a[b][c]").as_deref(), Some("1"));
        assert_eq!(form.metadata().unwrap()["x"], "&");
        assert_eq!(form.list("expand"), ["one", "two"]);
        assert_eq!(form.list("list"), ["z"]);
        assert_eq!((form.take("empty"), form.flag("flag").unwrap()), (None, Some(true)));
        assert!(form.clone().finish().is_ok());
        let unknown = Form::parse(b"surprise=4242424242424242").unwrap().finish().unwrap_err();
        assert_eq!(unknown.body()["error"]["param"], "surprise");
        assert!(!unknown.body().to_string().contains("4242"), "values are not repeated");
    }

    #[test]
    fn the_fingerprint_does_not_mind_the_order() {
        let print = |text: &str, path| Form::parse(text.as_bytes()).unwrap().fingerprint(path);
        assert_eq!(print("a=1&b=2", "/x"), print("b=2&a=1", "/x"));
        assert_ne!(print("a=1&b=2", "/x"), print("a=1&b=2", "/y"));
        assert_ne!(print("a=1&b=2", "/x"), print("a=12&b=", "/x"));
    }
}
