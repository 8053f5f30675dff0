//! `/admin/broadcasts/new`: what a broadcast says, and then how it looks and to how many it goes.
//!
//! The first step is a question (GET): what was entered stands in the address, and the page shows it as one of the recipients would
//! see it, or what is wrong with it. Only what was shown so can be sent. Both steps work without scripts.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    components::Form,
    hooks::{use_navigate, use_query_map},
};

use crate::{
    app::{AdminTabs, FaultWithin, use_zone},
    error::{AppError, AppResult},
    features::{
        broadcasts::{
            api::{self, SendBroadcast},
            model::{Desk, Letter, Preview, TEXT_CHARS, TITLE_CHARS},
        },
        people::model::Role,
    },
    strings::{broadcasts as words, people::role as role_name},
    ui::{
        Field, Notice, effect,
        forms::{Failure, FieldError, Submit, at, failure},
        memo, view,
    },
};

/// The fields that show their own errors.
const FIELDS: &[&str] = &["audience", "email", "title", "text", "link", "at", "recipient"];

/// What was asked for: the fields, for whom it is to be shown, and whether it was asked for at all.
type Asked = (Letter, String, bool);

/// A new one.
#[component]
pub fn NewBroadcastPage() -> impl IntoView {
    let query = use_query_map();
    let asked: Memo<Asked> = memo(move || {
        query.with(|query| {
            let field = |name: &str| query.get_str(name).unwrap_or_default().to_owned();
            let letter = Letter {
                audience: field("audience"),
                email: field("email"),
                title: field("title"),
                text: field("text"),
                link: field("link"),
                at: field("at"),
            };
            (letter, field("recipient"), query.get_str("title").is_some())
        })
    });
    let answers = Resource::new_blocking(
        move || asked.get(),
        |(letter, recipient, is_asked)| async move {
            let desk = api::desk().await?;
            let Letter { audience, email, title, text, link, at } = letter;
            let preview = if is_asked { Some(api::preview(audience, email, title, text, link, at, recipient).await) } else { None };
            AppResult::Ok((desk, preview))
        },
    );
    let content = move || {
        Suspend::new(async move {
            match answers.await {
                Ok((desk, preview)) => view! { <Steps desk preview asked=asked.get_untracked()/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <Title text=words::NEW/>
        <main id="main" tabindex="-1" class="page" data-width="wide">
            <header class="page-head">
                <h1>{words::NEW}</h1>
                <div class="page-actions">
                    <a class="btn" href="/admin/broadcasts">
                        {words::ALL}
                    </a>
                </div>
            </header>
            <AdminTabs/>
            <div class="stack">
                <Transition>{content}</Transition>
            </div>
        </main>
    }
}

#[component]
fn Steps(desk: Desk, preview: Option<Result<Preview, AppError>>, asked: Asked) -> impl IntoView {
    let (letter, recipient, _) = asked;
    let (preview, refused) = match preview {
        None => (None, None),
        Some(Ok(preview)) => (Some(preview), None),
        Some(Err(error)) => (None, Some(error)),
    };
    let key = desk.key.clone();
    let send = preview.map(|preview| view! { <Send preview letter=letter.clone() key/> });
    view! {
        {send}
        <Write rooms=desk.rooms letter recipient refused=Signal::stored(refused)/>
    }
}

/// The first step.
#[component]
fn Write(
    rooms: Vec<(crate::ids::ConversationId, String)>,
    letter: Letter,
    recipient: String,
    refused: Signal<Option<AppError>>,
) -> impl IntoView {
    let zone = use_zone().with_untracked(|zone| zone.name.clone());
    let Letter { audience, email, title, text, link, at: time } = letter;
    let option = move |value: String, name: String| {
        let selected = value == audience;
        view! {
            <option value=value selected=selected>
                {name}
            </option>
        }
    };
    let single = [("everyone", words::EVERYONE), ("person", words::ONE_PERSON)];
    let audience_error = at(refused, "audience");
    let described_by = move || audience_error.with(Option::is_some).then_some("audience-error");
    let single: Vec<AnyView> = single.into_iter().map(|(value, name)| option(value.to_owned(), name.to_owned())).collect();
    let roles: Vec<AnyView> =
        Role::ALL.into_iter().map(|role| option(format!("role:{}", role.word()), role_name(role).to_owned())).collect();
    let rooms: Vec<AnyView> = rooms.into_iter().map(|(id, name)| option(format!("room:{id}"), name)).collect();
    let rooms = (!rooms.is_empty()).then(|| view! { <optgroup label=words::ROOMS>{rooms}</optgroup> });
    view! {
        <section class="card stack" aria-labelledby="write">
            <h2 id="write">{words::NEW}</h2>
            <Form method="GET" action="/admin/broadcasts/new" attr:class="form">
                <Failure failure=refused fields=FIELDS/>
                <div class="field">
                    <label for="audience">{words::AUDIENCE}</label>
                    <select class="input select" id="audience" name="audience" aria-describedby=described_by>
                        {single}
                        <optgroup label=words::ROLES>{roles}</optgroup>
                        {rooms}
                    </select>
                    <FieldError id="audience-error" error=audience_error/>
                </div>
                <Field id="email" name="email" label=words::EMAIL kind="email" value=email autocomplete="off" hint=words::EMAIL_HINT error=at(refused, "email")/>
                <Field
                    id="title"
                    name="title"
                    label=words::TITLE
                    value=title
                    autocomplete="off"
                    maxlength=u32::try_from(TITLE_CHARS).unwrap_or(u32::MAX)
                    hint=words::title_hint()
                    error=at(refused, "title")
                    required=true
                />
                <div class="field">
                    <label for="text">{words::TEXT}</label>
                    <textarea class="input" id="text" name="text" rows="3" maxlength=TEXT_CHARS.to_string() aria-describedby="text-hint text-error">
                        {text}
                    </textarea>
                    <p class="field-hint" id="text-hint">
                        {words::TEXT_HINT}
                    </p>
                    <FieldError id="text-error" error=at(refused, "text")/>
                </div>
                <Field id="link" name="link" label=words::LINK value=link autocomplete="off" maxlength=200 hint=words::LINK_HINT error=at(refused, "link")/>
                <Field id="at" name="at" label=words::AT kind="datetime-local" value=time hint=words::at_hint(&zone) error=at(refused, "at")/>
                <Field
                    id="recipient"
                    name="recipient"
                    label=words::RECIPIENT
                    kind="email"
                    value=recipient
                    autocomplete="off"
                    hint=words::RECIPIENT_HINT
                    error=at(refused, "recipient")
                />
                <div class="form-actions">
                    <button class="btn" type="submit">
                        {words::PREVIEW}
                    </button>
                </div>
            </Form>
        </section>
    }
}

/// The second step: how it looks, and the button.
#[component]
fn Send(preview: Preview, letter: Letter, key: String) -> impl IntoView {
    let zone = use_zone();
    let send = ServerAction::<SendBroadcast>::new();
    let refused = failure(send);
    let sent = send.value();
    let navigate = use_navigate();
    effect(move |_| {
        if let Some(Ok(id)) = sent.get() {
            navigate(&format!("/admin/broadcasts/{id}"), Default::default());
        }
    });
    let Preview { recipient, title, text, refuses, audience_name, people, at: time, .. } = preview;
    let when = move || time.map_or_else(|| words::AT_ONCE.to_owned(), |time| zone.with(|zone| zone.full(time)));
    let Letter { audience, email, title: own_title, text: own_text, link, at: entered } = letter;
    let note = if people == 0 { Some(words::NOBODY.to_owned()) } else { refuses.then(|| words::refuses(&recipient.name)) };
    view! {
        <section class="card stack" aria-labelledby="preview">
            <h2 id="preview">{words::PREVIEW_HEADING}</h2>
            <p>
                <b>{words::people(&audience_name, people)}</b>
                " · "
                {when}
            </p>
            <p class="muted">{words::as_seen_by(&recipient.name)}</p>
            <blockquote class="stack">
                <b>{title}</b>
                {(!text.is_empty()).then(|| view! { <p class="wrap">{text}</p> })}
            </blockquote>
            {note.map(|note| view! { <Notice>{note}</Notice> })}
            <Failure failure=refused/>
            <ActionForm action=send>
                <input type="hidden" name="key" value=key/>
                <input type="hidden" name="audience" value=audience/>
                <input type="hidden" name="email" value=email/>
                <input type="hidden" name="title" value=own_title/>
                <input type="hidden" name="text" value=own_text/>
                <input type="hidden" name="link" value=link/>
                <input type="hidden" name="at" value=entered/>
                <div class="form-actions">
                    <Submit label=if time.is_some() { words::SCHEDULE } else { words::SEND } busy=send.pending()/>
                </div>
            </ActionForm>
        </section>
    }
}
