//! One person, as the others of the organisation see them.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    directory::{WriteTo, about},
    forms::{Failure, failure},
};
use crate::words;
use plenum_activity::view::{PersonActivity, PersonFeed};
use plenum_core::ids::PersonId;
use plenum_directory as directory;
use plenum_directory::model::DirectoryEntry;
use plenum_directory::view::LastSeen;
use plenum_messages as messages;
use plenum_ui::{
    Avatar,
    client::use_online,
    memo,
    page::{Loaded, fault_page, resource_by_id, use_id, use_viewer},
    view,
};

/// `/people/{id}`
#[component]
pub fn PersonPage() -> impl IntoView {
    let id = use_id::<PersonId>();
    let person = resource_by_id(id, "person here", directory::api::person);
    let feed = PersonFeed::of(id);
    view! {
        <Loaded from=person fault=fault_page let:entry>
            <Profile entry feed/>
        </Loaded>
    }
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
    let block = (!is_viewer).then(|| view! { <messages::view::BlockPerson person=id name=name.clone()/> });
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
                {block}
                {edit}
            </section>
            <Failure failure=failure(direct)/>
            <PersonActivity person=id feed/>
        </main>
    }
}
