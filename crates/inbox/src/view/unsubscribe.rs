//! `/unsubscribe?token=`: the end of the daily mail, for whoever has its link, signed in or not. Opening it changes nothing; programs
//! that look at links in mails do that too.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{self, StopDailyMail},
    model::preferences::Subscription,
    words::digest as words,
};
use plenum_ui::{
    Notice, dynamic,
    forms::{Failure, Submit, failure, is_done, succeeded},
    memo,
    notice::Tone,
    page::{Loaded, fault_notice},
    use_query, view,
};

/// `/unsubscribe`
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let query = use_query();
    let token = memo(move || query.with(|query| query.get_str("token").unwrap_or_default().to_owned()));
    let subscription = Resource::new_blocking(move || token.get(), api::subscription);
    view! {
        <Title text=words::UNSUBSCRIBE/>
        <main id="main" tabindex="-1" class="door">
            <div class="door-card">
                <img class="door-mark" src="/favicon.svg" alt="" width="40" height="40"/>
                <h1>{words::UNSUBSCRIBE}</h1>
                <div class="stack">
                    <Loaded from=subscription fault=fault_notice let:subscription>
                        <Wish subscription token=token.get_untracked()/>
                    </Loaded>
                </div>
            </div>
        </main>
    }
}

#[component]
fn Wish(subscription: Subscription, token: String) -> impl IntoView {
    let Subscription { address, organisation, on } = subscription;
    let stop = ServerAction::<StopDailyMail>::new();
    let (refused, stopped, led_here) = (failure(stop), succeeded(stop), is_done("unsubscribed"));
    let done = memo(move || !on || stopped.get() || led_here.get());
    dynamic(move || {
        if done.get() {
            let said = words::stopped(&address);
            return view! {
                <Notice tone=Tone::Good>{said}</Notice>
                <p>{words::STOPPED_TEXT}</p>
                <p class="door-links">
                    <a href="/settings/notifications">{words::SETTINGS}</a>
                </p>
            };
        }
        let (asked, token) = (words::ask(&address, &organisation), token.clone());
        view! {
            <p>{asked}</p>
            <ActionForm action=stop attr:class="form">
                <Failure failure=refused/>
                <input type="hidden" name="token" value=token/>
                <Submit label=words::UNSUBSCRIBE_NOW busy=stop.pending() wide=true/>
            </ActionForm>
            <p class="door-links">
                <a href="/settings/notifications">{words::CHANGE}</a>
            </p>
        }
    })
}
