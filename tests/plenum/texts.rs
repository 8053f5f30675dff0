//! What people write costs no more than it may, and costs nothing where they may not write: asked of the server functions themselves.

use super::server::Server;

/// A description's preview is for those who write about events, and as long as a description may be.
#[tokio::test]
async fn a_description_is_previewed_for_who_may_write_it() {
    let server = Server::start();
    let (otto, sam) = (server.person("otto").await, server.person("sam").await);
    let brackets = format!("https://a{}", ")".repeat(60_000));
    assert_eq!(sam.call("events/preview", &[("description", "*hello*")]).await.status(), 403);
    assert_eq!(sam.call("events/preview", &[("description", &brackets)]).await.status(), 403);
    assert_eq!(otto.call("events/preview", &[("description", &brackets)]).await.status(), 422);
    let short = otto.call("events/preview", &[("description", &brackets[..5_000])]).await;
    assert_eq!(short.status(), 200);
    let html: String = short.json().await.unwrap();
    assert_eq!(html.matches("<a ").count(), 1);
}

/// Whoever may not change a plan, or send to anybody, is told that, whatever they have entered: it is not read before.
#[tokio::test]
async fn the_right_is_asked_before_the_form_is_read() {
    let server = Server::start();
    let (sam, mara) = (server.person("sam").await, server.person("mara").await);
    let ranges = "1-999,".repeat(20_000);
    let form = [("event", "1"), ("section", "1"), ("rows", "A"), ("seats", ranges.as_str()), ("step", "each")];
    assert_eq!(sam.call("plans/add_rows", &form).await.status(), 403);

    let letter = |email, title| [("audience", "person"), ("email", email), ("title", title)];
    for email in ["lena@plenum.example", "nobody@plenum.example"] {
        for endpoint in ["broadcasts/preview", "broadcasts/send"] {
            let form = [&letter(email, "News")[..], &[("key", "key-of-sam-1")]].concat();
            assert_eq!(sam.call(endpoint, &form).await.status(), 403, "{endpoint} to {email}");
        }
    }
    let huge = r#"{%for i in [1]*300%}{{"x"*99999999}}{%endfor%}"#;
    assert_eq!(mara.call("broadcasts/preview", &letter("lena@plenum.example", huge)).await.status(), 422);
    assert_eq!(mara.call("broadcasts/preview", &letter("lena@plenum.example", "{{ first_name }}")).await.status(), 200);
    let asked = mara.get("broadcasts/preview", &letter("lena@plenum.example", "News")).await.status();
    assert!(asked.is_client_error(), "a link renders nothing: {asked}");
}
