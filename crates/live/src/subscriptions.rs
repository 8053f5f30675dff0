//! What a client asks of its connection, and how a subscription comes to life.
//!
//! A subscription registers first and is passed over while it joins; then one read
//! transaction asks the rule and reads where the log stands. What was missed is fed from
//! the log as the socket drains, and the subscription enters the live stream at the head,
//! under the channel's lock: nothing falls in between and nothing comes twice (I25).

use std::{sync::Arc, time::Instant};

use super::{
    connection::{Connection, End, Host, TOO_MANY_FRAMES},
    dispatcher::Encoded,
    hub::{Channel, Hub, Joined},
    pace::{Budget, Pace, Verdict},
    plenum_auth,
    rules::Decision,
};
use plenum_core::{
    cursor::{Cursor, Extent},
    error::AppResult,
    ids::PersonId,
    people::SignInEnd,
    protocol::{ClientFrame, FrameError, ServerFrame, Subscribe, code, event},
};
use plenum_store::log;
use plenum_store::{faults::Faults, meters::Meters};

/// Logged events read at once for a connection that catches up.
const PAGE: i64 = 200;
/// The longest channel name.
const NAME_BYTES: usize = 200;

/// A subscription on its way from the log to the live stream.
#[derive(Debug)]
struct CatchUp {
    channel: Arc<Channel>,
    /// The last number sent.
    after: u64,
    /// The head when the rule was asked: it must be reached at least.
    target: u64,
}

/// What only the connection's own task knows.
#[derive(Debug, Default)]
pub struct Session {
    catching_up: Vec<CatchUp>,
    client_events: (u32, u32),
    pace: Pace,
}

impl Session {
    /// Something is still to be fed from the log.
    pub fn is_catching_up(&self) -> bool {
        !self.catching_up.is_empty()
    }

    /// Counts a client event in second `now`; false if it is one too many.
    fn may_send(&mut self, now: u32, limit: u32) -> bool {
        if self.client_events.0 != now {
            self.client_events = (now, 0);
        }
        self.client_events.1 += 1;
        limit == 0 || self.client_events.1 <= limit
    }
}

impl Host for Hub {
    type Session = Session;

    fn clock(&self) -> u32 {
        self.clock()
    }

    async fn text(self: &Arc<Self>, connection: &Arc<Connection>, session: &mut Session, text: &str) {
        handle(self, connection, session, text).await;
    }

    fn count_frame(&self, session: &mut Session) -> Verdict {
        let limits = self.limits();
        session.pace.count(Budget::new(limits.frames_per_second, limits.channels_per_connection), Instant::now())
    }

    fn is_catching_up(session: &Session) -> bool {
        session.is_catching_up()
    }

    async fn feed(self: &Arc<Self>, connection: &Arc<Connection>, session: &mut Session) {
        feed(self, connection, session).await;
    }

    fn leave(&self, connection: &Arc<Connection>, _session: Session, end: End) {
        self.leave(connection, end);
    }
}

/// Acts on one frame.
pub async fn handle(hub: &Arc<Hub>, connection: &Arc<Connection>, session: &mut Session, text: &str) {
    let frame = ClientFrame::parse(text);
    if !matches!(frame, Ok(ClientFrame::ClientEvent { .. })) && !may_act(connection, hub.count_frame(session), &frame) {
        return;
    }
    match frame {
        Ok(ClientFrame::Ping) => connection.say(&ServerFrame::new("pusher:pong", "{}")),
        Ok(ClientFrame::Pong | ClientFrame::Unknown { .. }) => {}
        Ok(ClientFrame::SignIn { auth, user_data }) => sign_in(hub, connection, &auth, &user_data).await,
        Ok(ClientFrame::Subscribe(wish)) => subscribe(hub, connection, session, wish).await,
        Ok(ClientFrame::Unsubscribe { channel }) => {
            session.catching_up.retain(|known| known.channel.name() != channel);
            hub.unsubscribe(connection, &channel);
        }
        Ok(ClientFrame::ClientEvent { event, channel, data }) => relay(hub, connection, session, &event, &channel, &data).await,
        Ok(ClientFrame::Watch { people }) => {
            let people = people.into_iter().filter(|id| *id > 0).map(PersonId).collect();
            hub.watch(connection, people);
        }
        Err(error) => connection.say(&ServerFrame::error(None, &error.to_string())),
    }
}

/// True if a frame is to be acted on. Else the client is told: that its subscription is refused, or goodbye. What makes less work, and
/// signs of life, are acted on until then.
pub(super) fn may_act(connection: &Connection, verdict: Verdict, frame: &Result<ClientFrame, FrameError>) -> bool {
    const REASON: &str = "Too many frames; wait a moment before the next.";
    match (verdict, frame) {
        (Verdict::Act, _) => return true,
        (Verdict::Close, _) => connection.close(code::OVER_CAPACITY, TOO_MANY_FRAMES),
        (Verdict::Refuse, Ok(ClientFrame::Subscribe(wish))) => connection.say(&ServerFrame::refused(&wish.channel, 429, REASON)),
        (Verdict::Refuse, Ok(ClientFrame::SignIn { .. } | ClientFrame::Watch { .. }) | Err(_)) => {
            connection.say(&ServerFrame::error(None, REASON));
        }
        (Verdict::Refuse, Ok(_)) => return true,
    }
    metrics::counter!("plenum_live_refusals_total").increment(1);
    false
}

/// A client that has no cookie says who it is for, with what `/broadcasting/user-auth` signed for it.
async fn sign_in(hub: &Arc<Hub>, connection: &Arc<Connection>, auth: &str, user_data: &str) {
    match plenum_auth::admit_user(hub, connection, auth, user_data).await {
        Ok(()) => {
            let data = serde_json::json!({ "user_data": user_data }).to_string();
            connection.say(&ServerFrame::new(event::SIGN_IN_SUCCESS, data));
        }
        Err((_, reason)) => {
            connection.refuse_sign_in(reason);
        }
    }
}

fn is_channel_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_BYTES && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-=@,.;".contains(&byte))
}

async fn subscribe(hub: &Arc<Hub>, connection: &Arc<Connection>, session: &mut Session, wish: Subscribe) {
    let name = wish.channel.as_str();
    let refuse = |status, reason: &str| {
        metrics::counter!("plenum_live_refusals_total").increment(1);
        hub.store().part::<Faults>().count("socket: subscription", status, reason);
        connection.say(&ServerFrame::refused(name, status, reason));
    };
    // pusher-js joins its user's own channel after signing in; nothing is sent there, and others may not.
    let own_name = connection.who().is_some_and(|who| name.strip_prefix(plenum_auth::USER_PREFIX) == Some(&who.person.to_string()));
    if own_name {
        return connection.say(&ServerFrame::succeeded(name, None, None, None));
    }
    if !is_channel_name(name) {
        return refuse(400, "That is not a channel's name.");
    }
    if !wish.auth.is_empty()
        && let Err((status, reason)) = plenum_auth::admit_subscriber(hub, connection, &wish).await
    {
        return refuse(status, reason);
    }
    let most = hub.limits().channels_per_connection;
    if most != 0 && hub.subscriptions_of(connection) >= most {
        return refuse(403, &format!("A connection has at most {most} channels."));
    }
    let Some(channel) = hub.register(connection, name) else {
        return connection.say(&ServerFrame::error(None, &format!("Existing subscription to channel {name}")));
    };
    loop {
        let (decision, extent) = match ask(hub, connection, name).await {
            Ok(answer) => answer,
            Err(_) => {
                hub.forget(connection, &channel);
                return refuse(500, "The subscription could not be checked. Try again.");
            }
        };
        match decision {
            Decision::Refuse { status, reason } => {
                hub.forget(connection, &channel);
                return refuse(status, &reason);
            }
            Decision::Allow { until, member } => {
                let recovered = wish.since.as_ref().map(|since| extent.reaches(since));
                match hub.admit(connection, &channel, until, member, &extent, recovered) {
                    // A right ended while the rule was being asked: ask again.
                    Joined::AskAgain => continue,
                    Joined::Gone => return,
                    Joined::Admitted => {
                        count_recovery(hub.meters(), recovered);
                        let after = match (&wish.since, recovered) {
                            (Some(Cursor { seq, .. }), Some(true)) => *seq,
                            _ => extent.head,
                        };
                        session.catching_up.push(CatchUp { channel, after, target: extent.head });
                        return;
                    }
                }
            }
        }
    }
}

/// Counts what became of a wish to go on from a cursor.
pub(super) fn count_recovery(meters: &Meters, recovered: Option<bool>) {
    let Some(recovered) = recovered else { return };
    let (outcome, meter) = if recovered { ("recovered", &meters.recovered) } else { ("gap", &meters.gaps) };
    metrics::counter!("plenum_live_recoveries_total", "outcome" => outcome).increment(1);
    meter.increment();
}

/// The rule's answer and the log's extent, of one snapshot.
async fn ask(hub: &Hub, connection: &Connection, name: &str) -> AppResult<(Decision, Extent)> {
    let mut tx = hub.store().read().await?;
    // Between the look at the cookie and the hub's table the sign-in may have ended unseen.
    if let Some(who) = connection.who().filter(|_| connection.is_unverified())
        && hub.rules().whose(&mut tx, who.person, who.sign_in).await?.is_none()
    {
        connection.sign_out(SignInEnd::Gone);
    }
    let decision = hub.rules().may_join(&mut tx, connection.who().as_ref(), name).await?;
    let extent = log::extent(&mut tx, hub.store().epoch(), log::LogChannel::of_plenum(name)).await?;
    Ok((decision, extent))
}

/// Feeds one page of the log to each channel that catches up; those at the head go live.
pub async fn feed(hub: &Arc<Hub>, connection: &Arc<Connection>, session: &mut Session) {
    let mut behind = Vec::new();
    for CatchUp { channel, after, target } in std::mem::take(&mut session.catching_up) {
        // Nothing newer was dispatched meanwhile, and nothing was missed: no need to read.
        if after >= target && hub.go_live(connection, &channel, after) {
            continue;
        }
        let Ok(events) = read_page(hub, channel.name(), after).await else {
            connection.close(code::OVER_CAPACITY, "the log cannot be read: come back and resume");
            continue;
        };
        let mut reached = after;
        for event in &events {
            reached = event.seq.unsigned_abs();
            let encoded = Encoded::logged(channel.name(), &event.event, &event.data, reached);
            connection.send(&encoded.bytes, &encoded.weight);
        }
        if i64::try_from(events.len()).is_ok_and(|count| count < PAGE) {
            reached = reached.max(target);
            if hub.go_live(connection, &channel, reached) {
                continue;
            }
        }
        behind.push(CatchUp { channel, after: reached, target });
    }
    session.catching_up = behind;
}

async fn read_page(hub: &Hub, name: &str, after: u64) -> AppResult<Vec<log::Logged>> {
    let mut tx = hub.store().read().await?;
    log::page(&mut tx, log::LogChannel::of_plenum(name), after, PAGE).await
}

/// A client event: only to the others of a channel that the sender is subscribed to, at a bounded rate.
async fn relay(hub: &Arc<Hub>, connection: &Arc<Connection>, session: &mut Session, event: &str, name: &str, data: &str) {
    if !session.may_send(hub.clock(), hub.limits().client_events_per_second) {
        return connection
            .say(&ServerFrame::error(Some(code::CLIENT_EVENT_RATE), "Too many client events a second; this one was dropped."));
    }
    let most = hub.limits().data_bytes;
    if most != 0 && data.len() > most {
        return connection.say(&ServerFrame::error(None, &format!("The data of a client event has at most {most} bytes.")));
    }
    let Some(who) = connection.who().filter(|_| hub.is_subscribed(connection, name)) else {
        return connection.say(&ServerFrame::error(None, &format!("Client events need a subscription to the private channel {name}.")));
    };
    match hub.rules().client_event(&who, name, event, data).await {
        Ok(Some(relayed)) => {
            let encoded = Encoded::ephemeral(name, &relayed.event, &relayed.payload, &relayed.conflation);
            hub.relay(name, &encoded, who.person, Some(connection.id));
        }
        Ok(None) => {}
        Err(error) => {
            hub.store().part::<Faults>().count_error("socket: client event", &error, Some(who.organisation));
            connection.say(&ServerFrame::error(None, &error.message));
        }
    }
}
