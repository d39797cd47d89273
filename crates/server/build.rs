//! Rebuilds this crate when the built front end changes, where it is embedded: debug builds read it from the disk instead.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none() {
        println!("cargo:rerun-if-changed=../../web/apps/storefront/dist");
    }
}
