//! What a conversation is called and about: beside the thread, to be read by all and
//! changed by those who run it. A plain form without scripts.

use leptos::prelude::*;

use super::{
    members::narrow_heading,
    parts::{icon, kind_icon},
    screen::Screen,
};
use crate::{api, model::ConversationKind, words};
use plenum_ui::{
    Field,
    forms::{Done, Failure, Submit, failure, field_error, succeeded},
    memo, view,
};

/// The panel beside the thread.
#[component]
pub(super) fn AboutPanel(screen: Screen) -> impl IntoView {
    let store = screen.store;
    let about = store.about();
    let conversation = memo(move || about.with(|about| about.conversation.clone()));
    let renames =
        memo(move || screen.rights.get().runs() && conversation.with(|conversation| conversation.kind != ConversationKind::Direct));
    let topic = memo(move || conversation.with(|conversation| conversation.topic.clone()));
    let facts = move || {
        view! {
            <p class="about-name">{move || about.with(|about| about.title.clone())}</p>
            {move || topic.with(|topic| (!topic.is_empty()).then(|| view! { <p>{topic.clone()}</p> }))}
        }
    };
    view! {
        <aside class="pane pane-panel" aria-label=words::DETAILS>
            {narrow_heading(screen)}
            <header class="pane-head">
                <h2>{words::DETAILS}</h2>
                <div class="pane-actions">
                    <a class="btn icon-btn" data-kind="quiet" href=format!("/messages/{}", store.conversation) aria-label=words::CLOSE title=words::CLOSE>
                        {icon("close")}
                    </a>
                </div>
            </header>
            <div class="pane-body about" tabindex="0" role="region" aria-label=words::DETAILS>
                {move || if renames.get() { view! { <Rename screen/> }.into_any() } else { facts().into_any() }}
                <p class="about-kind muted">
                    {move || conversation.with(|conversation| icon(kind_icon(conversation)))}
                    {move || conversation.with(words::what_it_is)}
                </p>
                <p>
                    <a class="btn" data-size="s" href=format!("/messages/{}/activity", store.conversation)>
                        {words::ACTIVITY}
                    </a>
                </p>
            </div>
        </aside>
    }
}

/// Another name, another topic.
#[component]
fn Rename(screen: Screen) -> impl IntoView {
    let store = screen.store;
    let action = ServerAction::<api::RenameConversation>::new();
    let failure = failure(action);
    let now = store.about().with_untracked(|about| about.conversation.clone());
    let (label, hint) = match now.kind {
        ConversationKind::Group => (words::GROUP_NAME, None),
        _ => (words::ROOM_NAME, now.general.then(|| words::GENERAL_KEEPS_ITS_NAME.to_owned())),
    };
    let required = now.kind == ConversationKind::Room;
    let name = if now.general {
        // Everyone looks for it under this name.
        view! {
            <input type="hidden" name="name" value=now.name/>
            <p class="field-hint">{hint}</p>
        }
        .into_any()
    } else {
        view! { <Field id="about-name" name="name" label value=now.name error=field_error(failure, "name") required maxlength=80 autocomplete="off"/> }.into_any()
    };
    view! {
        <ActionForm action attr:class="form" attr:aria-label=words::NAME_AND_TOPIC>
            <Failure failure fields=&["name", "topic"]/>
            <input type="hidden" name="conversation" value=store.conversation.to_string()/>
            {name}
            <Field
                id="about-topic"
                name="topic"
                label=words::ROOM_TOPIC
                hint=words::ROOM_TOPIC_HINT
                value=now.topic
                error=field_error(failure, "topic")
                maxlength=200
                autocomplete="off"
            />
            <div class="form-actions">
                <Submit label=words::SAVE busy=action.pending()/>
                <Done name="rename" by_action=succeeded(action)/>
            </div>
        </ActionForm>
    }
}
