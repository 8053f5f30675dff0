//! Broadcasts of the demo: made and delivered by the rules of every broadcast, a while ago.

use super::{delivering, desk, rendering::Proved, sending};
use crate::model::{Audience, Draft, Words};
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId, SignInId},
    people::{Identity, PersonCard, Privacy, Role},
};
use plenum_inbox::server as inbox;
use plenum_store::{db::Tx, jobs};

const MINUTE: Millis = 60_000;
/// People that a step tells.
const STEP: usize = 200;
/// When everyone was told, in minutes ago: after all that is said in the demo.
const DRILL: Millis = 12;
/// What `--large` adds, each to everyone; a few, so that no inbox is full of them.
const LARGE: [(&str, &str, Millis); 4] = [
    ("The library is open until ten this week", "The reading room on the second floor too.", 10),
    ("New badges are at the desk", "Bring the old one, {{ first_name }}.", 8),
    ("The lift in the east wing works again", "", 6),
    ("Spring concert: members first", "Tickets go on sale at noon on Friday.", 4),
];

/// The broadcasts of `admin` to everyone; more of them if there is a crowd.
pub async fn seed_broadcasts(tx: &mut Tx, organisation: OrganisationId, admin: &PersonCard, large: bool) -> AppResult<()> {
    let who = Identity {
        person: admin.id,
        organisation,
        sign_in: SignInId(0),
        name: admin.name.clone(),
        hue: admin.hue,
        privacy: Privacy::default(),
        roles: vec![Role::Member, Role::Admin],
    };
    let drill = ("Fire drill tomorrow at 10:30", "{{ first_name }}, please leave by the nearest stairs, not by the lift.", DRILL);
    for (title, text, ago) in std::iter::once(drill).chain(LARGE.into_iter().filter(|_| large)) {
        let draft = Draft::new(Audience::Everyone, Words::parse(0, title, text, "", 1)?);
        deliver(tx, &who, &Proved::of(draft)?, ago * MINUTE).await?;
    }
    Ok(())
}

async fn deliver(tx: &mut Tx, who: &Identity, draft: &Proved, ago: Millis) -> AppResult<()> {
    let id = desk::create(tx, who, draft).await?.id;
    loop {
        let letters = delivering::render(tx, id, STEP).await?;
        if !sending::step(tx, id, STEP, &letters).await? {
            break;
        }
    }
    jobs::cancel(tx, &sending::key(id)).await?;
    let at = tx.now() - ago;
    inbox::notified_at(tx, at).await?;
    for statement in [
        "update broadcasts set due_at = $2, created_at = $2, started_at = $2, ended_at = $2 where id = $1",
        "update broadcast_recipients set due_at = $2, delivered_at = $2 where broadcast_id = $1 and delivered_at is not null",
        "update broadcast_moments set at = $2 where broadcast_id = $1",
        "update activity set at = $2 where subject_kind = 'broadcast' and subject_id = $1",
    ] {
        sqlx::query(statement).bind(id).bind(at).execute(&mut **tx).await?;
    }
    Ok(())
}
