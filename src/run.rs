//! From settings to a running server, and its orderly end.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use futures::future::LocalBoxFuture;
use leptos::config::{LeptosOptions, get_configuration};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{router, telemetry, testing};
use crate::LIVE_SCHEMA;
use crate::housekeeping::housekeeping;
use crate::rules::InboxVisits;
use crate::{
    config::{Config, Loaded},
    rules::PlenumRules,
    seed as seeds,
    seed::Seeding,
};
use axum::http::Extensions;
use plenum_activity as activity;
use plenum_admin as admin;
use plenum_broadcasts as broadcasts;
use plenum_core::{
    error::{AppError, AppResult},
    ids::PersonId,
    protocol::code,
};
use plenum_inbox as inbox;
use plenum_live::{
    dispatcher, heads,
    hub::Hub,
    plenum_auth,
    pusher::{
        registry::{self, Applications},
        webhooks,
    },
    settings::Webhooks,
    ticker,
};
use plenum_messages as messages;
use plenum_organisations::server::{
    host::Host,
    operating::{self, Wish},
};
use plenum_people as people;
use plenum_people::applications::server as external;
use plenum_people::server::leaving;
use plenum_programme::server::{clock, event_notices, readmitting};
use plenum_store::{
    db::{Store, Tx, slow::Slow},
    jobs,
    sealing::{Sealing, SealingKey},
};
use plenum_wallet::server::{
    accounts,
    card::{self, Card, CardPayments, Cards},
    deposits, payment_files, simulator,
};
use plenum_web::{
    connections::{self, Most, Table},
    mail::{self, carrier::Carrier},
    rates::Rates,
    security::address_at,
    state::{AppState, Shared},
};

/// Leptos' settings from the same file, its paths made relative to it.
///
/// # Errors
/// If the file or a `LEPTOS_…` variable cannot be read.
pub fn leptos_options(loaded: &Loaded) -> anyhow::Result<LeptosOptions> {
    let file = loaded.file.as_deref().map(|file| file.to_string_lossy().into_owned());
    let configuration = get_configuration(file.as_deref()).context("Leptos' settings are refused")?;
    let mut options = configuration.leptos_options;
    if let Some(folder) = loaded.file.as_deref().and_then(|file| std::path::absolute(file).ok()?.parent().map(ToOwned::to_owned)) {
        options.site_root = folder.join(options.site_root.as_ref()).to_string_lossy().into();
    }
    Ok(options)
}

/// Everything of a running server that is not a socket yet.
pub struct Running {
    /// The application's state.
    pub state: AppState,
    /// Ends the background tasks.
    pub stop: CancellationToken,
}

/// Opens the database and starts the live layer and the jobs.
///
/// # Errors
/// If the database cannot be opened.
pub async fn start(config: Config, leptos: LeptosOptions) -> anyhow::Result<Running> {
    ensure!(
        !config.demo || config.server.is_only_here(leptos.site_addr),
        "demo mode is for this machine only: the address and server.public_url must be loopback"
    );
    testing::begin(config.testing, config.server.is_only_here(leptos.site_addr))?;
    let sealing = SealingKey::of_file(&config.key_file()).context("security.key_file is refused")?;
    let webhook_settings = Webhooks { allow_private: config.webhooks.allow_private || config.demo };
    let slow = Slow::above(config.database.slow_read_ms, config.database.slow_write_ms);
    let (store, commits) = Store::open_noting(&config.database.url, LIVE_SCHEMA, slow).await?;
    store.limit_reads(config.database.longest_read());
    store.part::<Sealing>().set(sealing);
    let rates = Arc::new(Rates::new(&config.limits));
    let rules = Arc::new(PlenumRules::new(store.clone(), Arc::clone(&rates)));
    let hub = Arc::new(Hub::new(config.realtime, config.limits, store.clone(), rules, plenum_auth::secret(&store).await?));
    hub.keep_apart_all(plenum_directory::server::blocks::pairs(&mut *store.read().await?).await?);
    let stop = CancellationToken::new();
    let applications = Arc::new(Applications::new(config.limits));
    tokio::spawn(dispatcher::run(Arc::clone(&hub), Arc::clone(&applications), commits));
    tokio::spawn(ticker::run(Arc::clone(&hub)));
    tokio::spawn(heads::run(Arc::clone(&hub), Hub::moved, Arc::new(messages::server::ConversationHeads::new(store.clone()))));
    tokio::spawn(heads::run(Arc::clone(&hub), Hub::happened, Arc::new(activity::server::Nudges::new(store.clone()))));
    let seconds = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
    tokio::spawn(registry::run(Arc::clone(&applications), seconds(config.realtime.ping_seconds), seconds(config.realtime.lost_seconds)));
    tokio::spawn(admin::server::run(Arc::clone(&hub), Arc::clone(&applications), store.clone()));
    let figures = Arc::new(admin::server::KnownFigures::default());
    let gatherer = admin::server::Gatherer::new(Arc::clone(&hub), Arc::clone(&applications), store.clone());
    tokio::spawn(admin::server::sample(Arc::clone(&hub), gatherer, Arc::clone(&figures), store.clone()));
    tokio::spawn(webhooks::run(store.clone(), Arc::clone(&applications)));
    tokio::spawn(broadcasts::server::follow_receipts(store.clone()));
    tokio::spawn(plenum_sales::server::expiry::run(store.clone()));
    tokio::spawn(plenum_sales::server::watchers::run(Arc::clone(&hub)));
    let carrier = Arc::new(Carrier::new(&config.mail)?);
    let post = inbox::server::digest::Post { url: config.server.url(leptos.site_addr), secret: plenum_auth::secret(&store).await? };
    let (known, backends) = (Arc::clone(&applications), webhooks::Caller::new(webhook_settings)?);
    let caller = simulator::Caller::new(leptos.site_addr, post.secret.clone());
    let gateway = Card::of(&config.payments.card, config.server.url(leptos.site_addr))?;
    let cards = Cards(gateway.map(|gateway| Arc::new(CardPayments::new(gateway, plenum_sales::server::orders::card::paid_orders()))));
    card::jobs::register(housekeeping(jobs::Runner::new(store.clone())), cards.0.as_ref())
        .on(plenum_sales::server::orders::EXPIRE, plenum_sales::server::orders::expire)
        .on(plenum_sales::server::orders::REFUND_ALL, plenum_sales::server::orders::refund_all)
        .on(broadcasts::server::SEND, broadcasts::server::send)
        .on(broadcasts::server::REPEAT, broadcasts::server::repeat)
        .on(leaving::LEAVE, |store, payload| leaving::run(store, release_next, payload))
        .on(plenum_plans::server::imports::IMPORT, plenum_plans::server::imports::run)
        .on(inbox::server::WAKE, inbox::server::wake)
        .on(clock::CLOCK, clock::run)
        .on(event_notices::TELL, event_notices::run)
        .on(operating::RELEASE, operating::release)
        .on(readmitting::READMIT, readmitting::run)
        .every(clock::WATCH, Duration::from_secs(60), clock::watch)
        .on(inbox::server::digest::DIGEST, move |store, payload| inbox::server::digest::send(store, post.clone(), payload))
        .every("inbox.digests", Duration::from_secs(60), inbox::server::digest::claim_due)
        .on(mail::SEND, move |store, payload| mail::deliver(store, Arc::clone(&carrier), payload))
        .pauses(mail::SEND, &mail::PAUSES)
        .on(deposits::EXPIRE, deposits::expire)
        .on(payment_files::PAY_OUT, payment_files::pay_out)
        .every(accounts::CHECK, accounts::PERIOD, accounts::check)
        .on(simulator::LATE, move |store, payload| simulator::answer_late(store, caller.clone(), payload))
        .on(webhooks::JOB, move |store, payload| webhooks::deliver(store, Arc::clone(&known), backends.clone(), payload))
        .start(stop.clone());
    let sweeping = Arc::clone(&rates);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(60)).await;
            sweeping.sweep();
        }
    });
    let build: Arc<str> = build_name().into();
    let mut parts = Extensions::new();
    parts.insert(config.box_office);
    parts.insert(webhook_settings);
    parts.insert(cards);
    parts.insert(config.testing);
    parts.insert(figures);
    let state = AppState::new(Shared {
        visits: Arc::new(InboxVisits),
        server: config.server,
        limits: config.limits,
        mail: config.mail,
        demo: config.demo,
        leptos,
        store,
        hub,
        applications,
        live_schema: LIVE_SCHEMA,
        rates,
        build,
        parts,
    });
    Ok(Running { state, stop })
}

/// What a person who leaves holds, handed down to the people, who do not know the sales.
fn release_next(tx: &mut Tx, person: PersonId) -> LocalBoxFuture<'_, AppResult<bool>> {
    Box::pin(plenum_sales::server::leaving::release_next(tx, person))
}

/// The name of this build, told to every browser: the version, and a digest of the scripts' hashes
/// that cargo-leptos leaves beside the program.
fn build_name() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let hashes = std::env::current_exe().ok().and_then(|program| std::fs::read(program.with_file_name("hash.txt")).ok());
    match hashes {
        Some(hashes) => {
            let digest: String = Sha256::digest(hashes).iter().take(5).map(|byte| format!("{byte:02x}")).collect();
            format!("{version}-{digest}")
        }
        None => version.to_owned(),
    }
}

/// Serves until it is told to stop.
///
/// # Errors
/// If the address is taken or the database cannot be opened.
pub async fn serve(loaded: &Loaded) -> anyhow::Result<()> {
    let mut config = loaded.config.clone();
    if let Some(files) = raise_open_files() {
        config.limits = config.limits.within(files);
    }
    let leptos = leptos_options(loaded)?;
    let figures = telemetry::start_figures()?;
    let listener = TcpListener::bind(leptos.site_addr)
        .await
        .with_context(|| format!("cannot listen on {}; is something else there?", leptos.site_addr))?;
    let bound = listener.local_addr()?;
    let mut leptos = leptos;
    leptos.site_addr = bound;
    let most = Most { all: config.limits.http_connections, from_one_address: config.limits.http_connections_per_address };
    let table = Table::new(most, config.server.trusted_proxies.clone());
    let running = start(config, leptos).await?;
    let url = running.state.server.url(bound);
    if let Some(token) = people::server::first_admin(&running.state.store).await.map_err(|error| anyhow::anyhow!(error.message))? {
        println!("This database is empty. Make its first admin at {url}/register?invitation={token}");
    }
    external::start(&running.state.store, loaded.config.first_app(), &running.state.applications)
        .await
        .map_err(|error| anyhow::anyhow!("the application of the settings ([app]) is refused: {}", error.message))?;
    println!("Plenum is at {url}");
    if running.state.demo {
        println!("Demo mode: the sign-in page lists who can sign in; the password is plenum-demo.");
    }
    tracing::info!(address = %bound, "serving");
    operating::settle(&running.state).await.map_err(|error| anyhow::anyhow!(error.message))?;
    let app = router::router(running.state.clone(), figures);
    let stop = running.stop.clone();
    let drained = tokio::spawn(drain_on_signal(running.state.clone(), stop.clone()));
    connections::serve(listener, app, table, stop).await;
    drained.await?;
    Ok(())
}

/// Waits for SIGINT or SIGTERM, then stops accepting and closes all sockets with 4200, spread in time.
async fn drain_on_signal(state: AppState, stop: CancellationToken) {
    signal().await;
    // Under `cargo leptos watch` the next build waits: close at once.
    let watching = state.leptos.env == leptos::config::Env::DEV && std::env::var("LEPTOS_WATCH").is_ok_and(|watch| watch == "true");
    let seconds = if watching { 0 } else { state.server.drain_seconds };
    tracing::info!(seconds, "stopping");
    stop.cancel();
    let connections = state.hub.all_connections();
    let pause = Duration::from_millis(seconds * 1000) / u32::try_from(connections.len().max(1)).unwrap_or(u32::MAX);
    for connection in &connections {
        connection.close(code::RECONNECT, "the server restarts");
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Keep-alive connections of browsers would hold the listener's end back.
    tokio::spawn(async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        std::process::exit(0);
    });
}

async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

/// Fills an empty database.
///
/// # Errors
/// If others reach the site, or the database cannot be opened or written.
pub async fn seed(loaded: &Loaded, wanted: Seeding) -> anyhow::Result<()> {
    let config = &loaded.config;
    ensure!(
        config.server.is_only_here(leptos_options(loaded)?.site_addr),
        "seeding is for trying Plenum out: the address and server.public_url must be loopback"
    );
    let (store, _commits) = Store::open(&config.database.url, LIVE_SCHEMA).await?;
    let filled = seeds::fill(&store, wanted).await;
    store.close().await;
    filled
}

/// Raises the limit of open files as far as this process may: each connection is one. Returns the limit, and says so if it is low.
fn raise_open_files() -> Option<usize> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })
    {
        tracing::debug!(%error, "the limit of open files stays");
    }
    let files = getrlimit(Resource::Nofile).current?;
    if files < 4_096 {
        tracing::warn!(open_files = files, "few open files are allowed: raise the limit (ulimit -n) for many sockets");
    }
    usize::try_from(files).ok()
}

/// Makes an organisation, and prints the invitation for its first admin.
///
/// # Errors
/// If the name or the host is refused, or the database cannot be opened or written.
pub async fn add_organisation(loaded: &Loaded, name: &str, host: &str) -> anyhow::Result<()> {
    let config = &loaded.config;
    let url = config.server.url(leptos_options(loaded)?.site_addr);
    let said = |error: AppError| anyhow::anyhow!(error.message);
    let name = people::server::administration::parse_organisation_name(name).map_err(said)?;
    let wish = Wish { name, host: Host::parse(host, &url).map_err(said)?, open_registration: false };
    let at = wish.host.clone();
    let (store, _commits) = Store::open(&config.database.url, LIVE_SCHEMA).await?;
    let made = store.write(async move |tx: &mut Tx| operating::create(tx, None, &wish).await).await;
    store.close().await;
    let path = format!("/register?invitation={}", made.map_err(said)?);
    println!("The organisation is at {}", address_at(&url, Some(at.as_str()), "/"));
    println!("Make its first admin at {}", address_at(&url, Some(at.as_str()), &path));
    Ok(())
}
