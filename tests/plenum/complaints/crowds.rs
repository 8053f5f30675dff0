//! Complaints 7 and 8, which need a crowd: what it costs, and what it leaves behind. The bounds are loose, so
//! that no busy machine and no allocator fails them; `make bench` has the figures.

use futures::{StreamExt as _, stream};

use super::{
    super::{
        server::{Person, Server},
        socket::Socket,
        waiting::eventually_true,
    },
    connect, connections, join, publish, start,
};

/// Sockets of one crowd: 2,000, or what the limit of open files allows beside other tests.
fn crowd_size() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let limit = line.split_whitespace().nth(3).unwrap().parse().unwrap_or(usize::MAX);
    2_000.min(limit.saturating_sub(300) / 3)
}

/// Opens a crowd, each on one channel.
async fn crowd(server: &Server, count: usize) -> Vec<Socket> {
    let opening = (0..count).map(|number| async move {
        let (mut socket, id) = connect(server).await;
        join(&mut socket, &id, &format!("private-room-{}", number % 50), None, None).await;
        socket
    });
    stream::iter(opening).buffer_unordered(32).collect().await
}

/// A crowd comes from one address here.
const UNCOUNTED: [(&str, &str); 2] =
    [("PLENUM_LIMITS__CONNECTIONS_PER_APPLICATION", "5000"), ("PLENUM_LIMITS__APPLICATION_SOCKETS_PER_ADDRESS", "0")];

/// Waits until the application has this many connections.
async fn shrink_to(admin: &Person, count: u64) {
    eventually_true("connections that are gone are not counted", async || connections(admin).await == count).await;
}

/// 7. While a crowd that has gone is being cleaned up a newcomer is served, and after the second crowd the
/// process is no larger than after the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mass_disconnect_blocks_newcomers_and_leaks() {
    let server = start(&UNCOUNTED);
    let admin = server.person("admin").await;
    let mut resident = Vec::new();
    for _ in 0..3 {
        let sockets = crowd(&server, crowd_size()).await;
        sockets.into_iter().for_each(Socket::vanish);
        // It is let in, joins and is written to.
        let (mut newcomer, id) = connect(&server).await;
        join(&mut newcomer, &id, "private-room-0", None, None).await;
        publish(&server, "private-room-0", "welcome", None).await;
        newcomer.wait("line").await;
        shrink_to(&admin, 1).await;
        newcomer.close().await;
        resident.push(server.resident());
    }
    // The first crowd fills the allocator's pools; a leak of 4 KiB a connection would add 16 MiB.
    let growth = resident[2].saturating_sub(resident[0]);
    assert!(growth < 8 << 20, "the process grows by each crowd: {resident:?}");
}

/// 8. An idle, subscribed connection costs the server less than 32 KiB (in a release build it is some 2).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_costs_hundreds_of_kilobytes() {
    let server = start(&UNCOUNTED);
    let admin = server.person("admin").await;
    // What is loaded with the first connections is not theirs.
    drop(crowd(&server, 50).await);
    shrink_to(&admin, 0).await;
    let before = server.resident();
    let sockets = crowd(&server, crowd_size()).await;
    let each = server.resident().saturating_sub(before) / sockets.len();
    assert!(each < 32 << 10, "{each} bytes a connection");
    drop(sockets);
}
