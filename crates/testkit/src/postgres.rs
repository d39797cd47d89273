//! The private PostgreSQL of a test run: one server, one migrated template, a clone of it for each test.

use std::{path::PathBuf, str::FromStr};

use platform::embedded_pg::{self, Server, Settings};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::sync::OnceCell;

/// Names the server that the whole run shares; without it a test process starts one of its own.
const SHARED_SERVER: &str = "QUICKSHOP_TEST_DATABASE_URL";
const CONNECTIONS: u16 = 400;
const FOLDER_PREFIX: &str = "quickshop-test-";

/// Starts a server whose data is not worth an fsync, in a folder that the caller keeps.
pub async fn start(folder: PathBuf) -> Server {
    let binaries = embedded_pg::find_binaries(None, &embedded_pg::Bundled::of(None, None), &folder).expect("PostgreSQL binaries");
    let mut settings = Settings::new(folder, binaries);
    settings.durable = false;
    settings.max_connections = CONNECTIONS;
    Server::start(&settings).await.expect("a private PostgreSQL")
}

/// A folder of this process; open to the account that PostgreSQL runs under.
pub fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let name = format!("{FOLDER_PREFIX}{}-", std::process::id());
    let folder = tempfile::Builder::new().prefix(&name).tempdir().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).expect("its mode");
    folder
}

/// Deletes the folders of processes that ended without doing it.
fn sweep() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(FOLDER_PREFIX)?.split('-').next()?.parse::<u32>().ok());
        if owner.is_some_and(|owner| !PathBuf::from(format!("/proc/{owner}")).exists()) {
            // Another test process may be sweeping too.
            let _swept = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A fresh database with this version's schema.
pub async fn database() -> PgConnectOptions {
    let server = PgConnectOptions::from_str(server_url().await).expect("the test server's URL");
    let mut admin = PgConnection::connect_with(&server).await.expect("the test server");
    let template = ensure_template(&mut admin, &server).await;
    let name = format!("test_{}", uuid::Uuid::from_bytes(rand_bytes()).simple());
    let clone = format!("create database {name} template {template} strategy wal_log");
    admin.execute(sqlx::AssertSqlSafe(clone)).await.expect("a clone of the template");
    admin.close().await.expect("goodbye");
    server.database(&name)
}

/// Migrates the template once for all processes of the run; answers its name, which is that of the schema.
async fn ensure_template(admin: &mut PgConnection, server: &PgConnectOptions) -> String {
    let template = format!("template_{}", platform::migrate::fingerprint());
    const LOCK: i64 = 0x7175_6963;
    admin.execute(sqlx::AssertSqlSafe(format!("select pg_advisory_lock({LOCK})"))).await.expect("the template's lock");
    let ready = admin
        .fetch_optional(sqlx::AssertSqlSafe(format!("select 1 from pg_database where datname = '{template}'")))
        .await
        .expect("an answer");
    if ready.is_none() {
        let building = format!("{template}_building");
        admin.execute(sqlx::AssertSqlSafe(format!("drop database if exists {building} with (force)"))).await.expect("room");
        admin.execute(sqlx::AssertSqlSafe(format!("create database {building}"))).await.expect("a database");
        platform::migrate::migrate(server.clone().database(&building)).await.expect("migrations");
        // Renamed when it is whole: a process that died half-way leaves no half template.
        admin.execute(sqlx::AssertSqlSafe(format!("alter database {building} rename to {template}"))).await.expect("the template");
    }
    admin.execute(sqlx::AssertSqlSafe(format!("select pg_advisory_unlock({LOCK})"))).await.expect("unlock");
    template
}

async fn server_url() -> &'static str {
    static URL: OnceCell<String> = OnceCell::const_new();
    URL.get_or_init(|| async {
        #[expect(clippy::disallowed_methods, reason = "how the run tells its tests where the server is")]
        if let Ok(url) = std::env::var(SHARED_SERVER) {
            return url;
        }
        sweep();
        let folder = folder();
        let server = start(folder.path().to_owned()).await;
        let url = server.url().to_owned();
        // Both live as long as the process: PostgreSQL ends with it, its folder goes with the next sweep.
        std::mem::forget(server);
        let _kept = folder.keep();
        url
    })
    .await
}

fn rand_bytes() -> [u8; 16] {
    let mut ids = platform::app::IdSource.at(platform::clock::Clock::system().now());
    let secret = ids.secret();
    std::array::from_fn(|at| secret[at])
}

/// A connection as the database's owner.
pub async fn owner(database: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(database).await.expect("the test's database")
}

/// Runs SQL that a test wrote.
pub async fn execute(db: &mut PgConnection, sql: &str) {
    db.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.expect(sql);
}

/// The one number that a test's SQL answers.
pub async fn number(db: &mut PgConnection, sql: &str) -> i64 {
    use sqlx::Row;
    db.fetch_one(sqlx::AssertSqlSafe(format!("select ({sql})::bigint"))).await.expect(sql).get(0)
}

/// Rules over the tables that hold at any moment, each as a count of offenders.
pub const BOOKS: [(&str, &str); 6] = [
    ("stock is never negative nor promised twice", "select count(*) from products where stock_quantity < 0 or stock_reserved < 0 or stock_reserved > stock_quantity"),
    (
        "on hand is the sum of its moves",
        "select count(*) from products p where stock_quantity <> coalesce((select sum(delta) from stock_moves m where m.product_id = p.id), 0)",
    ),
    (
        "reserved is the sum of live holds",
        "select count(*) from products p where stock_reserved <> coalesce((select sum(quantity) from reservations r where r.product_id = p.id and r.state = 'held'), 0)",
    ),
    (
        "units sold are the units of paid orders",
        "select count(*) from products p where
           coalesce((select -sum(delta) from stock_moves m where m.product_id = p.id and reason in ('sale', 'sale_reversal', 'return')), 0)
           <> coalesce((select sum(i.quantity - i.restocked) from order_items i join orders o on o.id = i.order_id
                        where i.product_id = p.id and o.status in ('processing', 'shipped', 'delivered')), 0)",
    ),
    (
        "a paid order was captured once, for its total",
        "select count(*) from orders o where o.status in ('processing', 'shipped', 'delivered') and o.total_amount > 0
           and not exists (select from payments p where p.order_id = o.id and p.state = 'succeeded' and p.captured = o.total_amount and p.currency = o.currency)",
    ),
    (
        "a paid order has one confirmation",
        "select count(*) from orders o where o.paid_at is not null and (select count(*) from emails e where e.dedupe_key = 'order_confirmation:' || o.id) <> 1",
    ),
];
