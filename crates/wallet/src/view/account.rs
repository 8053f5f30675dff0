//! Giving the bank account that a withdrawal waits for: `/wallet?account={id}`, so that it works without scripts too.

use leptos::prelude::*;

use super::forms::BankFields;
use crate::{api::GiveAccount, model::wallet::Wallet, words};
use plenum_core::ids::WithdrawalId;
use plenum_ui::{
    browser, dynamic, effect,
    forms::{Failure, Submit, failure, succeeded},
    memo, toast, use_query, view,
};

/// Where it is given.
pub(super) fn account_path(id: WithdrawalId) -> String {
    format!("/wallet?account={id}")
}

/// Asks for the account, while the withdrawal waits for it.
#[component]
pub(super) fn AccountQuestion(shown: RwSignal<Wallet>) -> impl IntoView {
    let query = use_query();
    let give = ServerAction::<GiveAccount>::new();
    let (refused, given) = (failure(give), succeeded(give));
    effect(move |_| {
        if given.get() {
            toast::show(words::ACCOUNT_GIVEN);
            browser::go("/wallet");
        }
    });
    let of = memo(move || {
        let id = query.with(|query| query.get_str("account")?.parse::<WithdrawalId>().ok())?;
        shown.with(|wallet| {
            let found = wallet.withdrawals.iter().find(|withdrawal| withdrawal.id == id && withdrawal.asks_for_account());
            found.map(|withdrawal| (id, withdrawal.money()))
        })
    });
    dynamic(move || {
        of.get().map(|(id, money)| {
            view! {
                <section class="card stack" aria-labelledby="account">
                    <h2 id="account">{words::account_for(money)}</h2>
                    <p class="muted">{words::ACCOUNT_TEXT}</p>
                    <ActionForm action=give attr:class="form">
                        <Failure failure=refused fields=&["holder", "iban", "bic"]/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <BankFields ids=["account-holder", "account-iban", "account-bic"] refused/>
                        <div class="form-actions">
                            <Submit label=words::SAVE busy=give.pending()/>
                            <a class="btn" href="/wallet">
                                {words::CANCEL}
                            </a>
                        </div>
                    </ActionForm>
                </section>
            }
        })
    })
}
