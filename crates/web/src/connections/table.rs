//! The connections that are open, by address.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio_util::sync::CancellationToken;

use plenum_core::network::network;

/// How many connections may be open; 0 is no limit.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// In all.
    pub all: usize,
    /// From one address (IPv6: one /64), unless it is a trusted proxy.
    pub from_one_address: usize,
}

/// The connections that are open.
#[derive(Debug)]
pub struct Table {
    most: Most,
    proxies: Vec<IpAddr>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    last: u64,
    count: usize,
    /// In the order in which they came.
    by_address: HashMap<IpAddr, BTreeMap<u64, Arc<Connection>>>,
}

#[derive(Debug, Default)]
struct Connection {
    requests: AtomicUsize,
    leave: CancellationToken,
}

impl Connection {
    /// Asks it to go if it is idle.
    fn asked_to_leave(&self) -> bool {
        let leaves = self.requests.load(Ordering::Acquire) == 0 && !self.leave.is_cancelled();
        if leaves {
            self.leave.cancel();
        }
        leaves
    }
}

impl Table {
    /// An empty one. All people behind a proxy of `proxies` share its address.
    pub fn new(most: Most, proxies: Vec<IpAddr>) -> Self {
        let proxies = proxies.into_iter().map(network).collect();
        Self { most, proxies, inner: Mutex::default() }
    }

    /// Lets a connection in; an idle one goes where there are too many, `None` if none is idle.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Open> {
        let address = network(address);
        let mut inner = self.lock();
        let known = inner.by_address.get(&address);
        let crowded = |most: usize, count: usize| most != 0 && count >= most;
        let is_proxy = self.proxies.contains(&address);
        if !is_proxy && crowded(self.most.from_one_address, known.map_or(0, BTreeMap::len)) {
            if !known.is_some_and(leaves_one) {
                return None;
            }
        } else if crowded(self.most.all, inner.count) && !inner.leaves_one() {
            return None;
        }
        inner.last += 1;
        inner.count += 1;
        let (id, connection) = (inner.last, Arc::new(Connection::default()));
        inner.by_address.entry(address).or_default().insert(id, Arc::clone(&connection));
        Some(Open { table: Arc::clone(self), address, id, connection })
    }

    /// Has an idle connection go.
    pub fn make_room(&self) {
        self.lock().leaves_one();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Has an idle connection go, of the address that has most; false if none is idle.
    fn leaves_one(&self) -> bool {
        let mut addresses: Vec<&BTreeMap<u64, Arc<Connection>>> = self.by_address.values().collect();
        addresses.sort_unstable_by_key(|connections| std::cmp::Reverse(connections.len()));
        addresses.into_iter().any(leaves_one)
    }
}

fn leaves_one(connections: &BTreeMap<u64, Arc<Connection>>) -> bool {
    connections.values().any(|connection| connection.asked_to_leave())
}

/// A connection that was let in, until it is dropped.
#[derive(Debug)]
pub(super) struct Open {
    table: Arc<Table>,
    address: IpAddr,
    id: u64,
    connection: Arc<Connection>,
}

impl Open {
    /// A request has begun; it ends when this is dropped.
    pub(super) fn busy(&self) -> Busy {
        self.connection.requests.fetch_add(1, Ordering::AcqRel);
        Busy(Arc::clone(&self.connection))
    }

    /// Ends when the connection is to make room for another.
    pub(super) async fn makes_room(&self) {
        self.connection.leave.cancelled().await;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut inner = self.table.lock();
        let Some(connections) = inner.by_address.get_mut(&self.address) else { return };
        connections.remove(&self.id);
        if connections.is_empty() {
            inner.by_address.remove(&self.address);
        }
        inner.count -= 1;
    }
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Busy(Arc<Connection>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}

/// An answer's body, which keeps its connection busy until it is written.
#[derive(Debug)]
pub(super) struct Held {
    body: Body,
    _busy: Busy,
}

impl Held {
    pub(super) fn new(body: Body, busy: Busy) -> Self {
        Self { body, _busy: busy }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(all: usize, from_one_address: usize) -> Arc<Table> {
        Arc::new(Table::new(Most { all, from_one_address }, vec!["10.0.0.1".parse().unwrap()]))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn leaves(open: &Open) -> bool {
        open.connection.leave.is_cancelled()
    }

    /// The oldest idle connection of the same address goes; who is being answered stays.
    #[test]
    fn idle_connections_make_room() {
        let table = table(0, 2);
        let (first, second) = (table.enter(ip("192.0.2.1")).unwrap(), table.enter(ip("192.0.2.1")).unwrap());
        let busy = first.busy();
        let third = table.enter(ip("192.0.2.1")).unwrap();
        assert!(!leaves(&first) && leaves(&second) && !leaves(&third));
        drop((second, busy));
        let _fourth = table.enter(ip("192.0.2.1")).unwrap();
        assert!(leaves(&first) && !leaves(&third));
    }

    #[test]
    fn where_all_are_busy_nobody_comes_in() {
        let table = table(2, 0);
        let (first, second) = (table.enter(ip("192.0.2.1")).unwrap(), table.enter(ip("192.0.2.2")).unwrap());
        let busy = (first.busy(), second.busy());
        assert!(table.enter(ip("192.0.2.3")).is_none());
        drop((second, busy));
        assert!(table.enter(ip("192.0.2.3")).is_some());
    }

    /// Who has most makes room for others: a visitor of another address keeps their only connection.
    #[test]
    fn the_address_that_has_most_makes_room() {
        let table = table(4, 0);
        let visitor = table.enter(ip("192.0.2.9")).unwrap();
        let crowd: Vec<Open> = (0..3).map(|_| table.enter(ip("192.0.2.1")).unwrap()).collect();
        let _new = table.enter(ip("192.0.2.2")).unwrap();
        assert!(!leaves(&visitor) && leaves(&crowd[0]));
    }

    /// An IPv6 subscriber has a /64; a proxy's address stands for many people.
    #[test]
    fn whom_an_address_stands_for() {
        let table = table(0, 1);
        let _busy = table.enter(ip("2001:db8::1")).map(|open| (open.busy(), open)).unwrap();
        assert!(table.enter(ip("2001:db8::2")).is_none());
        assert!(table.enter(ip("2001:db8:0:1::1")).is_some());
        let proxied: Vec<Option<Open>> = (0..3).map(|_| table.enter(ip("10.0.0.1"))).collect();
        assert!(proxied.iter().flatten().all(|open| !leaves(open)) && proxied.iter().all(Option::is_some));
    }

    #[test]
    fn nothing_is_left_of_who_has_gone() {
        let table = table(0, 0);
        drop((0..3).map(|_| table.enter(ip("192.0.2.1"))).collect::<Vec<_>>());
        let inner = table.lock();
        assert_eq!((inner.count, inner.by_address.len()), (0, 0));
    }
}
