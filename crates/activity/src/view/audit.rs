//! `/admin/audit`: every row of the record, filtered; older pages are links, what is new is told by a pill and does not move what is read.

use leptos::prelude::*;
use leptos_router::components::Form;
use strum::VariantArray as _;

use crate::{
    api,
    model::{
        audit::{Asked, Audit},
        parse_activity,
    },
    words,
};
use plenum_core::{
    activity::{Item, SubjectKind, Topic, live::AuditEvent},
    cursor::Cursor,
    ids::{ActivityId, PersonId},
    live::Snapshot,
    time::Zone,
};
use plenum_ui::{
    Column, EmptyState, Icon, OlderPager, Table, When, dynamic, memo,
    page::{AdminPage, Ended, Follower, Loaded, Logged, use_organisation},
    redirect::encoded,
    use_query, view,
};

/// `/admin/audit`
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query();
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
    let filter = dynamic(move || view! { <Filter asked=asked.get().0/> });
    view! {
        <AdminPage title=words::AUDIT>
                {filter}
                <Loaded from=page let:snapshot>
                    <Log snapshot is_first=asked.get_untracked().1.is_none() page/>
                </Loaded>
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
    let topics = Topic::VARIANTS
        .iter()
        .copied()
        .map(move |of| view! { <option value=of.into_str() selected=topic == Some(of)>{words::topic(of)}</option> });
    let subjects = SubjectKind::VARIANTS
        .iter()
        .copied()
        .map(move |of| view! { <option value=of.into_str() selected=subject == Some(of)>{words::subject(of)}</option> });
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
    let (follower, new) = follow(asked.clone(), head, cursors);
    let export = address("/admin/audit.csv", &asked, None);
    let newest = address("/admin/audit", &asked, None);
    let older = (floor.0 > 0).then(|| address("/admin/audit", &asked, Some(floor)));
    let back = (!is_first).then(|| newest.clone());
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
        let rows = rows.into_iter().map(|item| view! { <RowView item/> }).collect_view();
        let columns = [Column::text(words::WHEN), Column::text(words::WHO), Column::text(words::WHAT), Column::text(words::DETAILS)];
        view! {
            <Table columns class="table audit-table" caption=words::AUDIT_TABLE>
                {rows}
            </Table>
        }
    };
    view! {
        <Ended reason=follower.ended/>
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
            <OlderPager label=words::PAGES newest=back older/>
        </section>
    }
}

/// Counts what is new since row `head`, as the filter shows it, whenever the record has a new row.
fn follow(asked: Asked, head: ActivityId, cursors: Vec<(String, Cursor)>) -> (Follower, RwSignal<u32>) {
    let new = RwSignal::new(0);
    let follower = Follower::new(cursors);
    let request = move || {
        let asked = asked.clone();
        async move {
            // The cursor is read first: a row that comes between the two requests is counted, and told again.
            let Snapshot { cursors, .. } = api::audit(asked.clone(), None).await?;
            Ok(Snapshot { state: api::audit_new(asked, head).await?, cursors })
        }
    };
    follower.fetch_with(request, move |count| {
        new.try_set(count);
    });
    follower.follow::<AuditEvent>(use_organisation(), Logged::All, move |events| {
        if events.iter().any(|AuditEvent::Moved(now)| now.id > head) {
            follower.renew();
        }
    });
    (follower, new)
}

#[component]
fn RowView(item: Item) -> impl IntoView {
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
    let details = words::details(&item.record)
        .into_iter()
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
            <th scope="row">
                <When at=item.at text=Zone::stamp/>
            </th>
            <td data-label=words::WHO>{who}</td>
            <td data-label=words::WHAT>{what}</td>
            <td data-label=words::DETAILS>{details}</td>
        </tr>
    }
}

/// What an admin can look at; conversations are their members' alone.
fn link(item: &Item) -> Option<String> {
    match item.verb().subject() {
        SubjectKind::Person => Some(format!("/people/{}", item.subject.id)),
        SubjectKind::Event => Some(format!("/events/{}", item.subject.id)),
        SubjectKind::Broadcast => Some(format!("/admin/broadcasts/{}", item.subject.id)),
        SubjectKind::Withdrawal | SubjectKind::PaymentFile => Some("/admin/withdrawals".to_owned()),
        _ => None,
    }
}
