//! Finding anybody's order, for those who help people with them.

use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};

use crate::{api::desk as api, view::desk::table, words::orders as words};
use plenum_core::people::Role;
use plenum_events::model::desk::Orders;
use plenum_ui::{
    memo,
    page::{FaultWithin, use_role},
    view,
};

/// The field, and what it found: nothing for whoever is neither an agent nor an admin.
#[component]
pub fn FindOrders() -> impl IntoView {
    let (agent, admin) = (use_role(Role::Agent), use_role(Role::Admin));
    if !agent.get_untracked() && !admin.get_untracked() {
        return ().into_any();
    }
    let query = use_query_map();
    let text = memo(move || query.with(|query| query.get_str("find").unwrap_or_default().trim().to_owned()));
    let found = Resource::new_blocking(
        move || text.get(),
        |text| async move { if text.is_empty() { Ok(Orders::default()) } else { api::find(text).await } },
    );
    let content = move || {
        Suspend::new(async move {
            match found.await {
                Ok(orders) if !orders.rows.is_empty() => table(orders.rows),
                Ok(_) if text.with_untracked(String::is_empty) => ().into_any(),
                Ok(_) => view! { <p class="muted">{words::NONE_FOUND}</p> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    view! {
        <section class="card stack" aria-labelledby="find">
            <h2 id="find">{words::FIND}</h2>
            <Form method="GET" action="/orders" attr:class="form" attr:role="search">
                <div class="field">
                    <label for="find-order">{words::FIND_LABEL}</label>
                    <input class="input" id="find-order" name="find" type="search" maxlength="100" autocomplete="off" value=text.get_untracked()/>
                </div>
                <div class="form-actions">
                    <button class="btn" type="submit">
                        {words::FIND_BUTTON}
                    </button>
                </div>
            </Form>
            <Transition>{content}</Transition>
        </section>
    }
}
