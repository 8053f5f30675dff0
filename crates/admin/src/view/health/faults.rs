//! Tables of what went wrong and of what took long.

use leptos::prelude::*;

use crate::{
    model::health::{self, Fault, Reference},
    words::health as words,
};
use plenum_ui::{Column, Table, When, view};

/// A table with its caption, and a sentence instead of one without lines.
fn table(
    id: &'static str,
    title: &'static str,
    text: &'static str,
    none: &'static str,
    columns: &[&'static str],
    rows: Vec<AnyView>,
) -> AnyView {
    let content = if rows.is_empty() {
        view! { <p class="muted">{none}</p> }
    } else {
        let columns: Vec<_> = columns.iter().copied().map(Column::text).collect();
        view! {
            <Table columns caption=title>
                {rows}
            </Table>
        }
    };
    view! {
        <section class="card stack" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <p class="muted">{text}</p>
            {content}
        </section>
    }
}

#[component]
pub(super) fn Faults(faults: Vec<Fault>, operates: bool) -> impl IntoView {
    let row = |fault: Fault| {
        let tone = (fault.status >= 500).then_some("bad");
        view! {
            <tr>
                <th scope="row">
                    <span class="chip" data-tone=tone>
                        {words::status(fault.status)}
                    </span>
                </th>
                <td data-label=words::PLACE>
                    <code class="wrap">{fault.place}</code>
                </td>
                <td data-label=words::IN_LAST_HOUR>{fault.in_last_hour}</td>
                <td data-label=words::IN_ALL>{fault.count}</td>
                <td data-label=words::LAST><When at=fault.last/></td>
                <td class="wrap" data-label=words::SAID>
                    {fault.said}
                </td>
            </tr>
        }
    };
    let text = if operates { words::ERRORS_TEXT } else { words::OWN_ERRORS_TEXT };
    let columns = [words::KIND, words::PLACE, words::IN_LAST_HOUR, words::IN_ALL, words::LAST, words::SAID];
    table("errors", words::ERRORS, text, words::NO_ERRORS, &columns, faults.into_iter().map(row).collect())
}

#[component]
pub(super) fn References(references: Vec<Reference>) -> impl IntoView {
    let row = |reference: Reference| {
        view! {
            <tr>
                <th scope="row">
                    <code>{reference.word}</code>
                </th>
                <td data-label=words::LAST><When at=reference.at/></td>
                <td data-label=words::PLACE>
                    <code class="wrap">{reference.place.unwrap_or_else(|| words::IN_BACKGROUND.to_owned())}</code>
                </td>
                <td class="wrap" data-label=words::CAUSE>
                    {reference.cause}
                </td>
            </tr>
        }
    };
    let columns = [words::REFERENCE, words::LAST, words::PLACE, words::CAUSE];
    table("references", words::REFERENCES, words::REFERENCES_TEXT, words::NO_ERRORS, &columns, references.into_iter().map(row).collect())
}

#[component]
pub(super) fn SlowWork(slow: Vec<health::SlowWork>) -> impl IntoView {
    let row = |slow: health::SlowWork| {
        view! {
            <tr>
                <th scope="row">
                    <code class="wrap">{slow.name}</code>
                </th>
                <td data-label=words::WHAT>{words::work(slow.work)}</td>
                <td data-label=words::LONGEST>{words::ms(slow.longest_ms)}</td>
                <td data-label=words::IN_LAST_HOUR>{slow.in_last_hour}</td>
                <td data-label=words::IN_ALL>{slow.count}</td>
                <td data-label=words::LAST><When at=slow.last/></td>
            </tr>
        }
    };
    let columns = [words::SLOW, words::WHAT, words::LONGEST, words::IN_LAST_HOUR, words::IN_ALL, words::LAST];
    table("slow", words::SLOW, words::SLOW_TEXT, words::NO_SLOW, &columns, slow.into_iter().map(row).collect())
}
