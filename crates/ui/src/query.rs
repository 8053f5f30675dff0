//! What stands behind the question mark of the page's address.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::memo;

/// The parameters of an address, decoded once. The router's own map decodes each value twice, so that a `%26` or a `%` that somebody
/// entered would not come back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=b&c=d`.
    pub fn parse(search: &str) -> Self {
        Self(form_urlencoded::parse(search.as_bytes()).into_owned().collect())
    }

    /// The last value of `name`.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of `name`, in their order.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The last value of `name`, owned.
    pub fn get(&self, name: &str) -> Option<String> {
        self.get_str(name).map(ToOwned::to_owned)
    }
}

/// The parameters of this page's address.
pub fn use_query() -> Memo<Query> {
    let search = use_location().search;
    memo(move || search.with(|search| Query::parse(search.trim_start_matches('?'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_once() {
        let query = Query::parse("q=winter%20gala&q=a%2526b+c%25&next=/messages/search%3Fq%3Dwinter%2520gala&empty=&%C5%BEan=1");
        assert_eq!(query.get_str("q"), Some("a%26b c%"), "the last counts");
        assert_eq!(query.get_str("next"), Some("/messages/search?q=winter%20gala"));
        assert_eq!((query.get_str("empty"), query.get_str("missing"), query.get_str("žan")), (Some(""), None, Some("1")));
    }
}
