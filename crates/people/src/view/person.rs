//! One person, as the others of the organisation see them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::directory::{WriteTo, about};
use crate::words;
use plenum_activity::view::{PersonActivity, PersonFeed};
use plenum_core::{error::AppError, ids::PersonId};
use plenum_directory as directory;
use plenum_directory::model::DirectoryEntry;
use plenum_directory::view::LastSeen;
use plenum_messages as messages;
use plenum_ui::{
    Avatar,
    client::use_online,
    memo,
    page::{Fault, use_viewer},
    view,
};

/// `/people/{id}`
#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let id = memo(move || params.with(|params| params.get_str("id").and_then(|id| id.parse::<PersonId>().ok())));
    let person = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => directory::api::person(id).await,
                None => Err(AppError::not_found("There is no such person here.")),
            }
        },
    );
    let feed = PersonFeed::of(id);
    let content = move || {
        Suspend::new(async move {
            match person.await {
                Ok(entry) => view! { <Profile entry feed/> }.into_any(),
                Err(error) => view! { <Fault error/> }.into_any(),
            }
        })
    };
    view! { <Transition>{content}</Transition> }
}

#[component]
fn Profile(entry: DirectoryEntry, feed: PersonFeed) -> impl IntoView {
    let viewer = use_viewer();
    let id = entry.card.id;
    let is_viewer = viewer.with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.card.id == id));
    let online = use_online(Signal::stored(vec![id]));
    let last_seen = LastSeen::of(online);
    last_seen.learn([(id, entry.last_seen)]);
    let is_online = memo(move || online.with(|online| online.contains(&id)));
    let direct = ServerAction::<messages::api::StartDirect>::new();
    let (name, initials, hue) = (entry.card.name.clone(), entry.card.initials(), entry.card.hue);
    let about = about(entry, last_seen, is_viewer);
    let write = (!is_viewer).then(|| view! { <WriteTo id name=name.clone() direct/> });
    let edit = is_viewer.then(|| view! { <a class="btn" href="/settings">{words::SETTINGS}</a> });
    view! {
        <Title text=name.clone()/>
        <main id="main" tabindex="-1" class="page stack" data-width="narrow">
            <section class="card profile">
                <Avatar initials hue size="xl" presence=is_online.into()/>
                <div>
                    <h1>{name.clone()}</h1>
                    <p class="muted">{about}</p>
                </div>
                {write}
                {edit}
            </section>
            <PersonActivity person=id feed/>
        </main>
    }
}
