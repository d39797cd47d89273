//! Models as the shop fills them.

use crate::{OrderConfirmation, OrderLine, OrderRefunded};

pub fn order() -> OrderConfirmation {
    let line = |name: &str, quantity, unit_price: &str, line_total: &str, picture: &str| OrderLine {
        name: name.to_owned(),
        quantity,
        unit_price: unit_price.to_owned(),
        line_total: line_total.to_owned(),
        picture_url: Some(format!("https://shop.example/media/{picture}.jpg")),
    };
    OrderConfirmation {
        shop_name: "QuickShop".to_owned(),
        shop_url: "https://shop.example".to_owned(),
        order_number: "7K3M92PQXA".to_owned(),
        order_url: "https://shop.example/orders/0198a7c4?token=abc&from=mail".to_owned(),
        guest_order: None,
        placed_on: "November 22, 2026".to_owned(),
        lines: vec![line("Bamboo glass jar", 2, "$5.49", "$10.98", "bamboo-glass-jar"), line("Watch", 1, "$109.99", "$109.99", "watch")],
        subtotal: "$120.97".to_owned(),
        discount: Some("$12.10".to_owned()),
        shipping: Some("$4.90".to_owned()),
        tax: Some("$9.38".to_owned()),
        tax_inclusive: false,
        total: "$123.15".to_owned(),
        full_name: "Ada Lovelace".to_owned(),
        address_lines: ["12 St James's Square", "Flat 3", "London, SW1Y 4JH", "United Kingdom"].map(str::to_owned).to_vec(),
    }
}

/// Names as somebody types them who means harm, or writes from right to left, or at length.
pub fn naughty_order() -> OrderConfirmation {
    let names = [
        "{{7*7}} {% raw %} ${7*7}".to_owned(),
        "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned(),
        "\u{202e}gnp.exe مرحبا بالعالم".to_owned(),
        "👩‍👩‍👧‍👦 Mug\r\nTotal paid: $0.00".to_owned(),
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2),
    ];
    let mut order = order();
    let first = order.lines.remove(0);
    order.lines = names.into_iter().map(|name| OrderLine { name, ..first.clone() }).collect();
    "\"><svg onload=alert(1)>\u{2028}Ada".clone_into(&mut order.full_name);
    order
}

pub fn refund() -> OrderRefunded {
    OrderRefunded {
        shop_name: "QuickShop".to_owned(),
        shop_url: "https://shop.example".to_owned(),
        order_number: "7K3M92PQXA".to_owned(),
        order_url: "https://shop.example/orders/0198a7c4?token=abc".to_owned(),
        guest_order: None,
        total: "$123.15".to_owned(),
    }
}
