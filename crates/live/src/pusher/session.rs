//! What a client of an external application asks of its socket.

use std::{sync::Arc, time::Instant};

use serde_json::Value;

use super::{
    application::{App, Settings},
    channel::{Channel, Joined, Log, Member},
    durable::{self, CatchUp},
    names::{Access, ChannelKind, USER_PREFIX, is_event_name},
    record, signature,
    tap::What,
    users::{Refused, User},
    webhooks::Hook,
};
use crate::{
    connection::{Connection, End, Host},
    pace::{Budget, Pace, Verdict},
    subscriptions::{count_recovery, may_act},
};
use plenum_core::protocol::{ClientFrame, ServerFrame, Subscribe, code, event};

/// Client events of one connection in a second.
const CLIENT_EVENTS: u32 = 10;
/// Channels of one connection: more than any client needs, so that one cannot grow without end.
const CHANNELS: usize = 1_000;

/// What only the connection's own task knows.
#[derive(Debug, Default)]
pub struct Session {
    channels: Vec<Arc<Channel>>,
    catching_up: Vec<CatchUp>,
    user: Option<User>,
    client_events: (u32, u32),
    pace: Pace,
}

impl Session {
    fn channel(&self, name: &str) -> Option<&Arc<Channel>> {
        self.channels.iter().find(|channel| &**channel.name() == name)
    }

    /// Counts a client event in second `now`; false if it is one too many.
    fn may_send(&mut self, now: u32) -> bool {
        if self.client_events.0 != now {
            self.client_events = (now, 0);
        }
        self.client_events.1 += 1;
        self.client_events.1 <= CLIENT_EVENTS
    }
}

impl Host for App {
    type Session = Session;

    fn clock(&self) -> u32 {
        self.clock()
    }

    async fn text(self: &Arc<Self>, connection: &Arc<Connection>, session: &mut Session, text: &str) {
        act(self, connection, session, text).await;
    }

    fn count_frame(&self, session: &mut Session) -> Verdict {
        session.pace.count(Budget::new(self.limits().frames_per_second, CHANNELS), Instant::now())
    }

    fn is_catching_up(session: &Session) -> bool {
        !session.catching_up.is_empty()
    }

    async fn feed(self: &Arc<Self>, connection: &Arc<Connection>, session: &mut Session) {
        session.catching_up = durable::feed(self, connection, std::mem::take(&mut session.catching_up)).await;
    }

    fn leave(&self, connection: &Arc<Connection>, session: Session, _: End) {
        for channel in &session.channels {
            self.leave(channel, connection.id);
        }
        self.forget(connection.id);
        if let Some(user) = session.user {
            self.users.sign_out(connection.id, &user.member.user_id, &user.watchlist);
        }
    }
}

/// Acts on one frame. Only a durable log is waited for: all else that it needs is in memory.
async fn act(app: &App, connection: &Arc<Connection>, session: &mut Session, text: &str) {
    let frame = ClientFrame::parse(text);
    if !matches!(frame, Ok(ClientFrame::ClientEvent { .. })) {
        let verdict = app.count_frame(session);
        if verdict != Verdict::Act {
            app.record.refuse(record::What::Subscription, "A client sends too many frames.");
        }
        if !may_act(connection, verdict, &frame) {
            return;
        }
    }
    match frame {
        Ok(ClientFrame::Ping) => connection.say(&ServerFrame::new(event::PONG, "{}")),
        Ok(ClientFrame::Subscribe(wish)) => {
            if let Err((status, reason)) = subscribe(app, connection, session, &wish).await {
                metrics::counter!("plenum_live_refusals_total").increment(1);
                app.record.refuse(record::What::Subscription, &reason);
                app.tap.note(What::Refused, Some(connection.id), Some(&wish.channel.as_str().into()), Some((&reason, "")));
                connection.say(&ServerFrame::refused(&wish.channel, status, &reason));
            }
        }
        Ok(ClientFrame::Unsubscribe { channel }) => unsubscribe(app, connection, session, &channel),
        Ok(ClientFrame::SignIn { auth, user_data }) => sign_in(app, connection, session, &auth, &user_data),
        Ok(ClientFrame::ClientEvent { event, channel, data }) => {
            if let Err((code, reason)) = relay(app, connection, session, &event, &channel, &data) {
                app.record.refuse(record::What::ClientEvent, &reason);
                connection.say(&ServerFrame { channel: Some(channel), ..ServerFrame::error(code, &reason) });
            }
        }
        Ok(ClientFrame::Pong | ClientFrame::Watch { .. } | ClientFrame::Unknown { .. }) => {}
        Err(error) => connection.say(&ServerFrame::error(None, &error.to_string())),
    }
}

/// A refusal: a status and a sentence.
type Refusal = (u16, String);

fn refuse<T>(status: u16, reason: impl Into<String>) -> Result<T, Refusal> {
    Err((status, reason.into()))
}

async fn subscribe(app: &App, connection: &Arc<Connection>, session: &mut Session, wish: &Subscribe) -> Result<(), Refusal> {
    let settings = app.settings();
    let Some(kind) = ChannelKind::of(&wish.channel) else { return refuse(400, "That is not a channel's name.") };
    if session.channels.len() >= CHANNELS {
        return refuse(403, format!("A connection has at most {CHANNELS} channels."));
    }
    match kind.access {
        Access::Public => {}
        Access::User => {
            let own = session.user.as_ref().is_some_and(|user| wish.channel.strip_prefix(USER_PREFIX) == Some(&user.member.user_id));
            if !own {
                return refuse(403, "Only the user who is signed in may join this channel.");
            }
        }
        Access::Private | Access::Encrypted | Access::Presence => check_signature(&settings, connection, wish)?,
    }
    let member = if kind.is_presence() { Some(member(session, wish)?) } else { None };
    let Some(channel) = app.open(&wish.channel) else { return refuse(400, "That is not a channel's name.") };
    let (rows, epoch);
    let log = if app.is_durable() {
        rows = durable::extent(app, &wish.channel).await.map_err(|error| (503, error.message))?;
        Log::Rows(&rows)
    } else {
        epoch = app.epoch();
        Log::Memory(&epoch)
    };
    match channel.join(connection, member.as_ref(), wish.since.as_ref(), &log, settings.presence_members) {
        Joined::Already => connection.say(&ServerFrame::error(None, &format!("Existing subscription to channel {}", wish.channel))),
        Joined::Full => return refuse(403, "No more people fit on this channel."),
        Joined::Yes { first, new_member, cache_miss, recovered, behind } => {
            count_recovery(app.meters(), recovered);
            app.tap.note(What::Subscribed, Some(connection.id), Some(channel.name()), None);
            if let Some(after) = behind {
                session.catching_up.push(CatchUp { channel: Arc::clone(&channel), after });
            }
            let now = Instant::now();
            let name = || Arc::clone(channel.name());
            if first {
                app.outbox.note(Hook::ChannelOccupied { channel: name() }, now);
            }
            if let Some(member) = member.filter(|_| new_member) {
                app.outbox.note(Hook::MemberAdded { channel: name(), user_id: member.user_id }, now);
            }
            if cache_miss {
                app.outbox.note(Hook::CacheMiss { channel: name() }, now);
            }
            session.channels.push(channel);
        }
    }
    Ok(())
}

/// Leaves a channel, if the connection is on it.
fn unsubscribe(app: &App, connection: &Connection, session: &mut Session, name: &str) {
    if let Some(place) = session.channels.iter().position(|known| **known.name() == *name) {
        let channel = session.channels.swap_remove(place);
        session.catching_up.retain(|known| !Arc::ptr_eq(&known.channel, &channel));
        app.leave(&channel, connection.id);
    }
}

fn check_signature(settings: &Settings, connection: &Connection, wish: &Subscribe) -> Result<(), Refusal> {
    let socket_id = connection.id.socket_id();
    let signed = |data: Option<&str>| settings.authorises(&signature::subscription(&socket_id, &wish.channel, data), &wish.auth);
    // SDKs send channel_data on every kind of channel if the auth answer had it.
    let valid = match wish.channel_data.as_deref() {
        Some(data) => signed(Some(data)) || (!wish.channel.starts_with("presence-") && signed(None)),
        None => signed(None),
    };
    if valid { Ok(()) } else { refuse(401, format!("The signature for {} is not valid.", wish.channel)) }
}

/// Who joins a presence channel: as the signed data says, else as they are signed in.
fn member(session: &Session, wish: &Subscribe) -> Result<Member, Refusal> {
    let Some(data) = wish.channel_data.as_deref() else {
        let user = session.user.as_ref();
        return match user {
            Some(user) => Ok(user.member.clone()),
            None => refuse(401, "A presence channel needs channel_data, or a user who is signed in."),
        };
    };
    let Ok(data) = serde_json::from_str::<Value>(data) else { return refuse(400, "channel_data is not JSON.") };
    let user_id = match data.get("user_id") {
        Some(Value::String(id)) if !id.is_empty() => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return refuse(400, "channel_data needs a user_id."),
    };
    let user_info = data.get("user_info").map_or_else(|| "{}".to_owned(), Value::to_string);
    Member::new(&user_id, &user_info).map_err(|long| (400, long.to_string()))
}

fn sign_in(app: &App, connection: &Arc<Connection>, session: &mut Session, auth: &str, user_data: &str) {
    if !app.settings().authorises(&signature::sign_in(&connection.id.socket_id(), user_data), auth) {
        let reason = "The signature of the user data is not valid.";
        app.record.refuse(record::What::SignIn, reason);
        return connection.refuse_sign_in(reason);
    }
    let user = match User::parse(user_data) {
        Ok(user) => user,
        Err(Refused::TooManyWatched) => {
            let reason = "A watchlist has at most 100 people.";
            app.record.refuse(record::What::SignIn, reason);
            return connection.say(&ServerFrame::error(Some(code::WATCHLIST), reason));
        }
        Err(Refused::TooLong(long)) => {
            let reason = long.to_string();
            app.record.refuse(record::What::SignIn, &reason);
            return connection.refuse_sign_in(&reason);
        }
        Err(Refused::Unreadable) => {
            let reason = "The user data needs a text id.";
            app.record.refuse(record::What::SignIn, reason);
            return connection.refuse_sign_in(reason);
        }
    };
    if let Some(before) = session.user.take() {
        app.users.sign_out(connection.id, &before.member.user_id, &before.watchlist);
        if before.member.user_id != user.member.user_id {
            // What is written to the one before is not for them.
            unsubscribe(app, connection, session, &format!("{USER_PREFIX}{}", before.member.user_id));
        }
    }
    let data = serde_json::json!({ "user_data": user_data }).to_string();
    connection.say(&ServerFrame::new(event::SIGN_IN_SUCCESS, data));
    app.users.sign_in(connection, &user.member.user_id, &user.watchlist);
    session.user = Some(user);
}

/// A client event, to the others of a channel that the sender is on.
fn relay(
    app: &App,
    connection: &Connection,
    session: &mut Session,
    event: &str,
    name: &str,
    data: &str,
) -> Result<(), (Option<u16>, String)> {
    let no = |reason: &str| Err((None, reason.to_owned()));
    let settings = app.settings();
    if !session.may_send(app.clock()) {
        return Err((Some(code::CLIENT_EVENT_RATE), format!("At most {CLIENT_EVENTS} client events a second; this one was dropped.")));
    }
    if !settings.client_events {
        return no("Client events are switched off for this application.");
    }
    if !is_event_name(event) {
        return no("An event's name has at most 200 bytes.");
    }
    if settings.data_bytes != 0 && data.len() > settings.data_bytes {
        return no(&format!("The data of an event has at most {} bytes.", settings.data_bytes));
    }
    let Some(channel) = session.channel(name).filter(|channel| channel.kind().takes_client_events()) else {
        return no(&format!("Client events need a subscription to the private or presence channel {name}."));
    };
    channel.relay(connection.id, event, data);
    app.tap.note(What::ClientEvent, Some(connection.id), Some(channel.name()), Some((event, data)));
    if app.outbox.is_wanted() {
        let hook = Hook::ClientEvent {
            channel: Arc::clone(channel.name()),
            event: event.to_owned(),
            data: data.to_owned(),
            socket_id: connection.id.socket_id(),
            user_id: channel.user_of(connection.id),
        };
        app.outbox.note(hook, Instant::now());
    }
    Ok(())
}
