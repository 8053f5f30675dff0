//! Many at once for the same seats (I1, I2, I4): one of them gets each, baskets are whole, and what is told is never more than there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use rand::seq::SliceRandom as _;
use serde_json::Value;
use tokio::sync::watch;

use super::{
    orders::{STALLS, change, check, count, try_buy, try_hold},
    orders_storm::gives_back,
    seats::{FREE, gala, hold},
    server::{Person, Server, cursor},
    socket::{Socket, data},
    waiting::eventually_true,
};

/// Nobody waits longer than this for an answer, however many there are and however busy the machine is: there is no deadlock.
const BOUND: Duration = Duration::from_secs(30);

/// So many people who are signed in; they are in no other test.
async fn crowd(server: &Server, count: usize) -> Vec<Person> {
    let database = server.database().await;
    for index in 0..count {
        sqlx::query(
            "insert into people (organisation_id, email, name, password_hash, hue, created_at)
             select organisation_id, $1, $2, password_hash, 1, created_at from people where email = 'sam@plenum.example'",
        )
        .bind(format!("crowd{index}@plenum.example"))
        .bind(format!("Crowd {index}"))
        .execute(&database)
        .await
        .unwrap();
    }
    database.close().await;
    signed_in(server, count).await
}

/// The same people, each with connections of their own.
async fn signed_in(server: &Server, count: usize) -> Vec<Person> {
    let mut people = Vec::with_capacity(count);
    for index in 0..count {
        people.push(server.person(&format!("crowd{index}")).await);
    }
    people
}

/// What is held by the database's own account: seats, and the holds that they are in.
async fn held(server: &Server) -> Vec<(i64, i64)> {
    let database = server.database().await;
    let held = sqlx::query_as("select seat_id, hold_id from held_seats where until > $1 order by seat_id").bind(server.now());
    let held = held.fetch_all(&database).await.unwrap();
    database.close().await;
    held
}

/// I1: 200 people ask for one seat at once; one gets it, and each other one is told so. Again over fifty seats, each in an order of
/// their own, with a `kill -9` and a restart in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_held_by_one_of_two_hundred() {
    let mut server = Server::start_with(&[FREE]);
    let people = crowd(&server, 200).await;
    let (event, seats) = gala(&server, 51).await;
    let answers = join_all(people.iter().map(|person| hold(person, event, &seats[..1]))).await;
    let got = answers.iter().filter(|(status, _)| *status == 200).count();
    let refused = answers.iter().filter(|(status, answer)| *status == 409 && answer["field"] == "seats").count();
    assert_eq!((got, refused), (1, 199), "{:?}", answers.iter().map(|(status, _)| status).collect::<BTreeSet<_>>());
    assert_eq!(held(&server).await.len(), 1);

    server.kill();
    server.restart();
    let people = signed_in(&server, 200).await;
    let storm = people.iter().map(|person| {
        let mut order = seats[1..].to_vec();
        order.shuffle(&mut rand::rng());
        async move {
            let mut mine = Vec::new();
            for seat in order {
                let (status, answer) = hold(person, event, &[seat]).await;
                match status {
                    200 => mine.push(seat),
                    // Taken; or six of them are enough.
                    409 | 422 => {}
                    _ => panic!("{status}: {answer}"),
                }
            }
            mine
        }
    });
    let got: Vec<i64> = join_all(storm).await.concat();
    let different: BTreeSet<i64> = got.iter().copied().collect();
    assert_eq!((got.len(), different.len()), (50, 50), "each seat was given once");
    let held = held(&server).await;
    assert_eq!(held.len(), 51);
    assert_eq!(held.iter().map(|(seat, _)| *seat).collect::<Vec<_>>(), seats);
    server.assert_even();
}

/// I2: baskets that want the same two seats in either order, ten thousand times with a `kill -9` in the middle: never half a basket,
/// nothing but yes and no, and no answer that is long in coming.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn baskets_are_whole() {
    const ASKED: u32 = 10_000;
    let mut server = Server::start_with(&[FREE]);
    let people = crowd(&server, 24).await;
    let (event, seats) = gala(&server, 2).await;
    let asked = Arc::new(AtomicU32::new(0));
    let takers: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(index, person)| {
            let wanted = if index % 2 == 0 { [seats[0], seats[1]] } else { [seats[1], seats[0]] };
            let asked = Arc::clone(&asked);
            tokio::spawn(async move {
                let mut got = 0;
                while asked.load(Ordering::Relaxed) < ASKED {
                    let begun = Instant::now();
                    let Ok(response) = try_hold(&person, event, &wanted).await else {
                        tokio::time::sleep(Duration::from_millis(40)).await; // the server is away
                        continue;
                    };
                    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
                    asked.fetch_add(1, Ordering::Relaxed);
                    let status = response.status().as_u16();
                    let Ok(answer) = response.json::<Value>().await else { continue };
                    match status {
                        200 => {
                            got += 1;
                            assert_eq!(answer["seats"].as_array().unwrap().len(), 2, "{answer}");
                            let (event, hold) = (event.to_string(), answer["id"].to_string());
                            // One that the server was away for is let go by the next try: it is the same person's.
                            if let Ok(released) = person.try_call("box_office/release", &[("event", &event), ("hold", &hold)]).await {
                                assert_eq!(released.status(), 200);
                            }
                        }
                        409 => {}
                        _ => panic!("{status}: {answer}"),
                    }
                }
                got
            })
        })
        .collect();
    let (mut looked, mut killed) = (0, false);
    while asked.load(Ordering::Relaxed) < ASKED {
        if !killed && asked.load(Ordering::Relaxed) > ASKED / 2 {
            server.kill();
            server.restart();
            killed = true;
        }
        let held = held(&server).await;
        assert!(held.is_empty() || held.len() == 2 && held[0].1 == held[1].1, "half a basket: {held:?}");
        looked += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut got = 0;
    for taker in join_all(takers).await {
        got += taker.unwrap();
    }
    assert!(got > 100 && looked > 100 && killed, "{got} baskets, looked {looked} times");
}

/// What availability says of each ticket type, by its id: sold and held.
type Counts = BTreeMap<i64, (i64, i64)>;

/// What the database says once no hold is left.
#[derive(Clone)]
struct Truth {
    counts: Counts,
    sold: BTreeSet<i64>,
}

impl Truth {
    async fn read(server: &Server, event: i64) -> Self {
        let database = server.database().await;
        let counted: Vec<(i64, i64, i64)> = sqlx::query_as(
            "select t.id, (select count(*) from order_lines l where l.ticket_type_id = t.id and l.state = 'sold'),
               (select count(*) from held_seats h join seats s on s.id = h.seat_id where s.ticket_type_id = t.id and h.until > $2)
             from ticket_types t where t.event_id = $1",
        )
        .bind(event)
        .bind(server.now())
        .fetch_all(&database)
        .await
        .unwrap();
        let sold: Vec<i64> = sqlx::query_scalar("select seat_id from order_lines where state = 'sold' and seat_id is not null")
            .fetch_all(&database)
            .await
            .unwrap();
        database.close().await;
        Self { counts: counted.into_iter().map(|(id, sold, held)| (id, (sold, held))).collect(), sold: sold.into_iter().collect() }
    }
}

/// What an observer makes of the events of one name.
trait Fold {
    const EVENT: &str;
    fn apply(&mut self, told: &Value);
    fn agrees(&self, truth: &Truth) -> bool;

    /// Applies what comes until `truth` is known, then until it agrees with that, and then what else has come.
    async fn follow(&mut self, socket: &mut Socket, mut truth: watch::Receiver<Option<Truth>>) {
        let truth = loop {
            tokio::select! {
                frame = socket.wait(Self::EVENT) => self.apply(&data(&frame)),
                truth = truth.wait_for(Option::is_some) => break truth.unwrap().clone().unwrap(),
            }
        };
        while !self.agrees(&truth) {
            let frame = socket.wait(Self::EVENT).await;
            self.apply(&data(&frame));
        }
        for frame in socket.settle().await.iter().filter(|frame| frame["event"] == Self::EVENT) {
            self.apply(&data(frame));
        }
        assert!(self.agrees(&truth), "the last word is the database's");
    }
}

/// Availability, which never shows more sold and held than there is.
#[derive(Default)]
struct Left {
    events: u32,
    most_sold: i64,
    last: Counts,
}

impl Fold for Left {
    const EVENT: &str = "availability.updated";

    fn apply(&mut self, told: &Value) {
        self.events += 1;
        for kind in told["ticket_types"].as_array().unwrap() {
            let count = |name: &str| kind[name].as_i64().unwrap();
            assert!(count("available") >= 0 && count("held") >= 0 && count("sold") >= 0, "{kind}");
            assert_eq!(count("available") + count("held") + count("sold"), count("capacity"), "{kind}");
            self.most_sold = self.most_sold.max(count("sold"));
            self.last.insert(count("id"), (count("sold"), count("held")));
        }
    }

    fn agrees(&self, truth: &Truth) -> bool {
        self.last == truth.counts
    }
}

/// The seats of a map that are not free.
struct Taken {
    held: BTreeSet<i64>,
    sold: BTreeSet<i64>,
}

impl Taken {
    fn new(taken: &Value) -> Self {
        let held = taken["held"].as_array().unwrap().iter().map(|pair| pair[0].as_i64().unwrap()).collect();
        // Each is told by how much it is above the one before it.
        let steps = taken["sold"].as_array().unwrap().iter().map(|step| step.as_i64().unwrap());
        let sold = steps.scan(0, |last, step| Some(std::mem::replace(last, *last + step) + step)).collect();
        Self { held, sold }
    }
}

impl Fold for Taken {
    const EVENT: &str = "seat.changed";

    fn apply(&mut self, told: &Value) {
        for seat in told["seats"].as_array().unwrap() {
            let id = seat["id"].as_i64().unwrap();
            self.held.remove(&id);
            self.sold.remove(&id);
            if seat["state"]["held"]["until"].is_i64() {
                self.held.insert(id);
            } else if seat["state"] == "sold" {
                self.sold.insert(id);
            }
        }
    }

    fn agrees(&self, truth: &Truth) -> bool {
        self.held.is_empty() && self.sold == truth.sold
    }
}

/// I4: whoever folds what is told during a storm of holding, buying and giving back never sees more sold and held than there is, and ends
/// with what the database says; and so for the seats, from a snapshot taken in the middle of it. Holds end meanwhile, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_is_never_more_than_there_is() {
    const STEPS: u32 = 3_000;
    const HOLD: i64 = 900_000;
    let server = Server::start_with(&[FREE]);
    change(&server, "update events set places_each = 20").await;
    let (watcher, otto) = (server.person("ines").await, server.person("otto").await);
    let people = server.rich_crowd(watcher.organisation, 40, 2_000_000).await;
    let (event, seats) = gala(&server, 60).await;
    let id = event.to_string();
    let mut socket = server.visitor().await;
    socket.subscribe(&format!("event.{event}")).await;
    let steps = AtomicU32::new(0);
    let (known, truth) = watch::channel(None);
    let storm = people.iter().enumerate().map(|(index, person)| {
        let (seats, steps) = (&seats, &steps);
        async move {
            let mut step = index;
            while steps.fetch_add(1, Ordering::Relaxed) < STEPS {
                step = (step * 7 + 13) % seats.len();
                let (status, answer) = hold(person, event, &[seats[step]]).await;
                assert!([200, 409, 422].contains(&status), "{status}: {answer}");
                if status == 200 && index % 2 == 0 {
                    let places = i64::try_from(answer["seats"].as_array().unwrap().len()).unwrap();
                    let bought = try_buy(person, &answer, places * STALLS, &format!("storm-{index}-{}", answer["id"])).await.unwrap();
                    assert!([200, 409].contains(&bought.status().as_u16()), "{:?}", bought.text().await);
                }
                if status != 200 {
                    // Taken, or enough: what was held is bought, or left to end.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    });
    let refunds = async {
        while steps.load(Ordering::Relaxed) < STEPS {
            gives_back(&otto, 40).await;
        }
    };
    let ends = async {
        for quarter in 1..4 {
            eventually_true("the storm goes on", async || steps.load(Ordering::Relaxed) >= STEPS * quarter / 4).await;
            server.advance(HOLD).await;
        }
    };
    let storms = async {
        futures::future::join3(join_all(storm), refunds, ends).await;
        server.advance(HOLD).await;
        eventually_true("all holds have ended", async || count(&server, "select count(*) from holds where state = 'active'").await == 0)
            .await;
        known.send_replace(Some(Truth::read(&server, event).await));
    };
    let mut left = Left::default();
    let join_late = async {
        eventually_true("the storm goes on", async || steps.load(Ordering::Relaxed) >= STEPS / 3).await;
        let snapshot = watcher.ask("box_office/seats", &[("event", &id)]).await;
        let mut taken = Taken::new(&snapshot["state"]["taken"]);
        let (mut socket, channel) = (watcher.socket().await, format!("seats.{event}"));
        assert_eq!(socket.resume(&channel, &cursor(&snapshot, &channel)).await["recovered"], true);
        taken.follow(&mut socket, truth.clone()).await;
    };
    futures::future::join3(storms, left.follow(&mut socket, truth.clone()), join_late).await;
    assert!(left.events > 30 && left.most_sold > 10, "{} events, {} sold", left.events, left.most_sold);
    assert!(held(&server).await.is_empty(), "all has ended");
    check(&server).await;
}
