//! `/admin/audit`: every row of the record, filtered; older pages are links, what is new is told by a pill and does not move what is read.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::Form, hooks::use_query_map};

use crate::{
    api,
    model::{
        audit::{Asked, Audit, Detail, Row},
        parse_activity,
    },
    words,
};
use plenum_core::{
    activity::{Item, SubjectKind, Topic, live::AuditEvent},
    cursor::Cursor,
    ids::{ActivityId, PersonId},
    live::Snapshot,
};
use plenum_ui::{
    EmptyState, Icon, Notice, TimeText,
    client::{Update, use_live},
    dynamic, memo,
    page::{AdminPage, FaultWithin, use_organisation, use_zone},
    redirect::encoded,
    view,
};

/// `/admin/audit`
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let asked = memo(move || {
        query.with(|query| {
            let field = |name: &str| query.get_str(name).unwrap_or_default().to_owned();
            let asked = Asked {
                person: field("person"),
                topic: field("topic"),
                subject: field("subject"),
                from: field("from"),
                to: field("to"),
                text: field("text"),
            };
            (asked, query.get_str("before").and_then(parse_activity))
        })
    });
    let page = Resource::new_blocking(move || asked.get(), |(asked, before)| api::audit(asked, before));
    let content = move || {
        Suspend::new(async move {
            let is_first = asked.get_untracked().1.is_none();
            match page.await {
                Ok(snapshot) => view! { <Log snapshot is_first page/> },
                Err(error) => view! { <FaultWithin error/> },
            }
        })
    };
    let filter = dynamic(move || view! { <Filter asked=asked.get().0/> });
    view! {
        <AdminPage title=words::AUDIT>
                {filter}
                <Transition>{content}</Transition>
        </AdminPage>
    }
}

/// The address of the log, or of its export, with the filter in it.
fn address(path: &str, asked: &Asked, before: Option<ActivityId>) -> String {
    let fields = asked.fields().map(|(name, value)| format!("{name}={}", encoded(value)));
    let query: Vec<String> = fields.chain(before.map(|before| format!("before={before}"))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[component]
fn Filter(asked: Asked) -> impl IntoView {
    let (topic, subject) = (asked.topic(), asked.subject());
    let topics = Topic::ALL.map(|of| view! { <option value=of.word() selected=topic == Some(of)>{words::topic(of)}</option> });
    let subjects = SubjectKind::ALL.map(|of| view! { <option value=of.word() selected=subject == Some(of)>{words::subject(of)}</option> });
    let field = |name: &'static str, kind: &'static str, label: &'static str, hint: Option<&'static str>, value: String| {
        let id = format!("audit-{name}");
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <input class="input" id=id type=kind name=name value=value placeholder=hint maxlength="100" autocomplete="off"/>
            </div>
        }
    };
    let clear = (!asked.is_empty()).then(|| {
        view! {
            <a class="btn" data-kind="quiet" href="/admin/audit">
                {words::CLEAR}
            </a>
        }
    });
    view! {
        <section class="card">
            <Form method="GET" action="/admin/audit" attr:class="form" attr:role="search" attr:aria-label=words::AUDIT_FILTER>
                <div class="form-row audit-filter">
                    {field("person", "search", words::PERSON, Some(words::PERSON_HINT), asked.person)}
                    <div class="field">
                        <label for="audit-topic">{words::TOPIC}</label>
                        <select class="input select" id="audit-topic" name="topic">
                            <option value="">{words::ANY_TOPIC}</option>
                            {topics.collect_view()}
                        </select>
                    </div>
                    <div class="field">
                        <label for="audit-subject">{words::SUBJECT}</label>
                        <select class="input select" id="audit-subject" name="subject">
                            <option value="">{words::ANY_SUBJECT}</option>
                            {subjects.collect_view()}
                        </select>
                    </div>
                    {field("from", "date", words::FROM, None, asked.from)}
                    {field("to", "date", words::TO, None, asked.to)}
                    {field("text", "search", words::TEXT, Some(words::TEXT_HINT), asked.text)}
                </div>
                <div class="form-actions">
                    <button class="btn" data-kind="primary" type="submit">
                        {words::SHOW}
                    </button>
                    {clear}
                </div>
            </Form>
        </section>
    }
}

#[component]
fn Log(snapshot: Snapshot<Audit>, is_first: bool, page: Resource<Result<Snapshot<Audit>, plenum_core::error::AppError>>) -> impl IntoView {
    let Snapshot { state: Audit { asked, rows, floor, head }, cursors } = snapshot;
    let ended = RwSignal::new(None::<String>);
    let new = RwSignal::new(0_u32);
    follow(asked.clone(), head, cursors.into_iter().next().map(|(_, cursor)| cursor), new, ended);
    let export = address("/admin/audit.csv", &asked, None);
    let newest = address("/admin/audit", &asked, None);
    let older = (floor.0 > 0).then(|| address("/admin/audit", &asked, Some(floor)));
    let back = newest.clone();
    let pill = dynamic(move || {
        let count = new.get();
        (count > 0).then(|| {
            // The first page is read anew where it is; an older one leads to it.
            let show = move |event: leptos::ev::MouseEvent| {
                if is_first {
                    event.prevent_default();
                    page.refetch();
                }
            };
            view! {
                <a class="btn" data-kind="primary" data-size="s" href=newest.clone() on:click=show>
                    {words::new_rows(count)}
                </a>
            }
        })
    });
    let table = if rows.is_empty() {
        view! { <EmptyState icon="search" title=words::NO_ROWS text=words::NO_ROWS_TEXT/> }
    } else {
        let rows = rows.into_iter().map(|row| view! { <RowView row/> }).collect_view();
        view! {
            <table class="table audit-table">
                <caption class="visually-hidden">{words::AUDIT_TABLE}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::WHEN}</th>
                        <th scope="col">{words::WHO}</th>
                        <th scope="col">{words::WHAT}</th>
                        <th scope="col">{words::DETAILS}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    view! {
        {dynamic(move || ended.get().map(|reason| view! { <Notice>{words::ENDED}" "{reason}</Notice> }))}
        <section class="card stack" aria-labelledby="audit-rows">
            <div class="audit-head">
                <h2 id="audit-rows">{words::WHAT_HAPPENED}</h2>
                <div role="status">{pill}</div>
                <a class="btn" href=export rel="external" download="">
                    <Icon name="arrow-down"/>
                    {words::EXPORT}
                </a>
            </div>
            {table}
            <nav class="form-actions" aria-label=words::PAGES>
                {(!is_first).then(|| view! { <a class="btn" href=back>{words::NEWEST_ROWS}</a> })}
                {older.map(|href| view! { <a class="btn" href=href rel="next">{words::OLDER_ROWS}</a> })}
            </nav>
        </section>
    }
}

/// Counts what is new, as the filter shows it, whenever the record has a new row.
fn follow(asked: Asked, head: ActivityId, cursor: Option<Cursor>, new: RwSignal<u32>, ended: RwSignal<Option<String>>) {
    let organisation = use_organisation();
    let asking = StoredValue::new(false);
    let again = StoredValue::new(false);
    let asked = StoredValue::new(asked);
    fn count(asked: StoredValue<Asked>, head: ActivityId, new: RwSignal<u32>, asking: StoredValue<bool>, again: StoredValue<bool>) {
        if asking.try_get_value().unwrap_or(true) {
            let _ = again.try_set_value(true);
            return;
        }
        asking.set_value(true);
        let filter = asked.get_value();
        spawn_local(async move {
            let counted = api::audit_new(filter, head).await;
            if asking.try_set_value(false).is_some() {
                return;
            }
            if let Ok(counted) = counted {
                let _ = new.try_set(counted);
            }
            if again.try_get_value() == Some(true) {
                again.set_value(false);
                count(asked, head, new, asking, again);
            }
        });
    }
    use_live::<AuditEvent>(
        organisation,
        move |_| cursor.clone(),
        move |update| match update {
            Update::Events(events) => {
                if events.iter().any(|AuditEvent::Moved(now)| now.id > head) {
                    count(asked, head, new, asking, again);
                }
            }
            Update::Stale => count(asked, head, new, asking, again),
            Update::Refused { reason, .. } => ended.set(Some(reason)),
            Update::Returned => ended.set(None),
        },
    );
}

#[component]
fn RowView(row: Row) -> impl IntoView {
    let zone = use_zone();
    let Row { item, details } = row;
    let at = item.at;
    let when = dynamic(move || {
        let (text, full) = zone.with(|zone| (zone.stamp(at), zone.full(at)));
        view! { <TimeText at text full/> }
    });
    let who = match &item.actor {
        Some(card) => view! { <a href=format!("/people/{}", card.id)>{card.name.clone()}</a> },
        None => view! { <span class="muted">{words::BY_PLENUM}</span> },
    };
    let (actors, abouts): (Vec<_>, Vec<_>) = (item.actor.clone().into_iter().collect(), item.about.clone().into_iter().collect());
    // Said as to somebody whom it does not concern: a log speaks of everybody alike.
    let text = words::says(&item, &actors, &abouts, PersonId(0));
    let what = match link(&item) {
        Some(href) => view! { <a href=href>{text}</a> },
        None => view! { <span>{text}</span> },
    };
    let details = details
        .into_iter()
        .filter_map(|Detail { name, value }| words::detail(&name).map(|label| (label, words::value(&name, &value))))
        .map(|(label, value)| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect::<Vec<_>>();
    let details = (!details.is_empty()).then(|| view! { <dl class="details">{details}</dl> });
    view! {
        <tr data-activity-id=item.id.to_string()>
            <th scope="row">{when}</th>
            <td data-label=words::WHO>{who}</td>
            <td data-label=words::WHAT>{what}</td>
            <td data-label=words::DETAILS>{details}</td>
        </tr>
    }
}

/// What an admin can look at; conversations are their members' alone.
fn link(item: &Item) -> Option<String> {
    match item.verb.subject() {
        SubjectKind::Person => Some(format!("/people/{}", item.subject.id)),
        SubjectKind::Event => Some(format!("/events/{}", item.subject.id)),
        SubjectKind::Broadcast => Some(format!("/admin/broadcasts/{}", item.subject.id)),
        SubjectKind::Withdrawal => Some("/admin/withdrawals".to_owned()),
        _ => None,
    }
}
