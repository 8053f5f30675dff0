//! Refusals, trouble, what cannot be read, and what is no event at all.

use super::*;

#[test]
fn a_refusal_is_told_and_nothing_more_comes() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 5, Some(true));
    table.frame(ServerFrame::refused(NAME, 403, "You are not a member."), NOW);
    event(&mut table, 6);
    let out = table.take();
    assert_eq!(told(&out, user), ["returned", "refused 403"]);
    assert_eq!(status(&out, user), Some(SubscriptionStatus::Refused { status: 403, reason: "You are not a member.".into() }));
    table.ask_again();
    assert!(table.take().is_empty(), "a refusal is an answer");

    // Joined again: what happened meanwhile is told.
    table.resume(user, at(5), NOW);
    assert_eq!(said(&table.take()), ["+5"]);
    answer(&mut table, 7, Some(true));
    event(&mut table, 7);
    assert_eq!(told(&table.take(), user), ["returned", "7"]);

    // A new connection asks again: rights may have come back.
    table.frame(ServerFrame::refused(NAME, 403, "You are not a member."), NOW);
    table.down();
    table.up();
    assert_eq!(said(&table.take()), ["+7"]);
}

/// The server had trouble: that is no refusal.
#[test]
fn trouble_is_asked_again() {
    let mut table = connected();
    let user = table.join(&ROOM, Some(at(5)), NOW);
    table.frame(ServerFrame::refused(NAME, 500, "Try again."), NOW);
    let out = table.take();
    assert!(out.contains(&Out::AskLater));
    assert!(told(&out, user).is_empty());
    table.ask_again();
    assert_eq!(said(&table.take()), ["+5"]);
}

#[test]
fn an_unreadable_event_halts_one_user_only() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(5)), NOW);
    let second = table.join(&ROOM, Some(at(5)), NOW);
    answer(&mut table, 5, Some(true));
    table.halt(first);
    table.halt(first);
    event(&mut table, 6);
    let out = table.take();
    assert_eq!((told(&out, first), told(&out, second)), (vec!["returned".into(), "stale".into()], vec!["returned".into(), "6".into()]));
    table.resume(first, at(6), NOW);
    event(&mut table, 7);
    assert_eq!(told(&table.take(), first), ["7"]);
}

#[test]
fn a_roster_is_told_to_all_and_to_who_comes_late() {
    let channel = Channel::ConversationPresence(ConversationId(1));
    let name = channel.to_string();
    let mut table = connected();
    let first = table.join(&channel, None, NOW);
    table.frame(ServerFrame::succeeded(&name, Some(r#"{"presence":{"ids":["1"],"hash":{},"count":1}}"#.into()), Some(at(0)), None), NOW);
    table.frame(ServerFrame::new(event::MEMBER_ADDED, r#"{"user_id":"2"}"#).on(&name), NOW);
    let second = table.join(&channel, None, NOW);
    table.frame(ServerFrame::new(event::MEMBER_REMOVED, r#"{"user_id":"1"}"#).on(&name), NOW);
    table.frame(ServerFrame::refused(&name, 403, ""), NOW);
    let out = table.take();
    assert_eq!(told(&out, first), ["[1]", "[1, 2]", "[2]", "refused 403", "[]"]);
    assert_eq!(told(&out, second), ["[1, 2]", "[2]", "refused 403", "[]"]);
}

#[test]
fn client_events_go_out_while_the_channel_is_live() {
    let mut table = connected();
    let user = table.join(&ROOM, None, NOW);
    let data = RawValue::from_string("{}".into()).unwrap();
    assert_eq!(table.client_event(user, "typing", &data), None);
    answer(&mut table, 1, None);
    assert!(table.client_event(user, "typing", &data).is_some());
    table.down();
    assert_eq!(table.client_event(user, "typing", &data), None);
}

#[test]
fn frames_that_mean_nothing_here_change_nothing() {
    let mut table = connected();
    let user = table.join(&ROOM, None, NOW);
    answer(&mut table, 1, None);
    table.take();
    table.frame(ServerFrame::new("pusher_internal:subscription_count", "{}").on(NAME), NOW);
    table.frame(ServerFrame::new("message.sent", "1"), NOW);
    table.frame(ServerFrame { seq: Some(9), ..ServerFrame::new("message.sent", "1").on("private-conversation.12") }, NOW);
    answer(&mut table, 8, Some(false)); // not asked for
    assert!(table.take().is_empty());
    event(&mut table, 2);
    assert_eq!(told(&table.take(), user), ["2"]);
}
