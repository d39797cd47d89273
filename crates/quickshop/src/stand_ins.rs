//! Stand-ins for what is not configured: the payment simulator and the mailbox, each on its own loopback port.
//! A file in `DATA_DIR` tells a `serve` or `worker` beside a running `up` where they listen.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use platform::{clock::Clock, config::Config};
use serde::{Deserialize, Serialize};
use server::{Mailbox, Parts, Router, Simulator, SimulatorConfig, http::Limits};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

const FILE: &str = "stand-ins.json";
/// Their clients are the shop itself, which has ended by then.
const DRAIN: Duration = Duration::from_millis(200);

/// Where they listen; None where the real service is configured.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Addresses {
    payments: Option<SocketAddr>,
    mail: Option<SocketAddr>,
}

impl Addresses {
    /// Those of the shop that runs on this data directory; none when nothing does.
    pub(crate) fn find(config: &Config) -> Self {
        let text = fs::read(config.data_dir.join(FILE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Leads the configuration to them, where it names nothing itself.
    pub(crate) fn apply(&self, config: &mut Config) {
        let base = |address: &SocketAddr| format!("http://{address}");
        if config.stripe.api_base.is_none() {
            config.stripe.api_base = self.payments.as_ref().map(base);
        }
        if config.mail.api_base.is_none() {
            config.mail.api_base = self.mail.as_ref().map(base);
        }
    }

    fn announce(&self, config: &Config) -> Result<Announced, Failure> {
        let path = config.data_dir.join(FILE);
        let text = serde_json::to_vec(self)?;
        let written = fs::create_dir_all(&config.data_dir).and_then(|()| fs::write(&path, text));
        written.map_err(|error| Failure::new(format!("cannot write {} ({error})", path.display())))?;
        Ok(Announced(path))
    }
}

/// Removes the file when the stand-ins end.
struct Announced(PathBuf);

impl Drop for Announced {
    fn drop(&mut self) {
        let _gone_already = fs::remove_file(&self.0);
    }
}

/// The stand-ins of one shop, running.
pub(crate) struct StandIns {
    simulator: Option<Simulator>,
    mailbox: Option<Mailbox>,
    servers: JoinSet<()>,
    stop: CancellationToken,
    _announced: Announced,
}

impl StandIns {
    /// Starts those that are needed, and leads the configuration to them. They outlast `shop_stop`, with which the shop
    /// begins to end what is under way.
    pub(crate) async fn start(config: &mut Config, shop_stop: &CancellationToken) -> Result<Self, Failure> {
        let (mut servers, stop) = (JoinSet::new(), CancellationToken::new());
        let mut addresses = Addresses::default();
        let (mut simulator, mut mailbox) = (None, None);
        if config.stripe.api_base.is_none() {
            let webhook_url = format!("http://{}{}", reachable(config.bind), server::WEBHOOK_PATH);
            let opened = payment_simulator(config, webhook_url, server::SANDBOX.to_owned())?;
            addresses.payments = Some(spawn(&mut servers, opened.router(), &stop).await?);
            let (events, last) = (opened.clone(), stop.clone());
            servers.spawn(async move { events.run_webhooks(last.cancelled_owned()).await });
            servers.spawn(let_go(opened.clone(), shop_stop.clone(), stop.clone()));
            config.stripe.browser_api_base = Some(server::SANDBOX.to_owned());
            simulator = Some(opened);
        }
        if config.mail.api_base.is_none() {
            let opened = Mailbox::open(&config.data_dir, Clock::system())?;
            addresses.mail = Some(spawn(&mut servers, opened.api_router(), &stop).await?);
            mailbox = Some(opened);
        }
        addresses.apply(config);
        let announced = addresses.announce(config)?;
        Ok(Self { simulator, mailbox, servers, stop, _announced: announced })
    }

    /// What the shop shows of them.
    pub(crate) fn parts(&self) -> Parts {
        Parts { simulator: self.simulator.clone(), mailbox: self.mailbox.clone(), ..Parts::default() }
    }

    /// Ends them.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while self.servers.join_next().await.is_some() {}
    }
}

/// A simulator for this shop's keys, which remembers its payments in the data directory.
pub(crate) fn payment_simulator(config: &Config, webhook_url: String, public_url: String) -> Result<Simulator, Failure> {
    let stripe = &config.stripe;
    let webhook_secret = stripe.webhook_secrets.first().ok_or_else(|| Failure::new("STRIPE_WEBHOOK_SECRET is empty"))?;
    Ok(Simulator::open(SimulatorConfig {
        data_dir: Some(config.data_dir.join("simulator")),
        secret_key: stripe.secret_key.clone(),
        publishable_key: stripe.publishable_key.clone(),
        webhook_url: Some(webhook_url),
        webhook_secret: webhook_secret.clone(),
        public_url,
        clock: Clock::system(),
    })?)
}

/// The address at which this machine reaches what listens on `bind`, which may be on every address.
pub(crate) fn reachable(bind: SocketAddr) -> SocketAddr {
    match bind.ip() {
        IpAddr::V4(address) if address.is_unspecified() => (Ipv4Addr::LOCALHOST, bind.port()).into(),
        IpAddr::V6(address) if address.is_unspecified() => (Ipv6Addr::LOCALHOST, bind.port()).into(),
        _ => bind,
    }
}

/// The shop would wait for its drain's end for an answer that is withheld.
async fn let_go(simulator: Simulator, shop_stop: CancellationToken, stop: CancellationToken) {
    tokio::select! {
        () = shop_stop.cancelled() => simulator.let_go(),
        // The simulator ends, and lets go by itself.
        () = stop.cancelled() => {}
    }
}

async fn spawn(servers: &mut JoinSet<()>, router: Router, stop: &CancellationToken) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    servers.spawn(server::http::serve(listener, router, stop.clone(), Limits { drain: DRAIN, ..Limits::default() }));
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_listens_everywhere_is_reached_here() {
        for (bind, reached) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("127.0.0.1:8080", "127.0.0.1:8080"), ("10.0.0.1:80", "10.0.0.1:80")]
        {
            assert_eq!(reachable(bind.parse().unwrap()).to_string(), reached);
        }
    }
}
