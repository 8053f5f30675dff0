//! The table: rows as they come in, aligned at the end.

use std::{fmt, time::Duration};

/// One measurement.
#[derive(Debug)]
struct Row {
    section: &'static str,
    what: String,
    result: String,
    against: String,
    ratio: String,
}

/// All rows of a run.
#[derive(Debug, Default)]
pub struct Table {
    section: &'static str,
    rows: Vec<Row>,
}

impl Table {
    /// A section begins.
    pub fn begin(&mut self, section: &'static str, what: &str) {
        self.section = section;
        eprintln!("\n{section}: {what}");
    }

    /// A figure that is compared with nothing.
    pub fn row(&mut self, what: impl Into<String>, result: impl Into<String>) {
        self.add(what.into(), result.into(), String::new(), String::new());
    }

    /// A figure beside another of the same run, or beside an aim; the ratio is the first over the second.
    pub fn compared(&mut self, what: impl Into<String>, result: impl Into<String>, against: impl Into<String>, ratio: f64) {
        self.add(what.into(), result.into(), against.into(), format!("{ratio:.2}"));
    }

    /// Why something could not be measured, or was measured differently.
    pub fn note(&mut self, text: &str) {
        self.add(text.to_owned(), String::new(), String::new(), String::new());
    }

    fn add(&mut self, what: String, result: String, against: String, ratio: String) {
        eprintln!(
            "  {what}: {result}{}{against}{}{ratio}",
            if against.is_empty() { "" } else { " | " },
            if ratio.is_empty() { "" } else { " | " }
        );
        self.rows.push(Row { section: self.section, what, result, against, ratio });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |cell: fn(&Row) -> &str, heading: &str| {
            let measured = self.rows.iter().filter(|row| !row.result.is_empty());
            measured.map(|row| cell(row).chars().count()).chain([heading.len()]).max().unwrap_or(0)
        };
        let what = width(|row| &row.what, "what");
        let result = width(|row| &row.result, "result");
        let against = width(|row| &row.against, "compared with");
        writeln!(f, "\n{:<8}  {:<what$}  {:>result$}  {:<against$}  ratio", "section", "what", "result", "compared with")?;
        let mut section = "";
        for row in &self.rows {
            if row.section != section && !section.is_empty() {
                writeln!(f)?;
            }
            let shown = if row.section == section { "" } else { row.section };
            section = row.section;
            let line = format!("{shown:<8}  {:<what$}  {:>result$}  {:<against$}  {:>5}", row.what, row.result, row.against, row.ratio);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Durations of one kind, for percentiles. Microseconds are kept, all of them: a million fit four megabytes.
#[derive(Debug, Default, Clone)]
pub struct Spread(Vec<u32>);

impl Spread {
    /// Adds one.
    pub fn add(&mut self, duration: Duration) {
        self.0.push(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds those of another.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value that `share` (0 to 1) of them do not exceed, in milliseconds.
    pub fn quantile(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let index = (self.0.len() as f64 * share).ceil() as usize;
        self.0.get(index.saturating_sub(1).min(self.0.len().saturating_sub(1))).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }

    /// `p50 1.2 ms, p99 3.4 ms`
    pub fn percentiles(&mut self) -> String {
        format!("p50 {}, p99 {}", millis(self.quantile(0.5)), millis(self.quantile(0.99)))
    }
}

/// Milliseconds with as many digits as matter.
pub fn millis(value: f64) -> String {
    match value {
        value if value < 1.0 => format!("{value:.2} ms"),
        value if value < 100.0 => format!("{value:.1} ms"),
        value => format!("{value:.0} ms"),
    }
}

/// A number with its thousands apart.
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if value < 0.0 { format!("-{out}") } else { out }
}

/// KiB with one digit.
pub fn kib(bytes: f64) -> String {
    format!("{:.1} KiB", bytes / 1024.0)
}
