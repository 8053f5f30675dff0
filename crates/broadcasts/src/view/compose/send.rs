//! The second step: how it looks to one of the recipients, and the button.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    api::SendBroadcast,
    model::{Letter, Preview, variants::letter as letter_of},
    words as names,
    words::compose as words,
};
use plenum_ui::{
    Notice, effect,
    forms::{Failure, Submit, failure},
    page::use_zone,
    view,
};

/// How it looks, the button, and the link to `back`, where it can be changed.
#[component]
pub(super) fn Send(preview: Preview, letter: Letter, back: String, key: String) -> impl IntoView {
    let zone = use_zone();
    let send = ServerAction::<SendBroadcast>::new();
    let refused = failure(send);
    let sent = send.value();
    let navigate = use_navigate();
    effect(move |_| match sent.get() {
        Some(Ok(Some(id))) => navigate(&format!("/admin/broadcasts/{id}"), Default::default()),
        // What is repeated stands in the list.
        Some(Ok(None)) => navigate("/admin/broadcasts?done=sent", Default::default()),
        _ => {}
    });
    let Preview { recipient, variants, refuses, draft, audience_name, people, times } = preview;
    let label = match (&draft.repeat, times.is_empty()) {
        (Some(_), _) => words::START,
        (None, false) => words::SCHEDULE,
        (None, true) => words::SEND,
    };
    let repeat = draft.repeat.as_ref().map(|repeat| view! { <p>{names::repeat(repeat)}</p> });
    let (clock, repeated) = (words::clock(&draft), draft.repeat.is_some());
    let when = move || {
        let times: Vec<String> = times.iter().map(|time| zone.with(|zone| zone.full(*time))).collect();
        match (&clock, times.as_slice()) {
            (_, []) => words::AT_ONCE.to_owned(),
            (Some(clock), _) => clock.clone(),
            (None, times) if repeated => words::times(times),
            (None, times) => times.concat(),
        }
    };
    let sample = draft.sample.map(|sample| view! { <p>{words::sample(&sample)}</p> });
    let all: u32 = draft.variants.iter().map(|words| words.weight).sum();
    let several = variants.len() > 1;
    let shown = variants
        .into_iter()
        .zip(draft.variants)
        .enumerate()
        .map(|(number, (shown, own))| {
            let heading = several.then(|| view! { <h3>{words::part(letter_of(number), own.weight, all)}</h3> });
            let link = (!shown.link.is_empty()).then(|| view! { <p class="muted wrap">{shown.link}</p> });
            view! {
                <div class="stack-s">
                    {heading}
                    <blockquote class="quoted">
                        <b class="wrap">{shown.title}</b>
                        {(!shown.text.is_empty()).then(|| view! { <p class="wrap">{shown.text}</p> })}
                        {link}
                    </blockquote>
                </div>
            }
        })
        .collect_view();
    let note = if people == 0 { Some(words::NOBODY.to_owned()) } else { refuses.then(|| words::refuses(&recipient.name)) };
    let fields =
        letter.iter().map(|(name, text)| view! { <input type="hidden" name=name.to_owned() value=text.to_owned()/> }).collect_view();
    view! {
        <section class="card stack" aria-labelledby="preview">
            <h2 id="preview">{words::PREVIEW_HEADING}</h2>
            <p>
                <b>{words::people(&audience_name, people)}</b>
                " · "
                {when}
            </p>
            {repeat}
            {sample}
            <p class="muted">{words::as_seen_by(&recipient.name)}</p>
            {shown}
            {note.map(|note| view! { <Notice>{note}</Notice> })}
            <Failure failure=refused/>
            <ActionForm action=send>
                <input type="hidden" name="key" value=key/>
                {fields}
                <div class="form-actions">
                    <Submit label=label busy=send.pending()/>
                    <a class="btn" href=back>
                        {words::CHANGE}
                    </a>
                </div>
            </ActionForm>
        </section>
    }
}
