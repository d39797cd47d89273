//! The PostgreSQL of a test run: prints its URL, runs until standard input closes.
#![expect(clippy::print_stdout, reason = "the URL on standard output is what this program is for")]

use std::io::Read;

#[tokio::main]
async fn main() {
    let folder = testkit::postgres::folder();
    let server = testkit::postgres::start(folder.path().to_owned()).await;
    println!("{}", server.url());
    // Closed when the run ends, however it ends.
    let _ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await;
    server.stop().await;
}
