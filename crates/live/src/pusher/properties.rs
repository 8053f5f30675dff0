//! An external application against a [`model`]: random steps of several clients and a backend, over real
//! sockets, give each connection exactly the frames that the model says; and when all are gone, nothing is left.

mod client;
mod model;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{WebSocketStream, tungstenite::protocol::Role};

use super::{
    application::{App, Settings},
    signature::{self, AppSecret},
};
use crate::connection::{self, Connection};
use crate::places::Places;
use client::Client;
use model::{Auth, FIT, Model, Slot, Step};
use plenum_core::{ids::OrganisationId, people::SignInEnd, protocol::ServerFrame};

const CONNECTIONS: Slot = 4;
const CHANNELS: [&str; 10] = [
    "news",
    "cache-sky",
    "private-orders",
    "private-cache-orders",
    "presence-hall",
    "presence-cache-desk",
    "private-encrypted-ward",
    "#server-to-user-ann",
    "#server-to-user-7",
    "no channel",
];
const PEOPLE: [&str; 3] = ["ann", "bob", "7"];
/// Longer than anything takes on a busy machine; a step that never comes to its end fails here.
const PATIENCE: Duration = Duration::from_secs(20);

fn steps() -> impl Strategy<Value = Step> {
    let (slot, channel, person) = (|| 0..CONNECTIONS, || select(&CHANNELS[..]), || select(&PEOPLE[..]));
    let auth = prop_oneof![
        8 => Just(Auth::Right),
        2 => Just(Auth::RightWithoutMember),
        1 => select(vec![Auth::RightOfNonsense, Auth::Guessed, Auth::Stolen, Auth::None]),
    ];
    let nonsense = prop_oneof![
        "[^{]{0,40}".prop_filter("an array could be a frame", |text| !text.trim_start().starts_with('[')),
        select(vec!["", "{}", "[]", "null", "{\"event\":7}", "{\"event\":\"client-x\"}", "{\"event\":\"pusher:signin\",\"data\":{}}"])
            .prop_map(str::to_owned),
    ];
    prop_oneof![
        3 => slot().prop_map(Step::Connect),
        1 => (slot(), any::<bool>()).prop_map(|(slot, politely)| Step::Disconnect(slot, politely)),
        14 => (slot(), channel(), person(), auth).prop_map(|(slot, channel, person, auth)| Step::Subscribe(slot, channel, person, auth)),
        3 => (slot(), channel()).prop_map(|(slot, channel)| Step::Unsubscribe(slot, channel)),
        6 => (slot(), person(), prop::bool::weighted(0.95), prop::option::of(person()))
            .prop_map(|(slot, person, right, watches)| Step::SignIn(slot, person, right, watches)),
        4 => (slot(), channel()).prop_map(|(slot, channel)| Step::ClientEvent(slot, channel)),
        6 => (channel(), prop::option::of(slot())).prop_map(|(channel, except)| Step::Publish(channel, except)),
        1 => (slot(), nonsense).prop_map(|(slot, text)| Step::Nonsense(slot, text)),
        1 => person().prop_map(Step::Terminate),
        1 => Just(Step::Tick),
    ]
}

fn settings() -> Settings {
    Settings {
        app_id: "1".to_owned(),
        key: "key".to_owned(),
        secrets: vec![AppSecret::new("new"), AppSecret::new("old")],
        organisation: OrganisationId(1),
        enabled: true,
        origins: Vec::new(),
        client_events: true,
        subscription_counts: true,
        durable: false,
        connections: 0,
        presence_members: FIT,
        data_bytes: 0,
        webhooks: Vec::new(),
    }
}

/// The application, and those at its sockets.
struct Scene {
    app: Arc<App>,
    listener: TcpListener,
    clients: BTreeMap<Slot, Client>,
}

impl Scene {
    async fn connect(&self) -> Client {
        let address = self.listener.local_addr().unwrap();
        let (theirs, accepted) = tokio::join!(TcpStream::connect(address), self.listener.accept());
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let connection =
            Connection::new(self.app.next_connection(), None, address, accepted.unwrap().0, self.app.clock(), 1 << 18, Arc::default());
        let connection = Arc::new(connection);
        assert!(self.app.enter(&connection, &Arc::new(Places::new(0))));
        let id = connection.id;
        connection.say(&ServerFrame::welcome(&id.socket_id()));
        tokio::spawn(connection::run(Arc::clone(&self.app), connection, Vec::new()));
        Client { stream: WebSocketStream::from_raw_socket(theirs.unwrap(), Role::Client, None).await, id }
    }

    fn subscription(&self, slot: Slot, channel: &str, person: &str, auth: Auth) -> Value {
        let id = self.clients[&slot].id.socket_id();
        let (secret, signed_id) = match auth {
            Auth::Guessed => ("guessed", id.as_str()),
            Auth::Stolen => ("new", "1.1"),
            _ => ("old", id.as_str()),
        };
        // Some ids are numbers, as many backends send them.
        let user_id = person.parse::<u64>().map_or_else(|_| json!(person), |number| json!(number));
        let channel_data = match auth {
            Auth::RightOfNonsense => Some(json!({ "user_info": {} })),
            Auth::RightWithoutMember => None,
            _ => Some(json!({ "user_id": user_id, "user_info": { "name": person } })),
        };
        let channel_data = channel_data.filter(|_| channel.starts_with("presence-")).map(|data| data.to_string());
        let message = signature::subscription(signed_id, channel, channel_data.as_deref());
        let auth = if auth == Auth::None { String::new() } else { format!("key:{}", AppSecret::new(secret).sign(message.as_bytes())) };
        json!({ "event": "pusher:subscribe", "data": { "channel": channel, "auth": auth, "channel_data": channel_data } })
    }

    /// Does to the application what the step says.
    async fn act(&mut self, step: &Step, number: u64) {
        let text = match step {
            Step::Connect(slot) => {
                let client = self.connect().await;
                self.clients.insert(*slot, client);
                return;
            }
            Step::Disconnect(slot, politely) => {
                let mut client = self.clients.remove(slot).unwrap();
                if *politely {
                    client.stream.close(None).await.unwrap();
                    while client.stream.next().await.is_some_and(|message| message.is_ok()) {}
                }
                return;
            }
            Step::Publish(channel, except) => {
                let except = except.map(|slot| self.clients[&slot].id);
                self.app.publish(channel, "published", &number.to_string(), except);
                // Not a moment later, as it would be.
                if let Some(channel) = self.app.channel(channel) {
                    channel.flush();
                }
                return;
            }
            Step::Terminate(person) => {
                self.app.users.connections_of(person).iter().for_each(|connection| connection.sign_out(SignInEnd::EndedByApplication));
                return;
            }
            Step::Tick => return self.app.tick(Instant::now()),
            Step::Subscribe(slot, channel, person, auth) => self.subscription(*slot, channel, person, *auth).to_string(),
            Step::Unsubscribe(_, channel) => json!({ "event": "pusher:unsubscribe", "data": { "channel": channel } }).to_string(),
            Step::SignIn(slot, person, right, watches) => {
                let user_data = json!({ "id": person, "watchlist": watches.iter().collect::<Vec<_>>() }).to_string();
                let message = signature::sign_in(&self.clients[slot].id.socket_id(), &user_data);
                let auth = AppSecret::new(if *right { "new" } else { "guessed" }).sign(message.as_bytes());
                json!({ "event": "pusher:signin", "data": { "auth": format!("key:{auth}"), "user_data": user_data } }).to_string()
            }
            Step::ClientEvent(_, channel) => json!({ "event": "client-whisper", "channel": channel, "data": {} }).to_string(),
            Step::Nonsense(_, text) => text.clone(),
        };
        if let Step::Subscribe(slot, ..)
        | Step::Unsubscribe(slot, _)
        | Step::SignIn(slot, ..)
        | Step::ClientEvent(slot, _)
        | Step::Nonsense(slot, _) = step
        {
            self.clients.get_mut(slot).unwrap().say(text).await;
        }
    }

    /// Waits until the application has noticed who is gone.
    async fn shrink_to(&self, count: usize) {
        while self.app.connection_count() > count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Does one step in both worlds, and compares what everyone got.
    async fn step(&mut self, step: &Step, model: &mut Model) {
        let number = model.next_number();
        let Some((mut expected, closed)) = model.step(step) else { return };
        self.act(step, number).await;
        for slot in &closed {
            let client = self.clients.remove(slot).unwrap();
            assert_eq!(client.closed().await, SignInEnd::EndedByApplication.close().code, "{step:?}");
        }
        self.shrink_to(model.connected().len()).await;
        // Who caused it is answered first: when that has come, all that it caused has been written.
        let (mut order, causes) = (model.connected(), step.cause());
        order.sort_by_key(|slot| Some(*slot) != causes);
        for slot in order {
            let mut frames = self.clients.get_mut(&slot).unwrap().settle().await;
            let mut wanted = expected.remove(&slot).unwrap_or_default();
            frames.sort();
            wanted.sort();
            assert_eq!(frames, wanted, "what {slot} got by {step:?}");
        }
        assert_eq!(self.app.users.count(), model.signed_in(), "{step:?}");
        for (name, subscriptions, people) in model.places() {
            let channel = self.app.channel(name);
            assert_eq!(channel.as_ref().map_or(0, |channel| channel.counts().subscriptions), subscriptions, "{name} after {step:?}");
            let users = channel.map(|channel| channel.users()).unwrap_or_default();
            assert_eq!(users.iter().map(|user| &**user).collect::<BTreeSet<_>>(), people, "{name} after {step:?}");
        }
    }

    /// Forgets channels until none is left: while a flush of a channel is due, its task still holds the channel.
    async fn forget_channels(&self, now: Instant) {
        loop {
            self.app.sweep(now);
            if self.app.all_channels().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Everyone goes; then nothing is left, and whatever was told to have begun was told to have ended.
    async fn end(mut self) {
        self.clients.clear();
        self.shrink_to(0).await;
        assert!(self.app.users.is_empty());
        let later = Instant::now() + Duration::from_secs(3600);
        let mut open: HashMap<String, i32> = HashMap::new();
        let told = std::iter::from_fn(|| Some(self.app.outbox.take(later)).filter(|taken| !taken.is_empty()));
        for hook in told.flatten() {
            let change = match hook.name() {
                "channel_occupied" | "member_added" => 1,
                "channel_vacated" | "member_removed" => -1,
                _ => continue,
            };
            let place = format!("{hook:?}");
            *open.entry(place.split_once(' ').unwrap().1.to_owned()).or_default() += change;
        }
        assert!(open.values().all(|count| *count == 0), "webhooks tell of comings without goings: {open:?}");
        self.forget_channels(later).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Whatever clients and a backend do, in whatever order: everyone gets what the model says, and nothing is left of it.
    #[test]
    fn everyone_gets_what_the_model_says(steps in vec(steps(), 1..70)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = Arc::new(App::new(1, settings()));
            app.outbox.want(true);
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut scene = Scene { app, listener, clients: BTreeMap::new() };
            let mut model = Model::default();
            // All are there at first, so that most steps can be done.
            let arrivals: Vec<Step> = (0..CONNECTIONS).map(Step::Connect).collect();
            for step in arrivals.iter().chain(&steps) {
                let done = tokio::time::timeout(PATIENCE, scene.step(step, &mut model)).await;
                assert!(done.is_ok(), "{step:?} has no end");
            }
            let ended = tokio::time::timeout(PATIENCE, scene.end()).await;
            assert!(ended.is_ok(), "connections or channels are left");
        });
    }
}
