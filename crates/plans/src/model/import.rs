//! A table on its way into a plan: it is checked as a whole, and goes in in steps.

use serde::{Deserialize, Serialize};

use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis},
};

/// Wrong lines that a report shows; all are counted.
pub const SHOWN: usize = 100;
/// The longest table, in bytes.
pub const BYTES: usize = 2 * 1024 * 1024;
/// The most lines of one.
pub const LINES: usize = super::SEATS;

/// What becomes of the seats that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The plan is what the table says.
    #[default]
    Replace,
    /// The table's seats come to those that are there.
    Add,
}

impl Mode {
    /// The one of this name.
    ///
    /// # Errors
    /// 422 `mode`.
    pub fn parse(word: &str) -> AppResult<Self> {
        let unknown =
            |_: strum::ParseError| AppError::invalid("mode", "Say whether the table replaces the seats that are there or adds to them.");
        word.parse().map_err(unknown)
    }
}

/// Where the plan comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Somebody's table.
    #[default]
    Table,
    /// Another event.
    Copy,
    /// What the plan was before.
    Undo,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantArray)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// It was read; nothing has changed yet.
    Checked,
    /// Its seats are being written.
    Running,
    /// All of it is there. This is an end.
    Done,
    /// Somebody stopped it; what was written stays. This is an end.
    Cancelled,
    /// It could not go on. This is an end.
    Failed,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum ImportAction {
    /// It is to go in.
    Start,
    /// It is all in.
    Finish,
    /// Somebody stops it, or does not want it.
    Cancel,
    /// It cannot go on.
    Fail,
}

/// What one in `state` becomes by `action`; none if that cannot happen to it.
pub fn transition(state: ImportState, action: ImportAction) -> Option<ImportState> {
    use ImportAction as A;
    use ImportState as S;
    match (state, action) {
        (S::Checked, A::Start) => Some(S::Running),
        (S::Running, A::Finish) => Some(S::Done),
        (S::Checked | S::Running, A::Cancel) => Some(S::Cancelled),
        (S::Running, A::Fail) => Some(S::Failed),
        _ => None,
    }
}

/// A line that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WrongLine {
    /// Its number in the file; the header is line 1.
    pub line: u64,
    /// The column that is meant; empty: the line as a whole.
    pub column: String,
    /// What is wrong.
    pub message: String,
}

/// How far one is, as whoever started it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The import.
    pub id: i64,
    /// Of which event.
    pub event_id: EventId,
    /// How far it is.
    pub state: ImportState,
    /// Seats to be written or to go.
    pub steps: i64,
    /// So many are.
    pub written: i64,
    /// Seats that were taken meanwhile: they stayed as they are.
    pub kept: i64,
    /// Why it could not go on.
    pub failure: String,
}

impl Progress {
    /// In hundredths, for a bar.
    pub fn percent(&self) -> i64 {
        if self.steps <= 0 { 100 } else { (self.written.clamp(0, self.steps) * 100) / self.steps }
    }
}

/// A table that was read, and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Import {
    /// How far it is.
    pub progress: Progress,
    /// Where it came from.
    pub source: Source,
    /// What becomes of the seats that are there.
    pub mode: Mode,
    /// Lines of the table.
    pub lines: i64,
    /// Lines that cannot be taken.
    pub wrong: i64,
    /// The first of these.
    pub report: Vec<WrongLine>,
    /// When it was read.
    pub created_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// Every state and action: what is not in the table cannot happen.
    #[test]
    fn the_table_of_states() {
        use ImportAction::*;
        use ImportState::*;
        let table = [
            (Checked, Start, Running),
            (Checked, Cancel, Cancelled),
            (Running, Finish, Done),
            (Running, Cancel, Cancelled),
            (Running, Fail, Failed),
        ];
        for &state in ImportState::VARIANTS {
            for &action in ImportAction::VARIANTS {
                let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
                assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_bar_is_full_at_the_end() {
        let at = |steps, written| {
            Progress { id: 1, event_id: EventId(1), state: ImportState::Running, steps, written, kept: 0, failure: String::new() }.percent()
        };
        assert_eq!([at(0, 0), at(3, 1), at(3, 3), at(3, 9)], [100, 33, 100, 100]);
    }
}
