//! The JSON of every live event, as browsers of this `LIVE_SCHEMA` read it. If this test
//! fails, an event has changed its shape: raise `LIVE_SCHEMA`, so that open pages reload, and
//! accept the new snapshot (which carries the schema in its name).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use plenum::LIVE_SCHEMA;
use plenum_admin::{
    live::{
        AlarmGone, ApplicationEvent, OpsEvent,
        jobs::JobsEvent,
        probe::{Probe, ProbeEvent},
    },
    model::{
        Alarm, Figure, Frame, LiveChannel, LiveChannels, Metrics, Passed, Period, Point, Rule, Side, Values, What,
        jobs::{Jobs, Kind, Letter},
    },
};
use plenum_broadcasts::{
    live::BroadcastEvent,
    model::{
        Audience, Broadcast, Every, Funnel, Ground, Late, Measure, Moment, Occurrence, OwnTime, Repeat, Sample, Series, SeriesState, State,
        Variant, Weekday, Winner, Words, moments::MomentOf,
    },
};
use plenum_core::{
    activity::{
        Item, Record, Subject,
        live::{AuditEvent, ConversationActivity, Nudge, OrganisationActivity, PersonActivity, RecordHead},
    },
    counts::Counts,
    ids::{
        ActivityId, AlarmId, BroadcastId, CheckInId, ConversationId, DepositId, EventId, HoldId, MessageId, NotificationId, OrderId,
        OrderLineId, PaymentFileId, PersonId, PictureId, PostingId, PromoCodeId, ReportId, SeatId, SeriesId, SpaceId, TicketId,
        TicketTypeId, WithdrawalId,
    },
    live::LiveEvent,
    look::Look,
    mail::{MailEvent, MailsChanged},
    people::{PersonCard, Role},
    time::Zone,
};
use plenum_directory::live::{OrganisationChanged, OrganisationEvent, PublicEvent, SettingsChanged, SettingsEvent};
use plenum_events::model::seat::Place;
use plenum_events::{
    live::{
        desk::{DeskEvent, DoorEvent},
        event::{DraftChanged, DraftEvent, EventEvent, WentLive},
        seats::{PlanChanged, SeatsChanged, SeatsEvent, Watching},
    },
    model::{
        check_in::{CheckIns, Counts as AtDoors, Entry as DoorEntry, Guest},
        desk::{Sales, TypeSales},
        event::{Availability, EventState, SaleStatus, TypeAvailability},
        events::{Event, Place as Where},
        order::OrderState,
        seat::{SeatKind, SeatNow, SeatState},
    },
};
use plenum_inbox::{
    live::{Changed, Gone, InboxEvent, Swept},
    model::{BulkAction, Category, Digest, Notification, Preferences, Quiet, Way},
};
use plenum_messages::{
    live::{
        BlockChanged, Closed, ConversationEvent, Head, Left, MemberChanged, OwnChanged, PersonEvent, PointerMoved, QuoteChanged,
        ReactionsChanged, ReportHead, ReportsEvent, Typing,
    },
    model::{Access, Conversation, ConversationKind, Line, Member, Message, Own, Pointer, Preview, Quote, Reaction},
    spaces::{
        live::{MemberChanged as SpaceMemberChanged, SpaceEvent},
        model::SpaceMember,
    },
};
use plenum_plans::{
    live::PlanEvent,
    model::import::{ImportState, Progress},
};
use plenum_sales::{
    live::{
        orders::{OrderEvent, OrderUpdated, OwnOrderEvent, OwnOrderUpdated},
        own::{BoughtChanged, HoldChanged, OwnEvent},
        promo::PromoEvent,
    },
    model::{
        hold::{Hold, Places},
        orders::{Line as OrderLine, LineSeat, LineState, Order, OrderEventHead, OrderHead, Refund, UsedPromo},
        promo::{Off, Promo},
        waiting_list::{OwnWaiting, WaitingState},
    },
};
use plenum_tickets::{
    live::tickets::{TicketEvent, TicketNow, TicketsNow},
    model::ticket::TicketState,
};
use plenum_wallet::{
    live::{BalanceChanged, DepositChanged, QueueEvent, WalletEvent, WalletSettings, WithdrawalChanged},
    model::{
        Currency, Money,
        deposit::{Deposit, DepositState},
        payment_file::{FileState, Payer, PaymentFile},
        statement::{Entry, TransferKind},
        wallet::Balance,
        withdrawal::{Queued, Withdrawal, WithdrawalState},
    },
};
use strum::VariantArray as _;

fn card(id: i64) -> PersonCard {
    PersonCard { id: PersonId(id), name: format!("Person {id}"), hue: 3 }
}

fn tickets() -> TicketsNow {
    let ticket = TicketNow { id: TicketId(4), state: TicketState::Used, used_at: Some(1_795_102_860_000) };
    TicketsNow { order_id: OrderId(5), event_id: EventId(3), tickets: vec![ticket] }
}

fn sales() -> Sales {
    let euros = |amount| Money::new(amount, Currency::Eur);
    Sales {
        paid: euros(15_000),
        refunded: euros(2_500),
        orders: 2,
        by_type: vec![TypeSales { id: TicketTypeId(1), revenue: euros(12_500) }],
    }
}

fn check_ins() -> CheckIns {
    let place = Place { section: "Stalls".into(), row: "A".into(), number: 14, kind: SeatKind::Standard };
    let guest = Guest { ticket: TicketId(4), name: "Person 2".into(), kind: "Stalls".into(), place: Some(place), order: "S-00002".into() };
    let entry = DoorEntry { id: CheckInId(9), guest, by: card(1), at: 1_795_102_860_000 };
    CheckIns { counts: AtDoors { admitted: 1, expected: 5 }, recent: vec![entry] }
}

fn event() -> Event {
    Event {
        id: EventId(3),
        space_id: SpaceId(2),
        state: EventState::Published,
        title: "Gala".into(),
        html: "<p>Come.</p>".into(),
        place: Where::Hall,
        venue: "Great hall".into(),
        zone: Zone { name: "Europe/Ljubljana".into(), offsets: vec![(1_792_890_000_000, 3_600)] },
        doors_at: Some(1_795_099_260_000),
        starts_at: 1_795_102_860_000,
        ends_at: 1_795_106_460_000,
        sales_from: 1_790_000_000_000,
        sales_until: 1_795_102_860_000,
        places_each: 6,
        picture: Some(PictureId(4)),
        note: String::new(),
        version: 2,
    }
}

fn coming() -> SpaceMemberChanged {
    SpaceMemberChanged { member: SpaceMember { card: card(2), staff: false }, count: 5 }
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
    Changed { notification, read_at: None, counts: counts(), head: 9 }
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
    let points = Period::VARIANTS.iter().map(|period| (*period, Point { at: period.begin(at), values: values.clone() })).collect();
    Metrics { at, now: values, points }
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
        record: Record::ConversationChanged { from: Some("Health day".into()), topic: None },
        actor: Some(card(1)),
        about: Some(card(2)),
        subject: Subject { id: 4, name: "Health week".into() },
        conversation: Some(ConversationId(4)),
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

fn balance() -> Balance {
    Balance { currency: Currency::Eur, available: 102_550, pending_in: 5_000, pending_out: 2_500 }
}

fn deposit() -> DepositChanged {
    let deposit = Deposit {
        id: DepositId(3),
        amount: 2_550,
        currency: Currency::Eur,
        state: DepositState::Completed,
        checkout_url: "/wallet/deposits/3/simulator".into(),
        created_at: 1_795_102_860_000,
        expires_at: 1_795_104_660_000,
        ended_at: Some(1_795_102_900_000),
    };
    DepositChanged { deposit, balance: balance() }
}

fn withdrawal() -> WithdrawalChanged {
    let withdrawal = Withdrawal {
        id: WithdrawalId(5),
        amount: 2_500,
        currency: Currency::Eur,
        state: WithdrawalState::Rejected,
        account: "DE89 … 3000".into(),
        reason: "No such account".into(),
        created_at: 1_795_102_860_000,
        decided_at: Some(1_795_102_900_000),
        ended_at: Some(1_795_102_900_000),
    };
    WithdrawalChanged { withdrawal, balance: balance() }
}

fn wallet_events() -> String {
    let entry = Entry {
        id: PostingId(12),
        at: 1_795_102_860_000,
        kind: TransferKind::WithdrawalReturned,
        note: "Seats".into(),
        amount: -2_500,
        balance: 102_550,
        currency: Currency::Eur,
    };
    let withdrawal = withdrawal();
    let queued = Queued { withdrawal: withdrawal.withdrawal.clone(), person: card(2), decided_by: Some(card(1)), processed_by: None };
    let own = lines(vec![
        WalletEvent::BalanceChanged(BalanceChanged { balance: balance(), entry }),
        WalletEvent::DepositBegun(deposit()),
        WalletEvent::DepositCompleted(deposit()),
        WalletEvent::DepositDeclined(deposit()),
        WalletEvent::DepositExpired(deposit()),
        WalletEvent::WithdrawalRequested(withdrawal.clone()),
        WalletEvent::WithdrawalApproved(withdrawal.clone()),
        WalletEvent::WithdrawalRejected(withdrawal.clone()),
        WalletEvent::WithdrawalProcessed(withdrawal.clone()),
        WalletEvent::WithdrawalCancelled(withdrawal.clone()),
        WalletEvent::WithdrawalAccountChanged(withdrawal),
        WalletEvent::SettingsChanged(WalletSettings { low_balance: 1_000 }),
    ]);
    let file = PaymentFile {
        id: PaymentFileId(3),
        message_id: "PLENUM-20261119-0123456789ab".into(),
        state: FileState::Processing,
        sum: 2_500,
        account: "DE89 … 3000".into(),
        withdrawals: vec![WithdrawalId(5)],
        made_by: card(1),
        made_at: 1_795_102_860_000,
        processed_by: Some(card(1)),
        processed_at: Some(1_795_102_900_000),
    };
    let payer = Payer { name: "Institute".into(), account: "DE89 … 3000".into(), changed_at: 1_795_102_860_000 };
    let queue = vec![QueueEvent::WithdrawalMoved(queued), QueueEvent::PaymentFileMoved(file), QueueEvent::PayerChanged(payer)];
    [own, lines(queue)].join("\n")
}

fn waiting() -> OwnWaiting {
    OwnWaiting {
        event_id: EventId(7),
        ticket_type_id: TicketTypeId(4),
        state: WaitingState::Offered,
        place: 0,
        until: Some(1_795_103_760_000),
    }
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

fn euros(amount: i64) -> Money {
    Money::new(amount, Currency::Eur)
}

fn order() -> Order {
    let event = OrderEventHead {
        id: EventId(3),
        title: "Winter gala".into(),
        venue: "Great hall".into(),
        starts_at: 1_795_102_860_000,
        starts: "Thursday 19 November 2026, 16:41 (Europe/Berlin)".into(),
    };
    let seat = LineSeat { id: SeatId(1), section: "Stalls".into(), row: "E".into(), number: 12, kind: SeatKind::Companion };
    let line = OrderLine {
        id: OrderLineId(5),
        ticket_type_id: TicketTypeId(2),
        ticket_type: "Stalls".into(),
        seat: Some(seat),
        price: euros(2_500),
        discount: euros(250),
        state: LineState::Refunded,
        ticket_id: Some(TicketId(6)),
    };
    let refund =
        Refund { money: euros(2_250), lines: vec![OrderLineId(5)], reason: "Rained off".into(), by: Some(card(2)), at: 1_795_102_870_000 };
    Order {
        id: OrderId(4),
        number: "K7QD-2MXB".into(),
        event,
        buyer: card(1),
        state: OrderState::PartlyRefunded,
        hold_id: HoldId(7),
        until: None,
        lines: vec![line],
        subtotal: euros(5_000),
        discount: euros(500),
        total: euros(4_500),
        refunded: euros(2_250),
        promo: "MEMBERS10".parse().ok().map(|code| UsedPromo { code, off: Off::Percent(10) }),
        refunds: vec![refund],
        created_at: 1_795_102_850_000,
        paid_at: Some(1_795_102_860_000),
        ended_at: None,
        card: None,
    }
}

fn order_updated() -> OrderUpdated {
    let order = order();
    OrderUpdated {
        order_id: order.id,
        order_number: order.number.clone(),
        status: order.state,
        message: "Some of your order K7QD-2MXB was refunded.".into(),
        order,
    }
}

fn own_order_updated() -> OwnOrderUpdated {
    let OrderUpdated { order_id, order_number, status, message, order } = order_updated();
    OwnOrderUpdated { order_id, order_number, status, message, head: OrderHead::from(&order) }
}

fn promo() -> Promo {
    Promo {
        id: PromoCodeId(3),
        code: "EARLY".parse().unwrap(),
        off: Off::Amount(500),
        currency: Currency::Eur,
        uses: 4,
        most_uses: Some(50),
        most_each: Some(1),
        from_at: Some(1_795_102_860_000),
        until_at: None,
        ended_at: None,
    }
}

#[test]
fn the_events_of_this_schema_have_this_shape() {
    let conversation_events = lines(vec![
        ConversationEvent::MessageSent(message()),
        ConversationEvent::MessageEdited(message()),
        ConversationEvent::MessageDeleted(message()),
        ConversationEvent::QuoteChanged(QuoteChanged { message: MessageId(6), text: "before".into() }),
        ConversationEvent::ReactionChanged(ReactionsChanged { message: MessageId(7), number: 3, reactions: message().reactions }),
        ConversationEvent::PointerMoved(PointerMoved { person: PersonId(1), pointer: Pointer { read: 1, delivered: 2 } }),
        ConversationEvent::MemberJoined(member()),
        ConversationEvent::MemberLeft(member()),
        ConversationEvent::ConversationChanged(conversation()),
        ConversationEvent::ClosedChanged(Closed { closed: true }),
        ConversationEvent::Typing(Typing { person: card(1) }),
    ]);
    let person_events = lines(vec![
        PersonEvent::HeadMoved(Head {
            conversation: ConversationId(4),
            name: "Health week".into(),
            topic: String::new(),
            head: 3,
            last: Some(preview()),
            gone: vec![],
        }),
        PersonEvent::ConversationAdded(Line {
            conversation: conversation(),
            others: vec![card(2)],
            head: 3,
            last: Some(preview()),
            gone: vec![],
            own: own(),
        }),
        PersonEvent::ConversationLeft(Left { conversation: ConversationId(4) }),
        PersonEvent::OwnChanged(OwnChanged { conversation: ConversationId(4), own: own() }),
        PersonEvent::BlockChanged(BlockChanged { person: PersonId(2), blocked: true }),
    ]);
    let inbox_events = lines(vec![
        InboxEvent::NotificationCreated(notification()),
        InboxEvent::NotificationChanged(notification()),
        InboxEvent::NotificationRemoved(Gone { id: NotificationId(7), counts: counts(), head: 9 }),
        InboxEvent::NotificationsSwept(Swept { what: BulkAction::Read, after: 4, up_to: 9, counts: counts(), head: 9 }),
        InboxEvent::PreferencesChanged(Preferences {
            refused: vec![(Category::Messages, Way::Browser)],
            quiet: Some(Quiet { from: 1_320, until: 420 }),
            sound: true,
            digest: Some(Digest { hour: 8, texts: false }),
        }),
    ]);
    let renamed = OrganisationChanged { name: "Plenum Institute".into() };
    let look = Look { hue: Some(264), logo: Some(PictureId(6)), imprint: true, privacy: false };
    let organisation_events = lines(vec![
        OrganisationEvent::PersonChanged(card(1)),
        OrganisationEvent::OrganisationRenamed(renamed.clone()),
        OrganisationEvent::LookChanged(look),
    ]);
    let public_events = lines(vec![PublicEvent::OrganisationRenamed(renamed), PublicEvent::LookChanged(look)]);
    let settings_events = lines(vec![SettingsEvent::SettingsChanged(SettingsChanged { at: 1_795_102_860_000 })]);
    let ops_events = lines(vec![
        OpsEvent::ChannelsUpdated(channels()),
        OpsEvent::MetricsUpdated(metrics()),
        OpsEvent::AlarmChanged(alarm()),
        OpsEvent::AlarmRemoved(AlarmGone { id: AlarmId(7) }),
    ]);
    let jobs_events = lines(vec![JobsEvent::JobsUpdated(jobs())]);
    let mail_events = lines(vec![MailEvent::MailsChanged(MailsChanged { at: 1_795_102_860_000 })]);
    let report_events = lines(vec![ReportsEvent::ReportsMoved(ReportHead { id: ReportId(7) })]);
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
        lines(vec![
            EventEvent::AvailabilityUpdated(availability()),
            EventEvent::EventChanged(Box::new(event())),
            EventEvent::EventLive(WentLive { event_id: EventId(3), title: "Gala".into(), at: 1_795_102_860_000 }),
        ]),
        lines(vec![SpaceEvent::MemberJoined(coming()), SpaceEvent::MemberLeft(coming())]),
        lines(vec![
            SeatsEvent::SeatsChanged(seats()),
            SeatsEvent::PlanChanged(PlanChanged { version: 3, at: 1_795_102_860_000 }),
            SeatsEvent::WatchersChanged(Watching { watching: 127, at: 1_795_102_860_000 }),
        ]),
        lines(vec![
            OwnEvent::HoldChanged(hold()),
            OwnEvent::BoughtChanged(BoughtChanged { event_id: EventId(3), bought: 2, seats: vec![SeatId(4), SeatId(5)] }),
            OwnEvent::WaitingChanged(waiting()),
        ]),
        lines(vec![OrderEvent::OrderUpdated(order_updated())]),
        lines(vec![OwnOrderEvent::OrderUpdated(own_order_updated())]),
        lines(vec![PromoEvent::PromoChanged(promo())]),
        lines(vec![TicketEvent::TicketsChanged(tickets())]),
        lines(vec![DraftEvent::DraftChanged(DraftChanged { event_id: EventId(3) })]),
        lines(vec![DeskEvent::SalesChanged(sales())]),
        lines(vec![DoorEvent::CheckInsChanged(check_ins())]),
        lines(vec![PlanEvent::ImportChanged(import())]),
    ]
    .join("\n");
    let all = [
        conversation_events,
        person_events,
        report_events,
        inbox_events,
        organisation_events,
        public_events,
        ops_events,
        jobs_events,
        mail_events,
        settings_events,
        probe_events,
        application_events,
        broadcast_events,
        activity_events,
        box_office_events,
        wallet_events(),
    ]
    .join("\n");
    insta::assert_snapshot!(format!("live_schema_{LIVE_SCHEMA}"), all);
}
