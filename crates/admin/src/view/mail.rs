//! `/admin/mail`: whether mail leaves the server, what has become of the newest, and the addresses that refuse it.

use leptos::prelude::*;

use crate::{
    api::{mail as api, mail::AllowMail},
    model::mail::{MailLine, Mailing, RefusedAddress},
    words::mail as words,
};
use plenum_core::{
    live::Snapshot,
    mail::{MailEvent, MailState, MailWay},
};
use plenum_ui::{
    Column, Notice, Table, When, dynamic,
    forms::{Done, Failure, failure, succeeded},
    memo,
    notice::Tone,
    page::{AdminPage, Ended, Followed, Loaded, use_organisation},
    view,
};

/// The page.
#[component]
pub fn MailPage() -> impl IntoView {
    let allow = ServerAction::<AllowMail>::new();
    let mailing = Resource::new_blocking(|| (), |()| api::mailing());
    view! {
        <AdminPage title=words::MAIL>
            <Failure failure=failure(allow)/>
            <Done name="allowed" by_action=succeeded(allow) text=words::ALLOWED/>
            <Loaded from=mailing let:mailing>
                <Shown mailing allow/>
            </Loaded>
        </AdminPage>
    }
}

#[component]
fn Shown(mailing: Snapshot<Mailing>, allow: ServerAction<AllowMail>) -> impl IntoView {
    let Followed { shown, ended, .. } = Followed::new(mailing, api::mailing).on::<MailEvent>(use_organisation());
    // Each part is drawn again when it is another, and not with each mail.
    let counts = memo(move || shown.with(|shown| (shown.way, shown.waiting, shown.sent)));
    let refused = memo(move || shown.with(|shown| shown.refused.clone()));
    let mails = memo(move || shown.with(|shown| (shown.mails.clone(), shown.way)));
    let standing = dynamic(move || {
        let (way, waiting, sent) = counts.get();
        let (tone, counts) = match way {
            MailWay::Sends => (Tone::Good, words::counts(waiting, sent)),
            MailWay::Delayed => (Tone::Bad, words::counts(waiting, sent)),
            MailWay::Folder => (Tone::Plain, words::counts_of_folder(waiting, sent)),
        };
        view! { <Notice tone>{words::way(way)} " " {counts}</Notice> }
    });
    view! {
        <Ended reason=ended/>
        {standing}
        {dynamic(move || view! { <Refused refused=refused.get() allow/> })}
        {dynamic(move || {
            let (mails, way) = mails.get();
            view! { <Mails mails way/> }
        })}
    }
}

#[component]
fn Refused(refused: Vec<RefusedAddress>, allow: ServerAction<AllowMail>) -> impl IntoView {
    let line = move |RefusedAddress { address, reason, refused_at }| {
        let which = words::which(&address);
        view! {
            <li class="line">
                <div class="line-text">
                    <b class="wrap">{address.clone()}</b>
                    <p class="muted">
                        <When at=refused_at/>
                    </p>
                    <p class="wrap">{reason}</p>
                </div>
                <ActionForm action=allow>
                    <input type="hidden" name="address" value=address/>
                    <button class="btn" type="submit" data-size="s">
                        {words::ALLOW}
                        <span class="visually-hidden">{which}</span>
                    </button>
                </ActionForm>
            </li>
        }
    };
    let none = refused.is_empty().then(|| view! { <p class="muted">{words::NONE_REFUSED}</p> });
    view! {
        <section class="card stack" aria-labelledby="refused">
            <h2 id="refused">{words::REFUSED}</h2>
            <p class="muted">{words::REFUSED_TEXT}</p>
            {none}
            <ul class="lines" aria-labelledby="refused">
                {refused.into_iter().map(line).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Mails(mails: Vec<MailLine>, way: MailWay) -> impl IntoView {
    let list = if mails.is_empty() {
        view! { <p class="muted">{words::NO_MAILS}</p> }
    } else {
        let columns = [Column::text(words::TO), Column::text(words::FOR), Column::text(words::WHEN), Column::text(words::STATE)];
        let rows = mails.into_iter().map(|mail| row(mail, way)).collect_view();
        view! {
            <Table columns caption=words::MAILS>
                {rows}
            </Table>
        }
    };
    view! {
        <section class="card stack" aria-labelledby="mails">
            <h2 id="mails">{words::MAILS}</h2>
            <p class="muted">{words::MAILS_TEXT}</p>
            {list}
        </section>
    }
}

fn row(mail: MailLine, way: MailWay) -> AnyView {
    let tone = match mail.state {
        MailState::Sent if !mail.perhaps_twice => "good",
        MailState::Waiting if !mail.given_up && mail.error.is_none() => "plain",
        MailState::Withdrawn => "plain",
        MailState::Waiting if !mail.given_up => "live",
        MailState::Sent => "live",
        _ => "bad",
    };
    let state = words::state(&mail, way);
    let error = mail.error.map(|error| view! { <p class="muted wrap">{error}</p> });
    view! {
        <tr>
            <th scope="row" class="wrap">
                {mail.recipient}
            </th>
            <td data-label=words::FOR>{words::kind(mail.kind)}</td>
            <td data-label=words::WHEN>
                <When at=mail.created_at/>
            </td>
            <td data-label=words::STATE>
                <span class="chip" data-tone=tone>
                    {state}
                </span>
                {error}
            </td>
        </tr>
    }
}
