//! The proof: in a bare Debian, from the packed file to a paid order, with a stop-watch.

use std::fs;
use std::time::{Duration, Instant};

use super::bare_debian::{Debian, Person, ROOT};
use super::pack::{Archive, megabytes};
use crate::e2e::{Shop, free_port};
use crate::report::seconds;
use crate::sh::{Failure, Result, command, quiet, root, say, scratch, text};

/// What the archive promises, from unpacking to a paid order.
const SELLS_WITHIN: Duration = Duration::from_secs(60);
/// How long a page and the purchase may take, in seconds, as `curl` and `timeout` read it.
const PAGE_LIMIT_S: &str = "10";
const PURCHASE_LIMIT_S: &str = "60";
/// What the purchase prints in the end: the payment's and the order's status.
const PAID: [&str; 2] = ["succeeded", "processing"];
/// What the storefront's and the admin's first page hold: the demo's products, and the scripts of a built front end.
const STOREFRONT: [&str; 2] = ["href=\"/p/", "\"/assets/"];
const ADMIN: [&str; 1] = ["\"/admin/assets/"];
const ADA: Person = Person { name: "ada", home: "/srv/ada", data: "/srv/ada/.local/share/quickshop" };

/// Sells from the archive as root and as an ordinary user, each in a Debian of its own.
pub fn prove(archive: &Archive) -> Result {
    let purchase = purchase(&fs::read_to_string(root().join("README.md"))?)?;
    for person in [ROOT, ADA] {
        let debian = Debian::fresh()?;
        if person != ROOT {
            debian.add(person)?;
        }
        debian.bring(&archive.file, person)?;
        sells(archive, &debian, person, &purchase).map_err(|Failure(why)| Failure(format!("as {}: {why}", person.name)))?;
    }
    say(&format!("The archive has {}.", megabytes(&archive.file)?));
    Ok(())
}

fn sells(archive: &Archive, debian: &Debian, person: Person, purchase: &str) -> Result {
    let home = person.home;
    let program = format!("{home}/{}/quickshop", archive.name);
    let mut times = vec![];
    let started = Instant::now();
    quiet(debian.command(person).args(["tar", "xf", &format!("{home}/{}.tar.gz", archive.name), "-C", home]))?;
    times.push(("unpacked", started.elapsed()));
    let mut shop = start(debian, person, &program)?;
    let sold = sell(&mut shop, started, purchase, &mut times).and_then(|()| save(archive, debian, person));
    let stopped = shop.stop();
    explained(sold.and(stopped), &shop)?;

    let said = text(debian.command(person).args([&program, "--version"]))?;
    if said.trim() != archive.version {
        return Err(Failure(format!("it calls itself {said:?}, not {:?}", archive.version)));
    }
    let again = Instant::now();
    let mut shop = start(debian, person, &program)?;
    let opened = shop.ready().and_then(|()| page(&shop.url(), "/", &STOREFRONT));
    let second = again.elapsed();
    let stopped = shop.stop();
    explained(opened.and(stopped), &shop)?;

    let laps: Vec<String> = times.iter().map(|(what, time)| format!("{what} {}", seconds(*time))).collect();
    say(&format!("As {}: {}; a second start {}.", person.name, laps.join(", "), seconds(second)));
    match times.last() {
        Some((what, time)) if *time > SELLS_WITHIN => {
            Err(Failure(format!("{what} after {}, which is more than {} s", seconds(*time), SELLS_WITHIN.as_secs())))
        }
        _ => Ok(()),
    }
}

/// `quickshop up` with nothing configured but its port, because the machine around may use the usual one.
fn start(debian: &Debian, person: Person, program: &str) -> Result<Shop> {
    let port = free_port()?;
    let mut up = debian.command(person);
    up.args(["env", &format!("PORT={port}"), program, "up"]);
    Shop::spawn(up, port, scratch()?.join(format!("archive-{}.log", person.name)), None)
}

fn sell(shop: &mut Shop, started: Instant, purchase: &str, times: &mut Vec<(&'static str, Duration)>) -> Result {
    shop.ready()?;
    times.push(("ready", started.elapsed()));
    page(&shop.url(), "/", &STOREFRONT)?;
    times.push(("first page", started.elapsed()));
    let script = purchase.replace("http://localhost:8080", &shop.url());
    let printed = text(command("timeout").args([PURCHASE_LIMIT_S, "bash", "-c", &script]))?;
    if printed.split_whitespace().ne(PAID) {
        return Err(Failure(format!("the purchase of README.md printed {printed:?} instead of {PAID:?}")));
    }
    times.push(("paid order", started.elapsed()));
    page(&shop.url(), "/admin", &ADMIN)
}

/// Saves the data of the running shop, as the archive's README says.
fn save(archive: &Archive, debian: &Debian, person: Person) -> Result {
    let Person { home, data, .. } = person;
    let program = format!("{home}/{}/postgresql/bin/pg_dump", archive.name);
    let dump =
        text(debian.command(person).args([&program, "--host", &format!("{data}/postgres.run"), "--username", "quickshop", "quickshop"]))?;
    if dump.contains("ada@example.com") { Ok(()) } else { Err(Failure("the saved data lacks the order that was paid".to_owned())) }
}

/// A page that answers, with what belongs on it.
fn page(url: &str, path: &str, holds: &[&str]) -> Result {
    let options = ["--silent", "--show-error", "--fail", "--location", "--max-time", PAGE_LIMIT_S];
    let page = text(command("curl").args(options).arg(format!("{url}{path}")))?;
    match holds.iter().find(|part| !page.contains(**part)) {
        Some(part) => Err(Failure(format!("the page {path} does not hold {part}"))),
        None => Ok(()),
    }
}

fn explained(result: Result, shop: &Shop) -> Result {
    result.map_err(|Failure(why)| Failure(format!("{why}\n{}", shop.explain())))
}

/// The block of README.md that buys something with curl, to be run as it is printed.
fn purchase(readme: &str) -> Result<String> {
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let found = blocks.map(|(block, _)| block).find(|block| block.contains("/payments/intent"));
    found.map(str::to_owned).ok_or_else(|| Failure("README.md has no block of shell that pays an order".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::purchase;

    #[test]
    fn the_purchase_is_the_block_that_pays() {
        let readme = "```sh\nmake run\n```\ntext\n```sh\ncurl x/payments/intent\n```\n";
        assert_eq!(purchase(readme).unwrap(), "curl x/payments/intent\n");
        assert!(purchase("```sh\nmake run\n```").is_err());
    }
}
