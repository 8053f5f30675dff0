//! `/events/new` and `/events/{id}/edit`: an event as its organisers write it.
//!
//! - [`about`]: what it says, where and when; [`types`]: its tickets; [`picture`], [`staff`]; [`lifecycle`]: its changes of state.
//!
//! Each section is a form of its own, which works without scripts; what is typed in one stays when another is sent.

mod about;
mod lifecycle;
mod picture;
mod staff;
mod types;

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

use crate::view::event_form::lifecycle::Course;
use crate::{
    api::organising as api,
    model::{Editing, EventForm, StaffMember},
    words,
};
use about::About;
use picture::Picture;
use plenum_core::{error::AppError, ids::EventId, people::Role};
use plenum_events::model::events::Event;
use plenum_plans::model::ticket_type::TypeRow;
use plenum_ui::{
    Notice, dynamic,
    forms::is_done,
    notice::Tone,
    page::{Loaded, NotFound, fault_page, resource_by_id, use_id, use_role},
    toast, view,
};
use staff::Staff;
use types::Types;

/// A new event.
#[component]
pub fn NewEventPage() -> impl IntoView {
    let (organiser, admin) = (use_role(Role::Organiser), use_role(Role::Admin));
    let may = organiser.get_untracked() || admin.get_untracked();
    let first = Resource::new_blocking(
        || (),
        move |()| async move {
            if may { api::editing(None).await } else { Err(AppError::forbidden("Only organisers and admins make events.")) }
        },
    );
    let content = |editing: Editing| {
        let version = RwSignal::new(0);
        view! {
            <Title text=words::NEW/>
            <main id="main" tabindex="-1" class="page">
                <header class="page-head">
                    <h1>{words::NEW}</h1>
                    <div class="page-actions">
                        <a class="btn" href="/events">
                            {words::ALL}
                        </a>
                    </div>
                </header>
                <About form=editing.form zones=editing.zones key=editing.key of=None version/>
            </main>
        }
    };
    view! { <Loaded from=first fault=fault_page children=content/> }
}

/// An event, to be changed.
#[component]
pub fn EditEventPage() -> impl IntoView {
    let id = use_id::<EventId>();
    let first = resource_by_id(id, "event", |id| api::editing(Some(id)));
    let content = |editing: Editing| match editing {
        Editing { event: Some(event), form, zones, types, staff, key } => view! { <Sections event form zones types staff key/> },
        Editing { event: None, .. } => view! { <NotFound/> },
    };
    view! { <Loaded from=first fault=fault_page children=content/> }
}

/// What the sections show of the event, as it was when it was read last. Copies are the same.
#[derive(Clone, Copy)]
struct Known {
    id: EventId,
    event: RwSignal<Event>,
    types: RwSignal<Vec<TypeRow>>,
    staff: RwSignal<Vec<StaffMember>>,
}

impl Known {
    /// Reads it again, after one of the sections was sent. The form of the first section keeps what is typed in it, and the version that
    /// it was opened with.
    fn refresh(self) {
        spawn_local(async move {
            match api::editing(Some(self.id)).await {
                Ok(Editing { event, types, staff, .. }) => {
                    if let Some(event) = event {
                        self.event.try_set(event);
                    }
                    self.types.try_set(types);
                    self.staff.try_set(staff);
                }
                Err(error) => toast::show_error(error.message),
            }
        });
    }
}

#[component]
fn Sections(event: Event, form: EventForm, zones: Vec<String>, types: Vec<TypeRow>, staff: Vec<StaffMember>, key: String) -> impl IntoView {
    let id = event.id;
    let version = RwSignal::new(event.version);
    let (currency, times) = (form.currency.clone(), (form.starts.clone(), form.ends.clone()));
    let known = Known { id, event: RwSignal::new(event), types: RwSignal::new(types), staff: RwSignal::new(staff) };
    let (created, changed) = (is_done("created"), is_done("state"));
    view! {
        <Title text=words::EDIT/>
        <main id="main" tabindex="-1" class="page">
            <header class="page-head">
                <h1>{words::EDIT}</h1>
                <div class="page-actions">
                    <a class="btn" href="/events">
                        {words::ALL}
                    </a>
                    <a class="btn" data-kind="primary" href=format!("/events/{id}")>
                        {words::SEE}
                    </a>
                </div>
            </header>
            <div class="stack">
                {dynamic(move || created.get().then(|| view! { <Notice tone=Tone::Good>{words::CREATED}</Notice> }))}
                {dynamic(move || changed.get().then(|| view! { <Notice tone=Tone::Good>{words::STATE_CHANGED}</Notice> }))}
                <Course known version times/>
                <About form zones key of=Some(known) version/>
                <Types known currency/>
                <Picture known/>
                <Staff known/>
            </div>
        </main>
    }
}
