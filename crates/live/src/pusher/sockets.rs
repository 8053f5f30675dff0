//! The open sockets of an external application, and how many of them each address has: its key stands in pages, so that anybody could
//! fill it from one address.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use crate::{
    connection::Connection,
    places::{Places, Whose},
};
use plenum_core::{ids::ConnectionId, network::network};

#[derive(Debug, Default)]
pub(super) struct Sockets {
    pub(super) by_id: HashMap<ConnectionId, Arc<Connection>>,
    by_network: HashMap<IpAddr, usize>,
}

impl Sockets {
    /// Lets a connection in: `most` of the application, `most_each` from one address (0: any number), and one of the `places`.
    ///
    /// # Errors
    /// Which limit it would exceed, in a sentence.
    pub(super) fn enter(
        &mut self,
        connection: &Arc<Connection>,
        places: &Arc<Places>,
        most: usize,
        most_each: usize,
    ) -> Result<(), String> {
        if most != 0 && self.by_id.len() >= most {
            return Err(format!("The application has at most {most} connections."));
        }
        let network = network(connection.address);
        let open = self.by_network.get(&network).copied().unwrap_or_default();
        if most_each != 0 && open >= most_each {
            return Err(format!("The application has at most {most_each} connections from one address."));
        }
        if !connection.take_place(places, Whose::External) {
            return Err("The server has as many connections as it may.".to_owned());
        }
        self.by_network.insert(network, open + 1);
        self.by_id.insert(connection.id, Arc::clone(connection));
        Ok(())
    }

    /// A connection is gone.
    pub(super) fn leave(&mut self, connection: ConnectionId) {
        let Some(gone) = self.by_id.remove(&connection) else { return };
        let network = network(gone.address);
        if let Some(open) = self.by_network.get_mut(&network) {
            *open -= 1;
            if *open == 0 {
                self.by_network.remove(&network);
            }
        }
        if self.by_id.len() * 4 < self.by_id.capacity() {
            self.by_id.shrink_to(64);
            self.by_network.shrink_to(64);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn connection(id: u64, address: &str) -> Arc<Connection> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (stream, _accepted) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        let address = address.parse().unwrap();
        Arc::new(Connection::new(ConnectionId(id), None, address, stream.unwrap(), 0, 1 << 18, Arc::default()))
    }

    /// One address, or one subscriber's net, has its share and no more; others come in, and a place that is left is free again.
    #[tokio::test]
    async fn one_address_does_not_fill_an_application() {
        let (mut sockets, places) = (Sockets::default(), Arc::new(Places::new(0)));
        let enter = async |sockets: &mut Sockets, id: u64, address: &str| {
            let connection = connection(id, address).await;
            sockets.enter(&connection, &places, 5, 2).is_ok()
        };
        assert!(enter(&mut sockets, 1, "192.0.2.1").await && enter(&mut sockets, 2, "192.0.2.1").await);
        assert!(!enter(&mut sockets, 3, "192.0.2.1").await);
        assert!(enter(&mut sockets, 4, "2001:db8::1").await && enter(&mut sockets, 5, "2001:db8::2").await);
        assert!(!enter(&mut sockets, 6, "2001:db8::3").await, "an IPv6 subscriber has a /64");
        assert!(enter(&mut sockets, 7, "192.0.2.2").await);
        assert!(!enter(&mut sockets, 8, "192.0.2.3").await, "now the application is full");
        sockets.leave(ConnectionId(1));
        sockets.leave(ConnectionId(1));
        assert!(enter(&mut sockets, 9, "192.0.2.1").await);
        for id in [2, 4, 5, 7, 9] {
            sockets.leave(ConnectionId(id));
        }
        assert!(sockets.by_id.is_empty() && sockets.by_network.is_empty());
    }
}
