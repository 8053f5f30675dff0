//! An old page of an event and what is told make a fresh one, whoever looks (I25).

use proptest::prelude::*;

use super::*;
use crate::server::tests::{
    TERMS,
    orders::{self, rich},
};
use plenum_core::{
    ids::{OrderId, SpaceId},
    live::{Drawn, Live, LiveEvent},
};
use plenum_events::live::event::{DraftEvent, EventEvent};
use plenum_messages::spaces::live::SpaceEvent;
use plenum_sales::{live::own::OwnEvent, server::orders::Wish as Order};
use plenum_store::db::{Revocation, Scope};
use strum::VariantArray as _;

/// What can happen, in whatever order.
#[derive(Debug, Clone)]
enum Command {
    Act(usize),
    Rename(u8),
    AddType,
    ChangeType(usize, i64),
    RaiseType(usize),
    RemoveType(usize),
    Hold(i64),
    /// A member buys a place, whoever that is.
    Buy(usize),
    /// All of somebody's newest order is given back.
    Refund(usize),
    Admit(i64),
    Dismiss(i64),
    Promote(i64),
    Demote(i64),
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => (0..EventAction::VARIANTS.len()).prop_map(Command::Act),
        2 => any::<u8>().prop_map(Command::Rename),
        1 => Just(Command::AddType),
        2 => (0..3_usize, 1..80_i64).prop_map(|(which, places)| Command::ChangeType(which, places)),
        1 => (0..3_usize).prop_map(Command::RaiseType),
        1 => (0..3_usize).prop_map(Command::RemoveType),
        3 => (1..6_i64).prop_map(Command::Hold),
        3 => (2..4_usize).prop_map(Command::Buy),
        2 => (2..4_usize).prop_map(Command::Refund),
        2 => (4..6_i64).prop_map(Command::Admit),
        1 => (4..6_i64).prop_map(Command::Dismiss),
        1 => (4..6_i64).prop_map(Command::Promote),
        1 => prop_oneof![Just(1_i64), 4..6_i64].prop_map(Command::Demote),
    ]
}

/// Holds a place, orders it and pays; what of it cannot be done now is refused.
async fn buy(house: &House, by: usize, id: EventId) -> AppResult<()> {
    let known = ticket_types::rows(&mut *house.store.look().await?, id, now()).await?;
    let Some(of) = known.first().map(|row| row.of.id) else { return Ok(()) };
    let wanted = Wanted { seats: vec![], standing: vec![Places { ticket_type_id: of, quantity: 1 }] };
    let held = orders::try_hold(house, by, id, wanted).await?;
    let made = orders::create(house, by, held.id, Order::Keep).await?;
    orders::pay(house, by, made.id, None).await.map(drop)
}

async fn refund(house: &House, by: usize) -> AppResult<()> {
    let newest = sqlx::query_scalar("select max(id) from orders where person_id = $1").bind(house.person(by).person);
    let newest: Option<OrderId> = newest.fetch_one(&mut *house.store.look().await?).await?;
    let Some(id) = newest else { return Ok(()) };
    orders::giving_back::refund(house, 1, id, None, false).await.map(drop)
}

async fn perform(house: &House, id: EventId, command: Command) {
    match command {
        // What cannot be done now is refused and changes nothing.
        Command::Buy(by) => return drop(buy(house, by, id).await),
        Command::Refund(by) => return drop(refund(house, by).await),
        _ => {}
    }
    let who = house.person(1).clone();
    let event = row(&mut house.store.look().await.unwrap(), id).await.unwrap();
    let space = event.space_id;
    let body = async move |tx: &mut Tx| {
        let now = tx.now();
        let known = ticket_types::rows(tx, id, now).await?;
        match command.clone() {
            Command::Act(index) => {
                let at = |at: Millis| zones::local("Europe/Ljubljana", at);
                let wish = Wish {
                    action: EventAction::VARIANTS[index],
                    note: "So".into(),
                    starts: at(now + 48 * HOUR),
                    ends: at(now + 50 * HOUR),
                };
                lifecycle::act(tx, &who, id, &wish).await.map(drop)
            }
            Command::Rename(number) => {
                let mut form = event_edit::editing(tx, &who, Some(id)).await?.form;
                form.title = format!("Open day {number}");
                event_edit::change(tx, &who, id, event.version, &event_edit::Written::read(form)?).await.map(drop)
            }
            Command::AddType => ticket_types::add(tx, &who, id, &standing("More", 5)).await.map(drop),
            Command::ChangeType(which, places) => match known.get(which) {
                Some(row) => ticket_types::change(tx, &who, id, row.of.id, row.version, &standing("Changed", places)).await,
                None => Ok(()),
            },
            Command::RaiseType(which) => match known.get(which) {
                Some(row) => ticket_types::raise(tx, &who, id, row.of.id).await,
                None => Ok(()),
            },
            Command::RemoveType(which) => match known.get(which) {
                Some(row) => ticket_types::remove(tx, &who, id, row.of.id, row.version).await,
                None => Ok(()),
            },
            Command::Hold(quantity) => match known.first() {
                Some(row) => {
                    let wanted = Wanted { seats: vec![], standing: vec![Places { ticket_type_id: row.of.id, quantity }] };
                    holds::hold(tx, &who, id, &wanted, TERMS).await.map(drop)
                }
                None => Ok(()),
            },
            Command::Buy(_) | Command::Refund(_) => Ok(()),
            Command::Admit(person) => spaces::server::admit(tx, space, PersonId(person), false).await.map(drop),
            Command::Dismiss(person) => spaces::server::dismiss(tx, space, PersonId(person)).await.map(drop),
            Command::Promote(person) => spaces::server::promote(tx, space, PersonId(person)).await,
            Command::Demote(person) => spaces::server::demote(tx, space, PersonId(person)).await,
        }
    };
    // What cannot be done now is refused and changes nothing.
    let _ = house.store.write(body).await;
}

/// A page without when its places were counted, which is told only if they have changed.
fn at_any_time(mut page: EventPage) -> EventPage {
    page.availability.updated_at = 0;
    page
}

/// A tab with the page open, that does with what it is told what the page does (`view/event/follow.rs`).
struct Tab {
    person: Option<usize>,
    space: SpaceId,
    shown: Option<EventPage>,
}

impl Tab {
    async fn open(house: &House, person: Option<usize>, id: EventId, space: SpaceId) -> Self {
        Self { person, space, shown: page(house, person, id).await.ok() }
    }

    /// Takes what it is told, twice. True if the page is to be had anew.
    fn take(&mut self, house: &House, id: EventId, item: &Committed) -> bool {
        let Some(shown) = &mut self.shown else { return false };
        let viewer = self.person.map_or(PersonId(0), |person| house.person(person).person);
        match item {
            Committed::Event { channel, event, payload, .. } => {
                if *channel == Channel::Event(id).to_string() {
                    let event = EventEvent::read(event, payload).unwrap();
                    shown.apply(viewer, &event);
                    assert!(!shown.apply(viewer, &event), "it has changed nothing the second time");
                } else if *channel == Channel::Space(self.space).to_string() && shown.inside.is_some() {
                    let event = SpaceEvent::read(event, payload).unwrap();
                    let drawn = shown.apply(viewer, &event);
                    shown.apply(viewer, &event);
                    return drawn == Drawn::Anew;
                } else if *channel == Channel::SpaceStaff(self.space).to_string() && shown.runs {
                    // What is sold is of no concern here.
                    let Ok(event) = DraftEvent::read(event, payload) else { return false };
                    return shown.apply(viewer, &event) == Drawn::Anew;
                } else if *channel == Channel::Person(viewer).to_string() && shown.inside.is_none() {
                    let gone =
                        |event| matches!(event, Ok(OwnEvent::HoldChanged(changed)) if changed.event_id == id && changed.hold.is_none());
                    return gone(OwnEvent::read(event, payload));
                }
                false
            }
            Committed::Revoked(Revocation { person, scope: Scope::Channels(channels) }) if *person == viewer => {
                let ends = |channel: Channel| channels.contains(&channel.to_string());
                let ended = ends(Channel::Space(self.space)) && shown.inside.is_some();
                if ended {
                    shown.inside = None;
                }
                let runs_no_more = ends(Channel::SpaceStaff(self.space)) && shown.runs;
                if runs_no_more {
                    shown.runs = false;
                }
                ended || runs_no_more
            }
            _ => false,
        }
    }
}

async fn run(commands: Vec<Command>, point: usize) {
    let mut house = house(5).await;
    rich(&house).await;
    let id = draft(&house, 24 * HOUR).await;
    act(&house, 1, id, EventAction::Publish).await.unwrap();
    let space = row(&mut house.store.look().await.unwrap(), id).await.unwrap().space_id;
    let (mut tabs, mut cards) = (Vec::new(), None);
    for (index, command) in commands.into_iter().enumerate() {
        if index == point {
            for person in [Some(1), Some(2), Some(4), None] {
                tabs.push(Tab::open(&house, person, id, space).await);
            }
            cards = Some(list(&house, None, Filter::default()).await);
            house.committed();
        }
        perform(&house, id, command).await;
        let told = house.committed();
        for tab in &mut tabs {
            let mut anew = false;
            for item in &told {
                anew |= tab.take(&house, id, item);
            }
            if anew {
                // It is asked for once the commit is told, and so has all of it.
                *tab = Tab::open(&house, tab.person, id, space).await;
            }
        }
        for item in &told {
            let Committed::Event { channel, event, payload, .. } = item else { continue };
            if let (Some(cards), true) = (&mut cards, *channel == Channel::Event(id).to_string()) {
                cards.apply(PersonId(0), &EventEvent::read(event, payload).unwrap());
            }
        }
    }
    for Tab { person, shown, .. } in tabs {
        let fresh = page(&house, person, id).await;
        let Some(mut shown) = shown else { continue };
        let Ok(mut fresh) = fresh else {
            let row = row(&mut house.store.look().await.unwrap(), id).await.unwrap();
            assert!(!row.is_public(), "{person:?}: only what is not published is not for everyone");
            continue;
        };
        let public = row(&mut house.store.look().await.unwrap(), id).await.unwrap().is_public();
        if !public && !shown.runs && shown.inside.is_none() {
            // Who was made an organiser since is not told so outside, and so nothing of a draft.
            continue;
        }
        assert!(fresh.availability.ticket_types.iter().all(|of| of.is_sound()), "I4");
        if shown.inside.is_none() {
            // Who is let in without buying, and who runs it, is told inside.
            (shown.organisers, shown.runs, shown.inside) = (Vec::new(), false, None);
            (fresh.organisers, fresh.runs, fresh.inside) = (Vec::new(), false, None);
        }
        assert_eq!(at_any_time(shown), at_any_time(fresh), "{person:?}");
    }
    let fresh = list(&house, None, Filter::default()).await;
    let card = |list: &EventList| list.cards.iter().find(|card| card.event.id == id).cloned();
    if let (Some(old), Some(fresh)) = (cards.as_ref().and_then(card), card(&fresh)) {
        assert_eq!(old, fresh);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 100, ..ProptestConfig::default() })]

    /// I25: whatever happens to an event, an old page and the events make a fresh one, for organisers, buyers, members, visitors, and in the list.
    #[test]
    fn an_old_page_and_the_events_make_a_fresh_one(
        (commands, point) in proptest::collection::vec(any_command(), 1..30).prop_flat_map(|commands| { let length = commands.len(); (Just(commands), 0..length) })
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, point));
    }
}
