//! Rebuilds this crate when the built front end changes, where it is embedded: debug builds read it from the disk instead.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../web/apps/storefront/dist");
    }
}
