//! The rule of [`SaleWindow`](crate::model::sale::SaleWindow) for statements that ask it of many events.

/// The condition of SQL for events that sell now: `$event` is the name of the table in the statement, `$now` the parameter of the time.
/// It says what [`SaleWindow::sale`](crate::model::sale::SaleWindow::sale) does.
#[macro_export]
macro_rules! event_sells {
    ($event:literal, $now:literal) => {
        concat!($event, ".state in ('published', 'live') and ", $event, ".sales_from <= ", $now, " and ", $event, ".sales_until > ", $now)
    };
}

#[cfg(test)]
mod tests {
    use plenum_testing::House;
    use strum::VariantArray as _;

    use crate::model::{event::EventState, sale::SaleWindow};

    /// Statements and pages never differ about it.
    #[tokio::test]
    async fn statements_say_what_the_model_does() {
        let statement = concat!(
            "select count(*) from (select cast($2 as text) as state, cast($3 as bigint) as sales_from, cast($4 as bigint) as sales_until) as e
             where ",
            event_sells!("e", "$1")
        );
        let house = House::with(1).await;
        let mut conn = house.store.read().await.unwrap();
        for &state in EventState::VARIANTS {
            for now in [0, 9, 10, 99, 100] {
                let window = SaleWindow { state, sales_from: 10, sales_until: 100 };
                let count = sqlx::query_scalar::<_, i64>(statement).bind(now).bind(state).bind(window.sales_from).bind(window.sales_until);
                let count = count.fetch_one(&mut *conn).await.unwrap();
                assert_eq!(count == 1, window.sale(now).is_on(), "{state:?} at {now}");
            }
        }
    }
}
