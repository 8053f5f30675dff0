//! Waiting in the browser: for a while, or until something calls.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use leptos::prelude::set_timeout;

/// Something to wait for; a call while nobody waits is remembered for the next who does.
#[derive(Debug, Clone, Default)]
pub struct Alarm(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    called: bool,
    waker: Option<Waker>,
}

impl Alarm {
    /// Wakes the one who waits.
    pub fn call(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.called = true;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }

    /// Waits for the next call.
    pub async fn called(&self) {
        poll_fn(|context| {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if std::mem::take(&mut state.called) {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Waits for the next call, at most `milliseconds`.
    pub async fn called_within(&self, milliseconds: u32) {
        within(milliseconds, self.called()).await;
    }
}

/// Waits for `milliseconds`.
pub async fn pause(milliseconds: u32) {
    let alarm = Alarm::default();
    let bell = alarm.clone();
    set_timeout(move || bell.call(), Duration::from_millis(u64::from(milliseconds)));
    alarm.called().await;
}

/// What `work` comes to, or nothing if it takes longer than `milliseconds`; then it is dropped.
pub async fn within<T>(milliseconds: u32, work: impl Future<Output = T>) -> Option<T> {
    let mut late = pin!(pause(milliseconds));
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
        Poll::Pending => late.as_mut().poll(context).map(|()| None),
    })
    .await
}
