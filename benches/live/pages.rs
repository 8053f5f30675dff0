//! Pages over the large seed: server time over a kept connection, size of the HTML, and how
//! many statements it took. The statements are counted in a second run, in the log of `sqlx`.

use std::{sync::atomic::Ordering, time::Instant};

use super::{
    http::Http,
    server::{Person, Seeded, Server, pause},
    table::{Spread, kib, millis},
};
use crate::Bench;

const TIMES: usize = 20;
/// The aims of DESIGN: milliseconds, statements, bytes.
const AIM_TIME: f64 = 100.0;
const AIM_STATEMENTS: u64 = 12;
const AIM_SIZE: f64 = 300.0 * 1024.0;

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let pages = pages(seeded);
    let counted = {
        let server = seeded.serve(machine, &[("PLENUM_LOG__FILTER", "warn,sqlx=debug")])?;
        statements(&server, seeded, &pages).await?
    };
    let server = seeded.serve(machine, &[])?;
    let mut http = Http::connect(server.address).await?;
    for ((path, who), statements) in pages.iter().zip(counted) {
        let person = who.of(seeded);
        http.get(path, person, "identity").await?;
        let mut spread = Spread::default();
        let (mut size, mut status) = (0, 0);
        for _ in 0..TIMES {
            let begun = Instant::now();
            let answer = http.get(path, person, "identity").await?;
            spread.add(begun.elapsed());
            (size, status) = (answer.body.len(), answer.status);
        }
        let median = spread.quantile(0.5);
        let mut result = format!("{}, {}, {statements:>2} statements", millis(median), kib(size as f64));
        if status != 200 {
            result = format!("status {status}: {result}");
        }
        let missed = [(median > AIM_TIME, "time"), (statements > AIM_STATEMENTS, "statements"), (size as f64 > AIM_SIZE, "size")];
        let missed: Vec<&str> = missed.iter().filter(|(missed, _)| *missed).map(|(_, name)| *name).collect();
        let aim = if missed.is_empty() { "aims: met".to_owned() } else { format!("aims: {} missed", missed.join(", ")) };
        let name = format!("{}{}", path.replace(&format!("/{}", seeded.general), "/{General}"), who.words());
        table.compared(name, result, aim, median / AIM_TIME);
    }
    Ok(())
}

/// Who looks at a page.
#[derive(Debug, Clone, Copy)]
enum Viewer {
    Visitor,
    /// The first person of the seed, who is in nearly every room: no list is longer.
    Admin,
    /// Somebody with as many rooms as most.
    Member,
}

impl Viewer {
    fn of(self, seeded: &Seeded) -> Option<&Person> {
        match self {
            Self::Visitor => None,
            Self::Admin => seeded.people.first(),
            Self::Member => seeded.people.get(seeded.people.len() / 2),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Visitor => ", visitor",
            Self::Admin => ", in 299 rooms",
            Self::Member => ", in 10 rooms",
        }
    }
}

/// Every kind of page, with who looks at it.
fn pages(seeded: &Seeded) -> Vec<(String, Viewer)> {
    let general = format!("/messages/{}", seeded.general);
    let room = format!("/messages/{}", seeded.people[0].room);
    vec![
        ("/sign-in".to_owned(), Viewer::Visitor),
        ("/register".to_owned(), Viewer::Visitor),
        ("/messages".to_owned(), Viewer::Admin),
        ("/messages".to_owned(), Viewer::Member),
        (general.clone(), Viewer::Admin),
        (general, Viewer::Member),
        (room, Viewer::Admin),
        ("/people".to_owned(), Viewer::Admin),
        ("/settings".to_owned(), Viewer::Admin),
        ("/nowhere".to_owned(), Viewer::Admin),
    ]
}

/// Statements that the second look at each page takes.
async fn statements(server: &Server, seeded: &Seeded, pages: &[(String, Viewer)]) -> anyhow::Result<Vec<u64>> {
    let mut http = Http::connect(server.address).await?;
    let mut counted = Vec::with_capacity(pages.len());
    for (path, who) in pages {
        let person = who.of(seeded);
        http.get(path, person, "identity").await?;
        pause(300).await;
        let before = server.statements.load(Ordering::Relaxed);
        http.get(path, person, "identity").await?;
        pause(300).await;
        counted.push(server.statements.load(Ordering::Relaxed) - before);
    }
    Ok(counted)
}
