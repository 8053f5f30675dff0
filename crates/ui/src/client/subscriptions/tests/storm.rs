//! A storm against a model of the server: events, losses, late users with old snapshots,
//! a log that is pruned, answers that take their time. Whatever the order, every user
//! sees every event after its snapshot, in order, once (I7, I8, I25).

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

/// What can happen next.
#[derive(Debug, Clone, Copy)]
enum Chance {
    /// An event is committed.
    Commit,
    /// The server reads one frame.
    ServerReads,
    /// The browser reads one frame.
    BrowserReads,
    /// Somebody comes with the snapshot of so many events ago.
    Join(u64),
    /// Somebody goes.
    Leave(usize),
    /// Channels without users are left.
    Sweep,
    /// The line is lost, with all that was under way, and is back.
    Lose,
    /// The log forgets all but so many events.
    Prune(u64),
    /// Somebody's new snapshot is read, or arrives.
    Snapshot(usize),
}

fn chance() -> impl Strategy<Value = Chance> {
    prop_oneof![
        6 => Just(Chance::Commit),
        6 => Just(Chance::ServerReads),
        8 => Just(Chance::BrowserReads),
        2 => (0u64..6).prop_map(Chance::Join),
        1 => (0usize..4).prop_map(Chance::Leave),
        1 => Just(Chance::Sweep),
        1 => Just(Chance::Lose),
        1 => (0u64..5).prop_map(Chance::Prune),
        2 => (0usize..4).prop_map(Chance::Snapshot),
    ]
}

/// A page that uses the channel.
struct Page {
    user: UserId,
    /// The last event that it shows.
    shows: u64,
    stale: bool,
    /// It asks for a new snapshot: because it is stale, or to see what is never logged.
    asking: bool,
    /// What the server has read for it, on its way.
    read: Option<u64>,
}

#[derive(Default)]
struct World {
    table: Subscriptions,
    head: u64,
    floor: u64,
    /// The server's side of the connection: subscribed or not, and what is under way.
    subscribed: bool,
    up: VecDeque<String>,
    down: VecDeque<ServerFrame>,
    pages: Vec<Page>,
    pages_seen: usize,
}

impl World {
    fn happen(&mut self, chance: Chance) -> Result<(), TestCaseError> {
        match chance {
            Chance::Commit => {
                self.head += 1;
                if self.subscribed {
                    self.down.push_back(logged(self.head));
                }
            }
            Chance::ServerReads => self.server_reads(),
            Chance::BrowserReads => {
                if let Some(frame) = self.down.pop_front() {
                    self.table.frame(frame, NOW);
                }
            }
            Chance::Join(ago) => {
                let shows = self.head.saturating_sub(ago);
                let user = self.table.join(&ROOM, Some(at(shows)), NOW);
                self.pages.push(Page { user, shows, stale: false, asking: false, read: None });
                self.pages_seen += 1;
            }
            Chance::Leave(index) => {
                if index < self.pages.len() {
                    let page = self.pages.remove(index);
                    self.table.leave(page.user);
                }
            }
            Chance::Sweep => self.table.sweep(),
            Chance::Lose => {
                self.table.down();
                self.subscribed = false;
                self.up.clear();
                self.down.clear();
                self.table.up();
            }
            Chance::Prune(kept) => self.floor = self.floor.max(self.head.saturating_sub(kept)),
            Chance::Snapshot(index) => {
                let head = self.head;
                if let Some(page) = self.pages.get_mut(index).filter(|page| page.asking) {
                    if let Some(read) = page.read.take() {
                        (page.shows, page.stale, page.asking) = (read, false, false);
                        self.table.resume(page.user, at(read), NOW);
                    } else {
                        page.read = Some(head);
                    }
                }
            }
        }
        self.take()
    }

    fn server_reads(&mut self) {
        let Some(text) = self.up.pop_front() else { return };
        match ClientFrame::parse(&text) {
            Ok(ClientFrame::Subscribe(wish)) => {
                assert!(!self.subscribed, "asked for twice");
                self.subscribed = true;
                let recovered = wish.since.as_ref().map(|since| self.floor <= since.seq && since.seq <= self.head);
                self.down.push_back(ServerFrame::succeeded(NAME, None, Some(at(self.head)), recovered));
                if let (Some(since), Some(true)) = (wish.since, recovered) {
                    self.down.extend((since.seq + 1..=self.head).map(logged));
                }
            }
            Ok(ClientFrame::Unsubscribe { .. }) => self.subscribed = false,
            other => panic!("{other:?}"),
        }
    }

    /// Carries out what the table says, and checks what each page is told.
    fn take(&mut self) -> Result<(), TestCaseError> {
        for out in self.table.take() {
            match out {
                Out::Say(text) => self.up.push_back(text),
                Out::AskLater => prop_assert!(false, "there was no trouble"),
                Out::Tell(user, notice) => {
                    let Some(page) = self.pages.iter_mut().find(|page| page.user == user) else { continue };
                    match notice {
                        Notice::Event { payload, .. } => {
                            prop_assert!(!page.stale, "an event after Stale");
                            prop_assert_eq!(payload, (page.shows + 1).to_string(), "in order, without gap and double");
                            page.shows += 1;
                        }
                        Notice::Stale => (page.stale, page.asking) = (true, true),
                        Notice::Returned => page.asking = true,
                        Notice::Refused { .. } => prop_assert!(false, "nobody is refused"),
                        Notice::Status(_) | Notice::Roster(_) => {}
                    }
                }
            }
        }
        Ok(())
    }

    /// Lets everything that is under way arrive, and every page that asks take its snapshot.
    fn calm(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..10_000 {
            if !self.up.is_empty() || !self.down.is_empty() {
                self.happen(Chance::ServerReads)?;
                self.happen(Chance::BrowserReads)?;
            } else if let Some(asking) = self.pages.iter().position(|page| page.asking) {
                self.happen(Chance::Snapshot(asking))?;
            } else {
                return Ok(());
            }
        }
        prop_assert!(false, "it never comes to rest");
        Ok(())
    }
}

fn logged(seq: u64) -> ServerFrame {
    ServerFrame { seq: Some(seq), ..ServerFrame::new("message.sent", seq.to_string()).on(NAME) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_page_ends_at_the_head(chances in proptest::collection::vec(chance(), 1..120)) {
        let mut world = World::default();
        world.happen(Chance::Lose)?; // the first connection
        for chance in chances {
            world.happen(chance)?;
        }
        world.calm()?;
        for page in &world.pages {
            prop_assert_eq!(page.shows, world.head);
        }
        while !world.pages.is_empty() {
            world.happen(Chance::Leave(0))?;
        }
        world.calm()?;
        world.happen(Chance::Sweep)?;
        world.calm()?;
        prop_assert!(!world.subscribed, "nobody needs it, and it is left");
    }
}
