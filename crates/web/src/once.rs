//! What is shown once, to pages without scripts.
//!
//! With scripts the answer to a command carries a new secret, and the page shows it. A page without them is led elsewhere after its form,
//! and a secret must stand in no address. It waits in the browser's session, sealed under a key that only the browser's cookie makes: the
//! database holds the cookie's hash and what is sealed, and neither it nor a backup can open that. The page that the browser is led to
//! takes it out. The router does that, once a request, and puts it into the request as [`ShownOnce`]: what makes a page may ask twice.
//!
//! A session is saved whole: of two secrets that are made at the same moment in one browser, the later one waits, and two of its pages that
//! ask at the same moment may both show it. What is lost is shown to nobody; the page says so, and whoever made it makes another. What
//! nobody takes out stays sealed where it is until the next one takes its place or the sign-in ends.

use std::fmt::Display;

use cookie::{Cookie, CookieJar, Key};
use plenum_core::{
    error::{AppError, AppResult},
    ids::Millis,
};
use plenum_store::{db, faults};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest as _, Sha512};

use crate::sign_ins::{Session, SessionId, refused};

/// How long something waits.
const WAITS: Millis = 120_000;
/// Under what it waits in the session.
const NAME: &str = "once";

/// What a page shows now, and never again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShownOnce {
    what: String,
    value: Value,
    until: Millis,
}

impl ShownOnce {
    /// `value`, to be shown as `what` within two minutes.
    ///
    /// # Errors
    /// Internal, if it cannot be written as JSON.
    pub fn new(what: &str, value: &impl Serialize) -> AppResult<Self> {
        let value = serde_json::to_value(value).map_err(internal)?;
        Ok(Self { what: what.to_owned(), value, until: db::now() + WAITS })
    }

    /// It, if it is this.
    pub fn get<T: DeserializeOwned>(&self, what: &str) -> Option<T> {
        if self.what == what { serde_json::from_value(self.value.clone()).ok() } else { None }
    }

    /// Keeps it in the session, in place of what waited there. Where the session has ended there is nobody to show it to.
    ///
    /// # Errors
    /// Internal, if it cannot be written.
    pub async fn keep(self, session: &Session) -> AppResult<()> {
        // An id that stands for nothing is forgotten here.
        session.get_value(NAME).await.map_err(refused)?;
        let Some(id) = session.id() else { return Ok(()) };
        let sealed = self.sealed(&id)?;
        session.insert(NAME, sealed).await.map_err(refused)?;
        session.save().await.map_err(refused)
    }

    /// Takes out what waits in the session: once, within two minutes.
    ///
    /// # Errors
    /// Internal, if it cannot be read or taken out.
    pub async fn take(session: &Session) -> AppResult<Option<Self>> {
        let Some(sealed) = session.get::<String>(NAME).await.map_err(refused)? else { return Ok(None) };
        session.remove_value(NAME).await.map_err(refused)?;
        // Now, and not with the answer: what is shown is gone.
        session.save().await.map_err(refused)?;
        let opened = session.id().and_then(|id| Self::opened(sealed, &id));
        Ok(opened.filter(|once| db::now() < once.until))
    }

    fn sealed(&self, id: &SessionId) -> AppResult<String> {
        let text = serde_json::to_string(self).map_err(internal)?;
        let mut jar = CookieJar::new();
        jar.private_mut(&key(id)).add(Cookie::new(NAME, text));
        Ok(jar.get(NAME).ok_or_else(AppError::internal)?.value().to_owned())
    }

    fn opened(sealed: String, id: &SessionId) -> Option<Self> {
        let mut jar = CookieJar::new();
        jar.add_original(Cookie::new(NAME, sealed));
        let opened = jar.private(&key(id)).get(NAME)?;
        serde_json::from_str(opened.value()).ok()
    }
}

fn internal(error: impl Display) -> AppError {
    faults::because(&format!("a session: {error}"))
}

/// The key of a browser. It is made of another hash of the cookie than the one that the database holds.
fn key(id: &SessionId) -> Key {
    Key::from(&Sha512::digest(format!("plenum shown once {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_ins::{self, NewSignIn, SignIns};
    use plenum_store::db::Tx;
    use plenum_testing::House;

    async fn browser(house: &House) -> SessionId {
        let (id, person) = (SessionId::default(), house.person(2).person);
        let new = NewSignIn::of(&id, None);
        house.store.write(async move |tx: &mut Tx| sign_ins::create(tx, &new, person, "Firefox", "::1").await).await.unwrap();
        id
    }

    /// Once, to its own browser, under its own name, and not for long; and nobody reads it in the database.
    #[tokio::test]
    async fn it_is_shown_once() {
        let house = House::with(3).await;
        let (mine, other) = (browser(&house).await, browser(&house).await);
        let session = |id| SignIns::session(&house.store, Some(id));
        let keep = async |value: &str| ShownOnce::new("token", &value).unwrap().keep(&session(mine)).await.unwrap();
        keep("first-secret").await;
        keep("second-secret").await;
        let held: Vec<String> = sqlx::query_scalar("select data from sign_ins where data is not null")
            .fetch_all(&mut *house.store.look().await.unwrap())
            .await
            .unwrap();
        assert!(held.len() == 1 && !held[0].contains("secret") && !held[0].contains("token"), "{held:?}");
        assert!(ShownOnce::take(&session(other)).await.unwrap().is_none());
        let taken = ShownOnce::take(&session(mine)).await.unwrap().unwrap();
        assert_eq!(taken.get::<String>("application"), None);
        assert_eq!(taken.get::<String>("token").as_deref(), Some("second-secret"));
        assert!(ShownOnce::take(&session(mine)).await.unwrap().is_none());
        assert_eq!(house.count("select count(*) from sign_ins where data is not null").await, 0);

        let over = ShownOnce { until: db::now(), ..ShownOnce::new("token", &"third").unwrap() };
        over.keep(&session(mine)).await.unwrap();
        assert!(ShownOnce::take(&session(mine)).await.unwrap().is_none());
        assert_eq!(house.count("select count(*) from sign_ins where data is not null").await, 0);
    }

    /// Neither what the database holds nor another browser's cookie opens it.
    #[test]
    fn the_seal_opens_with_its_cookie_only() {
        let (mine, other) = (SessionId::default(), SessionId::default());
        let sealed = ShownOnce::new("token", &"secret").unwrap().sealed(&mine).unwrap();
        assert!(ShownOnce::opened(sealed.clone(), &mine).is_some());
        assert!(ShownOnce::opened(sealed.clone(), &other).is_none());
        assert!(ShownOnce::opened(sealed.chars().rev().collect(), &mine).is_none());
    }

    /// Where the sign-in has ended in between, nothing is kept and nothing comes back.
    #[tokio::test]
    async fn an_ended_session_keeps_nothing() {
        let house = House::with(3).await;
        let gone = SignIns::session(&house.store, Some(SessionId::default()));
        ShownOnce::new("token", &"secret").unwrap().keep(&gone).await.unwrap();
        assert!(gone.is_empty().await);
        assert_eq!(house.count("select count(*) from sign_ins").await, 0);
    }
}
