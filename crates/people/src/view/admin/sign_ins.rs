//! `/admin/sign-ins`: who is signed in with what, and ending it.

use leptos::prelude::*;

use super::requirement::Requirement;
use crate::{
    api::admin,
    model::{AnySignIn, SignedIn},
    view::forms::{Done, Failure, failure, succeeded},
    words,
};
use plenum_core::{activity::live::AuditEvent, live::Snapshot};
use plenum_ui::{
    Avatar, Column, EmptyState, Pager, Search, Table, When, dynamic, effect, memo,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation},
    redirect::encoded,
    use_query, view,
};

/// `/admin/sign-ins`
#[component]
pub fn AdminSignInsPage() -> impl IntoView {
    let query = use_query();
    let asked = memo(move || {
        query.with(|query| {
            let from: u32 = query.get_str("from").and_then(|from| from.parse().ok()).unwrap_or_default();
            (query.get_str("q").unwrap_or_default().to_owned(), from)
        })
    });
    let page = Resource::new_blocking(move || asked.get(), |(query, offset)| admin::sign_ins(query, offset));
    let end = ServerAction::<admin::EndSignIn>::new();
    let ended = succeeded(end);
    let content = move |snapshot| {
        let (query, offset) = asked.get_untracked();
        view! { <Listed snapshot query offset end/> }
    };
    let search = dynamic(move || {
        let (text, _) = asked.get();
        view! {
            <Search action="/admin/sign-ins" text label=words::SEARCH_PEOPLE button=words::SEARCH/>
        }
    });
    view! {
        <AdminPage title=words::ADMIN_SIGN_INS>
            <p class="muted">{words::ADMIN_SIGN_INS_TEXT}</p>
            {search}
            <Failure failure=failure(end)/>
            <Done name="ended" by_action=ended text=words::SIGNED_OUT_THERE/>
            <Loaded from=page children=content/>
            <Requirement/>
        </AdminPage>
    }
}

#[component]
fn Listed(snapshot: Snapshot<SignedIn>, query: String, offset: u32, end: ServerAction<admin::EndSignIn>) -> impl IntoView {
    let asked = query.clone();
    let followed = Followed::new(snapshot, move || admin::sign_ins(asked.clone(), offset)).on::<AuditEvent>(use_organisation());
    let ended = succeeded(end);
    effect(move |_| {
        if ended.get() {
            followed.renew();
        }
    });
    view! {
        <Ended reason=followed.ended text=words::SIGN_INS_ENDED/>
        {dynamic(move || list(followed.shown.get(), &query, offset, end))}
    }
}

fn list(signed_in: SignedIn, query: &str, offset: u32, end: ServerAction<admin::EndSignIn>) -> AnyView {
    let SignedIn { rows, more } = signed_in;
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let address = |offset: u32| format!("/admin/sign-ins?q={}&from={offset}", encoded(query));
    let before = (offset > 0).then(|| address(offset.saturating_sub(50)));
    let after = more.then(|| address(offset.saturating_add(shown)));
    let table = if rows.is_empty() {
        view! { <EmptyState icon="people" title=words::NO_SIGN_INS text=words::NO_SIGN_INS_TEXT/> }
    } else {
        let rows = rows.into_iter().map(|row| view! { <Row row end/> }).collect_view();
        let columns = [
            Column::text(words::NAME),
            Column::text(words::WITH),
            Column::text(words::ADDRESS),
            Column::text(words::SINCE),
            Column::text(words::LAST_USED),
            Column::actions(words::ACTIONS),
        ];
        view! {
            <Table columns caption=words::SIGN_INS_TABLE>
                {rows}
            </Table>
        }
    };
    view! {
        {table}
        <Pager label=words::PAGES before after/>
    }
}

#[component]
fn Row(row: AnySignIn, end: ServerAction<admin::EndSignIn>) -> impl IntoView {
    let AnySignIn { person, token, sign_in } = row;
    let (id, initials, hue) = (person.id, person.initials(), person.hue);
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
            <td data-label=words::SINCE><When at=sign_in.created_at/></td>
            <td data-label=words::LAST_USED><When at=sign_in.used_at/></td>
            <td class="cell-actions">{action}</td>
        </tr>
    }
}
