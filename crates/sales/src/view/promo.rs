//! `/events/{id}/codes`: the promo codes of an event, with their uses as they happen, for those who run it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::{
        promo as api,
        promo::{CreatePromoCode, EndPromoCode},
    },
    live::promo::PromoEvent,
    model::promo::{Hindrance, Promo, Promos},
    words::promo as words,
};
use plenum_core::{
    ids::{EventId, Millis, PromoCodeId},
    live::Snapshot,
};
use plenum_ui::{
    Each, EmptyState, Field, dynamic,
    forms::{Done, Failure, FieldError, Submit, failure, field_error, succeeded},
    memo,
    page::{Ended, Followed, Loaded, resource_by_id, use_id, use_seconds},
    view,
};

/// The fields that show their own errors.
const FIELDS: &[&str] = &["code", "by", "off", "most_uses", "most_each", "from", "until"];

/// The codes.
#[component]
pub fn PromoCodesPage() -> impl IntoView {
    let event = use_id::<EventId>();
    let first = resource_by_id(event, "event", api::list);
    let back = move || event.get().map_or_else(|| "/events".to_owned(), |event| format!("/events/{event}"));
    view! {
        <Title text=words::CODES/>
        <main id="main" tabindex="-1" class="page">
            <header class="page-head">
                <h1>{words::CODES}</h1>
                <div class="page-actions">
                    <a class="btn" href=back>
                        {words::TO_EVENT}
                    </a>
                </div>
            </header>
            <div class="stack">
                <Loaded from=first let:snapshot>
                    <Codes snapshot/>
                </Loaded>
            </div>
        </main>
    }
}

#[component]
fn Codes(snapshot: Snapshot<Promos>) -> impl IntoView {
    let (event, space) = (snapshot.state.event, snapshot.state.space);
    let (title, zone) = (snapshot.state.title.clone(), snapshot.state.zone.name.clone());
    let followed = Followed::new(snapshot, move || api::list(event));
    let Followed { shown, ended, .. } = followed.on::<PromoEvent>(Signal::stored(Some(space)));
    let ids = memo(move || shown.with(|shown| shown.promos.iter().map(|promo| promo.id).collect::<Vec<_>>()));
    let empty = memo(move || ids.with(Vec::is_empty));
    view! {
        <Ended reason=ended/>
        <p class="muted">
            <b>{title}</b>
            " · "
            {words::ABOUT}
        </p>
        {dynamic(move || empty.get().then(|| view! { <EmptyState icon="events" title=words::NONE text=words::NONE_TEXT/> }))}
        {dynamic(move || {
            (!empty.get()).then(|| {
                view! {
                    <section class="card stack" aria-labelledby="codes">
                        <h2 id="codes">{words::ALL}</h2>
                        <ul class="lines" aria-label=words::CODES>
                            <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Line event id shown/> }/>
                        </ul>
                    </section>
                }
            })
        })}
        <NewCode event zone/>
    }
}

/// Where a code stands at `now`, and how that is meant.
fn standing(promo: &Promo, now: Millis) -> (&'static str, Option<&'static str>) {
    match promo.hindrance_for_all(now) {
        None => (words::RUNNING, Some("good")),
        Some(Hindrance::Unknown) => (words::ENDED, None),
        Some(Hindrance::TooEarly) => (words::EARLY, None),
        Some(Hindrance::TooLate) => (words::LATE, None),
        Some(Hindrance::UsedUp | Hindrance::UsedByThem) => (words::USED_UP, None),
    }
}

#[component]
fn Line(event: EventId, id: PromoCodeId, shown: RwSignal<Promos>) -> impl IntoView {
    let now = use_seconds();
    let end = ServerAction::<EndPromoCode>::new();
    let refused = failure(end);
    let promo: Memo<Option<Promo>> = memo(move || shown.with(|shown| shown.promos.iter().find(|promo| promo.id == id).cloned()));
    let code = promo.with_untracked(|promo| promo.as_ref().map(|promo| promo.code.to_string()).unwrap_or_default());
    let window = shown.with_untracked(|shown| {
        let clock = |at: Option<Millis>| at.map(|at| shown.zone.full(at));
        promo.with_untracked(|promo| {
            let promo = promo.as_ref()?;
            words::window(clock(promo.from_at).as_deref(), clock(promo.until_at).as_deref())
        })
    });
    let said = memo(move || promo.with(|promo| promo.as_ref().map(words::line)));
    let stands = memo(move || promo.with(|promo| promo.as_ref().map(|promo| standing(promo, now.get()))));
    let runs = memo(move || promo.with(|promo| promo.as_ref().is_some_and(|promo| promo.ended_at.is_none())));
    let chip = dynamic(move || {
        stands.get().map(|(word, tone)| {
            view! {
                <span class="chip" data-tone=tone>
                    {word}
                </span>
            }
        })
    });
    let of = code.clone();
    let button = dynamic(move || {
        let of = of.clone();
        runs.get().then(|| {
            view! {
                <ActionForm action=end>
                    <input type="hidden" name="event" value=event.to_string()/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <button class="btn" data-size="s" type="submit">
                        {words::END}
                        <span class="visually-hidden">" "{of}</span>
                    </button>
                </ActionForm>
            }
        })
    });
    view! {
        <li class="line">
            <div class="line-text">
                <b>{code}</b>
                <p class="muted">{move || said.get()}</p>
                {window.map(|window| view! { <p class="muted">{window}</p> })}
                <Failure failure=refused/>
            </div>
            {chip}
            {button}
        </li>
    }
}

#[component]
fn NewCode(event: EventId, zone: String) -> impl IntoView {
    let create = ServerAction::<CreatePromoCode>::new();
    let refused = failure(create);
    let hint = words::zone_hint(&zone);
    view! {
        <section class="card" aria-labelledby="new-code">
            <h2 id="new-code">{words::NEW}</h2>
            <ActionForm action=create attr:class="form">
                <Failure failure=refused fields=FIELDS/>
                <input type="hidden" name="event" value=event.to_string()/>
                <Field
                    id="code"
                    name="code"
                    label=words::CODE
                    hint=words::CODE_HINT
                    autocomplete="off"
                    minlength=3
                    maxlength=24
                    error=field_error(refused, "code")
                    required=true
                />
                <div class="form-row">
                    <div class="field">
                        <label for="by">{words::BY}</label>
                        <select class="input select" id="by" name="by">
                            <option value="percent">{words::PERCENT}</option>
                            <option value="amount">{words::AMOUNT}</option>
                        </select>
                        <FieldError id="by-error" error=field_error(refused, "by")/>
                    </div>
                    <Field
                        id="off"
                        name="off"
                        label=words::OFF
                        hint=words::OFF_HINT
                        autocomplete="off"
                        error=field_error(refused, "off")
                        required=true
                    />
                </div>
                <div class="form-row">
                    <Field
                        id="most-uses"
                        name="most_uses"
                        label=words::MOST_USES
                        hint=words::LIMIT_HINT
                        autocomplete="off"
                        error=field_error(refused, "most_uses")
                    />
                    <Field
                        id="most-each"
                        name="most_each"
                        label=words::MOST_EACH
                        hint=words::LIMIT_HINT
                        autocomplete="off"
                        error=field_error(refused, "most_each")
                    />
                </div>
                <div class="form-row">
                    <Field
                        id="from"
                        name="from"
                        kind="datetime-local"
                        label=words::FROM
                        hint=hint.clone()
                        error=field_error(refused, "from")
                    />
                    <Field id="until" name="until" kind="datetime-local" label=words::UNTIL hint=hint error=field_error(refused, "until")/>
                </div>
                <div class="form-actions">
                    <Submit label=words::CREATE busy=create.pending()/>
                    <Done name="made" by_action=succeeded(create) text=words::MADE/>
                </div>
            </ActionForm>
        </section>
    }
}
