//! What goes through the organisation's bank: the account that withdrawals are paid from, and the payment files. `?payer=change` asks for the
//! account, `?paid={id}` whether the bank has paid a file.

use leptos::prelude::*;

use super::forms::BankFields;
use crate::{
    api::{MakePaymentFile, MarkPaid, SetPayer},
    model::{
        Currency, Money,
        payment_file::{FileState, PaymentFile},
        wallet::Queue,
    },
    words,
};
use plenum_core::ids::PaymentFileId;
use plenum_ui::{
    Each, When, browser, dynamic, effect,
    forms::{Failure, Submit, failure, succeeded},
    memo,
    page::use_own_id,
    toast, use_query, view,
};

const PAGE: &str = "/admin/withdrawals";
/// Asks for the payer's account.
const CHANGE: &str = "/admin/withdrawals?payer=change";

/// The files, the account, and making the next file.
#[component]
pub(super) fn PaymentFiles(shown: RwSignal<Queue>) -> impl IntoView {
    let ids = memo(move || shown.with(|queue| queue.files.iter().map(|file| file.id).collect::<Vec<_>>()));
    let none = dynamic(move || ids.with(Vec::is_empty).then(|| view! { <p class="muted">{words::NO_FILES}</p> }));
    view! {
        <PayerForm shown/>
        <PaidQuestion shown/>
        <section class="card stack" aria-labelledby="files">
            <h2 id="files">{words::FILES}</h2>
            <p class="muted">{words::FILES_TEXT}</p>
            <Payer shown/>
            <Make shown/>
            {none}
            <ul class="lines" aria-label=words::FILES>
                <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Line id shown/> }/>
            </ul>
        </section>
    }
}

/// The account that is paid from.
#[component]
fn Payer(shown: RwSignal<Queue>) -> impl IntoView {
    let payer = memo(move || shown.with(|queue| queue.payer.clone().filter(|payer| !payer.account.is_empty())));
    dynamic(move || {
        let (text, change) = match payer.get() {
            Some(payer) => (words::paid_from(&payer.name, &payer.account), words::CHANGE_PAYER),
            None => (words::NO_PAYER.to_owned(), words::ENTER_PAYER),
        };
        view! {
            <div class="wallet-head">
                <p class="wrap">{text}</p>
                <a class="btn" data-size="s" href=CHANGE>
                    {change}
                </a>
            </div>
        }
    })
}

/// Asks for the account.
#[component]
fn PayerForm(shown: RwSignal<Queue>) -> impl IntoView {
    let query = use_query();
    let asked = memo(move || query.with(|query| query.get_str("payer") == Some("change")));
    let set = ServerAction::<SetPayer>::new();
    let (refused, saved) = (failure(set), succeeded(set));
    effect(move |_| {
        if saved.get() {
            toast::show(words::PAYER_SAVED);
            browser::go(PAGE);
        }
    });
    let heading = memo(move || shown.with(|queue| if queue.payer.is_some() { words::CHANGE_PAYER } else { words::ENTER_PAYER }));
    dynamic(move || {
        asked.get().then(|| {
            view! {
                <section class="card stack" aria-labelledby="payer">
                    <h2 id="payer">{move || heading.get()}</h2>
                    <p class="muted">{words::PAYER_TEXT}</p>
                    <ActionForm action=set attr:class="form">
                        <Failure failure=refused fields=&["holder", "iban", "bic"]/>
                        <BankFields ids=["payer-holder", "payer-iban", "payer-bic"] refused/>
                        <div class="form-actions">
                            <Submit label=words::SAVE busy=set.pending()/>
                            <a class="btn" href=PAGE>
                                {words::CANCEL}
                            </a>
                        </div>
                    </ActionForm>
                </section>
            }
        })
    })
}

/// Makes a file of what is approved, where there is something.
#[component]
fn Make(shown: RwSignal<Queue>) -> impl IntoView {
    let me = use_own_id();
    let make = ServerAction::<MakePaymentFile>::new();
    let (refused, made, pending) = (failure(make), succeeded(make), make.pending());
    effect(move |_| {
        if made.get() {
            toast::show(words::FILE_MADE);
        }
    });
    let payable = memo(move || {
        let me = me.get()?;
        shown.with(|queue| {
            queue.payer.as_ref().filter(|payer| !payer.account.is_empty())?;
            let amounts: Vec<i64> = queue.payable(me).map(|queued| queued.withdrawal.amount).collect();
            (!amounts.is_empty()).then(|| (amounts.len(), Money::new(amounts.iter().sum(), Currency::Eur)))
        })
    });
    // The next file has another: the same button, pressed twice, makes one.
    let key = memo(move || shown.with(|queue| format!("payment-file-{}", queue.files.first().map_or(0, |file| file.id.0))));
    let form = dynamic(move || {
        payable.get().map(|(count, money)| {
            view! {
                <ActionForm action=make attr:class="form">
                    <input type="hidden" name="key" value=move || key.get()/>
                    <div class="form-actions">
                        <Submit label=words::MAKE_FILE busy=pending/>
                        <span class="muted">{words::payable(count, money)}</span>
                    </div>
                </ActionForm>
            }
        })
    });
    view! {
        <Failure failure=refused/>
        {form}
    }
}

/// Asks whether the bank has paid a file.
#[component]
fn PaidQuestion(shown: RwSignal<Queue>) -> impl IntoView {
    let query = use_query();
    let mark = ServerAction::<MarkPaid>::new();
    let (refused, marked) = (failure(mark), succeeded(mark));
    effect(move |_| {
        if marked.get() {
            toast::show(words::FILE_PAID);
            browser::go(PAGE);
        }
    });
    let of = memo(move || {
        let id = query.with(|query| query.get_str("paid")?.parse::<PaymentFileId>().ok())?;
        let is_asked = |file: &&PaymentFile| file.id == id && file.state == FileState::Made;
        shown.with(|queue| queue.files.iter().find(is_asked).map(|file| (id, words::file_label(file.money(), &file.message_id))))
    });
    dynamic(move || {
        of.get().map(|(id, label)| {
            view! {
                <section class="card stack" aria-labelledby="paid">
                    <h2 id="paid">{words::MARK_PAID} {label}</h2>
                    <p class="muted">{words::MARK_PAID_TEXT}</p>
                    <ActionForm action=mark attr:class="form">
                        <Failure failure=refused/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <div class="form-actions">
                            <Submit label=words::MARK_PAID busy=mark.pending()/>
                            <a class="btn" href=PAGE>
                                {words::CANCEL}
                            </a>
                        </div>
                    </ActionForm>
                </section>
            }
        })
    })
}

#[component]
fn Line(id: PaymentFileId, shown: RwSignal<Queue>) -> impl IntoView {
    let file = memo(move || shown.with(|queue| queue.files.iter().find(|file| file.id == id).cloned()));
    let content = dynamic(move || file.get().map(|file| line(&file)));
    view! {
        <li class="line" data-payment-file-id=id.to_string()>
            {content}
        </li>
    }
}

fn line(file: &PaymentFile) -> AnyView {
    let (tone, state) = words::file_state(file.state);
    let of = words::file_label(file.money(), &file.message_id);
    let paid = file.processed_by.as_ref().map(|by| format!(" · {}", words::marked_by(&by.name)));
    let mark = (file.state == FileState::Made).then(|| {
        view! {
            <a class="btn" data-kind="primary" data-size="s" href=format!("{PAGE}?paid={}", file.id)>
                {words::MARK_PAID}
                <span class="visually-hidden">{of.clone()}</span>
            </a>
        }
    });
    view! {
        <div class="line-text">
            <b>{file.money().to_string()}</b>
            " · "
            {words::transfers(file.withdrawals.len())}
            <p class="muted wrap">
                {file.message_id.clone()} " · " <When at=file.made_at/> " · " {words::made_by(&file.made_by.name)} " · "
                {words::from_account(&file.account)} {paid}
            </p>
        </div>
        <span class="chip" data-tone=tone>
            {state}
        </span>
        <a class="btn" data-size="s" href=format!("/admin/payment-files/{}/pain.001.xml", file.id) rel="external" download="">
            {words::DOWNLOAD}
            <span class="visually-hidden">{of}</span>
        </a>
        {mark}
    }
}
