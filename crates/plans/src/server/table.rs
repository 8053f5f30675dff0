//! A plan as a table: `section,row,seat,kind,ticket_type,x,y`, a seat a line.
//!
//! It is read as programs for tables write it: columns in any order, with commas, semicolons or tabs, quoted or not. Whoever leaves `x`
//! and `y` out gets places that are computed. It is checked as a whole, and every wrong line is told, before anything is done.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::model::{
    NUMBER, Place, Plan, Row, SEATS, SECTIONS, Section,
    geometry::{BETWEEN, Bounds, CELL, ROW, Skyline, across, overlap},
    import::{LINES, Mode, SHOWN, WrongLine},
    section_name, spans,
    ticket_type::TypeLine,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::TicketTypeId,
};
use plenum_events::model::seat::SeatKind;
use plenum_web::csv::{guarded, line_as_is, read_beginning, unguarded};

/// The columns, as they are written.
const COLUMNS: [&str; 7] = ["section", "row", "seat", "kind", "ticket_type", "x", "y"];
/// Those that must be there.
const NEEDED: [&str; 4] = ["section", "row", "seat", "ticket_type"];
/// How far from the corner a seat can be: two thousand seats.
const FARTHEST: i64 = 20_000;

/// A table that was read.
#[derive(Debug)]
pub struct Checked {
    /// Lines that are seats, good or wrong.
    pub lines: i64,
    /// Lines that cannot be taken.
    pub wrong: i64,
    /// The first of these.
    pub report: Vec<WrongLine>,
    /// The plan as it would be with the good lines.
    pub target: Plan,
}

/// A row that is not there yet: its name and its seats.
type NewRow = (String, Vec<Line>);

/// A good line. Its place, if it says one.
struct Line {
    number: u64,
    section: String,
    row: String,
    seat: i64,
    kind: SeatKind,
    ticket_type: TicketTypeId,
    at: Option<(i64, i64)>,
}

/// What is wrong with a line: in which column, and what.
type Fault = (&'static str, String);

/// Reads a table for a plan that is `current` and can have these ticket types.
///
/// # Errors
/// 422 `table` if it is no such table at all.
pub fn check(bytes: &[u8], mode: Mode, current: &Plan, types: &[TypeLine]) -> AppResult<Checked> {
    let refuse = |message: String| AppError::invalid("table", message);
    let text = std::str::from_utf8(bytes).map_err(|_| refuse("The file is not UTF-8 text. Save it as CSV (UTF-8).".to_owned()))?;
    let (said, text) = read_beginning(text);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let found = || (*b",;\t").into_iter().max_by_key(|mark| first.bytes().filter(|byte| byte == mark).count());
    let delimiter = said.or_else(found).unwrap_or(b',');
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|_| refuse("The first line cannot be read.".to_owned()))?.clone();
    let columns = columns(&headers)
        .map_err(|missing| refuse(format!("There is no column {missing}. The first line names the columns: {}.", COLUMNS.join(", "))))?;
    let mut reading = Reading::new(mode, current, types);
    let mut numbers = Numbers { text: text.as_bytes(), at: 0, line: if said.is_some() { 2 } else { 1 } };
    for record in reader.records() {
        if reading.lines >= LINES {
            return Err(refuse(format!("A table has at most {LINES} lines.")));
        }
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => {
                let line = numbers.of(record.position());
                reading.lines += 1;
                match reading.line(line, &record, &columns) {
                    Ok(read) => reading.good.push(read),
                    Err(fault) => reading.refuse(line, fault),
                }
            }
            Err(error) => {
                let line = numbers.of(error.position());
                reading.lines += 1;
                reading.refuse(line, ("", "This line cannot be read.".to_owned()));
            }
        }
    }
    if reading.lines == 0 {
        return Err(refuse("There is no seat in this table.".to_owned()));
    }
    Ok(reading.finish())
}

/// Counts lines as an editor for text does, whatever ends them: the reader's own count lags where a line ends with two characters.
struct Numbers<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Numbers<'_> {
    /// The line in which a record begins; records are asked for in their order.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let begins = position.map_or(self.at, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        while let Some(byte) = self.text.get(self.at) {
            // The end of the line before may be counted as the record's beginning.
            if self.at >= begins && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Which column is where.
fn columns(headers: &StringRecord) -> Result<BTreeMap<&'static str, usize>, &'static str> {
    let mut found = BTreeMap::new();
    for (index, header) in headers.iter().enumerate() {
        let name = header.to_lowercase().replace([' ', '-'], "_");
        if let Some(column) = COLUMNS.into_iter().find(|column| *column == name) {
            found.entry(column).or_insert(index);
        }
    }
    match NEEDED.into_iter().find(|needed| !found.contains_key(needed)) {
        Some(missing) => Err(missing),
        None => Ok(found),
    }
}

/// A table that is being read.
struct Reading<'a> {
    mode: Mode,
    current: &'a Plan,
    types: HashMap<String, TicketTypeId>,
    names: String,
    /// Section by its name in small letters: as it was written first.
    sections: BTreeMap<String, String>,
    known: BTreeSet<(String, String, i64)>,
    places: Places,
    lines: usize,
    good: Vec<Line>,
    wrong: usize,
    report: Vec<WrongLine>,
}

impl<'a> Reading<'a> {
    fn new(mode: Mode, current: &'a Plan, types: &[TypeLine]) -> Self {
        let seated: Vec<&TypeLine> = types.iter().filter(|of| of.seated).collect();
        let mut reading = Self {
            mode,
            current,
            types: seated.iter().map(|of| (of.name.to_lowercase(), of.id)).collect(),
            names: seated.iter().map(|of| of.name.as_str()).collect::<Vec<_>>().join(", "),
            sections: current.sections.iter().map(|section| (section.name.to_lowercase(), section.name.clone())).collect(),
            known: BTreeSet::new(),
            places: Places::default(),
            lines: 0,
            good: Vec::new(),
            wrong: 0,
            report: Vec::new(),
        };
        if mode == Mode::Add {
            for (section, row, place) in seats(current) {
                reading.known.insert((section.to_lowercase(), row.to_owned(), place.number));
                reading.places.take((place.x, place.y));
            }
        } else {
            reading.sections.clear();
        }
        reading
    }

    fn refuse(&mut self, line: u64, (column, message): Fault) {
        self.wrong += 1;
        self.report.push(WrongLine { line, column: column.to_owned(), message });
    }

    fn line(&mut self, number: u64, record: &StringRecord, columns: &BTreeMap<&'static str, usize>) -> Result<Line, Fault> {
        let cell = |column: &str| columns.get(column).and_then(|index| record.get(*index)).map(unguarded).unwrap_or_default();
        let told = |column: &'static str| move |error: AppError| (column, error.message);
        let section = section_name("section", &cell("section")).map_err(told("section"))?;
        let row = spans::row_name("row", &cell("row")).map_err(told("row"))?;
        let seat = cell("seat");
        let digits = seat.len() <= 3 && seat.bytes().all(|byte| byte.is_ascii_digit());
        let seat = seat.parse().ok().filter(|seat| digits && (1..=NUMBER).contains(seat));
        let seat = seat.ok_or_else(|| ("seat", format!("A seat has a number from 1 to {NUMBER}.")))?;
        let kind = match cell("kind").to_lowercase().as_str() {
            "" => SeatKind::default(),
            word => word
                .parse()
                .map_err(|_: strum::ParseError| ("kind", "The kinds are standard, accessible, companion and restricted.".to_owned()))?,
        };
        let ticket_type = self.types.get(&cell("ticket_type").to_lowercase()).copied();
        let ticket_type =
            ticket_type.ok_or_else(|| ("ticket_type", format!("There is no such seated ticket type. There is: {}.", self.names)))?;
        let at = match (cell("x").as_str(), cell("y").as_str()) {
            ("", "") => None,
            (x, y) => Some((length("x", x)?, length("y", y)?)),
        };
        let folded = section.to_lowercase();
        if !self.sections.contains_key(&folded) && self.sections.len() >= SECTIONS {
            return Err(("section", format!("A plan has at most {SECTIONS} sections.")));
        }
        if self.known.contains(&(folded.clone(), row.clone(), seat)) {
            return Err(("seat", format!("{section}, row {row}, seat {seat} is there already.")));
        }
        if self.known.len() >= SEATS {
            return Err(("", format!("A plan has at most {LINES} seats.")));
        }
        if let Some(at) = at {
            if self.places.meets(at) {
                return Err(("x", "Another seat is at this place.".to_owned()));
            }
            self.places.take(at);
        }
        self.known.insert((folded.clone(), row.clone(), seat));
        let section = self.sections.entry(folded).or_insert(section).clone();
        Ok(Line { number, section, row, seat, kind, ticket_type, at })
    }

    /// Places the seats that say no place, and makes the plan.
    fn finish(mut self) -> Checked {
        let mut target = match self.mode {
            Mode::Replace => Plan::default(),
            Mode::Add => self.current.clone(),
        };
        let (given, open): (Vec<Line>, Vec<Line>) = std::mem::take(&mut self.good).into_iter().partition(|line| line.at.is_some());
        let mut order: Vec<&str> = Vec::new();
        for line in given.iter().chain(&open) {
            if !order.contains(&line.section.as_str()) {
                order.push(&line.section);
            }
        }
        // Sections stand in the order in which they come first.
        let mut first: BTreeMap<&str, u64> = BTreeMap::new();
        for line in given.iter().chain(&open) {
            let known = first.entry(&line.section).or_insert(line.number);
            *known = (*known).min(line.number);
        }
        order.sort_by_key(|section| first.get(section).copied());
        for name in order {
            if target.section(name).is_none() {
                let id = self.current.section(name).and_then(|section| section.id);
                target.sections.push(Section { id, name: name.to_owned(), rows: Vec::new() });
            }
        }
        for line in given {
            let at = line.at.unwrap_or_default();
            put(&mut target, &line, at);
        }
        for fault in place(&mut target, &mut self.places, open) {
            self.refuse(fault.0, ("x", fault.1));
        }
        target.sort();
        self.report.sort_by_key(|wrong| wrong.line);
        self.report.truncate(SHOWN);
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Checked { lines: count(self.lines), wrong: count(self.wrong), report: self.report, target }
    }
}

fn length(column: &'static str, text: &str) -> Result<i64, Fault> {
    let number = text.parse().ok().filter(|number| (0..=FARTHEST).contains(number));
    number.ok_or_else(|| {
        (column, format!("A whole number of tenths of a seat, from 0 to {FARTHEST}; leave both x and y empty to have them computed."))
    })
}

fn put(plan: &mut Plan, line: &Line, (x, y): (i64, i64)) {
    let Some(section) = plan.sections.iter_mut().find(|section| section.name == line.section) else { return };
    let place = Place { number: line.seat, kind: line.kind, ticket_type: line.ticket_type, x, y };
    match section.rows.iter_mut().find(|row| row.name == line.row) {
        Some(row) => row.seats.push(place),
        None => section.rows.push(Row { name: line.row.clone(), seats: vec![place] }),
    }
}

/// Finds places for seats that say none: at the ends of rows that are there, else in new rows below. Returns the lines that have no room.
fn place(plan: &mut Plan, places: &mut Places, open: Vec<Line>) -> Vec<(u64, String)> {
    let mut faults = Vec::new();
    let mut fresh: Vec<(String, Vec<NewRow>)> = Vec::new();
    for line in open {
        let row = plan.sections.iter().find(|section| section.name == line.section).and_then(|section| section.row(&line.row));
        if let Some(row) = row.filter(|row| !row.seats.is_empty()) {
            match beside(row, &line).filter(|at| at.0 >= 0 && !places.meets(*at)) {
                Some(at) => {
                    places.take(at);
                    put(plan, &line, at);
                }
                None => faults.push((line.number, format!("There is no room at the end of row {}: give x and y.", line.row))),
            }
            continue;
        }
        let index = fresh.iter().position(|(section, _)| *section == line.section).unwrap_or_else(|| {
            fresh.push((line.section.clone(), Vec::new()));
            fresh.len() - 1
        });
        let Some((_, rows)) = fresh.get_mut(index) else { continue };
        match rows.iter_mut().find(|(row, _)| *row == line.row) {
            Some((_, seats)) => seats.push(line),
            None => rows.push((line.row.clone(), vec![line])),
        }
    }
    let widest = fresh.iter().flat_map(|(_, rows)| rows).map(|(_, seats)| seats.len()).max().unwrap_or_default();
    let half = i64::try_from(widest).unwrap_or_default() * CELL / 2;
    let axis = Bounds::around(plan.seats().map(|place| (place.x, place.y))).map_or(half, |all| all.axis().max(half));
    for (section, rows) in fresh {
        block(plan, places, &section, axis, rows);
    }
    faults
}

/// Beside the last or, for a lower number, the first seat of a row.
fn beside(row: &Row, line: &Line) -> Option<(i64, i64)> {
    let (first, last) = (row.seats.iter().min_by_key(|place| place.number)?, row.seats.iter().max_by_key(|place| place.number)?);
    // Numbers may go from right to left.
    let way = if last.x < first.x { -CELL } else { CELL };
    if line.seat < first.number { Some((first.x - way, first.y)) } else { Some((last.x + way, last.y)) }
}

/// New rows of a section, around the axis, below what is there.
fn block(plan: &mut Plan, places: &mut Places, section: &str, axis: i64, rows: Vec<NewRow>) {
    let mut cells: Vec<(Line, (i64, i64))> = Vec::new();
    for (index, (_, mut seats)) in (0_i64..).zip(rows) {
        seats.sort_by_key(|line| line.seat);
        let xs = across(&[seats.len()]);
        cells.extend(seats.into_iter().zip(xs).map(|(line, x)| (line, (axis + x, index * ROW))));
    }
    let own = plan.sections.iter().any(|known| known.name == section && !known.is_empty());
    let distance = if own { ROW } else { ROW + BETWEEN };
    let down = Skyline::below(plan.seats().map(|place| (place.x, place.y))).drop(cells.iter().map(|(_, at)| *at), distance);
    for (line, (x, y)) in cells {
        let at = (x, y + down.unwrap_or_default().max(0));
        places.take(at);
        put(plan, &line, at);
    }
}

/// Which places are taken, found by their neighbourhood.
#[derive(Default)]
struct Places(HashMap<(i64, i64), Vec<(i64, i64)>>);

impl Places {
    fn take(&mut self, at: (i64, i64)) {
        self.0.entry((at.0.div_euclid(CELL), at.1.div_euclid(CELL))).or_default().push(at);
    }

    fn meets(&self, at: (i64, i64)) -> bool {
        let (column, line) = (at.0.div_euclid(CELL), at.1.div_euclid(CELL));
        (column - 1..=column + 1)
            .flat_map(|column| (line - 1..=line + 1).map(move |line| (column, line)))
            .any(|near| self.0.get(&near).is_some_and(|cells| cells.iter().any(|cell| overlap(*cell, at))))
    }
}

/// The seats of a plan with their section and row.
fn seats(plan: &Plan) -> impl Iterator<Item = (&str, &str, &Place)> {
    plan.sections.iter().flat_map(|section| {
        let rows = section.rows.iter();
        rows.flat_map(move |row| row.seats.iter().map(move |place| (section.name.as_str(), row.name.as_str(), place)))
    })
}

/// A plan as a table.
pub fn write(plan: &Plan, types: &[TypeLine]) -> String {
    let names: HashMap<TicketTypeId, &str> = types.iter().map(|of| (of.id, of.name.as_str())).collect();
    let mut table = line_as_is(COLUMNS.map(str::to_owned));
    for (section, row, place) in seats(plan) {
        let name = names.get(&place.ticket_type).copied().unwrap_or_default();
        table.push_str(&line_as_is([
            guarded(section),
            guarded(row),
            place.number.to_string(),
            place.kind.into_str().to_owned(),
            guarded(name),
            place.x.to_string(),
            place.y.to_string(),
        ]));
    }
    table
}

#[cfg(test)]
mod tests;
