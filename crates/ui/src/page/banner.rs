//! How the line to the server is, in words: silent while it is well (S1-40, S2-40, S4-25).

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::context::Waiting;
use crate::{
    Icon, browser,
    client::{Connection, ConnectionState, reconnect_now, use_connection, use_new_build},
    dynamic, effect, memo,
    redirect::{sign_in_path, with_query},
    view, words,
};
use plenum_core::{people::SignInEnd, protocol::code};

/// Shorter losses are not worth a word.
const PATIENCE: Duration = Duration::from_secs(2);
/// After so long it is not "reconnecting" any more for whoever reads it.
const LONG: Duration = Duration::from_secs(12);
/// How long "back" is said.
const BACK: Duration = Duration::from_secs(6);

/// How long the line has been away, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Away {
    #[default]
    Briefly,
    AWhile,
    Long,
}

/// What the banner says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Says {
    Nothing,
    Reconnecting,
    Offline { waiting: usize },
    Unreachable { waiting: usize },
    Back { updates: u32 },
    SignedOut { code: u16 },
    Refused { code: u16 },
    Updated,
}

/// Decides what is said. `was_away` is true from the moment that a loss was said until
/// "back" has been said long enough.
fn says(connection: &Connection, away: Away, was_away: bool, waiting: usize, new_build: bool) -> Says {
    match connection.state {
        ConnectionState::Offline => Says::Offline { waiting },
        ConnectionState::Refused { code } if SignInEnd::closes_with(code) => Says::SignedOut { code },
        ConnectionState::Refused { code } => Says::Refused { code },
        ConnectionState::Connecting | ConnectionState::Reconnecting { .. } => match away {
            Away::Briefly if was_away => Says::Reconnecting,
            Away::Briefly => Says::Nothing,
            Away::AWhile if waiting == 0 => Says::Reconnecting,
            Away::AWhile | Away::Long => Says::Unreachable { waiting },
        },
        ConnectionState::Connected if was_away => Says::Back { updates: connection.updates_after_return },
        ConnectionState::Connected | ConnectionState::Closed if new_build => Says::Updated,
        ConnectionState::Connected | ConnectionState::Closed => Says::Nothing,
    }
}

impl Says {
    fn state(&self) -> &'static str {
        match self {
            Self::Nothing => "connected",
            Self::Reconnecting => "reconnecting",
            Self::Offline { .. } | Self::Unreachable { .. } | Self::SignedOut { .. } | Self::Refused { .. } => "offline",
            Self::Back { .. } => "back",
            Self::Updated => "stale",
        }
    }

    fn icon(&self) -> &'static str {
        match self {
            Self::Nothing | Self::Back { .. } => "check",
            Self::Reconnecting => "clock",
            Self::Offline { .. } | Self::Unreachable { .. } => "offline",
            Self::SignedOut { .. } => "lock",
            Self::Refused { .. } => "warning",
            Self::Updated => "info",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Reconnecting => words::RECONNECTING.to_owned(),
            Self::Offline { waiting } => words::offline(*waiting),
            Self::Unreachable { waiting } => words::unreachable(*waiting),
            Self::Back { updates } => words::back(*updates),
            Self::SignedOut { code } => words::signed_out(*code).to_owned(),
            Self::Refused { code } => words::refused(*code),
            Self::Updated => words::UPDATED.to_owned(),
        }
    }
}

/// Counts how long the line is away, and remembers that it was.
fn use_away(connection: Signal<Connection>, new_build: Signal<bool>, waiting: Signal<usize>) -> Signal<Says> {
    let away = RwSignal::new(Away::Briefly);
    let was_away = RwSignal::new(false);
    let kind = memo(move || connection.with(|connection| (connection.is_connected(), connection.is_connecting())));
    // One timer belongs to one state of the line; a later state's makes an earlier one void.
    let turn = StoredValue::new(0u32);
    let after = move |wait: Duration, act: fn(RwSignal<Away>, RwSignal<bool>)| {
        let mine = turn.get_value();
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    act(away, was_away);
                }
            },
            wait,
        );
    };
    effect(move |_| {
        let (connected, connecting) = kind.get();
        turn.update_value(|turn| *turn += 1);
        away.set(Away::Briefly);
        if connecting {
            after(PATIENCE, |away, was_away| {
                away.set(Away::AWhile);
                was_away.set(true);
            });
            after(LONG, |away, _| away.set(Away::Long));
        } else if connected {
            after(BACK, |_, was_away| was_away.set(false));
        } else if connection.with_untracked(|connection| connection.state == ConnectionState::Offline) {
            was_away.set(true);
        }
    });
    memo(move || connection.with(|connection| says(connection, away.get(), was_away.get(), waiting.get(), new_build.get()))).into()
}

/// True once this browser was signed out: what the page shows is not for whoever looks now.
pub fn use_signed_out() -> Memo<bool> {
    let connection = use_connection();
    memo(move || connection.with(|connection| is_signed_out(connection.state)))
}

fn is_signed_out(state: ConnectionState) -> bool {
    matches!(state, ConnectionState::Refused { code } if SignInEnd::closes_with(code))
}

/// The banner over the page. Always there, because a live region must exist before it speaks.
#[component]
pub fn Banner() -> impl IntoView {
    let (connection, new_build) = (use_connection(), use_new_build());
    let waiting = use_context::<Waiting>().map_or_else(|| Signal::stored(0), |Waiting(waiting)| waiting.into());
    let said = use_away(connection, new_build, waiting);
    let location = use_location();
    let sign_in = move || sign_in_path(&with_query(&location.pathname.get(), &location.search.get()));
    let next_step = move |said: &Says| match said {
        Says::Offline { .. } | Says::Unreachable { .. } => view! {
            <button class="link-btn" type="button" on:click=move |_| reconnect_now()>
                {words::TRY_NOW}
            </button>
        }
        .into_any(),
        Says::SignedOut { code } if *code != code::UNAUTHORISED => ().into_any(),
        Says::SignedOut { .. } => view! {
            <a class="link-btn" href=sign_in() rel="external">
                {words::SIGN_IN_AGAIN}
            </a>
        }
        .into_any(),
        Says::Refused { .. } | Says::Updated => view! {
            <button class="link-btn" type="button" on:click=move |_| browser::reload()>
                {words::RELOAD}
            </button>
        }
        .into_any(),
        Says::Nothing | Says::Reconnecting | Says::Back { .. } => ().into_any(),
    };
    view! {
        <div class="banner" role="status" data-state=move || said.with(Says::state)>
            {move || {
                let said = said.get();
                (said != Says::Nothing)
                    .then(|| {
                        view! {
                            <Icon name=said.icon()/>
                            <span>{said.words()}</span>
                            {next_step(&said)}
                        }
                    })
            }}
        </div>
    }
}

/// One line at the foot of a list: that all changes are here, or that they are not.
#[component]
pub fn LiveLine(
    /// One word only.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let connection = use_connection();
    // The first connection is being made while the page is already right.
    let line = memo(move || connection.with(|connection| live_line(connection.state)));
    let text = dynamic(move || {
        let (_, long, brief) = line.get();
        if short { brief } else { long }
    });
    view! {
        <p class="live-line" data-state=move || line.get().0>
            {text}
        </p>
    }
}

/// The line's state, its words, and one word.
fn live_line(state: ConnectionState) -> (&'static str, &'static str, &'static str) {
    match state {
        ConnectionState::Connected | ConnectionState::Connecting => ("connected", words::LIVE, words::LIVE_SHORT),
        ConnectionState::Reconnecting { .. } => ("reconnecting", words::RECONNECTING, words::RECONNECTING_SHORT),
        ConnectionState::Offline | ConnectionState::Refused { .. } | ConnectionState::Closed => {
            ("offline", words::OFFLINE_LINE, words::OFFLINE_SHORT)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(state: ConnectionState) -> Connection {
        Connection { state, ..Connection::default() }
    }

    const LOST: ConnectionState = ConnectionState::Reconnecting { attempt: 1 };

    #[test]
    fn a_short_loss_is_silent() {
        assert_eq!(says(&on(ConnectionState::Connecting), Away::Briefly, false, 0, false), Says::Nothing);
        assert_eq!(says(&on(LOST), Away::Briefly, false, 3, false), Says::Nothing);
        assert_eq!(says(&on(LOST), Away::AWhile, true, 0, false), Says::Reconnecting);
    }

    #[test]
    fn what_waits_is_said() {
        assert_eq!(says(&on(LOST), Away::AWhile, true, 3, false), Says::Unreachable { waiting: 3 });
        assert_eq!(says(&on(ConnectionState::Offline), Away::Briefly, false, 2, false), Says::Offline { waiting: 2 });
    }

    #[test]
    fn back_is_said_after_a_loss_that_was_said() {
        let back = Connection { updates_after_return: 12, ..on(ConnectionState::Connected) };
        assert_eq!(says(&back, Away::Briefly, true, 0, true), Says::Back { updates: 12 });
        assert_eq!(says(&back, Away::Briefly, false, 0, true), Says::Updated);
        assert_eq!(says(&back, Away::Briefly, false, 0, false), Says::Nothing);
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        assert_eq!(says(&on(ConnectionState::Refused { code: 4009 }), Away::Briefly, false, 0, false), Says::SignedOut { code: 4009 });
        assert_eq!(says(&on(ConnectionState::Refused { code: 4010 }), Away::Briefly, false, 0, false), Says::SignedOut { code: 4010 });
        assert_eq!(says(&on(ConnectionState::Refused { code: 4001 }), Away::Briefly, false, 0, true), Says::Refused { code: 4001 });
    }
}
