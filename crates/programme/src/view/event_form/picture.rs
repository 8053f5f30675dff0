//! The picture of an event: a plain form, with scripts and without; the server checks it and makes it anew.

use leptos::prelude::*;

use super::Known;
use crate::{api::organising::RemoveEventPicture, words};
use plenum_ui::{
    Notice, dynamic, effect,
    forms::{Done, Failure, failure},
    memo,
    notice::Tone,
    page::refusal,
    view,
};

/// The section.
#[component]
pub fn Picture(known: Known) -> impl IntoView {
    let remove = ServerAction::<RemoveEventPicture>::new();
    let removed = remove.version();
    effect(move |before: Option<()>| {
        removed.with(|_| ());
        if before.is_some() {
            known.refresh();
        }
    });
    let refused = refusal().filter(|refusal| refusal.action.is_none()).map(|refusal| refusal.message);
    let sending = RwSignal::new(false);
    let (event, id) = (known.event, known.id);
    let picture = memo(move || event.with(|event| event.picture));
    let shown = dynamic(move || {
        picture.get().map(|picture| {
            let alt = words::picture_of(&event.with_untracked(|event| event.title.clone()));
            view! {
                <img class="event-picture" src=format!("/pictures/{picture}/small") alt=alt/>
                <ActionForm action=remove>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <button class="btn" data-size="s" data-kind="danger" type="submit">
                        {words::PICTURE_REMOVE}
                    </button>
                </ActionForm>
            }
        })
    });
    view! {
        <section class="card stack" id="picture" aria-labelledby="picture-head">
            <h2 id="picture-head">{words::PICTURE}</h2>
            <Failure failure=failure(remove)/>
            {refused.map(|reason| view! { <Notice tone=Tone::Bad>{reason}</Notice> })}
            {shown}
            <form
                class="form"
                method="post"
                enctype="multipart/form-data"
                action=format!("/events/{id}/picture")
                on:submit=move |_| sending.set(true)
            >
                <div class="field">
                    <label for="picture-file">{words::PICTURE_FILE}</label>
                    <input
                        class="input"
                        id="picture-file"
                        name="picture"
                        type="file"
                        accept="image/jpeg,image/png,image/webp"
                        aria-describedby="picture-hint"
                        required
                    />
                    <p class="field-hint" id="picture-hint">
                        {words::PICTURE_HINT}
                    </p>
                </div>
                <div class="form-actions">
                    <button class="btn" type="submit" aria-busy=move || sending.get().then_some("true")>
                        {words::PICTURE_SEND}
                    </button>
                    <Done name="picture" by_action=Signal::stored(false)/>
                    {dynamic(move || {
                        sending.get().then(|| view! { <progress class="progress" aria-label=words::PICTURE_SENDING></progress> })
                    })}
                </div>
            </form>
        </section>
    }
}
