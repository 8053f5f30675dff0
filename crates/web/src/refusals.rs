//! Seals the refusals that an address carries to a page without scripts.
//!
//! A form that is refused leads back to its page, and the page's address says why. Whoever makes an address could have this site say
//! anything that way. So each refusal is sealed for the browser that it goes to and the page that it stands on; an address without the
//! seal is led to the same page without the refusal.

use std::borrow::Cow;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use form_urlencoded::Serializer;

use crate::state::AppState;
use plenum_core::{ids::SignInId, people::Identity};
use plenum_live::pusher::signature::AppSecret;

/// The parameters that say why, and of which form.
const CARRIED: [&str; 3] = ["refused", "__err", "__path"];
const SEAL: &str = "seal";

/// Seals what answers carry, and takes out what requests carry without a seal.
pub async fn keep(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let sign_in = request.extensions().get::<Identity>().map(|who| who.sign_in);
    let secret = state.hub.secret();
    if request.method() == Method::GET
        && let Some(path) = without_forged(secret, sign_in, request.uri())
    {
        return Redirect::to(&path).into_response();
    }
    let mut response = next.run(request).await;
    if response.status().is_redirection()
        && let Some(location) = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok())
        && let Some(sealed) = sealed(secret, sign_in, location).and_then(|sealed| HeaderValue::from_str(&sealed).ok())
    {
        response.headers_mut().insert(header::LOCATION, sealed);
    }
    response
}

fn parameters(query: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    form_urlencoded::parse(query.as_bytes()).collect()
}

/// What is sealed; none if there is no refusal.
fn message(sign_in: Option<SignInId>, path: &str, query: &str) -> Option<Vec<u8>> {
    let carried: Vec<_> = parameters(query).into_iter().filter(|(name, _)| CARRIED.contains(&name.as_ref())).collect();
    if carried.iter().all(|(name, _)| name == "__path") {
        return None;
    }
    serde_json::to_vec(&("refusal", sign_in.map(|id| id.0), path, carried)).ok()
}

/// `location` with a seal, if it carries a refusal.
fn sealed(secret: &AppSecret, sign_in: Option<SignInId>, location: &str) -> Option<String> {
    let (address, fragment) = location.split_once('#').map_or((location, ""), |(address, fragment)| (address, fragment));
    let uri: Uri = address.parse().ok()?;
    let seal = secret.sign(&message(sign_in, uri.path(), uri.query()?)?);
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    Some(format!("{address}&{SEAL}={seal}{fragment}"))
}

/// The same address without its refusal, if that has no seal of ours.
fn without_forged(secret: &AppSecret, sign_in: Option<SignInId>, uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    let message = message(sign_in, uri.path(), query)?;
    let all = parameters(query);
    if all.iter().any(|(name, value)| name == SEAL && secret.verify(&message, value)) {
        return None;
    }
    let mut rest = Serializer::new(String::new());
    rest.extend_pairs(all.iter().filter(|(name, _)| name != SEAL && !CARRIED.contains(&name.as_ref())));
    let rest = rest.finish();
    // A path that begins with two slashes would lead to another site.
    let path = format!("/{}", uri.path().trim_start_matches(['/', '\\']));
    Some(if rest.is_empty() { path } else { format!("{path}?{rest}") })
}

#[cfg(test)]
mod tests {
    use axum::http::uri::PathAndQuery;

    use super::*;

    const SAM: Option<SignInId> = Some(SignInId(7));

    fn uri(location: &str) -> Uri {
        location.split('#').next().unwrap().trim_start_matches("https://plenum.example").parse().unwrap()
    }

    /// What the server says stays; what anybody else writes into an address is gone, and the rest of the address is there.
    #[test]
    fn nobody_else_puts_words_into_our_mouth() {
        let secret = AppSecret::new("a secret");
        for location in
            ["/events/3/plan?refused=No%20good%20line.#import", "https://plenum.example/messages/new?who=a&__path=%2Ffn%2Fx&__err=eyJ4"]
        {
            let sealed = sealed(&secret, SAM, location).unwrap();
            assert_eq!(sealed.split_once('#').map(|(_, fragment)| fragment), location.split_once('#').map(|(_, fragment)| fragment));
            assert_eq!(without_forged(&secret, SAM, &uri(&sealed)), None);
            let path = uri(location).path().to_owned();
            let stripped = if location.contains("who=a") { format!("{path}?who=a") } else { path };
            for (by, of, forged) in [
                (&secret, SAM, location.to_owned()),
                (&secret, Some(SignInId(8)), sealed.clone()),
                (&secret, None, sealed.clone()),
                (&AppSecret::new("another"), SAM, sealed.clone()),
                (&secret, SAM, sealed.replace("good", "bad").replace("eyJ4", "eyJ5")),
            ] {
                assert_eq!(without_forged(by, of, &uri(&forged)).as_deref(), Some(stripped.as_str()), "{forged}");
            }
        }
        for harmless in ["/a?seal=1", "/a?__path=%2Ffn%2Fx", "/a", "/a?done=saved"] {
            assert_eq!((sealed(&secret, SAM, harmless), without_forged(&secret, SAM, &uri(harmless))), (None, None));
        }
        for (foreign, own) in [("//evil.example?refused=x", "/evil.example"), ("///evil.example/a?refused=x&b=1", "/evil.example/a?b=1")] {
            let foreign = Uri::from(foreign.parse::<PathAndQuery>().unwrap());
            assert_eq!(without_forged(&secret, SAM, &foreign).as_deref(), Some(own));
        }
    }
}
