//! A conversation on the screen: its head, the log, where one writes, and the people panel.

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast as _, wasm_split::wasm_split, web_sys::Element};
use leptos_router::hooks::use_navigate;

use super::{
    about::AboutPanel,
    blocking::{self, Closed},
    composer::Composer,
    members::{MembersPanel, Presence},
    message::LogRow,
    parts::{back, icon, kind_icon, live_face},
    report_dialog::ReportDialog,
    screen::Screen,
    scroll::{NewPill, Scroll},
    store::About,
    typing::TypingLine,
};
use crate::{
    api,
    model::{Access, ConversationKind, MemberEntry},
    view::page::Panel,
    words,
};
use plenum_core::{error::AppResult, ids::PersonId, sorted::SortedSet};
use plenum_directory::view::LastSeen;
use plenum_ui::{
    Confirm, Each, PageTitle,
    client::use_online,
    dynamic, effect, memo,
    part::{Fetched, part},
    use_query, view,
};

/// The thread and the panel beside it.
#[component]
pub(super) fn ThreadPanes(screen: Screen, target: Memo<Option<u64>>, people: Option<Vec<MemberEntry>>) -> impl IntoView {
    let store = screen.store;
    let about = store.about();
    let title = memo(move || about.with(|about| about.title.clone()));
    let query = use_query();
    let panel = memo(move || query.with(Panel::of));
    let presence = Presence::new(store);
    // Only the panel that came with the page has its people from it.
    let people = StoredValue::new(people);
    let at_people = Signal::derive(move || panel.get() == Some(Panel::People));
    view! {
        <PageTitle text=title/>
        <section class="pane pane-thread" aria-label=move || title.get()>
            <Head screen panel/>
            <Log screen target/>
            <TypingLine screen/>
            <Foot screen/>
            <DeleteDialog screen/>
            <ReportDialog screen/>
        </section>
        {part(at_people, members_panel, (screen, presence, people), || {})}
        {move || (panel.get() == Some(Panel::About)).then(|| view! { <AboutPanel screen/> })}
    }
}

/// The people panel, in a chunk of its own: most look at the messages only.
#[wasm_split(members, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_members))]
fn members_panel() -> Fetched<(Screen, Presence, FirstPage)> {
    leptos::prefetch_lazy_fn_on_server("members");
    Ok(|(screen, presence, people)| view! { <MembersPanel screen presence first=people.try_update_value(Option::take).flatten()/> })
}

/// The people that came with the page, until the panel has taken them.
type FirstPage = StoredValue<Option<Vec<MemberEntry>>>;

/// Fetches what the conversation at `address` begins with beside its own code. True if it is there.
pub async fn ready(address: &str) -> bool {
    !address.contains("panel=people") || load_members().await.is_ok()
}

/// The head: what it is, who is in it, what can be done with it.
#[component]
fn Head(screen: Screen, panel: Memo<Option<Panel>>) -> impl IntoView {
    let store = screen.store;
    let about = store.about();
    let conversation = memo(move || about.with(|about| about.conversation.clone()));
    let title = memo(move || about.with(|about| about.title.clone()));
    let count = memo(move || about.with(|about| about.member_count));
    let is_direct = conversation.with_untracked(|conversation| conversation.kind == ConversationKind::Direct);
    let other = memo(move || {
        about.with(|about| about.members.iter().find(|member| member.card.id != store.viewer).map(|member| member.card.clone()))
    });
    let watched =
        Signal::derive(move || if is_direct { other.get().map(|card| card.id).into_iter().collect() } else { Vec::<PersonId>::new() });
    let online: Signal<SortedSet<PersonId>> = use_online(watched);
    let last_seen = LastSeen::of(online);
    effect(move |_| {
        if let Some(card) = other.get().filter(|_| is_direct) {
            last_seen.ask(vec![card.id]);
        }
    });

    let below = dynamic(move || {
        if is_direct {
            return other.with(|card| card.as_ref().and_then(|card| last_seen.words(card.id))).unwrap_or_default();
        }
        conversation.with(|conversation| words::about_room(count.get(), conversation))
    });
    let face = dynamic(move || if is_direct { other.get().map(|card| live_face(&card, online)) } else { None });
    let sign = dynamic(move || (!is_direct).then(|| conversation.with(|conversation| icon(kind_icon(conversation)))));
    let here = format!("/messages/{}", store.conversation);
    let people_href = {
        let here = here.clone();
        move || if panel.get() == Some(Panel::People) { here.clone() } else { format!("{here}?panel=people") }
    };
    view! {
        <header class="pane-head">
            {back()}
            {face}
            <div class="pane-title">
                <h1>{sign}<span class="cut">{move || title.get()}</span></h1>
                <p class="muted cut">{below}</p>
            </div>
            <div class="pane-actions">
                <a class="btn icon-btn" data-kind="quiet" href="/messages/search" aria-label=words::SEARCH_MESSAGES title=words::SEARCH_MESSAGES>{icon("search")}</a>
                <a class="btn" href=people_href aria-label=move || words::members(count.get()) title=words::MEMBERS>
                    {icon("people")}
                    <span class="only-wide">{move || count.get()}</span>
                </a>
                <More screen/>
            </div>
        </header>
    }
}

/// What can be done with the conversation.
#[component]
fn More(screen: Screen) -> impl IntoView {
    let store = screen.store;
    let about = store.about();
    let muted = memo(move || about.with(|about| about.own.is_some_and(|own| own.muted)));
    let joined = memo(move || about.with(|about| about.own.is_some()));
    let is_direct = about.with_untracked(|about| about.conversation.kind == ConversationKind::Direct);
    let may_leave = about.with_untracked(|about| !about.conversation.general && !is_direct);
    let other = memo(move || {
        let other = |about: &About| about.members.iter().find(|member| member.card.id != store.viewer).map(|member| member.card.clone());
        about.with(other).filter(|_| is_direct)
    });
    let leaving = RwSignal::new(false);
    let navigate = use_navigate();
    let leave = Callback::new(move |()| {
        let navigate = navigate.clone();
        run(screen, async move { api::leave(store.conversation).await }, move || navigate("/messages", Default::default()));
    });
    let mute = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let on = !muted.get_untracked();
        store.context.set_own(store.conversation, |own| own.muted = on);
        spawn_local(async move {
            if let Err(error) = api::mute(store.conversation, on).await {
                store.context.set_own(store.conversation, |own| own.muted = !on);
                screen.say(&error);
            }
        });
    };
    let read_all = move |_| {
        screen.hold_marks.set_value(false);
        store.mark_read(store.window().with_untracked(|window| window.head));
    };
    let details = (!is_direct).then(|| format!("/messages/{}?panel=about", store.conversation));
    let (some, hydrated) = (memo(move || joined.get() || (screen.rights.get().runs() && !is_direct)), screen.hydrated);
    let own = move || {
        joined.get().then(|| {
            view! {
                <form method="post" action="/fn/messages/mute" on:submit=mute>
                    <input type="hidden" name="conversation" value=store.conversation.to_string()/>
                    <input type="hidden" name="muted" value=move || (!muted.get()).to_string()/>
                    <button class="menu-item" type="submit">
                        {move || icon(if muted.get() { "bell" } else { "bell-off" })}
                        {move || if muted.get() { words::UNMUTE } else { words::MUTE }}
                    </button>
                </form>
            }
        })
    };
    let scripted = move || {
        (joined.get() && hydrated.get()).then(|| {
            view! {
                <button class="menu-item" type="button" on:click=read_all>{icon("check-double")}{words::MARK_ALL_READ}</button>
                {may_leave.then(|| view! {
                    <hr/>
                    <button class="menu-item" data-tone="bad" type="button" on:click=move |_| leaving.set(true)>{icon("sign-out")}{words::LEAVE}</button>
                })}
            }
        })
    };
    view! {
        {move || {
            let details = details.clone();
            some.get().then(|| view! {
                <details class="dropdown">
                    <summary class="btn icon-btn" data-kind="quiet" aria-label=words::MORE_ABOUT title=words::MORE_ABOUT>{icon("more")}</summary>
                    <div class="menu" data-align="end">
                        {details.map(|details| view! {
                            <a class="menu-item" href=details>
                                {move || icon(if screen.rights.get().runs() { "edit" } else { "info" })}
                                {move || if screen.rights.get().runs() { words::NAME_AND_TOPIC } else { words::DETAILS }}
                            </a>
                        })}
                        {own}
                        {move || other.get().map(|other| blocking::menu_item(screen, other))}
                        {scripted}
                    </div>
                </details>
            })
        }}
        <Confirm open=leaving id="leave-title" title=words::LEAVE_QUESTION text=words::LEAVE_TEXT verb=words::LEAVE on_yes=leave/>
    }
}

/// Runs a command; says what went wrong, or goes on.
pub(super) fn run(screen: Screen, command: impl Future<Output = AppResult<()>> + 'static, then: impl FnOnce() + 'static) {
    spawn_local(async move {
        match command.await {
            Ok(()) => then(),
            Err(error) => screen.say(&error),
        }
    });
}

/// The messages.
#[component]
fn Log(screen: Screen, target: Memo<Option<u64>>) -> impl IntoView {
    let store = screen.store;
    let (about, window, rows) = (store.about(), store.window(), store.rows());
    let scroll = Scroll::new(screen);
    let title = memo(move || about.with(|about| about.title.clone()));
    // A link to another message of the same conversation changes the address only.
    effect(move |before: Option<Option<u64>>| {
        let now = target.get();
        if let Some(number) = now.filter(|_| before.is_some_and(|before| before != now)) {
            scroll.go_to(number);
        }
        now
    });
    // A menu closes when one clicks beside it.
    effect(move |_| {
        let clicks = window_event_listener(ev::click, move |event| {
            let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let inside = element.is_some_and(|element| element.closest(".dropdown, .reaction-add").is_ok_and(|found| found.is_some()));
            if !inside && screen.menu.get_untracked().is_some() {
                screen.menu.set(None);
            }
        });
        on_cleanup(move || clicks.remove());
    });
    let earlier = move || format!("/messages/{}?m={}", store.conversation, window.get().first.saturating_sub(25).max(1));
    let beginning = dynamic(move || {
        if window.with(|window| window.has_older) {
            view! {
                <div class="history">
                    <a
                        class="btn"
                        data-size="s"
                        href=earlier
                        on:click=move |event| {
                            event.prevent_default();
                            scroll.load_older();
                        }
                    >
                        {words::SHOW_EARLIER}
                    </a>
                </div>
            }
            .into_any()
        } else {
            view! { <p class="history">{move || words::beginning_of(&title.get())}</p> }.into_any()
        }
    });
    view! {
        <div class="log-wrap">
            <div
                class="log"
                role="log"
                tabindex="0"
                aria-label=move || words::messages_in(&title.get())
                aria-busy=move || scroll.loading.get().then_some("true")
                node_ref=screen.log
                on:scroll=move |_| scroll.moved()
            >
                <div class="log-inner">
                    {beginning}
                    <Each each=move || rows.get() key=|row| row.key() let:row>
                        <LogRow row screen/>
                    </Each>
                </div>
            </div>
            <NewPill scroll/>
        </div>
    }
}

/// What stands under the log.
#[derive(Debug, Clone, PartialEq)]
enum Under {
    Composer,
    Closed,
    Join,
    Ended,
    Refused(String),
}

#[component]
fn Foot(screen: Screen) -> impl IntoView {
    let store = screen.store;
    let about = store.about();
    let refused = store.refused();
    let under = memo(move || {
        let (joined, open) = about.with(|about| (about.own.is_some(), about.conversation.access == Access::Open));
        let may_write = screen.rights.get().may_write(about.with(|about| about.closed));
        match (joined, refused.get()) {
            (true, Some(reason)) => Under::Refused(reason),
            (true, None) if may_write => Under::Composer,
            (true, None) => Under::Closed,
            (false, _) if open => Under::Join,
            (false, _) => Under::Ended,
        }
    });
    dynamic(move || match under.get() {
        Under::Composer => view! { <Composer screen/> }.into_any(),
        Under::Closed => view! { <Closed screen/> }.into_any(),
        Under::Join => view! {
            <form
                class="ended"
                method="post"
                action="/fn/messages/join"
                on:submit=move |event: ev::SubmitEvent| {
                    event.prevent_default();
                    run(screen, api::join(store.conversation), move || {
                        store.context.follower.renew();
                        store.follower.renew();
                    });
                }
            >
                {icon("hash")}
                <div><h2>{words::NOT_JOINED}</h2><p>{words::NOT_JOINED_TEXT}</p></div>
                <input type="hidden" name="conversation" value=store.conversation.to_string()/>
                <button class="btn" data-kind="primary" type="submit">{words::JOIN}</button>
            </form>
        }
        .into_any(),
        Under::Ended => view! {
            <div class="ended" role="alert">
                {icon("lock")}
                <div><h2>{words::ENDED}</h2><p>{words::ENDED_TEXT}</p></div>
                <a class="btn" href="/messages">{words::TO_LIST}</a>
            </div>
        }
        .into_any(),
        Under::Refused(reason) => view! {
            <div class="ended" role="alert">
                {icon("lock")}
                <div><h2>{words::REFUSED}</h2><p>{reason}" "{words::REFUSED_TEXT}</p></div>
                <button class="btn" type="button" on:click=move |_| store.follow_again()>{words::TRY_AGAIN}</button>
            </div>
        }
        .into_any(),
    })
}

/// Asks before a message is deleted.
#[component]
fn DeleteDialog(screen: Screen) -> impl IntoView {
    let open = RwSignal::new(false);
    effect(move |_| {
        if screen.doomed.with(Option::is_some) {
            open.set(true);
        }
    });
    effect(move |_| {
        if !open.get() {
            screen.doomed.set(None);
        }
    });
    let delete = Callback::new(move |()| {
        if let Some(message) = screen.doomed.get_untracked() {
            screen.delete(&message);
        }
    });
    view! { <Confirm open id="delete-title" title=words::DELETE_QUESTION text=words::DELETE_TEXT verb=words::DELETE on_yes=delete/> }
}
