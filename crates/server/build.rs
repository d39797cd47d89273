//! Rebuilds this crate when a built front end changes, where they are embedded: debug builds read them from the disk instead.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        for app in ["storefront", "admin"] {
            println!("cargo:rerun-if-changed=../../web/apps/{app}/dist");
        }
    }
}
