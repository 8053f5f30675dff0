//! What members see of an event: its room, who is coming, and who is here now (S3-24, S3-53, S3-56).

use leptos::{prelude::*, task::spawn_local};

use crate::api::events as api;
use plenum_core::{
    channels::Channel,
    ids::PersonId,
    sorted::{SortedSet, sort_by_key},
};
use plenum_events::{model::events::EventPage, words};
use plenum_messages::spaces::model::{NAMED, SpaceMember};
use plenum_ui::{Avatar, Each, client::use_presence, dynamic, memo, toast, view};

/// Members of one page that is asked for.
const PAGE: usize = 100;

/// The section; while it is there its person is shown to the others.
#[component]
pub fn Inside(shown: RwSignal<EventPage>) -> impl IntoView {
    let (id, space) = shown.with_untracked(|shown| (shown.event.id, shown.event.space_id));
    let here = use_presence(Signal::stored(Some(Channel::SpacePresence(space))));
    let count = memo(move || shown.with(|shown| shown.inside.as_ref().map_or(0, |inside| inside.roll.count)));
    let many = memo(move || count.get() > NAMED);
    // Of many, those who were asked for.
    let fetched = RwSignal::new(Vec::<SpaceMember>::new());
    let more = RwSignal::new(true);
    let members = memo(move || {
        if many.get() {
            return fetched.get();
        }
        let mut members = shown.with(|shown| shown.inside.as_ref().map(|inside| inside.roll.members.clone()).unwrap_or_default());
        sort_by_key(&mut members, |member| (!here.with(|here| here.contains(&member.card.id)), member.card.name.to_lowercase()));
        members
    });
    let fetch = move |_| {
        let offset = fetched.with_untracked(Vec::len);
        spawn_local(async move {
            match api::attendees(id, u32::try_from(offset).unwrap_or(u32::MAX)).await {
                Ok(page) => {
                    more.try_set(page.len() >= PAGE);
                    fetched.try_update(|known| known.extend(page));
                }
                Err(error) => toast::show_error(error.message),
            }
        });
    };
    let room = memo(move || shown.with(|shown| shown.inside.as_ref().and_then(|inside| inside.room)));
    let link = dynamic(move || {
        room.get().map(|room| {
            view! {
                <a class="btn" href=format!("/messages/{room}")>
                    {words::ROOM}
                </a>
            }
        })
    });
    let ask = dynamic(move || {
        (many.get() && more.get()).then(|| {
            let label = move || if fetched.with(Vec::is_empty) { words::SHOW_PEOPLE } else { words::MORE_PEOPLE };
            view! {
                <button class="btn" data-size="s" type="button" on:click=fetch>
                    {label}
                </button>
            }
        })
    });
    let head = move || {
        let here = here.with(SortedSet::len);
        if here > 0 { format!("{} · {}", words::coming(count.get()), words::here(here)) } else { words::coming(count.get()) }
    };
    view! {
        <section class="card stack" aria-labelledby="inside">
            <h2 id="inside">{words::INSIDE}</h2>
            <p class="muted">{head}</p>
            <ul class="event-people">
                <Each
                    each=move || members.get()
                    key=|member| format!("{} {} {}", member.card.id, member.staff, member.card.name)
                    children=move |member| view! { <Member member here/> }
                />
            </ul>
            {ask}
            {link}
        </section>
    }
}

#[component]
fn Member(member: SpaceMember, here: Signal<SortedSet<PersonId>>) -> impl IntoView {
    let SpaceMember { card, staff } = member;
    let (id, hue, initials) = (card.id, card.hue, card.initials());
    let is_here = memo(move || here.with(|here| here.contains(&id)));
    let staff = staff.then(|| view! { <span class="chip">{words::STAFF}</span> });
    view! {
        <li>
            <Avatar initials hue size="s" presence=is_here.into()/>
            <a class="cut" href=format!("/people/{id}")>
                {card.name}
            </a>
            {staff}
            {dynamic(move || is_here.get().then(|| view! { <span class="muted">{words::IS_HERE}</span> }))}
        </li>
    }
}
