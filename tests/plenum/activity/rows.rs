//! I32: what is done leaves exactly one row, and what is refused or was done before leaves none; over a crash too.

use std::collections::BTreeMap;

use super::*;

/// Everybody's, whom the seeds make.
const PASSWORD: &str = "plenum-demo";

/// The verbs that have been recorded since the last call.
struct Record<'a> {
    server: &'a Server,
    seen: i64,
}

impl<'a> Record<'a> {
    async fn new(server: &'a Server) -> Self {
        let mut record = Self { server, seen: 0 };
        record.news().await;
        record
    }

    async fn news(&mut self) -> Vec<String> {
        let database = self.server.database().await;
        let rows: Vec<(i64, String)> =
            sqlx::query_as("select id, verb from activity where id > $1 order by id").bind(self.seen).fetch_all(&database).await.unwrap();
        database.close().await;
        self.seen = rows.last().map_or(self.seen, |(id, _)| *id);
        rows.into_iter().map(|(_, verb)| verb).collect()
    }

    /// Does it, which leaves exactly these rows.
    async fn leaves(&mut self, who: &Person, endpoint: &str, arguments: &[(&str, &str)], verbs: &[&str]) -> Value {
        let answer = done(who, endpoint, arguments).await;
        assert_eq!(self.news().await, verbs, "{endpoint} {arguments:?}");
        answer
    }

    /// It is refused, and leaves none.
    async fn refuses(&mut self, who: &Person, endpoint: &str, arguments: &[(&str, &str)]) {
        let status = who.call(endpoint, arguments).await.status().as_u16();
        assert!((400..500).contains(&status), "{endpoint} {arguments:?}: {status}");
        assert_eq!(self.news().await, [] as [&str; 0], "{endpoint} {arguments:?}");
    }
}

fn server() -> Server {
    Server::start_with(&[("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0")])
}

/// Conversations: made, changed, joined, left, passed on; a message deleted by another.
#[tokio::test]
async fn conversations_leave_rows() {
    let server = server();
    let (admin, lena, tom, sam) =
        (server.person("admin").await, server.person("lena").await, server.person("tom").await, server.person("sam").await);
    let (sam_id, tom_id) = (sam.id.to_string(), tom.id.to_string());
    let mut record = Record::new(&server).await;
    let chess =
        record.leaves(&lena, "messages/create_room", &[("name", "Chess"), ("topic", "")], &["conversation.created"]).await.to_string();
    record.refuses(&lena, "messages/create_room", &[("name", "chess"), ("topic", "")]).await;
    let of = |more: &[(&'static str, &'static str)]| -> Vec<(&str, &str)> {
        [("conversation", chess.as_str())].into_iter().chain(more.iter().copied()).collect()
    };
    record.leaves(&lena, "messages/rename", &of(&[("name", "Chess"), ("topic", "Wednesdays")]), &["conversation.changed"]).await;
    record.leaves(&lena, "messages/rename", &of(&[("name", "Chess"), ("topic", "Wednesdays")]), &[]).await;
    record.refuses(&tom, "messages/rename", &of(&[("name", "Mine"), ("topic", "")])).await;
    record.leaves(&tom, "messages/join", &of(&[]), &["member.joined"]).await;
    record.leaves(&tom, "messages/join", &of(&[]), &[]).await;
    let inviting = [("conversation", chess.as_str()), ("person", sam_id.as_str())];
    record.leaves(&tom, "messages/invite", &inviting, &["member.invited"]).await;
    record.leaves(&tom, "messages/invite", &inviting, &[]).await;
    record.refuses(&tom, "messages/remove", &inviting).await;
    let message = tom.send(chess.parse().unwrap(), "nonsense").await["id"].to_string();
    record.refuses(&sam, "messages/delete", &[("message", &message)]).await;
    record.leaves(&lena, "messages/delete", &[("message", &message)], &["message.deleted"]).await;
    record.leaves(&lena, "messages/delete", &[("message", &message)], &[]).await;
    let own = tom.send(chess.parse().unwrap(), "my own").await["id"].to_string();
    record.leaves(&tom, "messages/delete", &[("message", &own)], &[]).await;
    record.leaves(&lena, "messages/remove", &inviting, &["member.removed"]).await;
    record.leaves(&lena, "messages/remove", &inviting, &[]).await;
    record.leaves(&lena, "messages/leave", &of(&[]), &["member.left", "owner.changed"]).await;
    record.refuses(&lena, "messages/leave", &of(&[])).await;
    let general = admin.general().await.to_string();
    record.refuses(&admin, "messages/leave", &[("conversation", &general)]).await;
    record.leaves(&lena, "messages/create_group", &[("people[]", &sam_id), ("people[]", &tom_id)], &["conversation.created"]).await;
    let direct = record.leaves(&lena, "messages/direct", &[("person", &tom_id)], &["conversation.created"]).await;
    assert_eq!(record.leaves(&tom, "messages/direct", &[("person", &lena.id.to_string())], &[]).await, direct);
    record.leaves(&lena, "messages/mute", &[("conversation", &direct.to_string()), ("muted", "true")], &[]).await;
}

/// People: registered, roles, invitations, names, sign-ins, passwords, tokens; the organisation.
#[tokio::test]
async fn people_leave_rows() {
    let server = server();
    let (admin, lena, sam) = (server.person("admin").await, server.person("lena").await, server.person("sam").await);
    let sam_id = sam.id.to_string();
    let mut record = Record::new(&server).await;
    let roles = [("person", sam_id.as_str()), ("roles[]", "instructor"), ("roles[]", "agent")];
    record.leaves(&admin, "people/set_roles", &roles, &["role.granted", "role.granted"]).await;
    record.leaves(&admin, "people/set_roles", &roles, &[]).await;
    record.leaves(&admin, "people/set_roles", &roles[..2], &["role.revoked"]).await;
    record.refuses(&lena, "people/set_roles", &roles).await;
    let own = admin.id.to_string();
    record.refuses(&admin, "people/set_roles", &[("person", &own), ("roles[]", "agent")]).await;
    let invited = record.leaves(&admin, "people/invite", &[("email", ""), ("role", "clinician")], &["invitation.created"]).await;
    record.refuses(&admin, "people/invite", &[("email", "sam@plenum.example"), ("role", "member")]).await;
    let token = invited.as_str().unwrap().rsplit_once('=').unwrap().1.to_owned();
    let form =
        [("name", "Ada Lovelace"), ("email", "ada@plenum.example"), ("password", "correct horse battery"), ("invitation", token.as_str())];
    record.leaves(&lena, "people/register", &form, &["person.registered", "role.granted", "role.granted"]).await;
    let lena = server.person("lena").await;
    record.refuses(&lena, "people/register", &form).await;
    record.leaves(&admin, "people/invite", &[("email", ""), ("role", "member")], &["invitation.created"]).await;
    let invitations = admin.ask("people/overview", &[]).await["invitations"].clone();
    let open = invitations.as_array().unwrap().iter().find(|one| one["used"] == false).unwrap()["id"].to_string();
    record.leaves(&admin, "people/withdraw_invitation", &[("id", &open)], &["invitation.withdrawn"]).await;
    record.refuses(&admin, "people/withdraw_invitation", &[("id", &open)]).await;
    let tom_id = server.person("tom").await.id.to_string();
    let tom = [("person", tom_id.as_str())];
    record.refuses(&lena, "people/suspend", &tom).await;
    record.leaves(&admin, "people/suspend", &tom, &["person.suspended"]).await;
    record.refuses(&admin, "people/suspend", &tom).await;
    record.leaves(&admin, "people/restore", &tom, &["person.restored"]).await;
    record.refuses(&admin, "people/restore", &tom).await;
    record.refuses(&admin, "people/remove", &tom).await;

    let profile = [("name", "Samuel Adeyemi"), ("hue", "3"), ("zone", "Europe/Berlin")];
    record.leaves(&sam, "people/update_profile", &profile, &["person.renamed"]).await;
    record.leaves(&sam, "people/update_profile", &profile, &[]).await;
    record.refuses(&sam, "people/update_profile", &[("name", ""), ("hue", "3"), ("zone", "Europe/Berlin")]).await;
    let signing = [("email", "sam@plenum.example"), ("password", PASSWORD)];
    let visitor = server.person("noor").await;
    record.leaves(&visitor, "people/sign_in", &signing, &["sign_in.created"]).await;
    record.refuses(&visitor, "people/sign_in", &[("email", "sam@plenum.example"), ("password", "wrong")]).await;
    let other = server.person("sam").await.sign_in.to_string();
    record.leaves(&sam, "people/revoke_sign_in", &[("id", &other)], &["sign_in.ended"]).await;
    record.refuses(&sam, "people/revoke_sign_in", &[("id", &other)]).await;
    record.leaves(&sam, "people/revoke_others", &[], &["sign_in.others_ended"]).await;
    record.leaves(&sam, "people/revoke_others", &[], &[]).await;
    let wish = [("name", "backup"), ("scopes[]", "read"), ("current", PASSWORD)];
    let made = record.leaves(&sam, "people/create_token", &wish, &["token.created"]).await["id"].to_string();
    record.refuses(&sam, "people/create_token", &[("name", "backup"), ("scopes[]", "read"), ("current", "wrong")]).await;
    record.leaves(&sam, "people/end_token", &[("id", &made)], &["token.ended"]).await;
    record.refuses(&sam, "people/end_token", &[("id", &made)]).await;
    record
        .leaves(&sam, "people/change_password", &[("current", PASSWORD), ("password", "correct horse battery")], &["password.changed"])
        .await;
    record.refuses(&sam, "people/change_password", &[("current", PASSWORD), ("password", "another long one")]).await;

    record
        .leaves(
            &admin,
            "people/update_organisation",
            &[("name", "The Institute"), ("open_registration", "true")],
            &["organisation.renamed"],
        )
        .await;
    record.leaves(&admin, "people/update_organisation", &[("name", "The Institute")], &["organisation.changed"]).await;
    record.leaves(&admin, "people/update_organisation", &[("name", "The Institute")], &[]).await;
    record.refuses(&lena, "people/update_organisation", &[("name", "Mine")]).await;
}

/// What the operator does with organisations, and what admins say of theirs.
#[tokio::test]
async fn organisations_leave_rows() {
    let server = server();
    let (admin, lena) = (server.person("admin").await, server.person("lena").await);
    let mut record = Record::new(&server).await;
    let form = [("name", "School"), ("host", "school.example")];
    record.refuses(&lena, "organisations/create", &form).await;
    record.leaves(&admin, "organisations/create", &form, &["organisation.created", "invitation.created"]).await;
    record.refuses(&admin, "organisations/create", &form).await;
    let listed = admin.ask("organisations/list", &[]).await["state"]["list"].clone();
    let id = listed.as_array().unwrap().iter().find(|one| one["name"] == "School").unwrap()["id"].to_string();
    let edit = [("id", id.as_str()), ("name", "Academy"), ("host", "school.example"), ("people", "")];
    record.leaves(&admin, "organisations/update", &edit, &["organisation.edited"]).await;
    record.leaves(&admin, "organisations/update", &edit, &[]).await;
    let limited = [("id", id.as_str()), ("name", "Academy"), ("host", "school.example"), ("people", "9")];
    record.leaves(&admin, "organisations/update", &limited, &["organisation.limited"]).await;
    record.leaves(&admin, "organisations/suspend", &[("id", &id)], &["organisation.suspended"]).await;
    record.refuses(&admin, "organisations/suspend", &[("id", &id)]).await;
    record.leaves(&admin, "organisations/resume", &[("id", &id)], &["organisation.resumed"]).await;
    record.refuses(&lena, "organisations/resume", &[("id", &id)]).await;
    record.leaves(&admin, "organisations/say", &[("imprint", "Who we are")], &["organisation.shown"]).await;
    record.leaves(&admin, "organisations/say", &[("imprint", "Who we are")], &[]).await;
    record.leaves(&admin, "organisations/set_colour", &[("own", "true"), ("colour", "#2040c0")], &["organisation.shown"]).await;
    record.refuses(&lena, "organisations/set_colour", &[]).await;
}

/// External applications and broadcasts.
#[tokio::test]
async fn applications_and_broadcasts_leave_rows() {
    let server = server();
    let (admin, lena) = (server.person("admin").await, server.person("lena").await);
    let mut record = Record::new(&server).await;
    record.refuses(&lena, "applications/create", &[("name", "Kiosk")]).await;
    record.leaves(&admin, "applications/create", &[("name", "Kiosk")], &["application.created"]).await;
    let listed = admin.ask("applications/list", &[]).await;
    let id = listed.as_array().unwrap().iter().find(|app| app["settings"]["name"] == "Kiosk").unwrap()["id"].to_string();
    let settings = [
        ("id", id.as_str()),
        ("name", "Kiosk"),
        ("enabled", "true"),
        ("origins", "*"),
        ("connections", "10"),
        ("presence_members", "10"),
        ("data_bytes", "10000"),
    ];
    record.leaves(&admin, "applications/update", &settings, &["application.changed"]).await;
    let of = [("id", id.as_str())];
    record.leaves(&admin, "applications/rotate", &of, &["application.secret_changed"]).await;
    record.refuses(&admin, "applications/rotate", &of).await;
    record.leaves(&admin, "applications/end_rotation", &of, &["application.secret_ended"]).await;
    record.leaves(&admin, "applications/end_rotation", &of, &[]).await;
    let hook = [("id", id.as_str()), ("url", "http://127.0.0.1:9/secret-path"), ("events[]", "channel_occupied")];
    record.leaves(&admin, "applications/add_webhook", &hook, &["application.webhook_added"]).await;
    let listed = admin.ask("applications/list", &[]).await;
    let webhook =
        listed.as_array().unwrap().iter().find(|app| app["settings"]["name"] == "Kiosk").unwrap()["webhooks"][0]["id"].to_string();
    let hook = [("id", id.as_str()), ("webhook", webhook.as_str())];
    record.leaves(&admin, "applications/remove_webhook", &hook, &["application.webhook_removed"]).await;
    record.leaves(&admin, "applications/remove_webhook", &hook, &[]).await;
    record.leaves(&admin, "applications/remove", &of, &["application.removed"]).await;
    record.refuses(&admin, "applications/remove", &of).await;
    let log = admin.ask("activity/audit", &[("asked[topic]", "organisation")]).await.to_string();
    assert!(log.contains("127.0.0.1:9") && !log.contains("secret-path"), "where a webhook goes, without what is secret of it: {log}");

    let far = [("key", "key-of-the-form"), ("audience", "everyone"), ("title", "Fire drill"), ("at", "2035-01-01T00:00")];
    // A year ahead at the most.
    record.refuses(&admin, "broadcasts/send", &far).await;
    let tomorrow = plenum_core::time::Zone::machine(plenum_store::db::now() + 36 * 3_600_000).get(..16).unwrap().to_owned();
    let later = [("key", "key-of-the-form"), ("audience", "everyone"), ("title", "Fire drill"), ("at", tomorrow.as_str())];
    let id = record.leaves(&admin, "broadcasts/send", &later, &["broadcast.created"]).await.to_string();
    assert_eq!(record.leaves(&admin, "broadcasts/send", &later, &[]).await.to_string(), id, "the same key is the same broadcast");
    for (act, verb) in [("pause", "broadcast.paused"), ("resume", "broadcast.resumed"), ("cancel", "broadcast.cancelled")] {
        record.leaves(&admin, "broadcasts/act", &[("id", &id), ("act", act)], &[verb]).await;
        record.refuses(&admin, "broadcasts/act", &[("id", &id), ("act", "finish")]).await;
    }
    record.refuses(&admin, "broadcasts/act", &[("id", &id), ("act", "pause")]).await;
    let mut socket = subscribed(&lena, &[format!("private-organisation.{}", lena.organisation)]).await;
    let now = [("key", "key-of-another-form"), ("audience", "everyone"), ("title", "Fire drill")];
    done(&admin, "broadcasts/send", &now).await;
    let started = data(&socket.wait("activity.recorded").await);
    assert_eq!((&started["verb"], &started["subject"]["name"]), (&json!("broadcast.started"), &json!("Fire drill")));
    eventually_true("the broadcast is sent", async || {
        let news = record.news().await;
        assert!(news.iter().all(|verb| verb.starts_with("broadcast.")), "{news:?}");
        record.seen >= newest(&server, "broadcast.sent").await.unwrap_or(i64::MAX)
    })
    .await;
    assert_eq!(lines(&feed(&lena, "today").await)[0], "broadcast.started - Fire drill");
    assert!(!feed(&admin, "today").await.to_string().contains("broadcast.started"), "whoever sent it has no echo");
    let database = server.database().await;
    let once: i64 = sqlx::query_scalar(
        "select count(*) from (select 1 from activity where subject_kind = 'broadcast' group by verb, subject_id having count(*) > 1)",
    )
    .fetch_one(&database)
    .await
    .unwrap();
    assert_eq!(once, 0, "each once");
}

async fn newest(server: &Server, verb: &str) -> Option<i64> {
    let database = server.database().await;
    let newest = sqlx::query_scalar("select max(id) from activity where verb = $1").bind(verb).fetch_one(&database).await.unwrap();
    database.close().await;
    newest
}

/// `kill -9` in a storm of roles given and taken: what the rows say adds up to what people hold, for every role of everybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_has_a_row_for_each_effect() {
    let mut server = server();
    let before = held(&server).await;
    let baseline = newest(&server, "role.granted").await.unwrap();
    for round in 0..3 {
        let admin = server.person("admin").await;
        let mut storm = Vec::new();
        for (index, name) in ["sam", "lena", "noor", "tom", "ines", "omar"].into_iter().enumerate() {
            let (admin, id) = (admin.clone(), server.person(name).await.id.to_string());
            storm.push(tokio::spawn(async move {
                for step in 0_usize.. {
                    let roles = ["instructor", "clinician", "agent", "organiser"];
                    let wanted = (step * 7 + index + round) % 16;
                    let chosen = roles.iter().enumerate().filter(|(bit, _)| wanted >> bit & 1 == 1).map(|(_, role)| ("roles[]", *role));
                    let form: Vec<(&str, &str)> = [("person", id.as_str())].into_iter().chain(chosen).collect();
                    if admin.try_call("people/set_roles", &form).await.is_err() {
                        return;
                    }
                }
            }));
        }
        let begun = newest(&server, "role.granted").await;
        eventually_true("the storm blows", async || newest(&server, "role.granted").await >= begun.map(|id| id + 100)).await;
        server.kill();
        for writer in storm {
            writer.await.unwrap();
        }
        server.restart();
    }
    let database = server.database().await;
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "select subject_id, verb, json_extract(details, '$.role') from activity where verb in ('role.granted', 'role.revoked') and id > $1 order by id",
    )
    .bind(baseline)
    .fetch_all(&database)
    .await
    .unwrap();
    database.close().await;
    assert!(rows.len() > 20, "the storm did something: {}", rows.len());
    let mut holds = before;
    for (person, verb, role) in rows {
        let was = holds.insert((person, role.clone()), verb == "role.granted").unwrap_or(false);
        assert_ne!(was, verb == "role.granted", "{verb} {role} of {person} changed nothing: a row without its effect");
    }
    holds.retain(|_, held| *held);
    assert_eq!(holds, held(&server).await, "an effect without its row");
}

/// Who holds what.
async fn held(server: &Server) -> BTreeMap<(i64, String), bool> {
    let database = server.database().await;
    let rows: Vec<(i64, String)> = sqlx::query_as("select person_id, role from roles").fetch_all(&database).await.unwrap();
    database.close().await;
    rows.into_iter().map(|row| (row, true)).collect()
}
