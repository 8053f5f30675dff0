//! `/admin/applications`: the list, and one application with all that is set for it.

mod detail;

use leptos::prelude::*;

use super::{
    api,
    model::{Application, Credentials},
};
use crate::applications::words;
use detail::Detail;
use plenum_core::error::AppResult;
use plenum_ui::{
    CopyLine, Field, dynamic,
    forms::{Failure, Submit, failure, field_error, is_done},
    memo,
    page::{AdminPage, Loaded},
    use_query, view,
};

/// `/admin/applications`, with `?app={id}` for one of them.
#[component]
pub fn ApplicationsPage() -> impl IntoView {
    let query = use_query();
    let chosen = memo(move || query.with(|query| query.get_str("app").and_then(|id| id.parse::<i64>().ok())));
    let create = ServerAction::<api::CreateApplication>::new();
    let changed = RwSignal::new(0_usize);
    let applications = Resource::new_blocking(
        move || (create.version().get(), changed.get()),
        |_| async { AppResult::Ok((api::list().await?, api::told().await?)) },
    );
    let content = move |(applications, told): (Vec<Application>, Option<Credentials>)| {
        let applications = StoredValue::new(applications);
        let (made, rotated) = (is_done("created"), is_done("rotated"));
        let lost = told.is_none();
        let unseen = dynamic(move || (lost && (made.get() || rotated.get())).then(|| view! { <p>{words::WAS_SHOWN}</p> }));
        let told = told.map(|credentials| {
            view! {
                <div class="card">
                    <Once credentials/>
                </div>
            }
        });
        let page = dynamic(move || match chosen.get() {
            None => view! { <List applications=applications.get_value() create/> },
            Some(id) => {
                let application = applications.with_value(|all| all.iter().find(|application| application.id == id).cloned());
                match application {
                    Some(application) => view! { <Detail application changed/> },
                    None => view! { <p class="muted">{words::UNKNOWN}</p> },
                }
            }
        });
        view! {
            <div role="status">{told} {unseen}</div>
            {page}
        }
    };
    view! {
        <AdminPage title=words::APPLICATIONS>
                <Loaded from=applications children=content/>
        </AdminPage>
    }
}

#[component]
fn List(applications: Vec<Application>, create: ServerAction<api::CreateApplication>) -> impl IntoView {
    let refused = failure(create);
    let made = create.value();
    let credentials = move || made.with(|made| made.as_ref().and_then(|made| made.as_ref().ok().cloned()));
    let lines = if applications.is_empty() {
        view! { <p class="muted">{words::NONE}</p> }
    } else {
        let lines = applications.into_iter().map(|application| view! { <Line application/> }).collect_view();
        view! { <ul class="lines">{lines}</ul> }
    };
    view! {
        <section class="card stack" aria-labelledby="all">
            <h2 id="all">{words::APPLICATIONS}</h2>
            <p class="muted">{words::APPLICATIONS_TEXT}</p>
            {lines}
        </section>
        <section class="card stack" aria-labelledby="create">
            <h2 id="create">{words::CREATE}</h2>
            <ActionForm action=create attr:class="form">
                <Failure failure=refused fields=&["name"]/>
                <Field id="application-name" name="name" label=words::NAME autocomplete="off" maxlength=80 error=field_error(refused, "name") required=true/>
                <div class="form-actions">
                    <Submit label=words::MAKE busy=create.pending()/>
                </div>
            </ActionForm>
            <div role="status">
                {move || credentials().map(|credentials| view! { <Once credentials/> })}
            </div>
        </section>
    }
}

#[component]
fn Line(application: Application) -> impl IntoView {
    let Application { id, settings, connections, channels, key, .. } = application;
    let (tone, state) = if settings.enabled { ("good", words::ON) } else { ("warn", words::OFF) };
    view! {
        <li class="line">
            <div class="line-text">
                <a href=format!("/admin/applications?app={id}")>
                    <b>{settings.name}</b>
                </a>
                <p class="muted">{format!("{} {key} · {}", words::KEY, words::now(connections, channels))}</p>
            </div>
            <span class="chip" data-tone=tone>
                {state}
            </span>
        </li>
    }
}

/// New credentials, shown once.
#[component]
pub(super) fn Once(credentials: Credentials) -> impl IntoView {
    let Credentials { app_id, key, secret } = credentials;
    view! {
        <div class="stack">
            <p>{words::SHOWN_ONCE}</p>
            <Value name=words::APP_ID value=app_id/>
            <Value name=words::KEY value=key/>
            <Value name=words::SECRET value=secret/>
        </div>
    }
}

/// A value to be copied.
#[component]
pub(super) fn Value(name: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="field">
            <span>{name}</span>
            <CopyLine text=value/>
        </div>
    }
}
