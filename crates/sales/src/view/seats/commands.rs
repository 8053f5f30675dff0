//! What a viewer does to their basket. One thing after the other: an answer never overtakes the one before it. Nothing is shown as
//! theirs before the server has said so.

use leptos::{
    prelude::{Update as _, *},
    task::spawn_local,
};

use super::{map::Look, screen::Screen};
use crate::view::seats::guest_selection;
use crate::{
    api::seats as api,
    live::own::{HoldChanged, OwnEvent},
    model::{
        best::best,
        hold::Hold,
        seat_map::{SeatMap, Seen},
    },
    words::seats as words,
};
use plenum_core::{
    error::{AppError, ErrorKind},
    ids::{PersonId, SeatId, TicketTypeId},
    live::Live,
};
use plenum_ui::browser;

/// How often what is left is tried when somebody else is quicker.
const TRIES: u32 = 4;

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Hold these, all or none.
    Hold(Vec<SeatId>),
    /// Hold those of these that are free, and say which were not.
    HoldWhatIsLeft(Vec<SeatId>),
    /// Hold the best so many together, of a ticket type unless it is empty.
    Best(usize, String),
    /// Let one go.
    LetGo(SeatId),
    /// Hold so many places of a ticket type.
    Stand(TicketTypeId, i64),
    /// Hold all for longer.
    Extend,
    /// Let all go.
    Release,
    /// Wait for a place.
    Wait(TicketTypeId),
    /// Wait no more.
    StopWaiting(TicketTypeId),
}

/// What the server was asked for and has not answered.
#[derive(Debug, Clone)]
pub struct Unanswered {
    command: Command,
    key: String,
    /// How often it had told of the basket by then.
    told: u32,
}

impl Command {
    /// The seats that it is about.
    fn seats(&self) -> Vec<SeatId> {
        match self {
            Self::Hold(seats) | Self::HoldWhatIsLeft(seats) => seats.clone(),
            Self::LetGo(seat) => vec![*seat],
            _ => Vec::new(),
        }
    }
}

impl Screen {
    /// A seat was pressed.
    pub fn press(self, seat: SeatId) {
        let look = self.look(seat);
        match look {
            Look::Pending => {}
            Look::Held | Look::Bought | Look::Sold => self.said.set(self.name(seat, look)),
            Look::Yours => self.order(Command::LetGo(seat)),
            Look::Picked => self.pick(|picks| picks.retain(|picked| *picked != seat), &[seat]),
            Look::Free if self.viewer.is_some() => self.order(Command::Hold(vec![seat])),
            Look::Free => self.pick_all(&[seat]),
        }
    }

    /// A visitor picks seats, as many as one person can have.
    pub fn pick_all(self, seats: &[SeatId]) {
        let each = self.map.with_value(SeatMap::basket_limit);
        let room = usize::try_from(each).unwrap_or(0).saturating_sub(self.picks.with_untracked(Vec::len));
        if seats.len() > room {
            self.said.set(words::at_most(each));
            return;
        }
        self.pick(|picks| picks.extend(seats.iter().copied()), seats);
    }

    fn pick(self, change: impl FnOnce(&mut Vec<SeatId>), touched: &[SeatId]) {
        self.picks.update(change);
        self.picks.with_untracked(|picks| guest_selection::keep(self.event, picks));
        self.repaint(touched.iter().copied());
        if let [seat] = touched {
            self.said.set(self.name(*seat, self.look(*seat)));
        }
    }

    /// The best so many together: held, or picked by a visitor.
    pub fn best(self, count: usize, ticket_type: String) {
        if self.viewer.is_some() {
            return self.order(Command::Best(count, ticket_type));
        }
        let wanted = ticket_type.parse().ok();
        let now = self.clock.read();
        let found = self.map.with_value(|map| {
            let free = |seat| map.seen(seat, now) == Seen::Free && self.picks.with_untracked(|picks| !picks.contains(&seat));
            best(&map.rows, count, wanted, free)
        });
        match found {
            Some(seats) => self.pick_all(&seats),
            None => self.said.set(words::none_together(count)),
        }
    }

    /// Does it when what was ordered before is done.
    pub fn order(self, command: Command) {
        let seats = command.seats();
        self.pending.update(|pending| pending.extend(seats.iter().copied()));
        self.repaint(seats.into_iter());
        self.queue.update_value(|queue| queue.push_back(command));
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            while let Some(command) = self.next() {
                let seats = command.seats();
                self.perform(command).await;
                if self.map.is_disposed() {
                    return;
                }
                self.pending.update(|pending| pending.retain(|known| !seats.contains(known)));
                self.repaint(seats.into_iter());
            }
            let _ = self.busy.try_set(false);
        });
    }

    fn next(self) -> Option<Command> {
        self.queue.try_update_value(|queue| queue.pop_front()).flatten()
    }

    async fn perform(self, command: Command) {
        let (event, told) = (self.event, self.told.get_value());
        let basket = self.map.with_value(|map| map.hold.as_ref().map(|hold| (hold.id, hold.until)));
        let hold = basket.map(|(id, _)| id);
        let key = self.key_of(&command, told);
        let asked = Unanswered { command: command.clone(), key: key.clone(), told };
        let outcome: Result<Option<Hold>, AppError> = match command {
            Command::Hold(seats) => {
                let outcome = api::hold(event, seats.clone(), Vec::new(), key).await.map(Some);
                if let (Ok(_), [seat]) = (&outcome, seats.as_slice()) {
                    self.say(words::now_yours(&self.short_name(*seat)));
                }
                outcome
            }
            Command::HoldWhatIsLeft(seats) => return self.hold_what_is_left(seats).await,
            Command::Best(count, ticket_type) => {
                let outcome = api::hold_best(event, count, ticket_type, key).await;
                if let Ok(hold) = &outcome {
                    self.say(words::of_at_most(hold.places(), self.map.with_value(SeatMap::basket_limit)));
                }
                outcome.map(Some)
            }
            Command::LetGo(seat) => {
                let Some(hold) = hold else { return };
                let outcome = api::let_go(event, hold, seat).await;
                if outcome.is_ok() {
                    self.say(words::now_gone(&self.short_name(seat)));
                }
                outcome
            }
            Command::Stand(ticket_type, quantity) => api::stand(event, ticket_type, quantity, key).await,
            Command::Extend => {
                let Some((hold, until)) = basket else { return };
                api::extend(event, hold, Hold::extension_key(hold, until)).await.map(Some)
            }
            Command::Release => {
                let Some(hold) = hold else { return };
                api::release(event, hold).await.map(|()| None)
            }
            Command::Wait(ticket_type) => {
                let waiting = api::wait(event, ticket_type).await;
                return self.waits(waiting.map(OwnEvent::WaitingChanged));
            }
            Command::StopWaiting(ticket_type) => {
                // That it was heard is told as an event.
                if let Err(error) = api::stop_waiting(event, ticket_type).await {
                    self.refuse(&error).await;
                }
                return;
            }
        };
        let _ = self.unanswered.try_update_value(|known| {
            *known = outcome.as_ref().err().filter(|error| error.is_transient()).map(|_| asked);
        });
        match outcome {
            Ok(hold) => self.take(hold, told),
            Err(error) => self.refuse(&error).await,
        }
    }

    /// A key for a command: that of the last one, if it was the same and nothing was heard of it since. It may have been done.
    fn key_of(self, command: &Command, told: u32) -> String {
        let same = |known: &Unanswered| known.command == *command && known.told == told;
        self.unanswered
            .with_value(|known| known.as_ref().filter(|known| same(known)).map(|known| known.key.clone()))
            .unwrap_or_else(browser::fresh_key)
    }

    fn say(self, text: String) {
        let _ = self.said.try_set(text);
    }

    /// The server's answer, unless it has told of the basket since that was asked for: then that is as new, or newer.
    fn take(self, hold: Option<Hold>, told: u32) {
        if self.map.is_disposed() {
            return;
        }
        self.lapsed.set(None);
        self.reached();
        if hold.is_some() {
            self.alarm.set(None);
        }
        if self.told.get_value() != told {
            return;
        }
        let event = OwnEvent::HoldChanged(HoldChanged { event_id: self.event, hold });
        let mut touched = Vec::new();
        self.map.update_value(|map| touched = map.apply(PersonId(0), &event));
        self.repaint(touched.into_iter());
        self.show();
    }

    fn waits(self, outcome: Result<OwnEvent, AppError>) {
        if self.map.is_disposed() {
            return;
        }
        match outcome {
            Ok(event) => {
                self.map.update_value(|map| {
                    map.apply(PersonId(0), &event);
                });
                self.show();
            }
            Err(error) => self.alarm_of(&error),
        }
    }

    fn alarm_of(self, error: &AppError) {
        let _ = self.alarm.try_set(Some(error.message.clone()));
        let _ = self.out_of_reach.try_set_value(error.is_transient().then(|| error.message.clone()));
    }

    /// The server was reached: that it was not needs no saying any more.
    pub fn reached(self) {
        let said = self.out_of_reach.get_value();
        if said.is_some() && self.alarm.get_untracked() == said {
            self.alarm.set(None);
        }
    }

    /// Says why it was refused. What was seen was old; where there is no line nobody else tells that.
    async fn refuse(self, error: &AppError) {
        self.alarm_of(error);
        if error.kind == ErrorKind::Conflict && self.away.try_get_untracked() == Some(true) {
            self.refresh().await;
        }
    }

    /// Holds those that are free, and says which were not; again if somebody else is quicker.
    async fn hold_what_is_left(self, wanted: Vec<SeatId>) {
        for _ in 0..TRIES {
            if self.map.is_disposed() {
                return;
            }
            let now = self.clock.read();
            let left: Vec<SeatId> = self.map.with_value(|map| {
                let mine = |seat: &SeatId| matches!(map.seen(*seat, now), Seen::Free | Seen::Yours);
                wanted.iter().copied().filter(mine).collect()
            });
            let gone: Vec<String> = wanted.iter().filter(|seat| !left.contains(seat)).map(|seat| self.short_name(*seat)).collect();
            if !gone.is_empty() {
                self.alarm.set(Some(words::taken_meanwhile(&gone)));
            }
            if left.is_empty() {
                self.lapsed.set(None);
                guest_selection::keep(self.event, &[]);
                return;
            }
            let told = self.told.get_value();
            match api::hold(self.event, left, Vec::new(), browser::fresh_key()).await {
                Ok(hold) => {
                    guest_selection::keep(self.event, &[]);
                    let alarm = self.alarm.try_get_untracked().flatten().filter(|_| !gone.is_empty());
                    self.take(Some(hold), told);
                    let _ = self.alarm.try_set(alarm);
                    return;
                }
                Err(error) => {
                    let taken = error.kind == ErrorKind::Conflict && error.field.is_some();
                    // What may succeed later is tried again when the page is opened again.
                    if !taken && !error.is_transient() {
                        guest_selection::keep(self.event, &[]);
                    }
                    self.refuse(&error).await;
                    if !taken {
                        return;
                    }
                    self.refresh().await;
                }
            }
        }
    }
}
