//! A broadcast that is made anew at each of its times.

use serde::{Deserialize, Serialize};

use super::Repeat;
use plenum_core::{
    activity::Record,
    error::{AppError, AppResult},
    ids::{Millis, SeriesId},
    people::PersonCard,
};

/// A broadcast that is made anew at each of its times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Series {
    /// Which.
    pub id: SeriesId,
    /// Who sends it.
    pub sender: PersonCard,
    /// What the audience was called when it was chosen.
    pub audience_name: String,
    /// The title of the first variant, a template.
    pub title: String,
    /// How often.
    pub repeat: Repeat,
    /// The zone of its times; none: each recipient's own.
    pub zone: Option<String>,
    /// Whether it goes on.
    pub state: SeriesState,
    /// The next time, as a calendar and a clock say it: `2026-11-22T09:00`.
    pub next_local: String,
    /// When that is, at the earliest.
    pub next_at: Millis,
    /// Broadcasts made so far.
    pub made: u32,
    /// Times that passed while no server was there.
    pub missed: u32,
    /// The last of these.
    pub missed_at: Option<Millis>,
    /// Why Plenum paused it.
    pub halt: Option<Halt>,
    /// When it was made.
    pub created_at: Millis,
}

/// Why Plenum paused a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Halt {
    /// Who made it may no longer send.
    Sender,
    /// The room or person is no longer there for them.
    Audience,
}

/// Whether a series goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum SeriesState {
    /// It waits for its next time.
    Running,
    /// It was stopped for a while; what would have been sent meanwhile is not.
    Paused,
    /// It is over. This is an end.
    Ended,
}

/// What happens to a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum SeriesAction {
    /// Somebody stops it for a while, or Plenum does.
    Pause,
    /// Somebody lets it go on.
    Resume,
    /// Somebody stops it for good.
    End,
    /// Its last time has come.
    Finish,
}

impl SeriesState {
    /// What it becomes by `action`; none if that cannot happen to it.
    pub fn after(self, action: SeriesAction) -> Option<Self> {
        match (self, action) {
            (Self::Running, SeriesAction::Pause) => Some(Self::Paused),
            (Self::Paused, SeriesAction::Resume) => Some(Self::Running),
            (Self::Running | Self::Paused, SeriesAction::End) | (Self::Running, SeriesAction::Finish) => Some(Self::Ended),
            _ => None,
        }
    }
}

impl SeriesAction {
    /// What people do.
    pub const OF_PEOPLE: [Self; 3] = [Self::Pause, Self::Resume, Self::End];

    /// What it leaves in the activity record.
    pub fn record(self) -> Record {
        match self {
            Self::Pause => Record::SeriesPaused,
            Self::Resume => Record::SeriesResumed,
            Self::End => Record::SeriesEnded,
            Self::Finish => Record::SeriesFinished,
        }
    }

    /// What a person does, by its name.
    ///
    /// # Errors
    /// 422 `act`.
    pub fn parse(word: &str) -> AppResult<Self> {
        let known = word.parse().ok().filter(|action| Self::OF_PEOPLE.contains(action));
        known.ok_or_else(|| AppError::invalid("act", "What is repeated can be paused, resumed or ended."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot happen.
    #[test]
    fn the_table_of_series() {
        use SeriesAction::*;
        use SeriesState::*;
        let table =
            [(Running, Pause, Paused), (Running, End, Ended), (Running, Finish, Ended), (Paused, Resume, Running), (Paused, End, Ended)];
        for &state in SeriesState::VARIANTS {
            for &action in SeriesAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(state.after(action), expected, "{state:?} {action:?}");
            }
        }
        for action in SeriesAction::OF_PEOPLE {
            assert_eq!(SeriesAction::parse(action.into_str()), Ok(action));
        }
        assert_eq!(SeriesAction::parse("finish").unwrap_err().field.as_deref(), Some("act"));
    }
}
