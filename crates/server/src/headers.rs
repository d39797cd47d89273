//! Security headers: what a browser may load, run and tell others, page by page.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};

/// Scripts, frames and calls of Stripe, for pages that take a payment.
const STRIPE_SCRIPTS: &str = "https://js.stripe.com https://*.js.stripe.com";
const STRIPE_FRAMES: &str = "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com https://m.stripe.network";
const STRIPE_CALLS: &str = "https://api.stripe.com https://m.stripe.com";

const REFERRER: HeaderValue = HeaderValue::from_static("strict-origin-when-cross-origin");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const PERMISSIONS: HeaderValue =
    HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(self \"https://js.stripe.com\"), usb=()");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// A bank's challenge may open a window that must still reach its opener.
const SAME_ORIGIN_WITH_POPUPS: HeaderValue = HeaderValue::from_static("same-origin-allow-popups");
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// The headers of one shop, made once.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders {
    page: HeaderValue,
    payment_page: HeaderValue,
    https: bool,
}

impl SecurityHeaders {
    /// `stripe`: payments go to Stripe itself, whose scripts the payment pages then load.
    /// `sandbox`: the origin of a payment simulator elsewhere, which the payment pages call.
    pub(crate) fn new(https: bool, stripe: bool, sandbox: Option<&str>) -> Self {
        let page = policy(https, "", "", "");
        let payment_page = match (stripe, sandbox) {
            (true, _) => policy(https, STRIPE_SCRIPTS, STRIPE_FRAMES, STRIPE_CALLS),
            (false, Some(origin)) => policy(https, "", "", origin),
            (false, None) => page.clone(),
        };
        let value = |text: String| HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { page: value(page), payment_page: value(payment_page), https }
    }
}

fn policy(https: bool, scripts: &str, frames: &str, calls: &str) -> String {
    let also = |sources: &str| if sources.is_empty() { String::new() } else { format!(" {sources}") };
    let frames = if frames.is_empty() { "'none'" } else { frames };
    let upgrade = if https { "; upgrade-insecure-requests" } else { "" };
    format!(
        "default-src 'self'; script-src 'self'{}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'{}; frame-src {frames}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'{upgrade}",
        also(scripts),
        also(calls),
    )
}

/// True for the pages on which a customer pays.
fn takes_payment(path: &str) -> bool {
    path == "/checkout" || path.starts_with("/checkout/") || path.starts_with("/orders/")
}

/// Adds the headers; a policy that a page set for itself stays.
pub(crate) async fn secure(State(shop): State<SecurityHeaders>, request: Request, next: Next) -> Response {
    let payment = takes_payment(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let (policy, opener) = if payment { (&shop.payment_page, SAME_ORIGIN_WITH_POPUPS) } else { (&shop.page, SAME_ORIGIN) };
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| policy.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.entry(header::REFERRER_POLICY).or_insert(REFERRER);
    headers.insert(PERMISSIONS_POLICY, PERMISSIONS);
    headers.insert(OPENER_POLICY, opener);
    if shop.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &HeaderValue) -> &str {
        value.to_str().unwrap()
    }

    #[test]
    fn only_payment_pages_load_from_stripe_and_only_when_stripe_is_used() {
        let real = SecurityHeaders::new(true, true, None);
        assert!(text(&real.payment_page).contains("script-src 'self' https://js.stripe.com"));
        assert!(text(&real.payment_page).contains("frame-src https://js.stripe.com"));
        assert!(!text(&real.page).contains("stripe"));
        let simulated = SecurityHeaders::new(false, false, None);
        assert_eq!(simulated.page, simulated.payment_page);
        let elsewhere = SecurityHeaders::new(false, false, Some("http://127.0.0.1:12111"));
        assert!(text(&elsewhere.payment_page).contains("connect-src 'self' http://127.0.0.1:12111;"));
    }

    #[test]
    fn no_page_runs_inline_scripts_or_is_framed() {
        let shop = SecurityHeaders::new(true, true, None);
        for policy in [&shop.page, &shop.payment_page] {
            let scripts = text(policy).split(';').find(|part| part.trim().starts_with("script-src")).unwrap();
            assert!(!scripts.contains("unsafe"));
            assert!(text(policy).contains("frame-ancestors 'none'"));
        }
    }

    #[test]
    fn checkout_and_orders_take_payments() {
        for (path, expected) in [("/checkout", true), ("/orders/1", true), ("/checkouts", false), ("/", false), ("/api/v1/orders/1", false)]
        {
            assert_eq!(takes_payment(path), expected, "{path}");
        }
    }
}
