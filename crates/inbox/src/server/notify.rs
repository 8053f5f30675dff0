//! What other features say within their own transactions.

use sqlx::QueryBuilder;

use super::{announce, parts};
use crate::{live::InboxEvent, model::Category};
use plenum_core::{
    error::AppResult,
    ids::{ConversationId, NotificationId, PersonId},
};
use plenum_store::{
    active,
    db::{Conn, Db, Tx, push_list},
};
use plenum_ui::words;

/// Characters of a title and of a text at the most.
const TITLE_CHARS: usize = 120;
const TEXT_CHARS: usize = 240;
/// People of one statement at the most.
const AT_ONCE: usize = 200;

/// Something that concerns people.
#[derive(Debug, Clone)]
pub struct News {
    /// What it is about.
    pub category: Category,
    /// One line; cut if it is too long.
    pub title: String,
    /// A line or two of plain text; cut.
    pub text: String,
    /// Where it leads: a path of this site.
    pub link: String,
    /// Who did it: they are never told of it themselves.
    pub actor: Option<PersonId>,
    /// What it is about, `message:7`, by which it can be undone ([`retract`](super::retract)) or said otherwise ([`retell`]).
    pub subject: Option<String>,
    /// Where that is, and its number there: whoever has read up to it has read this ([`read_thread`]).
    pub thread: Option<(String, i64)>,
    /// While it is unread, what comes with the same key joins it and makes it news again.
    pub group: Option<String>,
}

/// The first `most` characters of `text`, on one line.
fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

/// Tells `people`, but for whoever did it, those who do not want to know, and those who are suspended or were removed.
pub async fn notify(tx: &mut Tx, people: &[PersonId], news: &News) -> AppResult<()> {
    let people: Vec<PersonId> = people.iter().copied().filter(|person| Some(*person) != news.actor).collect();
    let people = active::only_active(tx, &people).await?;
    for people in people.chunks(AT_ONCE) {
        let people = willing(tx, people, news.category).await?;
        let same = |_| (news.title.as_str(), news.text.as_str());
        tell(tx, &people, news, same).await?;
    }
    Ok(())
}

/// Tells each of `people` the same news in words of their own, title and text; those of `news` are for nobody.
pub async fn notify_each(tx: &mut Tx, people: &[(PersonId, String, String)], news: &News) -> AppResult<()> {
    for people in people.chunks(AT_ONCE) {
        let ids: Vec<PersonId> = people.iter().map(|(person, ..)| *person).filter(|person| Some(*person) != news.actor).collect();
        let ids = active::only_active(tx, &ids).await?;
        let ids = willing(tx, &ids, news.category).await?;
        let own = |person| {
            let words = people.iter().find(|(whose, ..)| *whose == person);
            words.map_or_else(Default::default, |(_, title, text)| (title.as_str(), text.as_str()))
        };
        tell(tx, &ids, news, own).await?;
    }
    Ok(())
}

/// Those who have not refused to be told of `category`.
pub async fn willing(conn: &mut Conn, people: &[PersonId], category: Category) -> AppResult<Vec<PersonId>> {
    if category.is_locked() || people.is_empty() {
        return Ok(people.to_vec());
    }
    let mut query = QueryBuilder::<Db>::new("select person_id from notification_refusals where way = 'app' and category = ");
    query.push_bind(category).push(" and person_id in ");
    push_list(&mut query, people.iter().copied());
    let unwilling: Vec<PersonId> = query.build_query_scalar().fetch_all(conn).await?;
    Ok(people.iter().copied().filter(|person| !unwilling.contains(person)).collect())
}

/// Writes and announces it; `words` are the title and the text for each.
async fn tell<'a>(tx: &mut Tx, people: &[PersonId], news: &News, words: impl Fn(PersonId) -> (&'a str, &'a str)) -> AppResult<()> {
    if people.is_empty() {
        return Ok(());
    }
    let numbers: Vec<(PersonId, i64)> = QueryBuilder::<Db>::new("insert into inboxes (person_id, head) ")
        .push_values(people, |mut row, person| {
            row.push_bind(person).push_bind(1);
        })
        .push(" on conflict (person_id) do update set head = inboxes.head + 1 returning person_id, head")
        .build_query_as()
        .fetch_all(&mut **tx)
        .await?;
    let (now, place) = (tx.now(), place(tx, news).await?);
    let (thread, thread_number) = news.thread.as_ref().map(|(thread, number)| (thread.as_str(), *number)).unzip();
    let ids: Vec<NotificationId> = QueryBuilder::<Db>::new(
        "insert into notifications (person_id, number, category, title, text, link, place, actor_id, subject, thread, thread_number, group_key, created_at) ",
    )
    .push_values(&numbers, |mut row, (person, number)| {
        let (title, text) = words(*person);
        row.push_bind(person)
            .push_bind(number)
            .push_bind(news.category)
            .push_bind(cut(title, TITLE_CHARS))
            .push_bind(cut(text, TEXT_CHARS))
            .push_bind(&news.link)
            .push_bind(&place)
            .push_bind(news.actor)
            .push_bind(&news.subject)
            .push_bind(thread)
            .push_bind(thread_number)
            .push_bind(&news.group)
            .push_bind(now);
    })
    .push(
        " on conflict (person_id, group_key) where group_key is not null and read_at is null and archived_at is null and snoozed_until is null
            and deleted_at is null
          do update set number = excluded.number, title = excluded.title, text = excluded.text, link = excluded.link, place = excluded.place,
            actor_id = excluded.actor_id,
            count = notifications.count + 1, subject = excluded.subject, thread_number = excluded.thread_number, created_at = excluded.created_at,
            seen_at = null
          returning id",
    )
    .build_query_scalar()
    .fetch_all(&mut **tx)
    .await?;
    if let (Some(subject), true) = (&news.subject, news.group.is_some()) {
        parts::add(tx, &ids, subject).await?;
    }
    announce(tx, &ids, InboxEvent::NotificationCreated).await
}

/// What the place of `news` is called, if it has a name: a conversation of two is called like the other one, who said it.
async fn place(conn: &mut Conn, news: &News) -> AppResult<String> {
    let conversation = news.thread.as_ref().and_then(|(thread, _)| thread.strip_prefix("conversation:")?.parse::<ConversationId>().ok());
    let Some(conversation) = conversation else { return Ok(String::new()) };
    let found: Option<(String, String, Option<String>)> =
        sqlx::query_as("select c.kind, c.name, p.name from conversations c left join people p on p.id = $2 where c.id = $1")
            .bind(conversation)
            .bind(news.actor)
            .fetch_optional(conn)
            .await?;
    Ok(match found {
        Some((kind, _, Some(other))) if kind == "direct" => other,
        Some((_, name, _)) if name.is_empty() => words::KIND_GROUP.to_owned(),
        Some((_, name, _)) => name,
        None => String::new(),
    })
}

/// `person` has read `thread` up to `number`: what was told of it is read.
pub async fn read_thread(tx: &mut Tx, person: PersonId, thread: &str, number: i64) -> AppResult<()> {
    let ids: Vec<NotificationId> = sqlx::query_scalar(
        "update notifications set read_at = $4, seen_at = coalesce(seen_at, $4)
         where person_id = $1 and thread = $2 and thread_number <= $3 and read_at is null and deleted_at is null and snoozed_until is null returning id",
    )
    .bind(person)
    .bind(thread)
    .bind(number)
    .bind(tx.now())
    .fetch_all(&mut **tx)
    .await?;
    announce(tx, &ids, InboxEvent::NotificationChanged).await
}

/// What a notification is about says something else now.
pub async fn retell(tx: &mut Tx, subject: &str, text: &str) -> AppResult<()> {
    let text = cut(text, TEXT_CHARS);
    let ids: Vec<NotificationId> = sqlx::query_scalar("update notifications set text = $2 where subject = $1 and text <> $2 returning id")
        .bind(subject)
        .bind(&text)
        .fetch_all(&mut **tx)
        .await?;
    announce(tx, &ids, InboxEvent::NotificationChanged).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_on_one_line() {
        assert_eq!(cut(" a\n b ", 10), "a b");
        assert_eq!(cut(&"ü ".repeat(50), 3), "ü ü…");
    }
}
