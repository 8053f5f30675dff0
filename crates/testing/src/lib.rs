//! What tests of every layer share: an institution in a temporary folder.
//!
//! Fixtures of a feature are in that feature, behind its feature flag `testing`.

#![expect(clippy::unwrap_used, reason = "a fixture that fails fails its test")]

use plenum_core::{
    ids::{OrganisationId, PersonId, SignInId},
    letters::folded,
    people::{Identity, Privacy, Role},
};
use plenum_store::{
    db::{Commits, Committed, Store, Tx},
    sealing::{Sealing, SealingKey},
};

/// A store with people in it; the folder goes with it.
pub struct House {
    pub store: Store,
    pub people: Vec<Identity>,
    commits: Commits,
    _folder: tempfile::TempDir,
}

pub const HERE: OrganisationId = OrganisationId(1);
pub const ELSEWHERE: OrganisationId = OrganisationId(2);

impl House {
    /// `count` people of one organisation: the first runs it. Another organisation has one person, the last.
    pub async fn with(count: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, commits) = Store::open(&format!("sqlite://{}", folder.path().join("test.db").display()), 1).await.unwrap();
        store.part::<Sealing>().set(SealingKey::random());
        store
            .write(async move |tx: &mut Tx| {
                for organisation in [HERE, ELSEWHERE] {
                    sqlx::query("insert into organisations (id, name, host, created_at) values ($1, 'Institute', $2, 0)")
                        .bind(organisation)
                        .bind(organisation.to_string())
                        .execute(&mut **tx)
                        .await?;
                }
                for id in 1..=count + 1 {
                    let organisation = if id <= count { HERE } else { ELSEWHERE };
                    sqlx::query("insert into people (id, organisation_id, email, name, password_hash, hue, created_at, name_folded) values ($1, $2, $3, $4, '', $5, 0, $6)")
                        .bind(id)
                        .bind(organisation)
                        .bind(format!("p{id}@plenum.example"))
                        .bind(name(id))
                        .bind(id % 12)
                        .bind(folded(&name(id)))
                        .execute(&mut **tx)
                        .await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let person = |id| Identity {
            person: PersonId(id),
            organisation: if id <= count { HERE } else { ELSEWHERE },
            sign_in: SignInId(id),
            name: name(id),
            hue: u8::try_from(id % 12).unwrap(),
            privacy: Privacy::default(),
            roles: if id == 1 { vec![Role::Member, Role::Admin] } else { vec![Role::Member] },
        };
        Self { store, people: (1..=count + 1).map(person).collect(), commits, _folder: folder }
    }

    /// The person with this id.
    pub fn person(&self, id: usize) -> &Identity {
        &self.people[id - 1]
    }

    /// What has been committed since the last call.
    pub fn committed(&mut self) -> Vec<Committed> {
        let mut events = Vec::new();
        while let Ok(group) = self.commits.try_recv() {
            events.extend(group.items);
        }
        events
    }

    /// Wire names and payloads of what has been committed on `channel` since the last call.
    pub fn announced(&mut self, channel: &str) -> Vec<(String, String)> {
        self.committed()
            .into_iter()
            .filter_map(|item| match item {
                Committed::Event { channel: on, event, payload, .. } if on == channel => Some((event, payload)),
                _ => None,
            })
            .collect()
    }

    /// Runs one statement that changes the database; true if the database took it.
    pub async fn execute(&self, statement: &'static str) -> bool {
        let ran = self.store.write(async move |tx: &mut Tx| {
            sqlx::query(statement).execute(&mut **tx).await?;
            Ok(())
        });
        ran.await.is_ok()
    }

    /// Asserts that the database refuses `first`, the first row of a new kind, until `kind` has inserted that kind.
    pub async fn assert_kind_is_a_row(&self, kind: &'static str, first: &'static str) {
        assert!(!self.execute(first).await, "{first}");
        assert!(self.execute(kind).await, "{kind}");
        assert!(self.execute(first).await, "{first}");
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut **self.store.read().await.as_mut().unwrap()).await.unwrap()
    }
}

fn name(id: i64) -> String {
    match id {
        1 => "Vera Nowak".to_owned(),
        2 => "Sam Adeyemi".to_owned(),
        3 => "Lena Kovač".to_owned(),
        id => format!("Person {id}"),
    }
}
