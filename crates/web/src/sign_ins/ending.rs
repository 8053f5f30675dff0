//! How sign-ins end: one way, whatever the cause.

use plenum_core::{
    activity::{Record, Subject},
    error::AppResult,
    ids::{OrganisationId, PersonId, SignInId},
    people::SignInEnd,
};
use plenum_store::db::{Activity, Scope, Tx};

/// Which of a person's sign-ins end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// This one, of a browser or a program.
    One(SignInId),
    /// This one, if it is a program's token.
    Token(SignInId),
    /// All but this one.
    AllBut(SignInId),
    /// All of them.
    All,
}

/// A sign-in that has ended.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Ended {
    pub id: SignInId,
    /// What its browser calls itself; a token's name.
    pub device: String,
    /// It was a program's token.
    pub token: bool,
}

/// Ends sign-ins of `person` in one transaction: their rows go, their sockets close with what `cause` says, in commit order, and what the
/// cause leaves in the activity record is recorded as done by `by` (I32). Returns those that were there.
pub async fn end(tx: &mut Tx, person: PersonId, which: Which, cause: SignInEnd, by: PersonId) -> AppResult<Vec<Ended>> {
    let (condition, id) = match which {
        Which::One(id) => ("id = $2", id),
        Which::Token(id) => ("id = $2 and scopes is not null", id),
        Which::AllBut(kept) => ("id <> $2", kept),
        Which::All => ("id <> $2", SignInId(0)),
    };
    let statement = format!("delete from sign_ins where person_id = $1 and {condition} returning id, device, scopes is not null as token");
    let mut ended: Vec<Ended> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(person).bind(id).fetch_all(&mut **tx).await?;
    ended.sort_by_key(|ended| ended.id);
    for one in &ended {
        tx.revoke(person, Scope::SignIn(one.id, cause));
    }
    let records = records(cause, person, id, &ended);
    if !records.is_empty() {
        let organisation: OrganisationId =
            sqlx::query_scalar("select organisation_id from people where id = $1").bind(person).fetch_one(&mut **tx).await?;
        for (record, subject) in records {
            let activity = Activity::new(organisation, Some(by), record, subject);
            // That one has signed out is for the audit log; all else concerns whoever it was ended for.
            tx.record(if cause == SignInEnd::SignedOut { activity } else { activity.about(person) }).await?;
        }
    }
    Ok(ended)
}

/// What the end of these sign-ins leaves in the activity record; `kept` is the one that the others ended for.
fn records(cause: SignInEnd, person: PersonId, kept: SignInId, ended: &[Ended]) -> Vec<(Record, Subject)> {
    match cause {
        SignInEnd::SignedOut => {
            ended.iter().map(|one| (Record::SignedOut { device: one.device.clone() }, Subject::unnamed(one.id.0))).collect()
        }
        SignInEnd::EndedElsewhere | SignInEnd::EndedByAdmin => ended.iter().map(ended_by_somebody).collect(),
        SignInEnd::OthersEnded if ended.is_empty() => Vec::new(),
        SignInEnd::OthersEnded => vec![(Record::SignInOthersEnded { count: ended.len() }, Subject::unnamed(kept.0))],
        SignInEnd::PasswordChanged => vec![(Record::PasswordChanged, Subject::unnamed(person.0))],
        SignInEnd::PasswordReset => vec![(Record::PasswordReset, Subject::unnamed(person.0))],
        SignInEnd::SecondFactorReset => vec![(Record::SecondFactorReset, Subject::unnamed(person.0))],
        // Whoever suspends or removes a person records that, not each sign-in.
        SignInEnd::Suspended | SignInEnd::Removed => Vec::new(),
        SignInEnd::EmailChanged => vec![(Record::EmailChanged, Subject::unnamed(person.0))],
        // Nobody does these: a new sign-in is recorded instead, or time has passed.
        SignInEnd::Replaced | SignInEnd::TooMany | SignInEnd::Expired => Vec::new(),
        // Of sockets, not of sign-ins.
        SignInEnd::Gone | SignInEnd::NotBelieved | SignInEnd::EndedByApplication | SignInEnd::OrganisationSuspended => Vec::new(),
    }
}

fn ended_by_somebody(one: &Ended) -> (Record, Subject) {
    if one.token {
        (Record::TokenEnded, Subject::named(one.id.0, &one.device))
    } else {
        (Record::SignInEnded { device: one.device.clone() }, Subject::unnamed(one.id.0))
    }
}
