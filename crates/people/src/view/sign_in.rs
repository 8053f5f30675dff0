//! The door: signing in and registering.

use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use super::{
    forms::{Failure, NewPassword, Submit, failure, field_error, is_done, succeeded},
    here,
};
use crate::{
    api::{self, InvitationFor},
    words,
};
use plenum_core::{
    ids::PersonId,
    people::{DemoPerson, PersonCard},
};
use plenum_directory as directory;
use plenum_ui::{
    Avatar, Field, Notice, dynamic, effect, memo,
    notice::Tone,
    page::{Loaded, fault_notice, use_shell},
    redirect::{after_sign_in, own_path, redirect, with_next},
    use_query, view,
};

/// The password of the demo's people.
const DEMO_PASSWORD: &str = "plenum-demo";

/// The frame of a page at the door: the mark, the heading, the organisation.
#[component]
pub(super) fn Door(
    /// The heading.
    title: &'static str,
    /// What stands beside the card.
    #[prop(optional, into)]
    beside: ViewFn,
    /// The card's content.
    children: Children,
) -> impl IntoView {
    let shell = use_shell();
    view! {
        <Title text=title/>
        <main id="main" tabindex="-1" class="door">
            <div class="door-card">
                <img class="door-mark" src=move || shell.with(|shell| shell.look.mark()) alt="" width="40" height="40"/>
                <h1>{title}</h1>
                <p class="muted">{move || shell.with(|shell| shell.organisation_name.clone())}</p>
                {children()}
            </div>
            {beside.run()}
        </main>
    }
}

/// `/sign-in`: the form, and in the demo the people to try. `?next=` says where to go then.
#[component]
pub fn SignInPage() -> impl IntoView {
    let shell = use_shell();
    let query = use_query();
    let next = memo(move || query.with(|query| query.get_str("next").and_then(own_path).map(str::to_owned)));
    if shell.with_untracked(|shell| shell.viewer.is_some()) {
        redirect(&after_sign_in(next.get_untracked().as_deref()));
    }
    let register = move || with_next("/register", next.get().as_deref());
    let action = ServerAction::<api::SignIn>::new();
    let failure = failure(action);
    let was_reset = is_done("reset");
    let demo = move || {
        let people = shell.with_untracked(|shell| shell.demo_people.clone());
        (!people.is_empty()).then(|| view! { <DemoPeople people action next/> })
    };
    view! {
        <Door title=words::SIGN_IN beside=demo>
            {move || was_reset.get().then(|| view! { <Notice tone=Tone::Good>{words::RESET_DONE}</Notice> })}
            <ActionForm action attr:class="form">
                <Failure failure fields=&["email", "password"]/>
                <Next next/>
                <Field id="email" name="email" label=words::EMAIL kind="email" autocomplete="username" error=field_error(failure, "email") required=true/>
                <Field
                    id="password"
                    name="password"
                    label=words::PASSWORD
                    kind="password"
                    autocomplete="current-password"
                    error=field_error(failure, "password")
                    required=true
                />
                <Submit label=words::SIGN_IN busy=action.pending() wide=true/>
            </ActionForm>
            <p class="door-links">
                <a href="/forgot">{words::FORGOTTEN}</a>
                {move || shell.with(|shell| shell.open_registration).then(|| view! { <a href=register>{words::REGISTER}</a> })}
            </p>
        </Door>
    }
}

/// Carries `?next=` through the form.
#[component]
pub(super) fn Next(next: Memo<Option<String>>) -> impl IntoView {
    dynamic(move || next.get().map(|next| view! { <input type="hidden" name="next" value=next/> }))
}

#[component]
fn DemoPeople(people: Vec<DemoPerson>, action: ServerAction<api::SignIn>, next: Memo<Option<String>>) -> impl IntoView {
    let rows = people.into_iter().map(|person| {
        let hue = person.hue;
        let initials = PersonCard { id: PersonId(0), name: person.name.clone(), hue }.initials();
        view! {
            <li>
                <ActionForm action>
                    <Next next/>
                    <input type="hidden" name="email" value=person.email/>
                    <input type="hidden" name="password" value=DEMO_PASSWORD/>
                    <button class="row" type="submit">
                        <Avatar initials hue/>
                        <span class="row-name">
                            <span class="visually-hidden">{words::CONTINUE_AS}</span>
                            {person.name}
                        </span>
                        <span class="row-text">{directory::words::role(person.role)}</span>
                    </button>
                </ActionForm>
            </li>
        }
    });
    view! {
        <section class="door-card demo" aria-labelledby="demo">
            <h2 id="demo">{words::DEMO_PEOPLE}</h2>
            <p class="muted">{words::DEMO_PASSWORD} <code>{DEMO_PASSWORD}</code></p>
            <ul class="rows">{rows.collect_view()}</ul>
        </section>
    }
}

/// `/register`: with an invitation (`?invitation=`), or where registration is open.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let shell = use_shell();
    let query = use_query();
    let token = memo(move || query.with(|query| query.get_str("invitation").filter(|token| !token.is_empty()).map(str::to_owned)));
    let next = memo(move || query.with(|query| query.get_str("next").and_then(own_path).map(str::to_owned)));
    let invitation = Resource::new_blocking(
        move || token.get(),
        |token| async move {
            Ok(match token {
                Some(token) => Begins::Invited(api::invitation(token).await?),
                None if api::address_first().await? => Begins::WithAddress,
                None => Begins::Openly,
            })
        },
    );
    let content = move |begins: Begins| match begins {
        Begins::Invited(invitation) => view! { <RegisterForm token=token.get_untracked() invitation=Some(invitation) next/> }.into_any(),
        _ if !shell.with_untracked(|shell| shell.open_registration) => {
            let text = words::ask_an_admin(&shell.with_untracked(|shell| shell.organisation_name.clone()));
            view! { <Notice>{text}</Notice> }.into_any()
        }
        Begins::WithAddress => view! { <AskForLink next/> }.into_any(),
        Begins::Openly => view! { <RegisterForm token=None invitation=None next/> }.into_any(),
    };
    view! {
        <Door title=words::REGISTER>
            <Loaded from=invitation fault=fault_notice children=content/>
            <p class="door-links">
                <a href=move || with_next("/sign-in", next.get().as_deref())>{words::BACK_TO_SIGN_IN}</a>
            </p>
        </Door>
    }
}

/// How somebody begins to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Begins {
    /// With an invitation, which may be the link of a mail that they asked for.
    Invited(InvitationFor),
    /// With their address, to which the link is sent.
    WithAddress,
    /// At once: this installation sends no mail.
    Openly,
}

/// Asks for the link to register with.
#[component]
fn AskForLink(next: Memo<Option<String>>) -> impl IntoView {
    let action = ServerAction::<api::RequestRegistration>::new();
    let failure = failure(action);
    let (sent, led_here) = (succeeded(action), is_done("mailed"));
    view! {
        {move || (sent.get() || led_here.get()).then(|| view! { <Notice tone=Tone::Good>{words::REGISTRATION_LINK_SENT}</Notice> })}
        <p>{words::REGISTER_ADDRESS_TEXT}</p>
        <ActionForm action attr:class="form">
            <Failure failure fields=&["email"]/>
            <Next next/>
            <Field id="email" name="email" label=words::EMAIL kind="email" autocomplete="username" error=field_error(failure, "email") required=true/>
            <Submit label=words::SEND_LINK busy=action.pending() wide=true/>
        </ActionForm>
    }
}

#[component]
fn RegisterForm(token: Option<String>, invitation: Option<InvitationFor>, next: Memo<Option<String>>) -> impl IntoView {
    let action = ServerAction::<api::Register>::new();
    let failure = failure(action);
    let zone = RwSignal::new(String::new());
    effect(move |_| zone.set(here::time_zone().unwrap_or_default()));
    let invited = invitation.as_ref().map(|invitation| words::invited_to(&invitation.organisation_name));
    let email = invitation.and_then(|invitation| invitation.email).unwrap_or_default();
    view! {
        {invited.map(|invited| view! { <p>{invited}</p> })}
        <ActionForm action attr:class="form">
            <Failure failure fields=&["name", "email", "password"]/>
            <input type="hidden" name="invitation" value=token.unwrap_or_default()/>
            <Next next/>
            <input type="hidden" name="zone" prop:value=move || zone.get()/>
            <Field
                id="name"
                name="name"
                label=words::NAME
                hint=words::NAME_HINT
                autocomplete="name"
                maxlength=80
                error=field_error(failure, "name")
                required=true
            />
            <Field
                id="email"
                name="email"
                label=words::EMAIL
                kind="email"
                value=email
                autocomplete="username"
                error=field_error(failure, "email")
                required=true
            />
            <NewPassword label=words::PASSWORD failure/>
            <Submit label=words::REGISTER busy=action.pending() wide=true/>
        </ActionForm>
    }
}
