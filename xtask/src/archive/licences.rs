//! The licences of everything that is packed: each text once, under the packages it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sh::{Because as _, Failure, Result, ask, cargo, npm, root, text};

/// How files that hold a licence begin.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
/// A tool whose own style sheet ends up in the front end.
const COMPILED_IN: &str = "tailwindcss";
/// The standard library's, which every toolchain brings along.
const STANDARD_LIBRARY: &str = "share/doc/rust/COPYRIGHT-library.html";
/// Folders whose pictures or lists are embedded, each with a file that names their sources.
const EMBEDDED: [(&str, &str); 2] = [("crates/catalog/demo", "demo-pictures.md"), ("crates/identity/data", "password-lists.md")];

/// Something from outside that is part of the archive.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    /// Name and version.
    title: String,
    /// What its manifest names as its licence.
    licence: String,
    /// Where its source is kept; packages of one place share their licence.
    repository: String,
    folder: PathBuf,
}

/// Writes the folder `licences` of the archive, but for PostgreSQL's.
pub fn collect(into: &Path) -> Result {
    fs::create_dir_all(into)?;
    let rust = "The Rust crates in the program `quickshop`.";
    fs::write(into.join("rust-crates.txt"), document(rust, &crates()?)?)?;
    let web = "The packages in the pages that it serves, fonts included.";
    fs::write(into.join("front-end.txt"), document(web, &npm_packages()?)?)?;
    let library = toolchain()?.join(STANDARD_LIBRARY);
    fs::copy(&library, into.join("rust-standard-library.html"))
        .because(|| format!("copy {}, the licences of Rust's standard library, which the toolchain brings along", library.display()))?;
    for (folder, name) in EMBEDDED {
        let sources = root().join(folder).join("SOURCES.md");
        fs::copy(&sources, into.join(name)).because(|| format!("copy {}", sources.display()))?;
    }
    Ok(())
}

/// Where the compiler and the standard library are.
pub fn toolchain() -> Result<PathBuf> {
    let folder = ask("rustc", &["--print", "sysroot"]).ok_or_else(|| Failure("rustc does not say where its toolchain is".to_owned()))?;
    Ok(PathBuf::from(folder))
}

/// Where cargo unpacks crates, one folder for each registry.
pub fn crate_folders() -> Result<Vec<PathBuf>> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = named.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let sources = home.ok_or_else(|| Failure("neither CARGO_HOME nor HOME is set".to_owned()))?.join("registry/src");
    let mut folders: Vec<PathBuf> = fs::read_dir(&sources).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    Ok(folders)
}

fn crates() -> Result<BTreeSet<Package>> {
    let mut tree =
        cargo(["tree", "--locked", "--package", "quickshop", "--edges", "normal", "--prefix", "none", "--format", "{p}|{l}|{r}"]);
    let folders = crate_folders()?;
    let mut found = BTreeSet::new();
    for line in text(&mut tree)?.lines() {
        let Some((name, version, licence, repository)) = crate_of(line) else { continue };
        let unpacked = format!("{name}-{version}");
        let folder = folders.iter().map(|folder| folder.join(&unpacked)).find(|folder| folder.is_dir());
        let folder = folder.ok_or_else(|| Failure(format!("the source of {unpacked} is not where cargo unpacks crates")))?;
        found.insert(Package {
            title: format!("{name} {version}"),
            licence: licence.to_owned(),
            repository: repository.to_owned(),
            folder,
        });
    }
    Ok(found)
}

/// Name, version, licence and repository from a line of `cargo tree`; nothing for a crate of ours.
fn crate_of(line: &str) -> Option<(&str, &str, &str, &str)> {
    let mut parts = line.trim_end_matches(" (*)").split('|');
    let (package, licence, repository) = (parts.next()?, parts.next()?, parts.next()?);
    if package.contains(" (/") {
        return None;
    }
    let (name, rest) = package.split_once(" v")?;
    Some((name, rest.split_whitespace().next()?, licence, repository))
}

fn npm_packages() -> Result<BTreeSet<Package>> {
    let listed = text(&mut npm(["ls", "--omit=dev", "--all", "--parseable", "--long", "--loglevel=error"]))?;
    let tool = root().join("web/node_modules").join(COMPILED_IN);
    let mut found: BTreeSet<Package> = listed.lines().filter_map(npm_package_of).collect();
    found.insert(Package { title: COMPILED_IN.to_owned(), licence: "MIT".to_owned(), repository: String::new(), folder: tool });
    // The workspace's own packages are links into the checkout.
    found.retain(|package| !package.folder.is_symlink());
    Ok(found)
}

/// `path:name@version:...`; the workspace itself lies in no `node_modules`.
fn npm_package_of(line: &str) -> Option<Package> {
    let (folder, rest) = line.split_once(':')?;
    let title = rest.split(':').next()?.to_owned();
    if !folder.contains("/node_modules/") {
        return None;
    }
    let manifest = fs::read_to_string(Path::new(folder).join("package.json")).unwrap_or_default();
    let licence = manifest.split_once("\"license\"").and_then(|(_, rest)| rest.split('"').nth(1)).unwrap_or("not named");
    Some(Package { title, licence: licence.to_owned(), repository: String::new(), folder: folder.into() })
}

/// Every text once, in the order of the first package that has it.
fn document(head: &str, packages: &BTreeSet<Package>) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<&Package>> = BTreeMap::new();
    let mut bare: Vec<&Package> = Vec::new();
    for package in packages {
        let sister = |other: &&Package| !package.repository.is_empty() && other.repository == package.repository;
        let mut own = licence_texts(&package.folder)?;
        if own.is_empty() {
            let sisters = packages.iter().filter(sister).map(|other| licence_texts(&other.folder));
            own = sisters.collect::<Result<Vec<_>>>()?.into_iter().find(|texts| !texts.is_empty()).unwrap_or_default();
        }
        if own.is_empty() {
            bare.push(package);
        }
        for text in own {
            texts.entry(text).or_default().push(package);
        }
    }
    let mut written = format!("{head} Each licence stands under the packages that it belongs to.\n");
    if !bare.is_empty() {
        written.push_str("\nThese come without a text and name their licence, which stands below, in their manifest:\n\n");
        list(&mut written, &bare);
    }
    let mut ordered: Vec<_> = texts.into_iter().collect();
    ordered.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (text, owners) in ordered {
        let _ = write!(written, "\n{}\n", "=".repeat(80)); // a String takes everything
        list(&mut written, &owners);
        let _ = write!(written, "{}\n\n{text}\n", "-".repeat(80));
    }
    Ok(written)
}

fn list(written: &mut String, packages: &[&Package]) {
    for Package { title, licence, .. } in packages {
        let _ = writeln!(written, "{title} ({licence})"); // a String takes everything
    }
}

/// What the licence files of a package say, without differences in white space: at the top of its folder, or in a folder
/// there that is named like one.
fn licence_texts(folder: &Path) -> Result<BTreeSet<String>> {
    let mut texts = BTreeSet::new();
    for path in list_folder(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if !NAMES.iter().any(|known| name.starts_with(known)) {
            continue;
        }
        let files = if path.is_dir() { list_folder(&path)? } else { vec![path] };
        for file in files.iter().filter(|file| file.is_file()) {
            let bytes = fs::read(file)?;
            let lines: Vec<String> = String::from_utf8_lossy(&bytes).lines().map(|line| line.trim_end().to_owned()).collect();
            texts.insert(lines.join("\n").trim_matches('\n').to_owned());
        }
    }
    Ok(texts)
}

fn list_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).because(|| format!("read {}", folder.display()))?;
    Ok(entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_read_from_the_tree_and_ours_left_out() {
        let read = |line| crate_of(line).map(|(name, version, ..)| (name, version));
        assert_eq!(read("serde_derive v1.0.228 (proc-macro)|MIT OR Apache-2.0|https://a.example (*)"), Some(("serde_derive", "1.0.228")));
        assert_eq!(read("vat v2.0.0-rc.1|MIT|"), Some(("vat", "2.0.0-rc.1")));
        assert_eq!(read("kernel v0.1.0 (/checkout/crates/kernel)|MIT|"), None);
    }

    #[test]
    fn a_text_stands_once_and_sisters_share_it() {
        let home = env::temp_dir().join(format!("quickshop-licences-{}", std::process::id()));
        let package = |name: &str, repository: &str, text: Option<&str>| {
            let folder = home.join(name);
            fs::create_dir_all(&folder).unwrap();
            if let Some(text) = text {
                let file = if name == "two" { folder.join("LICENSES/MIT.txt") } else { folder.join("license.md") };
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
            }
            Package { title: name.to_owned(), licence: "MIT".to_owned(), repository: repository.to_owned(), folder }
        };
        let packages = [
            package("one", "x", Some("be kind  \n")),
            package("two", "y", Some("be kind")),
            package("sister", "x", None),
            package("bare", "", None),
        ];
        let written = document("Head.", &BTreeSet::from(packages)).unwrap();
        fs::remove_dir_all(&home).unwrap();
        assert_eq!(written.matches("be kind").count(), 1);
        assert!(written.contains("one (MIT)\nsister (MIT)\ntwo (MIT)\n"), "{written}");
        assert!(written.contains("in their manifest:\n\nbare (MIT)\n\n"), "{written}");
    }
}
