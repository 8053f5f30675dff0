//! `/admin/withdrawals`: what people ask for, as it happens, and deciding about it. `?reject={id}` asks why, `?pay={id}` whether it was paid
//! out, so that it works without scripts too. What goes through the bank is below: [`payment_files`](super::payment_files).

use leptos::prelude::*;

use super::payment_files::PaymentFiles;
use crate::{
    api::{self, DecideWithdrawal},
    live::QueueEvent,
    model::{
        payment_file::FileState,
        wallet::Queue,
        withdrawal::{Queued, WithdrawalAction, transition},
    },
    words,
};
use plenum_core::{ids::WithdrawalId, live::Snapshot};
use plenum_ui::{
    Each, EmptyState, Field, Notice, When, browser, dynamic, effect,
    forms::{Failure, Submit, failure, field_error, is_done, succeeded},
    memo,
    notice::Tone,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation, use_own_id},
    toast, use_query, view,
};

/// The withdrawals of the organisation.
#[component]
pub fn WithdrawalsPage() -> impl IntoView {
    let queue = Resource::new_blocking(|| (), |()| api::withdrawals());
    let done = [("decided", words::DONE), ("payer", words::PAYER_SAVED), ("file", words::FILE_MADE), ("paid", words::FILE_PAID)];
    let done = done.map(|(name, text)| {
        let done = is_done(name);
        dynamic(move || done.get().then(|| view! { <Notice tone=Tone::Good>{text}</Notice> }))
    });
    view! {
        <AdminPage title=words::WITHDRAWALS>
            {done.collect_view()}
            <p class="muted">{words::WITHDRAWALS_TEXT}</p>
            <Loaded from=queue let:snapshot>
                <Desk snapshot/>
            </Loaded>
        </AdminPage>
    }
}

#[component]
fn Desk(snapshot: Snapshot<Queue>) -> impl IntoView {
    let Followed { shown, ended, .. } = Followed::new(snapshot, api::withdrawals).on::<QueueEvent>(use_organisation());
    let decide = ServerAction::<DecideWithdrawal>::new();
    let decided = succeeded(decide);
    effect(move |_| {
        if decided.get() {
            toast::show(words::DONE);
        }
    });
    let ids = move |open: bool| {
        memo(move || {
            shown.with(|queue| {
                let part = queue.withdrawals.iter().filter(|queued| queued.withdrawal.is_open() == open);
                part.map(|queued| queued.withdrawal.id).collect::<Vec<_>>()
            })
        })
    };
    let (waiting, over) = (ids(true), ids(false));
    let nothing = dynamic(move || {
        waiting.with(Vec::is_empty).then(|| view! { <EmptyState icon="wallet" title=words::NONE_WAITING text=words::NONE_WAITING_TEXT/> })
    });
    let none = dynamic(move || over.with(Vec::is_empty).then(|| view! { <p class="muted">{words::NONE_DECIDED}</p> }));
    let list = move |ids: Memo<Vec<WithdrawalId>>, label: &'static str| {
        view! {
            <ul class="lines" aria-label=label>
                <Each each=move || ids.get() key=|id| id.to_string() children=move |id| view! { <Line id shown decide/> }/>
            </ul>
        }
    };
    view! {
        <Ended reason=ended/>
        <Failure failure=failure(decide) fields=&["reason"]/>
        <Question shown/>
        <section class="card stack" aria-labelledby="waiting">
            <h2 id="waiting">{words::WAITING}</h2>
            {nothing}
            {list(waiting, words::WAITING)}
        </section>
        <PaymentFiles shown/>
        <section class="card stack" aria-labelledby="decided">
            <h2 id="decided">{words::DECIDED}</h2>
            {none}
            {list(over, words::DECIDED)}
        </section>
    }
}

/// What is asked about before it is done, by its key in the address: a rejection for its reason; a payment, because it is the second step
/// of money and stands where the first one stood.
const QUESTIONS: [(&str, WithdrawalAction); 2] = [("reject", WithdrawalAction::Reject), ("pay", WithdrawalAction::Process)];

/// The address that asks.
fn question_path(action: WithdrawalAction, id: WithdrawalId) -> Option<String> {
    let (key, _) = QUESTIONS.into_iter().find(|(_, asked)| *asked == action)?;
    Some(format!("/admin/withdrawals?{key}={id}"))
}

/// Asks before a step that cannot be taken back: whose money it is, how much, and where it goes.
#[component]
fn Question(shown: RwSignal<Queue>) -> impl IntoView {
    let query = use_query();
    let answer = ServerAction::<DecideWithdrawal>::new();
    let refused = failure(answer);
    let answered = succeeded(answer);
    effect(move |_| {
        if answered.get() {
            toast::show(words::DONE);
            browser::go("/admin/withdrawals");
        }
    });
    let asked = memo(move || {
        query
            .with(|query| QUESTIONS.into_iter().find_map(|(key, action)| Some((action, query.get_str(key)?.parse::<WithdrawalId>().ok()?))))
    });
    // Its line may change meanwhile; the question stands while it can be answered.
    let of = memo(move || {
        let (action, id) = asked.get()?;
        shown.with(|queue| {
            let queued = queue.withdrawals.iter().find(|queued| queued.withdrawal.id == id)?;
            transition(queued.withdrawal.state, action)?;
            let place = Place::of(queue, id);
            if !place.allows(queued, action) {
                return None;
            }
            let Queued { withdrawal, person, .. } = queued;
            Some((action, place, id, words::withdrawal_label(withdrawal.money(), &person.name), withdrawal.account.clone()))
        })
    });
    dynamic(move || {
        of.get().map(|(action, place, id, label, account)| {
            let label_of_act = place.act(action);
            let account = (!account.is_empty()).then(|| view! { <p class="wrap">{words::paid_to(&account)}</p> });
            let in_full = (action == WithdrawalAction::Process).then(|| {
                view! {
                    <p>
                        <a href=format!("/admin/withdrawals/{id}/account.txt") rel="external" download="">
                            {words::DOWNLOAD_ACCOUNT}
                        </a>
                    </p>
                }
            });
            let returned = (place.is_in_file() && action == WithdrawalAction::Reject).then(|| view! { <p class="muted">{words::RETURN_TEXT}</p> });
            let reason = (action == WithdrawalAction::Reject).then(|| {
                view! { <Field id="reason" name="reason" label=words::REASON autocomplete="off" maxlength=240 error=field_error(refused, "reason") required=true/> }
            });
            view! {
                <section class="card stack" aria-labelledby="question">
                    <h2 id="question">{label_of_act} {label}</h2>
                    {account}
                    {in_full}
                    {returned}
                    <ActionForm action=answer attr:class="form">
                        <Failure failure=refused fields=&["reason"]/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name="act" value=action.into_str()/>
                        {reason}
                        <div class="form-actions">
                            <Submit label=label_of_act busy=answer.pending()/>
                            <a class="btn" href="/admin/withdrawals">
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
fn Line(id: WithdrawalId, shown: RwSignal<Queue>, decide: ServerAction<DecideWithdrawal>) -> impl IntoView {
    let me = use_own_id().get_untracked();
    let queued: Memo<Option<(Queued, Place)>> = memo(move || {
        shown.with(|queue| {
            let queued = queue.withdrawals.iter().find(|queued| queued.withdrawal.id == id)?;
            Some((queued.clone(), Place::of(queue, id)))
        })
    });
    let content = dynamic(move || {
        queued.get().map(|(queued, place)| {
            let is_own = Some(queued.person.id) == me;
            let (tone, state) = words::withdrawal_state(queued.withdrawal.state);
            let actions = if queued.withdrawal.is_open() && !is_own { actions(&queued, &place, decide) } else { ().into_any() };
            let own = (queued.withdrawal.is_open() && is_own).then(|| view! { <span class="muted">{words::YOUR_OWN}</span> });
            view! {
                {text(&queued, &place)}
                <span class="chip" data-tone=tone>
                    {state}
                </span>
                {own}
                {actions}
            }
        })
    });
    view! {
        <li class="line" data-withdrawal-id=id.to_string()>
            {content}
        </li>
    }
}

/// The payment file that a withdrawal is in, if it is in one.
#[derive(Debug, Clone, PartialEq)]
struct Place(Option<(String, FileState)>);

impl Place {
    fn of(queue: &Queue, id: WithdrawalId) -> Self {
        Self(queue.file_of(id).map(|file| (file.message_id.clone(), file.state)))
    }

    fn is_in_file(&self) -> bool {
        self.0.is_some()
    }

    /// True if an admin can do `action` to a withdrawal here: what is in a payment file is paid with it.
    fn allows(&self, queued: &Queued, action: WithdrawalAction) -> bool {
        let fits = match (action, &self.0) {
            (WithdrawalAction::Approve, _) => !queued.withdrawal.asks_for_account(),
            (WithdrawalAction::Process, file) => file.is_none(),
            (_, Some((_, state))) => *state == FileState::Made,
            (_, None) => true,
        };
        fits && transition(queued.withdrawal.state, action).is_some()
    }

    /// What `action` is called here.
    fn act(&self, action: WithdrawalAction) -> &'static str {
        if self.is_in_file() && action == WithdrawalAction::Reject { words::RETURN } else { words::act(action) }
    }
}

fn text(queued: &Queued, place: &Place) -> AnyView {
    let Queued { withdrawal, person, decided_by, processed_by } = queued;
    let account = if withdrawal.asks_for_account() { words::ACCOUNT_MISSING } else { withdrawal.account.as_str() };
    let account = (!account.is_empty()).then(|| format!(" · {account}"));
    let file = place.0.as_ref().map(|(name, _)| format!(" · {}", words::in_file(name)));
    let decided = decided_by.as_ref().map(|by| format!(" · {}", words::decided_by(withdrawal.state, &by.name)));
    let paid = processed_by.as_ref().map(|by| format!(", {}", words::paid_by(&by.name)));
    let reason = (!withdrawal.reason.is_empty()).then(|| view! { <p class="wrap">{words::because(&withdrawal.reason)}</p> });
    view! {
        <div class="line-text">
            <b>{withdrawal.money().to_string()}</b>
            " · "
            <a href=format!("/people/{}", person.id)>{person.name.clone()}</a>
            <p class="muted wrap"><When at=withdrawal.created_at/> {account} {decided} {file} {paid}</p>
            {reason}
        </div>
    }
}

fn actions(queued: &Queued, place: &Place, decide: ServerAction<DecideWithdrawal>) -> AnyView {
    let id = queued.withdrawal.id;
    let of = words::withdrawal_label(queued.withdrawal.money(), &queued.person.name);
    let pending = decide.pending();
    let can = |action| place.allows(queued, action);
    let approve = can(WithdrawalAction::Approve).then(|| {
        let of = of.clone();
        view! {
            <ActionForm action=decide>
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="act" value=WithdrawalAction::Approve.into_str()/>
                <button class="btn" type="submit" data-size="s" data-kind="primary" disabled=move || pending.get()>
                    {words::act(WithdrawalAction::Approve)}
                    <span class="visually-hidden">{of}</span>
                </button>
            </ActionForm>
        }
    });
    let questions = [WithdrawalAction::Process, WithdrawalAction::Reject].into_iter().filter(|action| can(*action)).filter_map(|action| {
        let (path, kind) = (question_path(action, id)?, (action == WithdrawalAction::Reject).then_some("danger"));
        Some(view! {
            <a class="btn" data-kind=kind data-size="s" href=path>
                {place.act(action)}
                <span class="visually-hidden">{of.clone()}</span>
            </a>
        })
    });
    let questions = questions.collect_view();
    view! {
        {approve}
        {questions}
    }
}
