//! `/admin/broadcasts`, for admins and managers: the list, one of them, and a new one.
//!
//! - [`list`]: all of them, with how far each has come.
//! - [`detail`]: one, with what can be done to it.
//! - [`compose`]: a new one, in two steps: what it says, then how it looks and to how many it goes.
//! - [`follow`]: how both of the first stay up to date.

mod compose;
mod detail;
mod follow;
mod list;

pub use compose::NewBroadcastPage;
pub use detail::BroadcastPage;
pub use list::BroadcastsPage;

use leptos::prelude::*;

use super::model::{Broadcast, State};
use crate::{strings::broadcasts as words, ui::view};

/// The state in a word.
fn chip(state: State) -> AnyView {
    let tone = match state {
        State::Scheduled => None,
        State::Sending => Some("live"),
        State::Paused => Some("warn"),
        State::Sent => Some("good"),
        State::Cancelled => Some("bad"),
    };
    view! {
        <span class="chip" data-tone=tone>
            {words::state(state)}
        </span>
    }
}

/// The bar of one that has begun and not ended.
fn progress(broadcast: &Broadcast) -> Option<AnyView> {
    let funnel = broadcast.funnel;
    let runs = broadcast.started_at.is_some() && !broadcast.state.is_end();
    runs.then(|| {
        // Without a value a bar says that nobody knows yet.
        let value = funnel.gathered.then(|| funnel.done().to_string());
        view! {
            <progress class="progress" max=funnel.recipients.max(1).to_string() value=value aria-label=words::progress(broadcast)></progress>
        }
    })
}
