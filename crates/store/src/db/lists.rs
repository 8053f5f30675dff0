//! Lists of values in statements.

use sqlx::QueryBuilder;

use super::Db;

/// Adds `(a, b, …)` to a statement, after `in`. An empty list becomes `(null)`, which nothing is in; after `not in` nothing would
/// be outside it either, so that a caller leaves the condition out.
pub fn push_list<T>(query: &mut QueryBuilder<Db>, values: impl IntoIterator<Item = T>)
where
    T: for<'q> sqlx::Encode<'q, Db> + sqlx::Type<Db>,
{
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        query.push("(null)");
        return;
    }
    query.push("(");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL refuses `in ()`. Placeholders are the driver's own.
    #[test]
    fn an_empty_list_is_text_that_every_database_takes() {
        for (values, expected) in [(vec![], "in (null)"), (vec![4_i64], "in (?)"), (vec![4, 2], "in (?, ?)")] {
            let mut query = QueryBuilder::<Db>::new("in ");
            push_list(&mut query, values);
            assert_eq!(query.sql().as_str(), expected);
        }
    }
}
