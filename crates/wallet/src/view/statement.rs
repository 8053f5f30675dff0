//! The statement: its filter, its entries with the balance after each, its pages and its file. What is new is put on top as it happens.

use leptos::prelude::*;
use leptos_router::components::Form;

use crate::{
    model::{
        statement::{Asked, Entry, TransferKind},
        wallet::Wallet,
    },
    words,
};
use plenum_core::{ids::PostingId, time::Zone};
use plenum_ui::{Column, Each, EmptyState, Icon, OlderPager, Table, When, dynamic, memo, redirect::encoded, view};

/// The address of the wallet, or of its file, with the filter in it.
pub(super) fn address(path: &str, asked: &Asked, before: Option<PostingId>) -> String {
    let fields = asked.fields().map(|(name, value)| format!("{name}={}", encoded(value)));
    let query: Vec<String> = fields.chain(before.map(|before| format!("before={before}"))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// What has moved.
#[component]
pub(super) fn Statement(shown: RwSignal<Wallet>) -> impl IntoView {
    let (asked, is_first) = shown.with_untracked(|wallet| (wallet.asked.clone(), wallet.is_first));
    let export = address("/wallet/statement.csv", &asked, None);
    let newest = (!is_first).then(|| address("/wallet", &asked, None));
    let narrows = asked.narrows();
    let empty = memo(move || shown.with(|wallet| wallet.entries.is_empty()));
    let older = memo(move || shown.with(|wallet| wallet.entries.last().filter(|_| wallet.has_more).map(|oldest| oldest.id)));
    let at = asked.clone();
    let older = Signal::derive(move || older.get().map(|before| address("/wallet", &at, Some(before))));
    let table = dynamic(move || match (empty.get(), narrows) {
        (true, true) => view! { <EmptyState icon="search" title=words::NOTHING_FITS text=words::NOTHING_FITS_TEXT/> },
        (true, false) => view! { <EmptyState icon="wallet" title=words::NOTHING text=words::NOTHING_TEXT/> },
        (false, _) => view! { <Entries shown/> },
    });
    view! {
        <section class="card stack" aria-labelledby="statement">
            <div class="wallet-head">
                <h2 id="statement">{words::STATEMENT}</h2>
                <a class="btn" href=export rel="external" download="">
                    <Icon name="arrow-down"/>
                    {words::EXPORT}
                </a>
            </div>
            <Filter asked/>
            {table}
            <OlderPager label=words::PAGES newest older/>
        </section>
    }
}

#[component]
fn Filter(asked: Asked) -> impl IntoView {
    let chosen = TransferKind::from_word(&asked.kind);
    let kinds =
        TransferKind::OF_WALLETS.map(|of| view! { <option value=of.into_str() selected=chosen == Some(of)>{words::kind(of)}</option> });
    let day = |id: &'static str, name: &'static str, label: &'static str, value: String| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input class="input" id=id type="date" name=name value=value/>
            </div>
        }
    };
    let cleared = Asked { currency: asked.currency.clone(), ..Asked::default() };
    let clear = asked.narrows().then(|| {
        view! {
            <a class="btn" data-kind="quiet" href=address("/wallet", &cleared, None)>
                {words::CLEAR}
            </a>
        }
    });
    let currency = (!asked.currency.is_empty()).then(|| view! { <input type="hidden" name="currency" value=asked.currency/> });
    view! {
        <Form method="GET" action="/wallet" attr:class="form" attr:role="search" attr:aria-label=words::FILTER>
            {currency}
            <div class="form-row wallet-filter">
                <div class="field">
                    <label for="statement-kind">{words::KIND}</label>
                    <select class="input select" id="statement-kind" name="kind">
                        <option value="">{words::ANY_KIND}</option>
                        {kinds.collect_view()}
                    </select>
                </div>
                {day("statement-from", "from", words::FROM, asked.from)}
                {day("statement-to", "to", words::TO, asked.to)}
                <div class="form-actions">
                    <button class="btn" type="submit">
                        {words::SHOW}
                    </button>
                    {clear}
                </div>
            </div>
        </Form>
    }
}

#[component]
fn Entries(shown: RwSignal<Wallet>) -> impl IntoView {
    let columns = [Column::text(words::WHEN), Column::text(words::KIND), Column::number(words::AMOUNT), Column::number(words::BALANCE)];
    view! {
        <Table columns class="table wallet-table" caption=words::STATEMENT_TABLE>
            <Each
                each=move || shown.with(|wallet| wallet.entries.clone())
                key=|entry: &Entry| entry.id.to_string()
                children=|entry| view! { <Row entry/> }
            />
        </Table>
    }
}

/// A line; it never changes.
#[component]
fn Row(entry: Entry) -> impl IntoView {
    let tone = (entry.amount > 0).then_some("good");
    let note = (!entry.note.is_empty() && entry.kind != TransferKind::Opening)
        .then(|| view! { <span class="muted wrap">" · "{entry.note.clone()}</span> });
    view! {
        <tr data-posting-id=entry.id.to_string()>
            <th scope="row">
                <When at=entry.at text=Zone::stamp/>
            </th>
            <td data-label=words::KIND>{words::kind(entry.kind)} {note}</td>
            <td class="num" data-label=words::AMOUNT data-tone=tone>
                {words::signed(entry.money())}
            </td>
            <td class="num" data-label=words::BALANCE>
                {entry.after().to_string()}
            </td>
        </tr>
    }
}
