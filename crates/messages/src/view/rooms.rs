//! `/messages/rooms`: the open rooms, to look into and to join.

use leptos::{ev, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

use super::parts::{back, room_face};
use crate::{api, model::RoomEntry, words};
use plenum_core::error::AppError;
use plenum_ui::{
    EmptyState, Notice,
    notice::Tone,
    page::{Loaded, fault_notice},
    view,
};

/// All rooms that one can see.
#[component]
pub fn RoomsPage() -> impl IntoView {
    let rooms = Resource::new_blocking(|| (), |()| api::rooms());
    let problem = RwSignal::new(None::<AppError>);
    let content = move |rooms: Vec<RoomEntry>| {
        if rooms.is_empty() {
            view! {
                <EmptyState icon="hash" title=words::NO_ROOMS text=words::NO_ROOMS_TEXT>
                    <a class="btn" data-kind="primary" href="/messages/new">{words::NEW_ROOM}</a>
                </EmptyState>
            }
        } else {
            view! { <ul class="rows">{rooms.into_iter().map(|room| view! { <Room room problem/> }).collect_view()}</ul> }
        }
    };
    view! {
        <Title text=words::ROOMS/>
        <section class="pane pane-thread" aria-label=words::ROOMS>
            <header class="pane-head">
                {back()}
                <div class="pane-title"><h1>{words::ROOMS}</h1></div>
                <div class="pane-actions"><a class="btn" href="/messages/new">{words::NEW_ROOM}</a></div>
            </header>
            <div class="pane-body" tabindex="0">
                {move || problem.get().map(|error| view! { <Notice tone=Tone::Bad>{error.message}</Notice> })}
                <Loaded from=rooms fault=fault_notice children=content/>
            </div>
        </section>
    }
}

#[component]
fn Room(room: RoomEntry, problem: RwSignal<Option<AppError>>) -> impl IntoView {
    let id = room.conversation.id;
    let navigate = use_navigate();
    let joining = RwSignal::new(false);
    let join = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let navigate = navigate.clone();
        joining.set(true);
        spawn_local(async move {
            match api::join(id).await {
                Ok(()) => navigate(&format!("/messages/{id}"), Default::default()),
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
            joining.try_set(false);
        });
    };
    view! {
        <li class="row-with">
            <a class="row" href=format!("/messages/{id}")>
                {room_face(&room.conversation)}
                <span class="row-name">{room.conversation.name.clone()}</span>
                <span class="row-text">{words::about_room(room.member_count, &room.conversation)}</span>
            </a>
            {if room.joined {
                view! { <span class="chip" data-tone="accent">{words::JOINED}</span> }.into_any()
            } else {
                view! {
                    <form method="post" action="/fn/messages/join" on:submit=join>
                        <input type="hidden" name="conversation" value=id.to_string()/>
                        <button class="btn" data-size="s" type="submit" aria-label=words::join_room(&room.conversation.name) aria-busy=move || joining.get().then_some("true")>
                            {words::JOIN}
                        </button>
                    </form>
                }
                .into_any()
            }}
        </li>
    }
}
