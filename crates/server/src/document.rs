//! Writes a page into the shell: everything that came from a person is escaped for the place where it stands.

use std::fmt::Write;

use platform::{
    html::escape,
    page::{Fallback, Page},
};
use serde_json::{Value, json};

const HEAD: &str = "<!--qs:head-->";
const BODY: &str = "<!--qs:body-->";

/// What every page of one shop has in common.
pub(crate) struct Site<'a> {
    pub(crate) name: &'a str,
    /// Without a trailing slash.
    pub(crate) base_url: &'a str,
    pub(crate) locale: &'a str,
    /// `settings` of the first data.
    pub(crate) settings: Value,
}

/// The whole document.
pub(crate) fn write(shell: &str, site: &Site<'_>, page: &Page) -> String {
    fill(shell, &head(site, page), &body(page))
}

/// The admin's document: nothing is in it for crawlers and link previews.
pub(crate) fn write_admin(shell: &str, shop_name: &str, settings: &Value) -> String {
    let mut head = format!("<title>{} · Admin</title>\n", escape(shop_name));
    meta(&mut head, "name", "robots", "noindex");
    first_data(&mut head, &[], settings);
    fill(shell, head.trim_end(), "<main><h1>Admin</h1><p>This page needs JavaScript.</p><p><a href=\"/\">Back to the shop</a></p></main>")
}

fn fill(shell: &str, head: &str, body: &str) -> String {
    let (before_head, rest) = shell.split_once(HEAD).unwrap_or((shell, ""));
    let (between, after_body) = rest.split_once(BODY).unwrap_or((rest, ""));
    [before_head, head, between, body, after_body].concat()
}

fn head(site: &Site<'_>, page: &Page) -> String {
    let title =
        if page.title.is_empty() || page.title == site.name { site.name.to_owned() } else { format!("{} · {}", page.title, site.name) };
    let canonical = absolute(site, &page.canonical);
    let mut head = format!("<title>{}</title>\n", escape(&title));
    meta(&mut head, "name", "description", &page.description);
    let link = format!("    <link rel=\"canonical\" href=\"{}\" />\n", escape(&canonical));
    head.push_str(&link);
    if page.noindex {
        meta(&mut head, "name", "robots", "noindex");
    }
    let preview_title = if page.title.is_empty() { site.name } else { &page.title };
    let kind = if page.json_ld.iter().any(|object| object["@type"] == "Product") { "product" } else { "website" };
    for (property, content) in [
        ("og:site_name", site.name),
        ("og:title", preview_title),
        ("og:description", &page.description),
        ("og:type", kind),
        ("og:url", &canonical),
    ] {
        meta(&mut head, "property", property, content);
    }
    meta(&mut head, "property", "og:locale", &site.locale.replace('-', "_"));
    if let Some(picture) = &page.picture {
        meta(&mut head, "property", "og:image", &absolute(site, picture));
    }
    meta(&mut head, "name", "twitter:card", if page.picture.is_some() { "summary_large_image" } else { "summary" });
    for object in &page.json_ld {
        data_block(&mut head, "type=\"application/ld+json\"", object);
    }
    first_data(&mut head, &page.queries, &site.settings);
    head.trim_end().to_owned()
}

/// What the page's script would fetch first.
fn first_data(head: &mut String, queries: &[(Value, Value)], settings: &Value) {
    let queries: Vec<Value> = queries.iter().map(|(key, data)| json!([key, data])).collect();
    data_block(head, "type=\"application/json\" id=\"qs-data\"", &json!({ "queries": queries, "settings": settings }));
}

fn meta(head: &mut String, attribute: &str, name: &str, content: &str) {
    if !content.is_empty() {
        let line = format!("    <meta {attribute}=\"{name}\" content=\"{}\" />\n", escape(content));
        head.push_str(&line);
    }
}

/// Data in a script element, which ends at the first `</script` whatever the JSON says: so no `<` stands in it.
fn data_block(head: &mut String, attributes: &str, data: &Value) {
    let json = data.to_string().replace('<', "\\u003c");
    let _infallible = writeln!(head, "    <script {attributes}>{json}</script>");
}

fn body(page: &Page) -> String {
    let mut body = String::from("<main>");
    let mut in_list = false;
    for piece in &page.fallback {
        let is_link = matches!(piece, Fallback::Link(..));
        if is_link != in_list {
            body.push_str(if is_link { "<ul>" } else { "</ul>" });
            in_list = is_link;
        }
        let piece = match piece {
            Fallback::Heading(text) => format!("<h1>{}</h1>", escape(text)),
            Fallback::Text(text) => format!("<p>{}</p>", escape(text)),
            Fallback::Link(path, text) => format!("<li><a href=\"{}\">{}</a></li>", escape(path), escape(text)),
        };
        body.push_str(&piece);
    }
    body.push_str(if in_list { "</ul></main>" } else { "</main>" });
    body
}

fn absolute(site: &Site<'_>, path: &str) -> String {
    if path.starts_with("http://") || path.starts_with("https://") { path.to_owned() } else { format!("{}{path}", site.base_url) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELL: &str = "<head><!--qs:head--></head><body><div id=\"root\"><!--qs:body--></div></body>";
    const ATTACK: &str = "</script><script>alert(1)</script>\"'<!--";

    fn site() -> Site<'static> {
        Site { name: "Shop", base_url: "https://shop.example", locale: "en-US", settings: json!({ "shop_name": ATTACK }) }
    }

    fn hostile() -> Page {
        Page {
            picture: Some("/media/a.jpg".to_owned()),
            json_ld: vec![json!({ "@type": "Product", "name": ATTACK })],
            queries: vec![(json!(["product", ATTACK]), json!({ "name": ATTACK }))],
            fallback: vec![
                Fallback::Heading(ATTACK.to_owned()),
                Fallback::Link(format!("/p/{ATTACK}"), ATTACK.to_owned()),
                Fallback::Text(ATTACK.to_owned()),
            ],
            ..Page::new(ATTACK, ATTACK, "/p/mug")
        }
    }

    #[test]
    fn nothing_that_a_person_wrote_can_leave_its_place() {
        let document = write(SHELL, &site(), &hostile());
        assert!(!document.contains("<script>alert"));
        assert_eq!(document.matches("</script>").count(), 2);
        assert!(!document.contains("<!--"));
        assert!(document.contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;"));
    }

    #[test]
    fn data_is_read_back_as_it_was() {
        let document = write(SHELL, &site(), &hostile());
        let block = document.split("id=\"qs-data\">").nth(1).unwrap().split("</script>").next().unwrap();
        let data: Value = serde_json::from_str(block).unwrap();
        assert_eq!(data["queries"][0][0][1], ATTACK);
        assert_eq!(data["settings"]["shop_name"], ATTACK);
    }

    #[test]
    fn the_admins_document_has_a_name_and_its_first_data_and_nothing_else() {
        let document = write_admin(SHELL, ATTACK, &json!({ "shop_name": ATTACK }));
        assert_eq!((document.matches("<script").count(), document.matches("<meta").count()), (1, 1), "{document}");
        assert!(document.contains("<meta name=\"robots\" content=\"noindex\" />") && !document.contains("<!--"));
        let block = document.split("id=\"qs-data\">").nth(1).unwrap().split("</script>").next().unwrap();
        let data: Value = serde_json::from_str(block).unwrap();
        assert_eq!(data, json!({ "queries": [], "settings": { "shop_name": ATTACK } }));
    }

    #[test]
    fn addresses_are_absolute_and_the_title_names_the_shop_once() {
        let page = Page { picture: Some("/media/mug.jpg".to_owned()), ..Page::new("Mug", "A mug.", "/p/mug") };
        let document = write(SHELL, &site(), &page);
        assert!(document.contains("<title>Mug · Shop</title>"));
        assert!(document.contains("rel=\"canonical\" href=\"https://shop.example/p/mug\""));
        assert!(document.contains("property=\"og:image\" content=\"https://shop.example/media/mug.jpg\""));
        assert!(write(SHELL, &site(), &Page::new("Shop", "", "/")).contains("<title>Shop</title>"));
    }

    #[test]
    fn links_stand_in_a_list() {
        let links = vec![Fallback::Link("/a".into(), "A".into()), Fallback::Link("/b".into(), "B".into()), Fallback::Text("end".into())];
        let page = Page { fallback: links, ..Page::new("", "", "/") };
        assert!(
            write(SHELL, &site(), &page)
                .contains("<main><ul><li><a href=\"/a\">A</a></li><li><a href=\"/b\">B</a></li></ul><p>end</p></main>")
        );
    }
}
