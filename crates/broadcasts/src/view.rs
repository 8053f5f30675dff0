//! `/admin/broadcasts`, for admins and managers: the list, one of them, a new one, and templates.
//!
//! - [`list`]: all of them, with how far each has come; [`series`]: what is repeated.
//! - [`detail`]: one, with what can be done to it: its [`funnel`], its [`variants`] compared, and what came [`over_time`].
//! - [`compose`]: a new one, in two steps: what it says, then how it looks and to how many it goes.
//! - [`templates`]: what is written once and sent often.

mod compose;
mod detail;
mod funnel;
mod list;
mod over_time;
mod series;
mod templates;
mod variants;

pub use compose::NewBroadcastPage;
pub use detail::BroadcastPage;
pub use list::BroadcastsPage;
pub use templates::TemplatesPage;

use leptos::prelude::*;

use super::model::{Broadcast, State};
use crate::words;
use plenum_ui::view;

/// The state in a word.
fn chip(state: State) -> AnyView {
    let tone = match state {
        State::Scheduled | State::Paused => None,
        State::Sending | State::Deciding => Some("live"),
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
        let value = broadcast.gathered.then(|| funnel.done().to_string());
        view! {
            <progress class="progress" max=funnel.recipients.max(1).to_string() value=value aria-label=words::progress(broadcast)></progress>
        }
    })
}
