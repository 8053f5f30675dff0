//! Finding anybody's order, for those who help people with them.

use leptos::prelude::*;
use leptos_router::components::Form;

use crate::{api::desk as api, view::desk::table, words::orders as words};
use plenum_core::people::Role;
use plenum_events::model::desk::Orders;
use plenum_ui::{
    Field, memo,
    page::{Loaded, use_role},
    use_query, view,
};

/// The field, and what it found: nothing for whoever is neither an agent nor an admin.
#[component]
pub fn FindOrders() -> impl IntoView {
    let (agent, admin) = (use_role(Role::Agent), use_role(Role::Admin));
    if !agent.get_untracked() && !admin.get_untracked() {
        return ().into_any();
    }
    let query = use_query();
    let text = memo(move || query.with(|query| query.get_str("find").unwrap_or_default().trim().to_owned()));
    let found = Resource::new_blocking(
        move || text.get(),
        |text| async move { if text.is_empty() { Ok(Orders::default()) } else { api::find(text).await } },
    );
    let content = move |orders: Orders| {
        if !orders.rows.is_empty() {
            table(orders.rows)
        } else if text.with_untracked(String::is_empty) {
            ().into_any()
        } else {
            view! { <p class="muted">{words::NONE_FOUND}</p> }
        }
    };
    view! {
        <section class="card stack" aria-labelledby="find">
            <h2 id="find">{words::FIND}</h2>
            <Form method="GET" action="/orders" attr:class="form" attr:role="search">
                <Field id="find-order" name="find" label=words::FIND_LABEL kind="search" value=text.get_untracked() autocomplete="off" maxlength=100/>
                <div class="form-actions">
                    <button class="btn" type="submit">
                        {words::FIND_BUTTON}
                    </button>
                </div>
            </Form>
            <Loaded from=found children=content/>
        </section>
    }
}
