//! Secrets of the configuration: given, or outside production made and kept in the data directory.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::{
    Environment, Mail, SENDGRID_API, STRIPE_API, Stripe,
    reader::{Making, Reader},
};
use crate::{secrets, unwritable};

/// Reads secrets, and makes the missing ones outside production.
pub(super) struct Makes<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) data_dir: Option<&'a Path>,
    pub(super) environment: Environment,
    pub(super) making: Making,
}

impl Makes<'_> {
    pub(super) fn secret(&mut self, name: &str, prefix: &str, min_bytes: usize) -> Option<SecretString> {
        let given = self.reader.has_secret(name);
        match self.reader.secret(name) {
            Some(secret) if secret.expose_secret().len() < min_bytes => {
                self.reader.complain(format!("{name} is too short: it needs {min_bytes} bytes or more (openssl rand -hex 32)"));
                None
            }
            Some(secret) => Some(secret),
            None if given => None,
            None if self.environment == Environment::Production => {
                self.reader.complain(format!("{name} is missing: production makes no secrets of its own"));
                None
            }
            None => self.own(&name.to_ascii_lowercase(), prefix),
        }
    }

    fn own(&mut self, name: &str, prefix: &str) -> Option<SecretString> {
        let data_dir = self.data_dir?;
        let fresh = || secrets::random(prefix);
        let kept = match self.making {
            Making::Missing => secrets::read_or_make(data_dir, name, fresh),
            Making::Nothing => secrets::read(data_dir, name).map(|kept| kept.unwrap_or_else(|| fresh().into())),
        };
        kept.map_err(|error| self.reader.complain(unwritable::say(data_dir, &error))).ok()
    }

    pub(super) fn stripe(&mut self) -> Option<Stripe> {
        let own_account = self.reader.has_secret("STRIPE_SECRET_KEY");
        let secret_key = self.secret("STRIPE_SECRET_KEY", "sk_test_", 0);
        let own_webhook = self.reader.has_secret("STRIPE_WEBHOOK_SECRET");
        let webhook = self.secret("STRIPE_WEBHOOK_SECRET", "whsec_", 0);
        let publishable_key = self.reader.get("STRIPE_PUBLISHABLE_KEY");
        let api_base = self.reader.api_base("STRIPE_API_BASE");
        match &publishable_key {
            None if own_account => self.reader.complain("STRIPE_PUBLISHABLE_KEY is missing: browsers need it beside STRIPE_SECRET_KEY"),
            Some(_) if !own_account && api_base.is_none() && self.environment == Environment::Development => {
                self.reader.complain("STRIPE_SECRET_KEY is missing: STRIPE_PUBLISHABLE_KEY alone takes no payment");
            }
            None | Some(_) => {}
        }
        if own_account && !own_webhook && self.environment == Environment::Development {
            self.reader.warn("STRIPE_WEBHOOK_SECRET is missing: Stripe's messages are refused until it is its endpoint's signing secret");
        }
        if let (Some(secret), Some(publishable)) = (&secret_key, &publishable_key)
            && own_account
            && is_live(secret.expose_secret()) != is_live(publishable)
        {
            self.reader.complain("STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of two modes: both must be live, or both test");
        }
        let api_base = api_base.or_else(|| own_account.then(|| STRIPE_API.to_owned()));
        if self.environment == Environment::Production && api_base.as_deref().is_some_and(|base| base != STRIPE_API) {
            self.reader.complain("STRIPE_API_BASE is not Stripe's own: the payment simulator is refused in production");
        }
        let webhook_secrets = webhook?.expose_secret().split(',').map(|secret| secret.trim().to_owned().into()).collect();
        let publishable_key = publishable_key.unwrap_or_else(|| "pk_test_sandbox".to_owned());
        Some(Stripe { secret_key: secret_key?, publishable_key, webhook_secrets, api_base, browser_api_base: None })
    }

    pub(super) fn mail(&mut self) -> Option<Mail> {
        let own_account = self.reader.has_secret("SENDGRID_API_KEY");
        let api_key = self.secret("SENDGRID_API_KEY", "SG.", 0);
        let api_base = self.reader.api_base("SENDGRID_API_BASE");
        let api_base = api_base.or_else(|| own_account.then(|| SENDGRID_API.to_owned()));
        let from = self.reader.get("MAIL_FROM").unwrap_or_else(|| "shop@example.com".to_owned());
        if kernel::Email::parse(&from).is_err() {
            self.reader.complain("MAIL_FROM must be an e-mail address, such as shop@example.com");
        }
        Some(Mail { api_key: api_key?, api_base, from })
    }
}

fn is_live(key: &str) -> bool {
    key.contains("_live_")
}
