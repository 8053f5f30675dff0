//! The crowd's conversations: 300 rooms, 200,000 messages, the same each time.

use crate::model::{Access, ConversationKind};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, Millis, OrganisationId, PersonId},
};
use plenum_store::db::{Conn, Store, Tx};

use super::{
    super::{
        markdown::{self, Rendered},
        rooms, search,
    },
    Shell, create, enrol, settle,
};

/// Rooms, the general one included.
const ROOMS: usize = 300;
/// Messages over all rooms.
const MESSAGES: usize = 200_000;
/// Messages of the general room, which everyone is in.
const GENERAL: usize = 20_000;
/// The first people of the organisation (the ten of the demo) are in every room, so that their lists are as long as lists get.
const EVERYWHERE: usize = 10;
/// Rows of one write.
const CHUNK: usize = 4_000;
/// Over how long it was said.
const SPAN: Millis = 90 * 24 * 3_600_000;

const SUBJECTS: [&str; 12] =
    ["Anatomy", "Ballet", "Choir", "Drawing", "Ethics", "Film", "Garden", "History", "Italian", "Jazz", "Kitchen", "Library"];
const OPENINGS: [&str; 8] = [
    "Good morning,",
    "Just so that all know:",
    "A question:",
    "Reminder:",
    "Thank you all,",
    "For tomorrow:",
    "Has anyone seen it?",
    "**Please read:**",
];
const MIDDLES: [&str; 10] = [
    "the room has changed to number 7",
    "the rehearsal begins half an hour later",
    "the notes of the last meeting are in the folder",
    "we need two more people for the desk",
    "the projector works again",
    "the deadline moves to Friday",
    "who can bring the keys",
    "the list of participants is complete",
    "there is cake in the kitchen",
    "the tickets are at the box office",
];
const ENDINGS: [&str; 6] = [
    "and that is all.",
    "so please answer by tonight.",
    "as agreed last week.",
    "unless somebody objects.",
    "see you there.",
    "more on that tomorrow.",
];

/// A small generator: the same numbers each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides.max(1)
    }
}

/// A room on its way.
struct Room {
    id: ConversationId,
    members: Vec<PersonId>,
    /// Messages that were there before.
    head: usize,
    messages: usize,
}

/// Fills rooms for all people of the organisation, who are there already. Does nothing a second time.
pub async fn seed_large(store: &Store, organisation: OrganisationId) -> AppResult<()> {
    let present = room_count(&mut *store.read().await?, organisation).await?;
    if usize::try_from(present).unwrap_or_default() >= ROOMS {
        return Ok(());
    }
    let said = sentences();
    let made = store.write(async move |tx: &mut Tx| make_rooms(tx, organisation).await).await?;
    for room in &made {
        let mut done = 0;
        while done < room.messages {
            let count = CHUNK.min(room.messages - done);
            let (id, members, said, from, total) =
                (room.id, room.members.clone(), said.clone(), room.head + done, room.head + room.messages);
            store.write(async move |tx: &mut Tx| fill(tx, id, &members, &said, from, count, total).await).await?;
            done += count;
        }
    }
    let ids: Vec<ConversationId> = made.iter().map(|room| room.id).collect();
    store
        .write(async move |tx: &mut Tx| {
            for id in &ids {
                settle(tx, *id).await?;
            }
            search::fill(tx).await
        })
        .await
}

async fn room_count(conn: &mut Conn, organisation: OrganisationId) -> AppResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from conversations where organisation_id = $1 and kind = 'room'")
        .bind(organisation)
        .fetch_one(conn)
        .await?)
}

/// Every sentence of the crowd, rendered once.
fn sentences() -> Vec<Rendered> {
    let mut said = Vec::with_capacity(OPENINGS.len() * MIDDLES.len() * ENDINGS.len());
    for opening in OPENINGS {
        for middle in MIDDLES {
            for ending in ENDINGS {
                said.push(markdown::render(&format!("{opening} {middle}, {ending}"), &[]));
            }
        }
    }
    said
}

/// The rooms and who is in them; the general room with everyone, one of ten private.
async fn make_rooms(tx: &mut Tx, organisation: OrganisationId) -> AppResult<Vec<Room>> {
    let people: Vec<PersonId> =
        sqlx::query_scalar("select id from people where organisation_id = $1 order by id").bind(organisation).fetch_all(&mut **tx).await?;
    let begun = tx.now() - SPAN;
    let general = rooms::general(tx, organisation).await?;
    for person in &people {
        enrol(tx, general, *person, false, begun).await?;
    }
    let heads: i64 = sqlx::query_scalar("select head from conversations where id = $1").bind(general).fetch_one(&mut **tx).await?;
    let present = room_count(tx, organisation).await?;
    let missing = ROOMS.saturating_sub(usize::try_from(present).unwrap_or_default());
    let mut made = vec![Room { id: general, members: people.clone(), head: usize::try_from(heads).unwrap_or_default(), messages: GENERAL }];
    let mut dice = Dice(7);
    let each = (MESSAGES - GENERAL) / missing.max(1);
    let mut rest = (MESSAGES - GENERAL) % missing.max(1);
    for index in 0..missing {
        let name = format!("{} {}", SUBJECTS.get(index % SUBJECTS.len()).copied().unwrap_or_default(), 201 + index / SUBJECTS.len());
        let access = if index % 10 == 9 { Access::Private } else { Access::Open };
        let shell = Shell {
            organisation,
            kind: ConversationKind::Room,
            access,
            name: &name,
            topic: "",
            direct_key: None,
            by: people.first().copied(),
            at: begun,
        };
        let id = create(tx, &shell).await?;
        let mut members: Vec<PersonId> = people.iter().take(EVERYWHERE).copied().collect();
        // Some rooms are small enough for pointers, most are not.
        for _ in 0..10 + dice.roll(90) {
            members.extend(people.get(dice.roll(people.len())));
        }
        members.sort_unstable();
        members.dedup();
        for (place, person) in members.iter().enumerate() {
            enrol(tx, id, *person, place == 0, begun).await?;
        }
        let extra = rest.min(1);
        rest -= extra;
        made.push(Room { id, members, head: 0, messages: each + extra });
    }
    Ok(made)
}

/// Messages with the numbers after `from`; the index is built at the end.
async fn fill(
    tx: &mut Tx,
    conversation: ConversationId,
    members: &[PersonId],
    said: &[Rendered],
    from: usize,
    count: usize,
    total: usize,
) -> AppResult<()> {
    let mut dice = Dice(conversation.0.unsigned_abs() << 20 | from as u64);
    let newest: Option<Millis> =
        sqlx::query_scalar("select max(sent_at) from messages where conversation_id = $1").bind(conversation).fetch_one(&mut **tx).await?;
    let begun = newest.unwrap_or_default().max(tx.now() - SPAN);
    // The rest of the time, shared evenly among what is still to be said.
    let step = (tx.now() - begun) / Millis::try_from(total - from).unwrap_or(Millis::MAX).max(1);
    for offset in 1..=count {
        let (Some(author), Some(rendered)) = (members.get(dice.roll(members.len())), said.get(dice.roll(said.len()))) else { continue };
        sqlx::query(
            "insert into messages (conversation_id, number, author_id, text, html, key, sent_at) values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(conversation)
        .bind(i64::try_from(from + offset).unwrap_or_default())
        .bind(author)
        .bind(&rendered.text)
        .bind(&rendered.html)
        .bind(format!("crowd-{conversation}-{}", from + offset))
        .bind(begun + step * Millis::try_from(offset).unwrap_or_default())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
