//! `/messages/{id}/activity`: what happened in a conversation besides what was said; `?before=` is an older page.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{feed::FeedView, follow::Screen};
use crate::{
    api,
    model::{Opened, Scope, parse_activity},
    words,
};
use plenum_core::{error::AppError, ids::ConversationId, live::Snapshot};
use plenum_ui::{
    Icon, memo,
    page::{FaultWithin, Loaded, use_id},
    use_query, view,
};

/// The feed of the conversation in the address, beside the list of conversations.
#[component]
pub fn ConversationActivityPage() -> impl IntoView {
    let (id, query) = (use_id::<ConversationId>(), use_query());
    let asked = memo(move || (id.get(), query.with(|query| query.get_str("before").and_then(parse_activity))));
    let first = Resource::new_blocking(
        move || asked.get(),
        |(id, before)| async move {
            let id = id.ok_or_else(|| AppError::no_such("conversation"))?;
            let snapshot = api::feed(Scope::Conversation(id).to_string(), None, before, None).await?;
            Ok::<_, AppError>((id, snapshot, before.is_none()))
        },
    );
    let fault = |error| {
        view! {
            <section class="pane pane-thread" aria-label=words::ACTIVITY>
                <header class="pane-head">
                    <div class="pane-title">
                        <h1>{words::ACTIVITY}</h1>
                    </div>
                </header>
                <div class="pane-body">
                    <FaultWithin error/>
                </div>
            </section>
        }
    };
    view! { <Loaded from=first fault children=|(id, snapshot, live)| view! { <Happened id snapshot live/> }/> }
}

#[component]
fn Happened(id: ConversationId, snapshot: Snapshot<Opened>, live: bool) -> impl IntoView {
    let title = words::activity_in(&snapshot.state.name);
    let screen = Screen::new(snapshot, live);
    let older_at = format!("/messages/{id}/activity?before=");
    view! {
        <Title text=title.clone()/>
        <section class="pane pane-thread" aria-label=words::ACTIVITY>
            <header class="pane-head">
                <a class="btn icon-btn" data-kind="quiet" href=format!("/messages/{id}") aria-label=words::BACK title=words::BACK>
                    <Icon name="chevron-left"/>
                </a>
                <div class="pane-title">
                    <h1>{title}</h1>
                </div>
            </header>
            <div class="pane-body feed-pane" tabindex="0" role="region" aria-label=words::WHAT_HAPPENED>
                <h2 class="visually-hidden">{words::WHAT_HAPPENED}</h2>
                <FeedView screen older_at nothing=words::NOTHING_IN_CONVERSATION/>
            </div>
        </section>
    }
}
