//! Invitations: making one, handing its address on, taking it back.

use leptos::prelude::*;
use strum::VariantArray as _;

use crate::{
    api::admin,
    model::Invitation,
    view::forms::{Failure, Submit, failure, field_error},
    words,
};
use plenum_core::{mail::MailWay, people::Role};
use plenum_directory as directory;
use plenum_ui::{
    CopyLine, Field, memo,
    page::{use_now, use_zone},
    view,
};

#[component]
pub(super) fn Invitations(
    /// Those that can be used, and those that were lately.
    invitations: Vec<Invitation>,
    /// The address of the one that a page without scripts has just made.
    told: Option<String>,
    /// Whether mail leaves the server.
    mail: MailWay,
    /// Makes one.
    invite: ServerAction<admin::Invite>,
    /// Takes one back.
    withdraw: ServerAction<admin::WithdrawInvitation>,
) -> impl IntoView {
    let (invite_failed, withdraw_failed) = (failure(invite), failure(withdraw));
    let made = invite.value();
    // With scripts the action tells the address.
    let address = memo(move || made.with(|made| made.as_ref().and_then(|made| made.as_ref().ok().cloned())).or_else(|| told.clone()));
    let options = Role::VARIANTS
        .iter()
        .copied()
        .map(|role| view! { <option value=role.into_str()>{directory::words::role(role)}</option> })
        .collect_view();
    let lines = if invitations.is_empty() {
        view! { <p class="muted">{words::NO_INVITATIONS}</p> }.into_any()
    } else {
        let lines = invitations.into_iter().map(|invitation| view! { <Line invitation action=withdraw/> }).collect_view();
        view! { <ul class="lines">{lines}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="invitations">
            <h2 id="invitations">{words::INVITATIONS}</h2>
            <div class="stack">
                <p class="muted">{words::INVITATIONS_TEXT}</p>
                <ActionForm action=invite attr:class="form">
                    <Failure failure=invite_failed fields=&["email"]/>
                    <div class="form-row">
                        <Field
                            id="invite-email"
                            name="email"
                            label=words::EMAIL_OPTIONAL
                            hint=words::email_optional_hint(mail)
                            kind="email"
                            autocomplete="off"
                            error=field_error(invite_failed, "email")
                        />
                        <div class="field">
                            <label for="invite-role">{words::ROLE}</label>
                            <select class="input select" id="invite-role" name="role">
                                {options}
                            </select>
                        </div>
                    </div>
                    <div class="form-actions">
                        <Submit label=words::INVITE busy=invite.pending()/>
                    </div>
                </ActionForm>
                <div role="status">{move || address.get().map(|address| view! { <Made address/> })}</div>
                <Failure failure=withdraw_failed/>
                {lines}
            </div>
        </section>
    }
}

/// The new invitation's address, to be handed on.
#[component]
fn Made(address: String) -> impl IntoView {
    view! {
        <p>{words::INVITATION_MADE}</p>
        <CopyLine text=address/>
    }
}

#[component]
fn Line(invitation: Invitation, action: ServerAction<admin::WithdrawInvitation>) -> impl IntoView {
    let (zone, now) = (use_zone(), use_now());
    let ends = invitation.expires_at;
    let whom = invitation.email.unwrap_or_else(|| words::FOR_ANYONE.to_owned());
    let role = directory::words::role(invitation.role);
    let of_whom = words::of_device(&whom);
    let state = if invitation.used {
        view! {
            <span class="chip" data-tone="good">
                {words::USED}
            </span>
        }
        .into_any()
    } else {
        view! {
            <ActionForm action>
                <input type="hidden" name="id" value=invitation.id.to_string()/>
                <button class="btn" type="submit" data-kind="danger" data-size="s">
                    {words::WITHDRAW}
                    <span class="visually-hidden">{of_whom}</span>
                </button>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <li class="line">
            <div class="line-text">
                <b>{whom}</b>
                <p class="muted">{move || format!("{role} · {}", words::until(&zone.with(|zone| zone.short(ends, now))))}</p>
            </div>
            {state}
        </li>
    }
}
