//! How far a broadcast has come, in figures that move.

use leptos::prelude::*;

use super::progress;
use crate::{
    model::{Broadcast, Report},
    words::report as words,
};
use plenum_core::ids::BroadcastId;
use plenum_ui::{Notice, dynamic, memo, notice::Tone, view};

/// The figures, and the way to the table of recipients.
#[component]
pub(super) fn FunnelCard(id: BroadcastId, shown: RwSignal<Report>) -> impl IntoView {
    let figure = move |name: &'static str, value: fn(&Broadcast) -> String| {
        let value = memo(move || shown.with(|shown| value(&shown.broadcast)));
        view! {
            <div class="figure">
                <dt>{name}</dt>
                <dd>{move || value.get()}</dd>
            </div>
        }
    };
    let sampled = shown.with_untracked(|shown| shown.broadcast.sample.is_some());
    let held = sampled.then(|| figure(words::HELD, |shown| shown.held.to_string()));
    let failure = memo(move || shown.with(|shown| shown.broadcast.failure.clone().filter(|_| shown.broadcast.funnel.failed > 0)));
    let begun = memo(move || shown.with(|shown| shown.broadcast.started_at.is_some()));
    let export = dynamic(move || {
        begun.get().then(|| {
            // Not a page of the router's.
            view! {
                <p>
                    <a href=format!("/admin/broadcasts/{id}/recipients.csv") rel="external" download>
                        {words::EXPORT}
                    </a>
                </p>
            }
        })
    });
    view! {
        <section class="card stack" aria-labelledby="funnel">
            <h2 id="funnel">{words::FUNNEL}</h2>
            {dynamic(move || shown.with(|shown| progress(&shown.broadcast)))}
            <dl class="figures">
                {figure(words::RECIPIENTS, |shown| shown.funnel.recipients.to_string())}
                {held}
                {figure(words::DELIVERED, |shown| shown.funnel.delivered.to_string())}
                {figure(words::SEEN, |shown| words::part(shown.funnel.seen, shown.funnel.percent(shown.funnel.seen)))}
                {figure(words::READ, |shown| words::part(shown.funnel.read, shown.funnel.percent(shown.funnel.read)))}
                {figure(words::ACTED, |shown| words::part(shown.funnel.acted, shown.funnel.percent(shown.funnel.acted)))}
                {figure(words::REFUSED, |shown| shown.funnel.refused.to_string())}
                {figure(words::FAILED, |shown| shown.funnel.failed.to_string())}
            </dl>
            {dynamic(move || failure.get().map(|reason| view! { <Notice tone=Tone::Bad>{words::failure(&reason)}</Notice> }))}
            {export}
        </section>
    }
}
