//! The page of an event on the screen, kept up to date: what everyone is told of it, what its members and those who run it are told, and
//! whether one still is one.

use leptos::prelude::*;

use crate::api::events as api;
use plenum_core::live::Snapshot;
use plenum_events::{
    live::event::{DraftEvent, EventEvent},
    model::events::EventPage,
};
use plenum_messages::spaces::live::SpaceEvent;
use plenum_sales::live::own::OwnEvent;
use plenum_ui::{
    client::{Update, use_live},
    effect, memo,
    page::{Followed, use_own_id},
};

/// Follows what `snapshot` shows.
pub fn follow(snapshot: Snapshot<EventPage>) -> Followed<EventPage> {
    let (id, space) = (snapshot.state.event.id, snapshot.state.event.space_id);
    let followed = Followed::new(snapshot, move || api::page(id));
    let shown = followed.shown;
    let inside = memo(move || shown.with(|shown| shown.inside.is_some().then_some(space)));
    let runs = memo(move || shown.with(|shown| shown.runs.then_some(space)));
    let followed = followed
        .on::<EventEvent>(Signal::stored(Some(id)))
        // Who is a member no longer: what members see goes at once.
        .on_part::<SpaceEvent>(inside, |shown| shown.inside = None)
        .on_part::<DraftEvent>(runs, |shown| shown.runs = false);
    // And whatever else they may see no more.
    effect(move |before: Option<(bool, bool)>| {
        let now = (inside.get().is_some(), runs.get().is_some());
        if before.is_some_and(|before| before.0 && !now.0 || before.1 && !now.1) {
            followed.renew();
        }
        now
    });
    // Who has bought is a member now.
    use_live::<OwnEvent>(
        use_own_id(),
        |_| None,
        move |update| {
            let Update::Events(events) = update else { return };
            let gone =
                |event: &OwnEvent| matches!(event, OwnEvent::HoldChanged(changed) if changed.event_id == id && changed.hold.is_none());
            if events.iter().any(gone) && shown.with_untracked(|shown| shown.inside.is_none()) {
                followed.renew();
            }
        },
    );
    followed
}
