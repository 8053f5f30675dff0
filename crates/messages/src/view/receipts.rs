//! The receipt under one's own last message: sent, delivered, read by whom. Above 50
//! members there are no pointers, and who has read is asked for on demand.

use leptos::{prelude::*, task::spawn_local};

use super::{parts::small_icon, screen::Screen, store::About};
use crate::{
    api,
    model::{POINTER_MEMBERS, Readers},
    words,
};
use plenum_core::ids::PersonId;
use plenum_ui::{dynamic, memo, view};

/// How far one's own message has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// The server has it.
    Sent,
    /// It has reached everyone else.
    Delivered,
    /// These have read it.
    ReadBy(Vec<String>),
    /// Every other member has read it.
    ReadByAll,
    /// Too many members to follow each: to be asked for.
    OnDemand,
}

/// The receipt of `viewer`'s message number `number`.
pub fn receipt(about: &About, viewer: PersonId, number: u64) -> Receipt {
    if about.member_count > POINTER_MEMBERS {
        return Receipt::OnDemand;
    }
    let others = || about.members.iter().filter(|member| member.card.id != viewer);
    let readers: Vec<String> = others().filter(|member| member.pointer.read >= number).map(|member| member.card.name.clone()).collect();
    let count = others().count();
    if !readers.is_empty() {
        return if readers.len() == count && count > 1 { Receipt::ReadByAll } else { Receipt::ReadBy(readers) };
    }
    if count > 0 && others().all(|member| member.pointer.delivered >= number) { Receipt::Delivered } else { Receipt::Sent }
}

/// The receipt under message `number`, if it is the viewer's last.
#[component]
pub(super) fn ReceiptLine(number: u64, screen: Screen) -> impl IntoView {
    let store = screen.store;
    let shown = memo(move || {
        // The lines change with each new message, and so does which one is last.
        store.rows().track();
        let last = store.last_own().is_some_and(|message| message.number == number);
        last.then(|| store.about().with(|about| receipt(about, store.viewer, number)))
    });
    let line = move |receipt: Receipt| match receipt {
        Receipt::Sent => sign("check", false, words::SENT.to_owned()).into_any(),
        Receipt::Delivered => sign("check-double", false, words::DELIVERED.to_owned()).into_any(),
        Receipt::ReadBy(names) => sign("check-double", true, words::read_by(&names)).into_any(),
        Receipt::ReadByAll => sign("check-double", true, words::READ_BY_ALL.to_owned()).into_any(),
        Receipt::OnDemand => view! { <OnDemand number screen/> }.into_any(),
    };
    dynamic(move || shown.get().map(line))
}

fn sign(name: &'static str, read: bool, text: String) -> impl IntoView {
    view! { <p class="msg-state receipt" data-read=read.then_some("")>{small_icon(name)}" "{text}</p> }
}

#[component]
fn OnDemand(number: u64, screen: Screen) -> impl IntoView {
    let readers = RwSignal::new(None::<Readers>);
    let ask = move |_| {
        let Some(message) = screen.store.message(number).map(|message| message.with_untracked(|message| message.id)) else { return };
        spawn_local(async move {
            match api::readers(message).await {
                Ok(answer) => {
                    readers.try_set(Some(answer));
                }
                Err(error) => screen.say(&error),
            }
        });
    };
    view! {
        <p class="msg-state receipt" data-read=move || readers.with(|readers| readers.as_ref().is_some_and(|readers| readers.count > 0)).then_some("")>
            {small_icon("check")}
            " "
            {move || match readers.get() {
                None => view! { {words::SENT}" · "<button class="link-btn" type="button" on:click=ask>{words::WHO_HAS_READ}</button> }.into_any(),
                Some(readers) => {
                    let names: Vec<String> = readers.people.iter().map(|card| card.name.clone()).collect();
                    words::read_by_count(readers.count, &names).into_any()
                }
            }}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Member, Pointer},
        view::rows::tests::thread,
    };
    use plenum_core::{ids::PersonId, people::PersonCard};

    fn about(pointers: &[(u64, u64)], member_count: i64) -> About {
        let member = |(index, (read, delivered)): (usize, &(u64, u64))| Member {
            card: PersonCard { id: PersonId(i64::try_from(index).unwrap() + 2), name: format!("P{index}"), hue: 0 },
            owner: false,
            pointer: Pointer { read: *read, delivered: *delivered },
        };
        let me = Member {
            card: PersonCard { id: PersonId(1), name: "Me".into(), hue: 0 },
            owner: true,
            pointer: Pointer { read: 9, delivered: 9 },
        };
        let members = pointers.iter().enumerate().map(member).chain([me]).collect();
        About {
            conversation: thread(vec![]).conversation,
            title: String::new(),
            member_count,
            members,
            owner: false,
            own: None,
            closed: false,
            blocked: Vec::new(),
        }
    }

    #[test]
    fn a_receipt_says_how_far_a_message_has_got() {
        let of = |pointers: &[(u64, u64)]| receipt(&about(pointers, 3), PersonId(1), 5);
        assert_eq!(of(&[]), Receipt::Sent);
        assert_eq!(of(&[(4, 5), (0, 4)]), Receipt::Sent);
        assert_eq!(of(&[(4, 5), (0, 7)]), Receipt::Delivered);
        assert_eq!(of(&[(5, 5), (0, 0)]), Receipt::ReadBy(vec!["P0".into()]));
        assert_eq!(of(&[(5, 5), (6, 6)]), Receipt::ReadByAll);
        assert_eq!(of(&[(5, 5)]), Receipt::ReadBy(vec!["P0".into()]));
    }

    #[test]
    fn large_rooms_are_asked() {
        assert_eq!(receipt(&about(&[], 51), PersonId(1), 5), Receipt::OnDemand);
    }
}
