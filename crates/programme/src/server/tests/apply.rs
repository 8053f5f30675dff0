//! Whatever happens: an old seat map and the events make a fresh one, for whoever looks, at one instant (I25).

use proptest::prelude::*;

use super::{TERMS, end_all, house};
use plenum_core::{
    channels::Channel,
    ids::{EventId, OrderId, PersonId, SeatId, TicketTypeId},
    live::{Live, LiveEvent},
    people::Identity,
    time::Zone,
};
use plenum_events::{
    live::{event::EventEvent, seats::SeatsEvent},
    server::events::EventViewer,
};
use plenum_sales::{
    live::own::OwnEvent,
    model::{
        hold::{Places, Wanted},
        seat_map::SeatMap,
    },
    server::{
        baskets::{self, Part, Together},
        expiry, holds,
        orders::{self, Wish},
        seats, waiting_list,
    },
};
use plenum_store::db::{Committed, Tx, now};
use plenum_testing::House;
use plenum_wallet::{
    model::{Currency, Money},
    server::ledger,
};

const PEOPLE: usize = 4;

/// What can happen, in whatever order.
#[derive(Debug, Clone)]
enum Command {
    Hold {
        by: usize,
        seats: Vec<usize>,
    },
    Stand {
        by: usize,
        quantity: i64,
    },
    Best {
        by: usize,
        count: usize,
    },
    LetGo {
        by: usize,
    },
    Extend {
        by: usize,
    },
    Release {
        by: usize,
    },
    Buy {
        by: usize,
    },
    Refund {
        of: usize,
    },
    Wait {
        by: usize,
    },
    Leave {
        by: usize,
    },
    /// All that is held ends, and is swept.
    End,
}

fn any_command() -> impl Strategy<Value = Command> {
    let by = || 1..=PEOPLE;
    prop_oneof![
        6 => (by(), proptest::collection::vec(0..8_usize, 1..4)).prop_map(|(by, seats)| Command::Hold { by, seats }),
        3 => (by(), 0..4_i64).prop_map(|(by, quantity)| Command::Stand { by, quantity }),
        2 => (by(), 1..3_usize).prop_map(|(by, count)| Command::Best { by, count }),
        2 => by().prop_map(|by| Command::LetGo { by }),
        1 => by().prop_map(|by| Command::Extend { by }),
        3 => by().prop_map(|by| Command::Release { by }),
        3 => by().prop_map(|by| Command::Buy { by }),
        1 => by().prop_map(|of| Command::Refund { of }),
        3 => by().prop_map(|by| Command::Wait { by }),
        1 => by().prop_map(|by| Command::Leave { by }),
        1 => Just(Command::End),
    ]
}

/// One event that has both seats and a kind of ticket without, of which there are three places.
struct Hall {
    house: House,
    event: EventId,
    seats: Vec<SeatId>,
    standing: TicketTypeId,
}

async fn hall() -> Hall {
    let house = house(i64::try_from(PEOPLE).unwrap()).await;
    for who in house.people.clone() {
        let money = Money::new(30_000, Currency::Eur);
        house.store.write(async move |tx: &mut Tx| ledger::open(tx, who.organisation, who.person, money).await).await.unwrap();
    }
    let (event, seats) = super::seated(&house, 8).await;
    let add = async move |tx: &mut Tx| {
        let made = sqlx::query_scalar(
            "insert into ticket_types (event_id, position, name, price, seated, capacity) values ($1, 9, 'Standing', 900, false, 3) returning id",
        );
        Ok(made.bind(event).fetch_one(&mut **tx).await?)
    };
    let standing = house.store.write(add).await.unwrap();
    Hall { house, event, seats, standing }
}

impl Hall {
    async fn perform(&self, command: Command) {
        let by = match command {
            Command::Refund { of } => return self.refund(of).await,
            Command::End => {
                end_all(&self.house, 1).await;
                expiry::sweep(&self.house.store).await.unwrap();
                return;
            }
            Command::Hold { by, .. }
            | Command::Stand { by, .. }
            | Command::Best { by, .. }
            | Command::LetGo { by }
            | Command::Extend { by }
            | Command::Release { by }
            | Command::Buy { by }
            | Command::Wait { by }
            | Command::Leave { by } => by,
        };
        let (who, event, standing) = (self.house.person(by).clone(), self.event, self.standing);
        let chosen = match &command {
            Command::Hold { seats, .. } => seats.iter().map(|index| self.seats[*index]).collect(),
            _ => Vec::new(),
        };
        // What cannot be done now is refused, and changes nothing.
        let body = async move |tx: &mut Tx| {
            let now = tx.now();
            let held = holds::of_person(tx, who.person, event, now, TERMS).await?;
            match &command {
                Command::Hold { .. } => {
                    let wanted = Wanted { seats: chosen.clone(), standing: Vec::new() };
                    holds::hold(tx, &who, event, &wanted, TERMS).await.map(drop)
                }
                Command::Stand { quantity, .. } => {
                    let places = Places { ticket_type_id: standing, quantity: *quantity };
                    baskets::stand(tx, &who, event, places, TERMS).await.map(drop)
                }
                Command::Best { count, .. } => {
                    let blocks = baskets::best_blocks(tx, &who, event, Together { count: *count, ticket_type: None }, now).await?;
                    baskets::hold_block(tx, &who, event, &blocks, TERMS).await.map(drop)
                }
                Command::Wait { .. } => waiting_list::join(tx, &who, standing, TERMS).await.map(drop),
                Command::Leave { .. } => waiting_list::leave(tx, &who, standing).await,
                _ => {
                    let Some(held) = held else { return Ok(()) };
                    match &command {
                        Command::LetGo { .. } => match held.seats.first() {
                            Some(seat) => baskets::let_go(tx, &who, held.id, Part::Seat(*seat), TERMS).await.map(drop),
                            None => Ok(()),
                        },
                        Command::Extend { .. } => baskets::extend(tx, &who, held.id, TERMS).await.map(drop),
                        Command::Release { .. } => holds::release(tx, &who, held.id).await,
                        _ => {
                            let made = orders::create(tx, &who, held.id, &Wish::Keep).await?;
                            orders::pay(tx, &who, made.id, None).await.map(drop)
                        }
                    }
                }
            }
        };
        let _ = self.house.store.write(body).await;
    }

    /// Gives all back of the newest paid order of somebody, if they have one.
    async fn refund(&self, of: usize) {
        let (organiser, of) = (self.house.person(1).clone(), self.house.person(of).person);
        let paid = "select max(id) from orders where person_id = $1 and state in ('paid', 'partly_refunded')";
        let paid: Option<OrderId> =
            sqlx::query_scalar(paid).bind(of).fetch_one(&mut *self.house.store.look().await.unwrap()).await.unwrap();
        let Some(paid) = paid else { return };
        let all = orders::Wanted::parse(None, "Rained off", false).unwrap();
        self.house.store.write(async move |tx: &mut Tx| orders::refund(tx, &organiser, paid, &all).await).await.unwrap();
    }

    async fn map(&self, who: Option<&Identity>) -> SeatMap {
        let looker = EventViewer { organisation: self.house.person(1).organisation, who: who.cloned() };
        seats::map(&mut self.house.store.read().await.unwrap(), &looker, self.event, TERMS, now()).await.unwrap()
    }
}

/// Applies what was committed, each event to whom its channel is for.
fn apply(maps: &mut [(Option<Identity>, SeatMap)], events: &[Committed], event_id: EventId) {
    for item in events {
        let Committed::Event { channel, event, payload, .. } = item else { continue };
        for (who, map) in maps.iter_mut() {
            let viewer = who.as_ref().map_or(PersonId(0), |who| who.person);
            match channel.parse::<Channel>() {
                Ok(Channel::Seats(of)) if of == event_id => drop(map.apply(viewer, &SeatsEvent::read(event, payload).unwrap())),
                Ok(Channel::Event(of)) if of == event_id => {
                    map.apply(viewer, &EventEvent::read(event, payload).unwrap());
                }
                Ok(Channel::Person(of)) if of == viewer => {
                    if let Ok(own) = OwnEvent::read(event, payload) {
                        map.apply(viewer, &own);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What is compared: all that is shown but for the place in the list, which is asked for, and what was offered and bought, which is no event
/// of the map's own.
fn shown(map: &SeatMap, at: i64) -> SeatMap {
    let mut map = map.at(at);
    // Neither changes while people look; the zone's oldest offset is that of six years before now.
    map.rows.clear();
    map.event.zone = Zone::default();
    for waiting in &mut map.waiting {
        waiting.place = 0;
    }
    map.waiting.retain(|waiting| waiting.until.is_none());
    map
}

/// Opens the maps of everyone before command number `start`, and compares what they show in the end with fresh ones.
fn check(commands: Vec<Command>, start: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut hall = hall().await;
        let viewers: Vec<Option<Identity>> = (1..=PEOPLE).map(|person| Some(hall.house.person(person).clone())).chain([None]).collect();
        let mut maps = Vec::new();
        let start = start.min(commands.len() - 1);
        for (index, command) in commands.into_iter().enumerate() {
            if index == start {
                hall.house.committed();
                for viewer in &viewers {
                    maps.push((viewer.clone(), hall.map(viewer.as_ref()).await));
                }
            }
            hall.perform(command).await;
        }
        let events = hall.house.committed();
        apply(&mut maps, &events, hall.event);
        let once = maps.clone();
        apply(&mut maps, &events[events.len().saturating_sub(1)..], hall.event);
        for ((viewer, map), (_, before)) in maps.iter().zip(&once) {
            let fresh = hall.map(viewer.as_ref()).await;
            let at = fresh.now;
            assert_eq!(shown(map, at), shown(&fresh, at), "for {viewer:?}");
            assert_eq!(shown(before, at), shown(map, at), "an event again changes nothing");
            assert!(fresh.types.iter().all(|known| known.is_sound()));
        }
    });
}

/// Who lets places go can be first in the waiting list for them: what they are offered is not hidden by what they had before it.
#[test]
fn who_lets_go_may_be_offered_it_again() {
    use Command::{Best, Buy, Hold, Release, Stand, Wait};
    let commands = vec![
        Best { by: 1, count: 1 },
        Hold { by: 1, seats: vec![0] },
        Stand { by: 2, quantity: 3 },
        Hold { by: 1, seats: vec![1] },
        Release { by: 4 },
        Wait { by: 2 },
        Buy { by: 1 },
        Wait { by: 1 },
        Stand { by: 2, quantity: 1 },
    ];
    let last = commands.len() - 1;
    check(commands, last);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn an_old_map_and_the_events_make_a_fresh_one(commands in proptest::collection::vec(any_command(), 1..24), start in 0..24_usize) {
        check(commands, start);
    }
}
