//! What the reader gets.

use serde::Serialize;
use serde_json::json;

use super::samples;
use crate::{
    Template,
    render::{self, Rendered},
};

fn render(template: Template, model: &impl Serialize) -> Rendered {
    render::render(template.name(), &serde_json::to_value(model).unwrap()).unwrap()
}

#[test]
fn an_order_confirmation_reads_well_in_both_forms() {
    let mail = render(Template::OrderConfirmation, &samples::order());
    assert_eq!((mail.subject.as_str(), mail.sender_name.as_str()), ("Your QuickShop order 7K3M92PQXA", "QuickShop"));
    insta::assert_snapshot!("order_confirmation.html", mail.html);
    insta::assert_snapshot!("order_confirmation.txt", mail.text);
}

#[test]
fn a_refund_reads_well_in_both_forms() {
    let mail = render(Template::OrderRefunded, &samples::refund());
    assert_eq!(mail.subject, "Your money for order 7K3M92PQXA is on its way back");
    insta::assert_snapshot!("order_refunded.html", mail.html);
    insta::assert_snapshot!("order_refunded.txt", mail.text);
}

#[test]
fn included_tax_free_delivery_and_no_discount_are_said_so() {
    let mut order = samples::order();
    (order.tax_inclusive, order.shipping, order.discount) = (true, None, None);
    let mail = render(Template::OrderConfirmation, &order);
    assert!(mail.text.contains("Delivery: Free\nTotal paid: $123.15\nTax included: $9.38\n"), "{}", mail.text);
    assert!(mail.html.contains("Tax included") && !mail.html.contains("Discount"));

    order.tax = None;
    let mail = render(Template::OrderConfirmation, &order);
    assert!(!mail.text.contains("Tax") && !mail.html.contains("Tax"));
}

#[test]
fn naughty_text_is_only_text() {
    let mail = render(Template::OrderConfirmation, &samples::naughty_order());
    assert!(!mail.html.contains("<script") && !mail.html.contains("<svg") && !mail.html.contains("<img src=x"));
    assert!(mail.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for part in [&mail.html, &mail.text] {
        assert!(part.contains("{{7*7}} {% raw %} ${7*7}"), "templates are not rendered twice");
    }
    assert!(mail.text.contains("\n<script>alert(1)</script><img src=x onerror=alert(1)>\n"), "the text part shows it as typed");
    assert!(!mail.text.contains("\nTotal paid: $0.00"), "a line break in a name is not a line of the mail");
    insta::assert_snapshot!("naughty.txt", mail.text);
}

#[test]
fn a_gap_in_the_model_is_an_error_and_never_a_gap_in_the_mail() {
    for template in Template::ALL {
        let error = render::render(template.name(), &json!({ "shop_name": "QuickShop" })).err().unwrap();
        assert!(error.to_string().contains("undefined"), "{error}");
    }
    assert!(render::render("of_another_release", &json!({})).is_err());
}

/// `EMAIL_PICTURES=<folder>` writes the mails as files to be looked at; unset, it only checks that every sample renders.
#[test]
fn every_sample_renders() {
    let mut free = samples::order();
    (free.tax_inclusive, free.shipping, free.discount) = (true, None, None);
    let mails = [
        ("order", render(Template::OrderConfirmation, &samples::order())),
        ("free", render(Template::OrderConfirmation, &free)),
        ("naughty", render(Template::OrderConfirmation, &samples::naughty_order())),
        ("refund", render(Template::OrderRefunded, &samples::refund())),
    ];
    for (name, mail) in mails {
        assert!(mail.html.len() < 100_000, "{name}: readers cut longer mails");
        if let Some(folder) = std::env::var_os("EMAIL_PICTURES") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), mail.html).unwrap();
        }
    }
}
