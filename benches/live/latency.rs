//! From sending a message to its event on another socket, on a server that has nothing else to do.

use std::time::Duration;

use super::{
    http::Http,
    load::{Messages, Tally, crowd, publish},
    server::pause,
    wire::Target,
};
use crate::Bench;

const TIME: Duration = Duration::from_secs(8);
/// Time between two messages.
const EVERY: Duration = Duration::from_millis(20);

pub async fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    bench.seeded().await?;
    let Bench { machine, table, seeded: Some(seeded), .. } = bench else { return Ok(()) };
    let server = seeded.serve(machine, &[])?;
    let target = Target::new(server.address);
    let (author, reader) = (&seeded.people[0], &seeded.people[1]);
    let channels = [format!("private-conversation.{}", seeded.general)];
    let mut publishers = [Messages { http: Http::connect(server.address).await?, person: author.clone(), conversation: seeded.general }];
    // The first ones pay for caches and prepared statements.
    for warm_up in [true, false] {
        let tally = Tally::new();
        let crowd = crowd(&target, [Some(reader)].into_iter(), |_| channels.to_vec(), &tally.ear()).await?;
        let time = if warm_up { TIME / 8 } else { TIME };
        let mut outcome = publish(&tally, &mut publishers, crowd.len(), time, Some(EVERY)).await?;
        if !warm_up {
            table.row(format!("send to received on another socket, {} messages", outcome.spread.len()), outcome.spread.percentiles());
        }
        pause(200).await;
    }
    Ok(())
}
