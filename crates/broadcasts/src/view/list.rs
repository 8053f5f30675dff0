//! `/admin/broadcasts`: all of them, the newest first.

use leptos::{prelude::*, task::spawn_local};

use super::{chip, progress, series::Repeated};
use crate::{
    api,
    live::BroadcastEvent,
    model::{Broadcast, Broadcasts},
    words,
};
use plenum_core::{ids::BroadcastId, live::Snapshot};
use plenum_ui::{
    Each, EmptyState, Notice, When, dynamic,
    forms::is_done,
    memo,
    notice::Tone,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation},
    toast, view,
};

/// The list.
#[component]
pub fn BroadcastsPage() -> impl IntoView {
    let first = Resource::new_blocking(|| (), |()| api::list(None));
    let made = is_done("sent");
    let actions = view! {
                    <a class="btn" href="/admin/broadcasts/templates">
                        {words::TEMPLATES}
                    </a>
                    <a class="btn" data-kind="primary" href="/admin/broadcasts/new">
                        {words::NEW}
                    </a>
    };
    view! {
        <AdminPage title=words::BROADCASTS actions>
                {dynamic(move || made.get().then(|| view! { <Notice tone=Tone::Good>{words::MADE}</Notice> }))}
                <Loaded from=first let:snapshot>
                    <List snapshot/>
                </Loaded>
        </AdminPage>
    }
}

#[component]
fn List(snapshot: Snapshot<Broadcasts>) -> impl IntoView {
    let followed = Followed::new(snapshot, || api::list(None));
    let Followed { shown, ended, .. } = followed.on::<BroadcastEvent>(use_organisation());
    let ids = memo(move || shown.with(|shown| shown.broadcasts.iter().map(|broadcast| broadcast.id).collect::<Vec<_>>()));
    let empty = memo(move || ids.with(Vec::is_empty));
    let older = memo(move || shown.with(|shown| shown.floor));
    let more = move |_| {
        let floor = older.get_untracked();
        spawn_local(async move {
            match api::list(Some(BroadcastId(floor))).await {
                Ok(older) => shown.update(|shown| shown.append(older.state)),
                Err(error) => toast::show_error(error.message),
            }
        });
    };
    let nothing = dynamic(move || empty.get().then(|| view! { <EmptyState icon="campaigns" title=words::NONE text=words::NONE_TEXT/> }));
    let list = dynamic(move || {
        (!empty.get()).then(|| {
            view! {
                <section class="card stack" aria-labelledby="all">
                    <h2 id="all">{words::SENT_AND_DUE}</h2>
                    <ul class="lines" aria-label=words::BROADCASTS>
                        <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Line id shown/> }/>
                    </ul>
                </section>
            }
        })
    });
    view! {
        <Ended reason=ended/>
        <p class="muted">{words::ABOUT}</p>
        <Repeated shown/>
        {nothing}
        {list}
        {dynamic(move || {
            (older.get() > 0).then(|| {
                view! {
                    <button class="btn" type="button" on:click=more>
                        {words::OLDER}
                    </button>
                }
            })
        })}
    }
}

#[component]
fn Line(id: BroadcastId, shown: RwSignal<Broadcasts>) -> impl IntoView {
    let broadcast: Memo<Option<Broadcast>> =
        memo(move || shown.with(|shown| shown.broadcasts.iter().find(|broadcast| broadcast.id == id).cloned()));
    // What it says does not change: the link stays what it is while the figures move.
    let title = broadcast.with_untracked(|broadcast| broadcast.as_ref().map(|broadcast| broadcast.title().to_owned()).unwrap_or_default());
    let about = dynamic(move || {
        broadcast.get().map(|broadcast| {
            let at = broadcast.ended_at.unwrap_or(broadcast.due_at);
            view! {
                <p class="muted">{words::line(&broadcast)} " · " <When at/></p>
                {progress(&broadcast)}
            }
        })
    });
    let state = memo(move || broadcast.with(|broadcast| broadcast.as_ref().map(|broadcast| broadcast.state)));
    view! {
        <li class="line">
            <div class="line-text">
                <a href=format!("/admin/broadcasts/{id}")>
                    <b class="wrap">{title}</b>
                </a>
                {about}
            </div>
            {dynamic(move || state.get().map(chip))}
        </li>
    }
}
