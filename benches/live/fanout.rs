//! One publish to a thousand subscribers: how many deliveries a second, and how late.
//!
//! Messages go through the whole path (HTTP, SQLite, log, dispatcher); `client-typing` goes
//! up the socket and is not stored. Beside each stands the bare loop of
//! [`yardstick`](super::yardstick), with as many bytes.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use futures::future::try_join_all;
use serde_json::json;

use super::{
    http::{Http, find},
    load::{IN_FLIGHT, Messages, Outcome, Tally, crowd, publish},
    machine::Machine,
    server::{Server, pause},
    table::{Spread, Table, thousands},
    wire::{Ear, Listener, Socket, Target},
    yardstick::{self, Publications, Yardstick},
};
use crate::Bench;

const LISTENERS: usize = 1_000;
const TIME: Duration = Duration::from_secs(6);
/// A person's typing is relayed once in this time; the crowd takes turns.
const TYPING_EVERY: Duration = Duration::from_millis(3_050);

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let server = seeded.serve(machine, &[])?;
    let target = Target::new(server.address);
    let channel = format!("private-conversation.{}", seeded.general);
    let people: Vec<_> = seeded.people.iter().take(LISTENERS).collect();
    let author = seeded.people.last().unwrap_or(&seeded.people[0]);
    let mut publishers = Vec::new();
    for _ in 0..IN_FLIGHT {
        publishers.push(Messages { http: Http::connect(server.address).await?, person: author.clone(), conversation: seeded.general });
    }

    // Messages, as fast as they go, then at half of that.
    let round = async |publishers: &mut [Messages], pause: Option<Duration>| {
        let tally = Tally::new();
        let crowd = crowd(&target, people.iter().map(|person| Some(*person)), |_| vec![channel.clone()], &tally.ear()).await?;
        let (mut outcome, seconds) = server.processor_time(publish(&tally, publishers, crowd.len(), TIME, pause)).await?;
        outcome.processor = seconds;
        anyhow::Ok(outcome)
    };
    let saturated = round(&mut publishers, None).await?;
    let pause_each = Duration::from_secs_f64(2.0 * IN_FLIGHT as f64 / saturated.publications.max(1.0));
    let half = round(&mut publishers, Some(pause_each)).await?;
    drop(publishers);

    let bare = bare_loop(machine, saturated.bytes, LISTENERS).await?;
    let size = saturated.bytes;
    show(table, &format!("messages, {size} bytes"), &saturated, &half, &bare);
    pause(1_000).await;

    // Typing: never stored, the crowd itself sends it.
    let (typed, size) = typing(&server, &target, &channel, &people, TYPING_EVERY).await?;
    let (calm, _) = typing(&server, &target, &channel, &people, TYPING_EVERY * 2).await?;
    let bare = bare_loop(machine, size, LISTENERS).await?;
    show(table, &format!("typing, {size} bytes"), &typed, &calm, &bare);
    table.note("typing is offered at one a person in 3 s, which no setting raises: 328 a second from 1,000 people");
    if server.warnings() > 0 {
        table.note(&format!("the server logged {} warnings", server.warnings()));
    }
    Ok(())
}

/// Shows both rounds beside the bare loop's.
pub fn show(table: &mut Table, what: &str, saturated: &Outcome, half: &Outcome, bare: &(Outcome, Outcome)) {
    let rate = |outcome: &Outcome| format!("{}/s", thousands(outcome.deliveries));
    let (bare, bare_half) = bare;
    table.compared(
        format!("{what}: deliveries, as fast as it goes"),
        rate(saturated),
        format!("bare loop: {}", rate(bare)),
        saturated.deliveries / bare.deliveries,
    );
    let share = |outcome: &Outcome| outcome.count as f64 / outcome.processor;
    table.compared(
        format!("{what}: deliveries in a second of processor time"),
        thousands(share(saturated)),
        format!("bare loop: {}", thousands(share(bare))),
        share(saturated) / share(bare),
    );
    for (name, ours, theirs) in [("as fast as it goes", saturated, bare), ("at half that rate", half, bare_half)] {
        let (mut ours_spread, mut theirs_spread) = (ours.spread.clone(), theirs.spread.clone());
        let ratio = ours_spread.quantile(0.99) / theirs_spread.quantile(0.99);
        table.compared(
            format!("{what}: publish to received, {name}"),
            ours_spread.percentiles(),
            format!("bare loop: {}", theirs_spread.percentiles()),
            ratio,
        );
        if !ours.complete {
            table.note(&format!("{what}, {name}: not everything arrived"));
        }
    }
}

/// The yardstick with so many listeners, saturated and at half its rate.
pub async fn bare_loop(machine: &Machine, bytes: usize, listeners: usize) -> anyhow::Result<(Outcome, Outcome)> {
    let round = async |every: Option<Duration>| {
        // A fresh one each time: it does not notice that listeners go.
        let yardstick = Yardstick::start(machine)?;
        let target = Target::new(yardstick.address);
        let tally = Tally::new();
        let streams = try_join_all((0..listeners).map(|_| yardstick::listener(&target))).await?;
        let crowd: Vec<Listener> = streams.into_iter().map(|stream| Socket::bare(stream).listen(tally.ear())).collect();
        let mut publishers = try_join_all((0..IN_FLIGHT).map(|_| Publications::connect(&target, bytes))).await?;
        let (mut outcome, seconds) = yardstick.processor_time(publish(&tally, &mut publishers, crowd.len(), TIME / 2, every)).await?;
        outcome.processor = seconds;
        drop(crowd);
        // Their sockets are closed by tasks; the next crowd would not find room beside them.
        pause(1_000).await;
        anyhow::Ok(outcome)
    };
    let saturated = round(None).await?;
    let every = Duration::from_secs_f64(2.0 * IN_FLIGHT as f64 / saturated.publications.max(1.0));
    let half = round(Some(every)).await?;
    Ok((saturated, half))
}

/// What the crowd heard of each other's typing: the author's id stands in the event.
#[derive(Debug)]
struct Typists {
    began: RefCell<Vec<Option<Instant>>>,
    deliveries: Cell<u64>,
    bytes: Cell<usize>,
    spread: RefCell<Spread>,
    last: Cell<Instant>,
}

impl Typists {
    fn hear(&self, payload: &[u8], at: Instant) {
        const MARK: &[u8] = br#"\"id\":"#;
        if !payload.starts_with(br#"{"event":"typing""#) {
            return;
        }
        let Some(start) = find(payload, MARK) else { return };
        let digits = payload[start + MARK.len()..].iter().take_while(|byte| byte.is_ascii_digit());
        let person = digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
        if let Some(Some(began)) = self.began.borrow().get(person) {
            self.spread.borrow_mut().add(at.saturating_duration_since(*began));
            self.deliveries.set(self.deliveries.get() + 1);
            self.bytes.set(payload.len());
            self.last.set(at);
        }
    }
}

/// Everyone types, one after the other, each once in `turn`. Returns what came of it and the size of an event.
async fn typing(
    server: &Server,
    target: &Target,
    channel: &str,
    people: &[&super::server::Person],
    turn: Duration,
) -> anyhow::Result<(Outcome, usize)> {
    let last = people.iter().map(|person| person.id).max().unwrap_or(0) as usize;
    let typists = Rc::new(Typists {
        began: RefCell::new(vec![None; last + 1]),
        deliveries: Cell::new(0),
        bytes: Cell::new(0),
        spread: RefCell::default(),
        last: Cell::new(Instant::now()),
    });
    let hearing = Rc::clone(&typists);
    let ear: Ear = Rc::new(move |payload, at| hearing.hear(payload, at));
    // One by one, so that the order is that of `people`.
    let mut sockets = Vec::with_capacity(people.len());
    for person in people {
        sockets.extend(crowd(target, [Some(*person)].into_iter(), |_| vec![channel.to_owned()], &ear).await?);
    }
    let frame = json!({ "event": "client-typing", "channel": channel, "data": {} }).to_string();
    let step = turn / people.len() as u32;
    let begun = Instant::now();
    let typing = async {
        let mut sent = 0_u32;
        while begun.elapsed() < TIME {
            let index = sent as usize % people.len();
            tokio::time::sleep_until((begun + step * sent).into()).await;
            if let Some(began) = typists.began.borrow_mut().get_mut(people[index].id as usize) {
                *began = Some(Instant::now());
            }
            sockets[index].say(&frame)?;
            sent += 1;
        }
        let seconds = begun.elapsed().as_secs_f64();
        // Until nothing comes any more.
        loop {
            let before = typists.deliveries.get();
            pause(1_000).await;
            if typists.deliveries.get() == before {
                return Ok((sent, seconds));
            }
        }
    };
    let ((sent, offered_for), processor) = server.processor_time(typing).await?;
    let expected = u64::from(sent) * (people.len() as u64 - 1);
    let seconds = typists.last.get().duration_since(begun).as_secs_f64();
    let outcome = Outcome {
        publications: f64::from(sent) / offered_for,
        deliveries: typists.deliveries.get() as f64 / seconds,
        count: typists.deliveries.get(),
        processor,
        spread: typists.spread.borrow().clone(),
        bytes: typists.bytes.get(),
        complete: typists.deliveries.get() == expected,
    };
    drop(sockets);
    pause(1_000).await;
    Ok((outcome, typists.bytes.get()))
}
