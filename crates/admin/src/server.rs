//! Who may look, what they see, and the tasks that tell those who look.
//!
//! The operations board: [`figures`] gathers what each is now, [`counts`] what of it the database knows, [`history`] keeps them,
//! [`alarms`] compares them with thresholds, [`sampling`] is the task that does all of it.

mod alarms;
mod counts;
mod figures;
mod history;
mod sampling;
#[cfg(test)]
mod tests;

pub use alarms::{add as add_alarm, delete as delete_alarm, desk as alarm_desk, switch as switch_alarm};
pub use figures::Gatherer;
pub use history::Figures as KnownFigures;
pub use sampling::run as sample;

pub mod health;
pub mod jobs;
pub mod mail;

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{
    live::{ApplicationEvent, OpsEvent},
    model::{self, BUSIEST, Board, Frame, LiveChannel, LiveChannels, Overview, Passed, Period, TestEvent, Watched, tenths},
};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    error::{AppError, AppResult},
    ids::{ApplicationId, OrganisationId},
    live::{Kind, LiveEvent, Snapshot},
    people::{Identity, Role},
};
pub use plenum_directory::server::organisations::operator;
use plenum_live::{
    dispatcher::Encoded,
    hub::Hub,
    pusher::{
        application::App,
        durable,
        registry::Applications,
        tap::{self, What},
    },
    traffic::Figures,
};
use plenum_people::applications;
use plenum_store::{
    db::{self, Activity, External, Store, Tx},
    log,
};
use plenum_web::state::AppState;

use jobs::Telling;

/// How often a console is told what passed.
const LOOK: Duration = Duration::from_millis(250);
/// Looks from one list of channels to the next: a second.
const LOOKS_A_LIST: u32 = 4;

fn line(Figures { name, subscriptions, people, flow }: Figures) -> LiveChannel {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    LiveChannel {
        name: name.to_string(),
        subscriptions: count(subscriptions),
        people: people.map(count),
        events: tenths(flow.events),
        deliveries: tenths(flow.deliveries),
        last: flow.last.map(|(event, at)| (event.to_string(), at)),
    }
}

fn of_application(app: &App, query: &str) -> LiveChannels {
    let now = db::now();
    let figures = app.all_channels().into_iter().map(|channel| channel.figures(now)).filter(|figures| figures.subscriptions > 0);
    LiveChannels::from_list(figures.map(line).collect(), query)
}

/// The channels that somebody of the organisation is on; the operator's admins see those of visitors too.
fn of_organisation(hub: &Hub, organisation: OrganisationId, operator: OrganisationId, query: &str) -> LiveChannels {
    LiveChannels::from_list(hub.channel_figures(organisation, organisation == operator).into_iter().map(line).collect(), query)
}

/// The operations board over `period`.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn board(state: &AppState, who: &Identity, period: Period) -> AppResult<Snapshot<Board>> {
    who.require(Role::Admin)?;
    let mut tx = state.store.read().await?;
    let operator = operator(&mut tx).await?;
    let (at, now, series) = history::series(&mut tx, &*state.part::<Arc<KnownFigures>>()?, who.organisation, period, db::now()).await?;
    let alarms = alarms::of_organisation(&mut tx, who.organisation).await?;
    let cursors = log::cursors(&mut tx, state.store.epoch(), &[Channel::Ops(who.organisation)]).await?;
    let busiest = of_organisation(&state.hub, who.organisation, operator, "").first(BUSIEST);
    Ok(Snapshot { state: Board { at, operator: who.organisation == operator, now, series, busiest, alarms }, cursors })
}

/// The live channels whose name contains `query`, and whose others there are.
///
/// # Errors
/// 403 unless one is an admin; 404 for an application of others.
pub async fn overview(state: &AppState, who: &Identity, watched: Watched, query: &str) -> AppResult<Overview> {
    who.require(Role::Admin)?;
    let applications = applications::server::names(&mut *state.store.look().await?, who.organisation).await?;
    let live = match watched {
        Watched::Own => of_organisation(&state.hub, who.organisation, operator(&mut *state.store.look().await?).await?, query.trim()),
        Watched::Application(id) => of_application(&*own(state, who, id)?, query.trim()),
    };
    Ok(Overview { applications, live })
}

fn own(state: &AppState, who: &Identity, id: ApplicationId) -> AppResult<Arc<App>> {
    let app = state.applications.by_id(id.0).filter(|app| app.settings().organisation == who.organisation);
    app.ok_or_else(|| AppError::no_such("application"))
}

/// Sends an event to a channel of an application, as its backend would.
///
/// # Errors
/// 403 unless one is an admin; 404; 409 while it is switched off; 422 `channel`.
pub async fn send_test_event(state: &AppState, who: &Identity, id: ApplicationId, test: TestEvent) -> AppResult<()> {
    who.require(Role::Admin)?;
    let app = own(state, who, id)?;
    if !app.settings().enabled {
        return Err(AppError::conflict("This application is switched off."));
    }
    let TestEvent { channel, event, data } = test;
    let (who, sent) = (who.clone(), Record::ApplicationEventSent { channel: channel.clone(), event: event.clone() });
    let record = async move |tx: &mut Tx| {
        let name: String = sqlx::query_scalar("select name from applications where id = $1").bind(id).fetch_one(&mut **tx).await?;
        tx.record(Activity::by(&who, sent.clone(), Subject::named(id.0, &name))).await
    };
    state.store.write(record).await?;
    durable::publish(&app, vec![External { application: id.0, channel, event, data, except: None }]).await
}

fn seen(number: u64, frame: tap::Frame) -> Frame {
    let tap::Frame { at, what, socket, channel, event, data } = frame;
    let what = match what {
        What::Connected => model::What::Connected,
        What::Disconnected => model::What::Disconnected,
        What::Subscribed => model::What::Subscribed,
        What::Refused => model::What::Refused,
        What::Unsubscribed => model::What::Unsubscribed,
        What::Published => model::What::Published,
        What::ClientEvent => model::What::ClientEvent,
    };
    Frame { number, at, what, socket, channel: channel.map(|channel| channel.to_string()), event, data }
}

/// Tells those who look; nothing is gathered for nobody. For as long as the process lives.
pub async fn run(hub: Arc<Hub>, applications: Arc<Applications>, store: Store) {
    let mut interval = tokio::time::interval(LOOK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut looks = 0_u32;
    // A console's frames are numbered by the time at which it began, so that a restart does not begin below.
    let mut numbers: HashMap<i64, u64> = HashMap::new();
    let mut jobs = Telling::default();
    loop {
        interval.tick().await;
        looks = looks.wrapping_add(1);
        let lists = looks.is_multiple_of(LOOKS_A_LIST);
        for app in applications.all() {
            let id = ApplicationId(app.id);
            let watched = hub.has_channel(&Channel::Application(id).to_string());
            app.tap.watch(watched);
            if !watched {
                continue;
            }
            let (frames, missed) = app.tap.take();
            if !frames.is_empty() {
                let number = numbers.entry(app.id).or_insert_with(|| db::now().unsigned_abs());
                let frames = frames.into_iter().map(|frame| {
                    *number += 1;
                    seen(*number, frame)
                });
                let passed = Passed { frames: frames.collect(), missed: u32::try_from(missed).unwrap_or(u32::MAX) };
                ops_publish(&hub, id, &ApplicationEvent::FramesPassed(passed));
            }
            if lists {
                ops_publish(&hub, id, &ApplicationEvent::ChannelsUpdated(of_application(&app, "")));
            }
        }
        if lists {
            organisations_publish(&hub, &store, &mut jobs).await;
        }
    }
}

/// The organisations that somebody looks at.
fn watched(hub: &Hub) -> Vec<OrganisationId> {
    let names = hub.channels_named("private-ops.");
    let organisations = names.iter().filter_map(|name| match name.parse::<Channel>() {
        Ok(Channel::Ops(organisation)) => Some(organisation),
        _ => None,
    });
    organisations.collect()
}

async fn organisations_publish(hub: &Hub, store: &Store, jobs: &mut Telling) {
    let watched = watched(hub);
    if watched.is_empty() {
        return;
    }
    let operator = async { operator(&mut *store.look().await?).await };
    let Ok(operator) = operator.await else { return };
    for organisation in watched {
        if organisation == operator {
            jobs.publish(hub, store, operator).await;
        }
        ops_publish(hub, organisation, &OpsEvent::ChannelsUpdated(of_organisation(hub, organisation, operator, "")));
    }
}

/// Sends an event that is never stored.
fn ops_publish<E: LiveEvent>(hub: &Hub, scope: E::Scope, event: &E) {
    let channel = E::channel(scope).to_string();
    let Kind::Ephemeral(key) = event.kind() else { return };
    hub.deliver(&channel, &Encoded::ephemeral(&channel, event.name(), &event.payload(), &format!("{}:{key}", event.name())), None);
}
