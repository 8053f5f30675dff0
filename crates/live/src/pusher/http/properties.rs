//! What holds for every request to the HTTP API: it is answered, it is taken if it was signed, and nothing
//! that differs from what was signed is.

use axum::http::Method;
use proptest::{prelude::*, sample::Index};

use super::{super::signature::AppSecret, *};
use plenum_core::ids::OrganisationId;

const NOW: Millis = 1_353_088_179_000;

fn settings() -> Settings {
    Settings {
        app_id: "3".to_owned(),
        key: "278d425bdf160c739803".to_owned(),
        secrets: vec![AppSecret::new("new"), AppSecret::new("old")],
        organisation: OrganisationId(1),
        enabled: true,
        origins: Vec::new(),
        client_events: true,
        subscription_counts: false,
        durable: false,
        connections: 0,
        presence_members: 0,
        data_bytes: 0,
        webhooks: Vec::new(),
    }
}

/// A request as it comes over the network.
#[derive(Debug, Clone, PartialEq)]
struct Request {
    method: Method,
    path: String,
    query: String,
    body: Vec<u8>,
}

impl Request {
    fn check(&self) -> Result<(), Refusal> {
        check(&settings(), &self.method, &self.path, &parse_query(&self.query), &self.body, NOW)
    }

    /// What a handler acts on: all but the signature itself.
    fn meaning(&self) -> (&Method, &str, Vec<(String, String)>, &[u8]) {
        let query = parse_query(&self.query).into_iter().filter(|(key, _)| key != "auth_signature").collect();
        (&self.method, &self.path, query, &self.body)
    }
}

/// Signs a request as SDKs do: `more` are the parameters beside those of the signature.
fn signed(method: Method, path: String, more: &[(String, String)], body: Vec<u8>, secret: &str) -> Request {
    let mut pairs = more.to_vec();
    pairs.extend([("auth_key", settings().key.as_str()), ("auth_timestamp", "1353088179"), ("auth_version", "1.0")].map(own));
    if !body.is_empty() {
        pairs.push(own(("body_md5", &signature::hex(&Md5::digest(&body)))));
    }
    let message = signature::request(method.as_str(), &path, &pairs);
    pairs.push(own(("auth_signature", &AppSecret::new(secret).sign(message.as_bytes()))));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Request { method, path, query, body }
}

fn own((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::GET), Just(Method::POST), Just(Method::DELETE)]
}

/// Parameters of any text that SDKs could send.
fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    proptest::collection::vec(("[a-z_]{1,12}", "[^&]{0,20}"), 0..4)
}

fn requests() -> impl Strategy<Value = Request> {
    let bodies = proptest::collection::vec(any::<u8>(), 0..40);
    (methods(), "/apps/[ -~]{0,30}", parameters(), bodies, prop_oneof![Just("new"), Just("old")])
        .prop_map(|(method, path, more, body, secret)| signed(method, path, &more, body, secret))
}

/// One change to a request, anywhere in it.
#[derive(Debug, Clone)]
enum Change {
    Method(Method),
    Path(Index, char),
    Query(Index, char),
    CutQuery(Index),
    Add(String),
    SwapCase(Index),
    Body(Vec<u8>),
}

impl Change {
    fn make(&self, request: &mut Request) {
        // An earlier change may have cut all of it away.
        if request.query.is_empty() && matches!(self, Self::Query(..) | Self::CutQuery(_) | Self::SwapCase(_)) {
            return;
        }
        let put = |text: &mut String, index: &Index, new: char| {
            let mut chars: Vec<char> = text.chars().collect();
            let at = index.index(chars.len());
            chars[at] = new;
            *text = chars.into_iter().collect();
        };
        match self {
            Self::Method(method) => request.method = method.clone(),
            Self::Path(index, new) => put(&mut request.path, index, *new),
            Self::Query(index, new) => put(&mut request.query, index, *new),
            Self::CutQuery(index) => request.query.truncate(index.index(request.query.len())),
            Self::Add(more) => request.query = format!("{more}&{}", request.query),
            Self::SwapCase(index) => {
                let at = request.query.char_indices().nth(index.index(request.query.len())).map_or(' ', |(_, char)| char);
                let swapped = if at.is_lowercase() { at.to_ascii_uppercase() } else { at.to_ascii_lowercase() };
                put(&mut request.query, index, swapped);
            }
            Self::Body(body) => request.body.clone_from(body),
        }
    }
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        methods().prop_map(Change::Method),
        (any::<Index>(), "[ -~]").prop_map(|(index, new)| Change::Path(index, new.chars().next().unwrap_or('x'))),
        (any::<Index>(), "[ -~]").prop_map(|(index, new)| Change::Query(index, new.chars().next().unwrap_or('x'))),
        any::<Index>().prop_map(Change::CutQuery),
        "[a-z_]{1,6}=[a-z%26]{0,8}".prop_map(Change::Add),
        prop_oneof!["info=cache", "auth_signature=00", "auth_key=x", "body_md5=0"].prop_map(Change::Add),
        any::<Index>().prop_map(Change::SwapCase),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Change::Body),
    ]
}

proptest! {
    /// Whatever comes is answered with a refusal, not with a panic: nothing of it was signed.
    #[test]
    fn any_request_is_answered(method in "[A-Z]{1,8}", path in ".{0,60}", query in ".{0,200}", body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = Request { method, path, query, body };
        prop_assert_eq!(request.check().unwrap_err().0, StatusCode::UNAUTHORIZED);
    }

    /// What was signed with either secret is taken; with another one, or by nobody, it is not.
    #[test]
    fn what_was_signed_is_taken(request in requests(), more in parameters()) {
        prop_assert_eq!(request.check(), Ok(()));
        let forged = signed(request.method.clone(), request.path.clone(), &more, request.body.clone(), "guessed");
        prop_assert!(forged.check().is_err());
    }

    /// A changed request is refused, unless it still means the same: then nothing was gained by the change.
    #[test]
    fn nothing_else_is_taken(request in requests(), changes in proptest::collection::vec(changes(), 1..4)) {
        let mut changed = request.clone();
        for change in &changes {
            change.make(&mut changed);
        }
        if changed.check().is_ok() {
            prop_assert_eq!(changed.meaning(), request.meaning());
        }
    }

    /// A parameter that hides in the value of another is refused: the signed text would be the same.
    #[test]
    fn no_parameter_hides_in_another(prefix in "[a-z]{0,8}", hidden in "[a-z]{1,8}") {
        let honest = [("filter_by_prefix".to_owned(), prefix.clone()), ("info".to_owned(), hidden.clone())];
        let request = signed(Method::GET, "/apps/3/channels".to_owned(), &honest, Vec::new(), "new");
        prop_assert_eq!(request.check(), Ok(()));
        let (plain, folded) = (format!("filter_by_prefix={prefix}&info={hidden}"), format!("filter_by_prefix={prefix}%26info%3D{hidden}"));
        let hiding = Request { query: request.query.replace(&plain, &folded), ..request.clone() };
        prop_assert_ne!(&hiding, &request);
        prop_assert!(hiding.check().is_err());
    }
}
