//! `/admin/sign-ins`: who is signed in with what, and ending it.

use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};

use crate::{
    api::admin,
    model::{AnySignIn, SignedIn},
    view::forms::{Done, Failure, failure, succeeded},
    words,
};
use plenum_core::{activity::live::AuditEvent, error::AppError, live::Snapshot};
use plenum_ui::{
    Avatar, EmptyState, Icon, Notice, TimeText,
    client::{Update, use_live},
    dynamic, effect, memo,
    page::{AdminPage, FaultWithin, use_now, use_organisation, use_zone},
    redirect::encoded,
    view,
};

type Page = Resource<Result<Snapshot<SignedIn>, AppError>>;

/// `/admin/sign-ins`
#[component]
pub fn AdminSignInsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = memo(move || {
        query.with(|query| {
            let from: u32 = query.get_str("from").and_then(|from| from.parse().ok()).unwrap_or_default();
            (query.get_str("q").unwrap_or_default().to_owned(), from)
        })
    });
    let page = Resource::new_blocking(move || asked.get(), |(query, offset)| admin::sign_ins(query, offset));
    let end = ServerAction::<admin::EndSignIn>::new();
    let ended = succeeded(end);
    effect(move |_| {
        if ended.get() {
            page.refetch();
        }
    });
    let content = move || {
        Suspend::new(async move {
            match page.await {
                Ok(snapshot) => {
                    let (query, offset) = asked.get_untracked();
                    view! { <Listed snapshot query offset end page/> }
                }
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    let search = dynamic(move || {
        let (query, _) = asked.get();
        view! {
            <Form method="GET" action="/admin/sign-ins" attr:class="filter" attr:role="search">
                <label class="search">
                    <span class="visually-hidden">{words::SEARCH_PEOPLE}</span>
                    <Icon name="search"/>
                    <input class="input" type="search" name="q" value=query placeholder=words::SEARCH_PEOPLE/>
                </label>
                <button class="btn" type="submit">
                    {words::SEARCH}
                </button>
            </Form>
        }
    });
    view! {
        <AdminPage title=words::ADMIN_SIGN_INS>
            <p class="muted">{words::ADMIN_SIGN_INS_TEXT}</p>
            {search}
            <Failure failure=failure(end)/>
            <Done name="ended" by_action=ended text=words::SIGNED_OUT_THERE/>
            <Transition>{content}</Transition>
        </AdminPage>
    }
}

#[component]
fn Listed(snapshot: Snapshot<SignedIn>, query: String, offset: u32, end: ServerAction<admin::EndSignIn>, page: Page) -> impl IntoView {
    let Snapshot { state: SignedIn { rows, more }, cursors } = snapshot;
    let no_longer = RwSignal::new(None::<String>);
    let cursor = cursors.into_iter().next().map(|(_, cursor)| cursor);
    let organisation = use_organisation();
    // Each way in and out leaves a row in the record, whose head is told.
    use_live::<AuditEvent>(
        organisation,
        move |_| cursor.clone(),
        move |update| match update {
            Update::Events(_) | Update::Stale => page.refetch(),
            Update::Refused { reason, .. } => no_longer.set(Some(reason)),
            Update::Returned => no_longer.set(None),
        },
    );
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let address = |offset: u32| format!("/admin/sign-ins?q={}&from={offset}", encoded(&query));
    let before = (offset > 0).then(|| address(offset.saturating_sub(50)));
    let after = more.then(|| address(offset.saturating_add(shown)));
    let table = if rows.is_empty() {
        view! { <EmptyState icon="people" title=words::NO_SIGN_INS text=words::NO_SIGN_INS_TEXT/> }
    } else {
        let rows = rows.into_iter().map(|row| view! { <Row row end/> }).collect_view();
        view! {
            <table class="table">
                <caption class="visually-hidden">{words::SIGN_INS_TABLE}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::NAME}</th>
                        <th scope="col">{words::WITH}</th>
                        <th scope="col">{words::ADDRESS}</th>
                        <th scope="col">{words::SINCE}</th>
                        <th scope="col">{words::LAST_USED}</th>
                        <th scope="col">
                            <span class="visually-hidden">{words::ACTIONS}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    view! {
        {dynamic(move || no_longer.get().map(|reason| view! { <Notice>{words::SIGN_INS_ENDED}" "{reason}</Notice> }))}
        {table}
        <nav class="form-actions" aria-label=words::PAGES>
            {before.map(|address| view! { <a class="btn" href=address rel="prev">{words::EARLIER}</a> })}
            {after.map(|address| view! { <a class="btn" href=address rel="next">{words::LATER}</a> })}
        </nav>
    }
}

#[component]
fn Row(row: AnySignIn, end: ServerAction<admin::EndSignIn>) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let AnySignIn { person, token, sign_in } = row;
    let (id, initials, hue) = (person.id, person.initials(), person.hue);
    let when = move |at| {
        dynamic(move || {
            let (text, full) = zone.with(|zone| (zone.short(at, now), zone.full(at)));
            view! { <TimeText at text full/> }
        })
    };
    let about = words::sign_in_of(&person.name, &sign_in.device);
    let action = if sign_in.current {
        view! {
            <span class="chip" data-tone="good">
                {words::THIS_ONE}
            </span>
        }
    } else {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=sign_in.id.to_string()/>
                <button class="btn" type="submit" data-kind="danger" data-size="s">
                    {words::SIGN_OUT}
                    <span class="visually-hidden">{about}</span>
                </button>
            </ActionForm>
        }
    };
    let token = token.then(|| view! { <span class="chip">{words::TOKEN}</span> });
    view! {
        <tr data-sign-in-id=sign_in.id.to_string()>
            <th scope="row">
                <span class="person-cell">
                    <Avatar initials hue size="s"/>
                    <a href=format!("/people/{id}")>{person.name}</a>
                </span>
            </th>
            <td data-label=words::WITH>{sign_in.device} " " {token}</td>
            <td data-label=words::ADDRESS>{sign_in.address}</td>
            <td data-label=words::SINCE>{when(sign_in.created_at)}</td>
            <td data-label=words::LAST_USED>{when(sign_in.used_at)}</td>
            <td class="cell-actions">{action}</td>
        </tr>
    }
}
