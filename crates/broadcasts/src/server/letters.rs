//! What was entered in the form, read field by field.

use super::{audience::person_at, desk::require_for, rendering::Proved, require};
use crate::model::{Audience, Draft, Every, Late, Letter, Measure, Repeat, Sample, VARIANT_FIELDS, Weekday, When, Words};
use plenum_core::{
    error::{AppError, AppResult},
    people::Identity,
};
use plenum_store::{db::Conn, zones};
use strum::VariantArray as _;

/// Reads what was entered by who asks and may send it, and proves its templates; its time is in their zone, unless it is each recipient's
/// own.
///
/// # Errors
/// 403, whatever was entered: who may not send is not told who is here, and no work is done for them. 422 of the field.
pub async fn read_letter(conn: &mut Conn, who: &Identity, letter: &Letter) -> AppResult<Proved> {
    let audience = match letter.get("audience").parse() {
        Ok(audience @ Audience::Event(_)) => {
            require_for(conn, who, audience).await?;
            audience
        }
        parsed => {
            require(conn, who).await?;
            match letter.get("audience") {
                "person" => Audience::Person(person_at(conn, who, "email", letter.get("email")).await?),
                _ => parsed?,
            }
        }
    };
    let repeat = repeat(letter)?;
    let draft = Draft {
        audience,
        variants: variants(letter)?,
        sample: sample(letter)?,
        when: when(conn, who, letter, repeat.is_some()).await?,
        repeat,
    };
    Proved::of(draft)
}

/// The whole number in `field`; `empty` if there is nothing in it.
fn number<T: std::str::FromStr>(letter: &Letter, field: &'static str, empty: T) -> AppResult<T> {
    match letter.get(field).trim() {
        "" => Ok(empty),
        text => text.parse().map_err(|_| AppError::invalid(field, "Enter a whole number.")),
    }
}

/// The variants in which something was entered; the first must have something.
fn variants(letter: &Letter) -> AppResult<Vec<Words>> {
    let mut all = Vec::new();
    for (number_of, [title, text, link, weight]) in VARIANT_FIELDS.into_iter().enumerate() {
        let (words, heavy) = ([title, text, link].map(|field| letter.get(field)), number(letter, weight, 1)?);
        if number_of == 0 || words.iter().any(|text| !text.trim().is_empty()) {
            let [title, text, link] = words;
            all.push(Words::parse(number_of, title, text, link, heavy)?);
        }
    }
    Ok(all)
}

fn sample(letter: &Letter) -> AppResult<Option<Sample>> {
    let percent = number(letter, "sample", 0)?;
    if percent == 0 {
        return Ok(None);
    }
    let measure = match letter.get("measure") {
        "" => Measure::Read,
        word => word.parse().map_err(|_: strum::ParseError| AppError::invalid("measure", "Choose what the winner is better at."))?,
    };
    Ok(Some(Sample { percent, hours: number(letter, "hours", 24)?, measure }))
}

fn repeat(letter: &Letter) -> AppResult<Option<Repeat>> {
    let word = letter.get("repeat");
    if word.is_empty() {
        return Ok(None);
    }
    let every = word.parse::<Every>().map_err(|_: strum::ParseError| AppError::invalid("repeat", "Choose how often it is repeated."))?;
    // The days stand in the form whatever was chosen beside them.
    let days = Weekday::VARIANTS.iter().copied().filter(|day| every == Every::Week && !letter.get(day.into_str()).is_empty()).collect();
    let until = Some(letter.get("until").trim()).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let times = number(letter, "times", 0)?;
    Ok(Some(Repeat { every, days, until, times: (times > 0).then_some(times) }))
}

async fn when(conn: &mut Conn, who: &Identity, letter: &Letter, repeated: bool) -> AppResult<When> {
    let local = letter.get("at").trim().to_owned();
    if local.is_empty() {
        let own = letter.get("clock") == "own";
        return if own || repeated { Err(AppError::invalid("at", "Choose a date and a time.")) } else { Ok(When::Now) };
    }
    if letter.get("clock") == "own" {
        let late = if letter.get("late") == "next_day" { Late::NextDay } else { Late::AtOnce };
        return Ok(When::OwnClock { local, late });
    }
    let zone: String = sqlx::query_scalar("select time_zone from people where id = $1").bind(who.person).fetch_one(conn).await?;
    if repeated {
        return Ok(When::Clock { local, zone });
    }
    let wrong = || AppError::invalid("at", "Enter a date and a time, or leave it empty to send at once.");
    zones::instant(&zone, &local).map(When::At).ok_or_else(wrong)
}
