//! The JSON of every live event, as browsers of this `LIVE_SCHEMA` read it. If this test
//! fails, an event has changed its shape: raise `LIVE_SCHEMA`, so that open pages reload, and
//! accept the new snapshot (which carries the schema in its name).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use plenum::{
    activity::{
        Item, Subject, Verb,
        live::{AuditEvent, ConversationActivity, Nudge, OrganisationActivity, PersonActivity, RecordHead},
    },
    features::{
        admin::{
            live::{
                AlarmGone, ApplicationEvent, OpsEvent,
                jobs::JobsEvent,
                probe::{Probe, ProbeEvent},
            },
            model::{
                Alarm, Figure, Frame, LiveChannel, LiveChannels, Metrics, Passed, Period, Point, Rule, Side, Values, What,
                jobs::{Jobs, Kind, Letter},
            },
        },
        box_office::{
            live::{
                event::EventEvent,
                own::{HoldChanged, OwnEvent},
                plans::PlanEvent,
                seats::{PlanChanged, SeatsChanged, SeatsEvent},
            },
            model::{
                event::{Availability, SaleStatus, TypeAvailability},
                hold::{Hold, Places},
                plan::import::{ImportState, Progress},
                seat::{SeatNow, SeatState},
            },
        },
        broadcasts::{
            live::BroadcastEvent,
            model::{
                Audience, Broadcast, Every, Funnel, Ground, Late, Measure, Moment, Occurrence, OwnTime, Repeat, Sample, Series,
                SeriesState, State, Variant, Weekday, Winner, Words, moments::MomentOf,
            },
        },
        inbox::{
            live::{Changed, Gone, InboxEvent, Swept},
            model::{Category, Counts, Digest, Notification, Preferences, Quiet, Sweep, Way},
        },
        messages::{
            live::{ConversationEvent, Head, Left, MemberChanged, OwnChanged, PersonEvent, PointerMoved, ReactionsChanged, Typing},
            model::{Access, Conversation, ConversationKind, Line, Member, Message, Own, Pointer, Preview, Quote, Reaction},
        },
        people::{
            live::{OrganisationChanged, OrganisationEvent, PublicEvent},
            model::{PersonCard, Role},
        },
        wallet::model::{Currency, Money},
    },
    ids::{
        ActivityId, AlarmId, BroadcastId, ConversationId, EventId, HoldId, MessageId, NotificationId, PersonId, SeatId, SeriesId,
        TicketTypeId,
    },
    realtime::live::{LIVE_SCHEMA, LiveEvent},
};

fn card(id: i64) -> PersonCard {
    PersonCard { id: PersonId(id), name: format!("Person {id}"), hue: 3 }
}

fn message() -> Message {
    Message {
        id: MessageId(7),
        number: 3,
        author: card(1),
        text: "*hello*".into(),
        html: "<p><em>hello</em></p>".into(),
        sent_at: 1_795_102_860_000,
        edited_at: Some(1_795_102_960_000),
        deleted: false,
        reply_to: Some(Quote { message: MessageId(5), number: 2, author: card(2), text: "before".into() }),
        mentions: vec![PersonId(2)],
        reactions: vec![Reaction { emoji: "👍".into(), people: vec![PersonId(2)] }],
        key: "key-0001".into(),
    }
}

fn conversation() -> Conversation {
    Conversation {
        id: ConversationId(4),
        kind: ConversationKind::Room,
        access: Access::Open,
        general: false,
        name: "Health week".into(),
        topic: String::new(),
    }
}

fn own() -> Own {
    Own { read: 2, unread_from: Some(2), muted: true }
}

fn member() -> MemberChanged {
    MemberChanged { member: Member { card: card(1), owner: true, pointer: Pointer { read: 1, delivered: 2 } }, member_count: 5 }
}

fn preview() -> Preview {
    Preview { number: 3, author: card(1), text: "hello".into(), at: 1_795_102_860_000 }
}

fn counts() -> Counts {
    Counts { unseen: 2, unread: 3, beside: 1 }
}

fn notification() -> Changed {
    let notification = Notification {
        id: NotificationId(7),
        number: 9,
        category: Category::Mentions,
        title: "Person 1 mentioned you in General".into(),
        text: "hello".into(),
        link: "/messages/4?m=3".into(),
        place: "General".into(),
        actor: Some(card(1)),
        count: 1,
        at: 1_795_102_860_000,
        seen: false,
        read: false,
        archived: false,
    };
    Changed { notification, counts: counts(), head: 9 }
}

fn channels() -> LiveChannels {
    let last = Some(("message.sent".to_owned(), 1_795_102_860_000));
    let channel =
        LiveChannel { name: "presence-conversation.4".into(), subscriptions: 3, people: Some(2), events: 0.5, deliveries: 1.5, last };
    LiveChannels { channels: vec![channel], count: 1, subscriptions: 3, events: 0.5, deliveries: 1.5 }
}

fn metrics() -> Metrics {
    let at = 1_795_102_860_000;
    let values = Values(vec![(Figure::PeopleOnline, 3.0), (Figure::Messages, 0.5)]);
    let points = Period::ALL.map(|period| (period, Point { at: period.begin(at), values: values.clone() }));
    Metrics { at, now: values, points: points.to_vec() }
}

fn alarm() -> Alarm {
    Alarm {
        id: AlarmId(7),
        rule: Rule { figure: Figure::Processor, side: Side::Above, threshold: 90.0, seconds: 60 },
        enabled: true,
        raised_at: Some(1_795_102_860_000),
        value: Some(97.5),
        ended_at: None,
    }
}

fn passed() -> Passed {
    let frame = Frame {
        number: 9,
        at: 1_795_102_860_000,
        what: What::ClientEvent,
        socket: Some("1.2".into()),
        channel: Some("private-a".into()),
        event: Some("client-moved".into()),
        data: Some("{}".into()),
    };
    Passed { frames: vec![frame], missed: 4 }
}

fn jobs() -> Jobs {
    let kind = Kind {
        name: "webhook.deliver".into(),
        due: 1,
        running: 2,
        retrying: 3,
        scheduled: 4,
        due_since: Some(1_795_102_860_000),
        error: Some("it took too long".into()),
    };
    let letter = Letter {
        id: 7,
        kind: "webhook.deliver".into(),
        about: "delivery 4".into(),
        error: "it took too long".into(),
        attempts: 3,
        created_at: 1_795_102_850_000,
        died_at: 1_795_102_860_000,
    };
    Jobs { kinds: vec![kind], letters: vec![letter], dead: 1 }
}

fn item() -> Item {
    Item {
        id: ActivityId(7),
        at: 1_795_102_860_000,
        verb: Verb::MemberInvited,
        actor: Some(card(1)),
        about: Some(card(2)),
        subject: Subject { id: 4, name: "Health week".into() },
        conversation: Some(ConversationId(4)),
        word: "room".into(),
    }
}

fn broadcast() -> Broadcast {
    let words =
        Words { title: "Fire drill for {{ first_name }}".into(), text: "At noon.".into(), link: "/messages/rooms".into(), weight: 1 };
    let funnel = Funnel { recipients: 9, refused: 1, failed: 1, delivered: 5, seen: 3, read: 2, acted: 1 };
    Broadcast {
        id: BroadcastId(7),
        sender: card(1),
        audience: Audience::Role(Role::Instructor),
        audience_name: "Instructor".into(),
        variants: vec![Variant { words, funnel }],
        sample: Some(Sample { percent: 10, hours: 24, measure: Measure::Acted }),
        decide_at: Some(1_795_102_870_000),
        winner: Some(Winner { variant: 0, ground: Ground::Leading }),
        state: State::Sending,
        due_at: 1_795_102_860_000,
        own_time: Some(OwnTime { local: "2026-11-22T09:00".into(), late: Late::NextDay }),
        next_at: Some(1_795_102_880_000),
        series: Some(Occurrence { series: SeriesId(3), number: 2 }),
        created_at: 1_795_102_850_000,
        started_at: Some(1_795_102_860_000),
        ended_at: None,
        gathered: true,
        held: 4,
        funnel,
        failure: Some("The title has nothing in it.".into()),
    }
}

fn availability() -> Availability {
    let of_type = TypeAvailability {
        id: TicketTypeId(3),
        name: "Stalls".into(),
        price: Money::new(2_500, Currency::Eur),
        seated: true,
        capacity: 160,
        available: 58,
        held: 2,
        sold: 100,
        status: SaleStatus::Available,
    };
    Availability { event_id: EventId(7), ticket_types: vec![of_type], updated_at: 1_795_102_860_000 }
}

fn seats() -> SeatsChanged {
    let states = [SeatState::Free, SeatState::Held { until: 1_795_103_760_000 }, SeatState::Sold];
    let seats = (1..).zip(states).map(|(id, state)| SeatNow { id: SeatId(id), state }).collect();
    SeatsChanged { seats, at: 1_795_102_860_000 }
}

fn hold() -> HoldChanged {
    let hold = Hold {
        id: HoldId(9),
        event_id: EventId(7),
        until: 1_795_103_760_000,
        extensions_left: 2,
        seats: vec![SeatId(2)],
        standing: vec![Places { ticket_type_id: TicketTypeId(4), quantity: 3 }],
    };
    HoldChanged { event_id: EventId(7), hold: Some(hold) }
}

fn import() -> Progress {
    Progress { id: 4, event_id: EventId(7), state: ImportState::Running, steps: 3_000, written: 250, kept: 1, failure: String::new() }
}

fn moment() -> MomentOf {
    MomentOf { broadcast: BroadcastId(7), moment: Moment { at: 1_795_102_860_000, delivered: 5, seen: 3, read: 2, acted: 1 } }
}

fn series() -> Series {
    Series {
        id: SeriesId(3),
        sender: card(1),
        audience_name: "Everyone".into(),
        title: "The menu of the week".into(),
        repeat: Repeat { every: Every::Week, days: vec![Weekday::Monday], until: Some("2027-01-31".into()), times: Some(9) },
        zone: Some("Europe/Berlin".into()),
        state: SeriesState::Running,
        next_local: "2026-11-23T09:00".into(),
        next_at: 1_795_420_800_000,
        made: 2,
        missed: 1,
        missed_at: Some(1_795_102_860_000),
        halt: None,
        created_at: 1_795_102_850_000,
    }
}

/// Name, kind and payload of each, one a line; and each reads back as it was.
fn lines<E: LiveEvent + PartialEq + std::fmt::Debug>(events: Vec<E>) -> String {
    assert_eq!(events.len(), E::CATALOGUE.len(), "an event is missing here");
    let mut text = String::new();
    for event in events {
        let payload = event.payload();
        assert_eq!(E::read(event.name(), &payload).unwrap(), event);
        text.push_str(&format!("{} {:?}\n    {payload}\n", event.name(), event.kind()));
    }
    text
}

#[test]
fn the_events_of_this_schema_have_this_shape() {
    let conversation_events = lines(vec![
        ConversationEvent::MessageSent(message()),
        ConversationEvent::MessageEdited(message()),
        ConversationEvent::MessageDeleted(message()),
        ConversationEvent::ReactionChanged(ReactionsChanged { message: MessageId(7), number: 3, reactions: message().reactions }),
        ConversationEvent::PointerMoved(PointerMoved { person: PersonId(1), pointer: Pointer { read: 1, delivered: 2 } }),
        ConversationEvent::MemberJoined(member()),
        ConversationEvent::MemberLeft(member()),
        ConversationEvent::ConversationChanged(conversation()),
        ConversationEvent::Typing(Typing { person: card(1) }),
    ]);
    let person_events = lines(vec![
        PersonEvent::HeadMoved(Head {
            conversation: ConversationId(4),
            name: "Health week".into(),
            topic: String::new(),
            head: 3,
            last: Some(preview()),
        }),
        PersonEvent::ConversationAdded(Line {
            conversation: conversation(),
            others: vec![card(2)],
            head: 3,
            last: Some(preview()),
            own: own(),
        }),
        PersonEvent::ConversationLeft(Left { conversation: ConversationId(4) }),
        PersonEvent::OwnChanged(OwnChanged { conversation: ConversationId(4), own: own() }),
    ]);
    let inbox_events = lines(vec![
        InboxEvent::NotificationCreated(notification()),
        InboxEvent::NotificationChanged(notification()),
        InboxEvent::NotificationRemoved(Gone { id: NotificationId(7), counts: counts(), head: 9 }),
        InboxEvent::NotificationsSwept(Swept { what: Sweep::Read, after: 4, up_to: 9, counts: counts(), head: 9 }),
        InboxEvent::PreferencesChanged(Preferences {
            refused: vec![(Category::Messages, Way::Browser)],
            quiet: Some(Quiet { from: 1_320, until: 420 }),
            sound: true,
            digest: Some(Digest { hour: 8, texts: false }),
        }),
    ]);
    let renamed = OrganisationChanged { name: "Plenum Institute".into() };
    let organisation_events =
        lines(vec![OrganisationEvent::PersonChanged(card(1)), OrganisationEvent::OrganisationRenamed(renamed.clone())]);
    let public_events = lines(vec![PublicEvent::OrganisationRenamed(renamed)]);
    let ops_events = lines(vec![
        OpsEvent::ChannelsUpdated(channels()),
        OpsEvent::MetricsUpdated(metrics()),
        OpsEvent::AlarmChanged(alarm()),
        OpsEvent::AlarmRemoved(AlarmGone { id: AlarmId(7) }),
    ]);
    let jobs_events = lines(vec![JobsEvent::JobsUpdated(jobs())]);
    let probe_events = lines(vec![ProbeEvent::ProbeSent(Probe { key: "abc".into(), at: 1_795_102_860_000 })]);
    let application_events = lines(vec![ApplicationEvent::ChannelsUpdated(channels()), ApplicationEvent::FramesPassed(passed())]);
    let activity_events = [
        lines(vec![ConversationActivity::Recorded(item())]),
        lines(vec![OrganisationActivity::Recorded(item())]),
        lines(vec![
            PersonActivity::Recorded(item()),
            PersonActivity::Moved(Nudge { conversation: ConversationId(4), items: vec![item()], before: Some(ActivityId(6)) }),
        ]),
        lines(vec![AuditEvent::Moved(RecordHead { id: ActivityId(7) })]),
    ]
    .join("\n");
    let broadcast_events = lines(vec![
        BroadcastEvent::BroadcastChanged(broadcast()),
        BroadcastEvent::MomentChanged(moment()),
        BroadcastEvent::SeriesChanged(series()),
    ]);
    let box_office_events = [
        lines(vec![EventEvent::AvailabilityUpdated(availability())]),
        lines(vec![SeatsEvent::SeatsChanged(seats()), SeatsEvent::PlanChanged(PlanChanged { version: 3, at: 1_795_102_860_000 })]),
        lines(vec![OwnEvent::HoldChanged(hold())]),
        lines(vec![PlanEvent::ImportChanged(import())]),
    ]
    .join("\n");
    let all = [
        conversation_events,
        person_events,
        inbox_events,
        organisation_events,
        public_events,
        ops_events,
        jobs_events,
        probe_events,
        application_events,
        broadcast_events,
        activity_events,
        box_office_events,
    ]
    .join("\n");
    insta::assert_snapshot!(format!("live_schema_{LIVE_SCHEMA}"), all);
}
