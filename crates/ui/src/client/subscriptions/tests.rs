//! What each user of a channel is promised, frame by frame, and then whatever happens.

mod late;
mod refused;
mod storm;

use super::*;
use plenum_core::{
    cursor::Epoch,
    ids::{ConversationId, Millis},
    protocol::ClientFrame,
};

const ROOM: Channel = Channel::Conversation(ConversationId(1));
const NOW: Millis = 1_000_000;
const NAME: &str = "private-conversation.1";

fn at(seq: u64) -> Cursor {
    Cursor { epoch: Epoch("e".into()), seq }
}

fn elsewhere(seq: u64) -> Cursor {
    Cursor { epoch: Epoch("another".into()), seq }
}

/// A table with a connection.
fn connected() -> Subscriptions {
    let mut table = Subscriptions::default();
    table.up();
    table
}

fn answer(table: &mut Subscriptions, head: u64, recovered: Option<bool>) {
    table.frame(ServerFrame::succeeded(NAME, None, Some(at(head)), recovered), NOW);
}

fn event(table: &mut Subscriptions, seq: u64) {
    table.frame(ServerFrame { seq: Some(seq), ..ServerFrame::new("message.sent", seq.to_string()).on(NAME) }, NOW);
}

fn ephemeral(table: &mut Subscriptions, payload: &str) {
    table.frame(ServerFrame::new("typing", payload).on(NAME), NOW);
}

/// What was said to the server, shortly: `+7` subscribes since 7, `+` without, `-` unsubscribes.
fn said(out: &[Out]) -> Vec<String> {
    let words = out.iter().filter_map(|out| if let Out::Say(text) = out { Some(text) } else { None });
    words
        .map(|text| match ClientFrame::parse(text).unwrap() {
            ClientFrame::Subscribe(wish) => format!("+{}", wish.since.map(|since| since.seq.to_string()).unwrap_or_default()),
            ClientFrame::Unsubscribe { .. } => "-".to_owned(),
            other => format!("{other:?}"),
        })
        .collect()
}

/// What `user` was told, shortly; statuses are left out.
fn told(out: &[Out], user: UserId) -> Vec<String> {
    let notices = out.iter().filter_map(|out| if let Out::Tell(to, notice) = out { (*to == user).then_some(notice) } else { None });
    notices
        .filter_map(|notice| match notice {
            Notice::Event { payload, .. } => Some(payload.clone()),
            Notice::Stale => Some("stale".to_owned()),
            Notice::Refused { status, .. } => Some(format!("refused {status}")),
            Notice::Returned => Some("returned".to_owned()),
            Notice::Roster(people) => Some(format!("{:?}", people.iter().map(|person| person.0).collect::<Vec<_>>())),
            Notice::Status(_) => None,
        })
        .collect()
}

fn status(out: &[Out], user: UserId) -> Option<SubscriptionStatus> {
    let mut statuses = out
        .iter()
        .filter_map(|out| if let Out::Tell(to, Notice::Status(status)) = out { (*to == user).then_some(status.clone()) } else { None });
    statuses.next_back()
}

#[test]
fn many_users_share_one_subscription_and_the_last_one_ends_it() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(5)), NOW);
    let second = table.join(&ROOM, Some(at(5)), NOW);
    assert_eq!(said(&table.take()), ["+5"]);
    answer(&mut table, 5, Some(true));
    event(&mut table, 6);
    let out = table.take();
    assert_eq!((told(&out, first), told(&out, second)), (vec!["returned".into(), "6".into()], vec!["returned".into(), "6".into()]));
    table.leave(first);
    table.sweep();
    assert!(said(&table.take()).is_empty());
    table.leave(second);
    table.sweep();
    assert_eq!(said(&table.take()), ["-"]);
    assert!(table.is_empty());
    event(&mut table, 7);
    assert!(table.take().is_empty());
}

/// From one page to the next and back within a moment: the channel is not left.
#[test]
fn who_comes_before_the_sweep_finds_the_channel_live() {
    let mut table = connected();
    let first = table.join(&ROOM, None, NOW);
    answer(&mut table, 5, None);
    table.leave(first);
    let second = table.join(&ROOM, Some(at(5)), NOW);
    table.sweep();
    let out = table.take();
    assert_eq!(said(&out), ["+"]);
    assert_eq!(status(&out, second), Some(SubscriptionStatus::Live));
}

/// A channel that was asked for is left only when its answer has come: an answer always
/// belongs to the last question.
#[test]
fn an_answer_is_awaited() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(5)), NOW);
    table.leave(first);
    table.sweep();
    let second = table.join(&ROOM, Some(at(3)), NOW);
    assert_eq!(said(&table.take()), ["+5"]);
    answer(&mut table, 7, Some(true));
    assert_eq!(said(&table.take()), ["-", "+3"], "the second came with an older place");
    answer(&mut table, 7, Some(true));
    for seq in 4..=7 {
        event(&mut table, seq);
    }
    assert_eq!(told(&table.take(), second), ["returned", "4", "5", "6", "7"]);
    table.leave(second);
    table.sweep();
    assert_eq!(said(&table.take()), ["-"]);
}

#[test]
fn without_a_cursor_one_starts_at_the_head() {
    let mut table = connected();
    let user = table.join(&ROOM, None, NOW);
    answer(&mut table, 9, None);
    event(&mut table, 9);
    event(&mut table, 10);
    let out = table.take();
    assert_eq!(said(&out), ["+"]);
    assert_eq!(told(&out, user), ["10"]);
    table.down();
    table.up();
    assert_eq!(said(&table.take()), ["+10"]);
}

/// Recovered: on by each event's number, not to the head that the answer names.
#[test]
fn a_replay_that_breaks_off_is_resumed_where_it_broke() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 9, Some(true));
    event(&mut table, 6);
    event(&mut table, 8);
    table.down();
    table.up();
    answer(&mut table, 9, Some(true));
    event(&mut table, 9);
    let out = table.take();
    assert_eq!(said(&out), ["+5", "+8"]);
    assert_eq!(told(&out, user), ["returned", "6", "8", "returned", "9"]);
    assert_eq!(table.updates(), 1);
}

#[test]
fn a_double_is_ignored() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 5, Some(true));
    for seq in [6, 6, 5, 7] {
        event(&mut table, seq);
    }
    ephemeral(&mut table, "t");
    ephemeral(&mut table, "t");
    assert_eq!(told(&table.take(), user), ["returned", "6", "7", "t", "t"]);
}

/// What is missed is counted once, by channel: "12 updates".
#[test]
fn updates_after_a_return_are_counted() {
    let mut table = connected();
    table.join(&ROOM, Some(at(5)), NOW);
    table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 7, Some(true));
    event(&mut table, 6);
    event(&mut table, 7);
    assert_eq!(table.updates(), 0, "a first load is no return");
    table.down();
    table.up();
    answer(&mut table, 10, Some(true));
    for seq in 8..=12 {
        event(&mut table, seq);
    }
    assert_eq!(table.updates(), 3);
    table.down();
    table.up();
    assert_eq!(table.updates(), 0);
}

#[test]
fn a_gap_makes_stale_until_there_is_a_new_snapshot() {
    for answered in [Some(false), None] {
        let mut table = connected();
        let user = table.join(&ROOM, Some(at(5)), NOW);
        answer(&mut table, 5000, answered);
        event(&mut table, 5001);
        ephemeral(&mut table, "t");
        let out = table.take();
        assert_eq!((told(&out, user), status(&out, user)), (vec!["stale".to_owned()], Some(SubscriptionStatus::Stale)));
        table.resume(user, at(5001), NOW);
        event(&mut table, 5002);
        let out = table.take();
        assert_eq!((told(&out, user), status(&out, user)), (vec!["t".to_owned(), "5002".to_owned()], Some(SubscriptionStatus::Live)));
        assert!(said(&out).is_empty());
    }
}

/// A snapshot that says nothing of the channel's place (it is told whole each time) is followed from where the channel is.
#[test]
fn a_snapshot_without_a_cursor_is_followed_from_now_on() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 5000, Some(false));
    event(&mut table, 5001);
    table.take();
    table.resume(user, None, NOW);
    event(&mut table, 5002);
    let out = table.take();
    assert_eq!((told(&out, user), status(&out, user)), (vec!["5002".to_owned()], Some(SubscriptionStatus::Live)));
    assert!(said(&out).is_empty());
}

/// The snapshot was read before the channel's last events came in: what it lacks is kept
/// here, the events that are never logged too, and the server is not asked once more.
#[test]
fn an_older_snapshot_gets_what_it_lacks() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 5000, Some(false));
    table.frame(ServerFrame::new("typing", "old").on(NAME), NOW - 6_000);
    event(&mut table, 5001);
    ephemeral(&mut table, "new");
    event(&mut table, 5002);
    table.resume(user, at(5001), NOW);
    event(&mut table, 5003);
    let out = table.take();
    assert_eq!(said(&out), ["+5"]);
    assert_eq!(told(&out, user), ["stale", "new", "5002", "5003"]);
}

/// …unless it is very old: then the server is asked.
#[test]
fn a_very_old_snapshot_gets_what_it_lacks_from_the_server() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 100, Some(false));
    for seq in 101..=300 {
        event(&mut table, seq);
    }
    table.resume(user, at(120), NOW);
    assert_eq!(said(&table.take()), ["+5", "-", "+120"]);
    answer(&mut table, 300, Some(true));
    event(&mut table, 121);
    assert_eq!(told(&table.take(), user), ["returned", "121"]);
}

/// A place beyond the log's head, in the same epoch: the numbers in between would be given
/// out again.
#[test]
fn a_place_that_the_log_does_not_know_makes_stale() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(20)), NOW);
    answer(&mut table, 10, Some(false));
    assert_eq!(told(&table.take(), user), ["stale"]);
}

/// A restored backup, another schema: the epoch is another.
#[test]
fn another_epoch_makes_stale() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(elsewhere(5)), NOW);
    answer(&mut table, 5, Some(false));
    assert_eq!(told(&table.take(), user), ["stale"]);
    table.resume(user, at(5), NOW);
    event(&mut table, 6);
    assert_eq!(told(&table.take(), user), ["6"]);
}
