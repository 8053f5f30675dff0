//! Is what went out what was written? The log's numbers, against those that the hub has sent.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::hub::Hub;
use plenum_core::error::AppResult;
use plenum_store::log;

/// Channels that are compared at the most.
const MOST: usize = 500;
/// Looks at what was sent out, and the pause between them: what is committed may be on its way.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// Channels with somebody on them that have not got, half a second later, what the log holds now.
pub async fn behind(hub: &Hub) -> AppResult<Vec<String>> {
    let names: Vec<Arc<str>> = hub.dispatched().into_iter().map(|(name, _)| name).take(MOST).collect();
    let heads = log::heads(&mut *hub.store().look().await?, &names).await?;
    for _ in 0..LOOKS {
        if late(&heads, &hub.dispatched()).is_empty() {
            return Ok(Vec::new());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(late(&heads, &hub.dispatched()))
}

/// A channel that nobody is on any more is not late.
fn late(heads: &HashMap<String, u64>, sent: &[(Arc<str>, u64)]) -> Vec<String> {
    let late = |(name, sent): &&(Arc<str>, u64)| heads.get(&**name).is_some_and(|head| sent < head);
    sent.iter().filter(late).map(|(name, _)| name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_the_log_is_late() {
        let heads = HashMap::from([("a".to_owned(), 3), ("b".to_owned(), 3), ("gone".to_owned(), 9)]);
        let sent = |a: u64, b: u64| vec![(Arc::from("a"), a), (Arc::from("b"), b), (Arc::from("new"), 1)];
        assert_eq!(late(&heads, &sent(3, 4)), [] as [&str; 0]);
        assert_eq!(late(&heads, &sent(2, 3)), ["a"]);
    }
}
