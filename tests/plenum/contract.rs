//! The description of the public API is the API: schemathesis (from PyPI, see `scripts/setup unit`) asks what it allows and what it forbids
//! and compares each answer with it, and a client that is generated from it does its work.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use super::{api::Program, server::Server};

/// No rate and no delay stands in the way of thousands of requests.
const UNLIMITED: [(&str, &str); 4] = [
    ("PLENUM_LIMITS__COMMANDS_PER_MINUTE", "0"),
    ("PLENUM_LIMITS__MARKS_PER_MINUTE", "0"),
    ("PLENUM_LIMITS__SIGN_IN_FAILURES_PER_ACCOUNT", "0"),
    ("PLENUM_LIMITS__SIGN_IN_FAILURES_PER_ADDRESS", "0"),
];

/// A program of the Python packages, which finds the others.
fn tool(name: &str) -> Command {
    let python = std::env::var("PLENUM_PYTHON").map_or_else(|_| root().join(".tools/python/bin/python"), PathBuf::from);
    let beside = python.parent().unwrap().display().to_string();
    let mut command = Command::new(python.with_file_name(name));
    command.env("PATH", format!("{beside}:{}", std::env::var("PATH").unwrap_or_default()));
    command
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What it printed; a failure of the test unless it succeeded.
async fn run(mut command: Command) -> String {
    let output = tokio::task::spawn_blocking(move || {
        let output = command.output();
        output.unwrap_or_else(|error| panic!("{command:?}: {error}; `scripts/setup unit` installs it"))
    });
    let Output { status, stdout, stderr } = output.await.unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{printed}");
    printed
}

async fn hold_against_the_server(name: &str, scopes: &[&str]) {
    let server = Server::start_with(&UNLIMITED);
    let program = Program::of(&server, name, scopes).await;
    let mut schemathesis = tool("schemathesis");
    schemathesis
        .current_dir(server.folder())
        .env("SCHEMATHESIS_HOOKS", root().join("tests/plenum/schemathesis_hooks.py"))
        .arg("--config-file")
        .arg(root().join("tests/plenum/schemathesis.toml"))
        .args(["--no-color", "run", "--continue-on-failure", "--no-shrink", "--header"])
        .arg(format!("Authorization: Bearer {}", program.token))
        .arg(format!("{}/api/openapi.json", server.url));
    let printed = run(schemathesis).await;
    // It did ask.
    let cases = printed.lines().find_map(|line| line.trim().split_once(" generated, ")).expect("the number of its requests");
    assert!(cases.0.parse::<u32>().unwrap() > 3_000, "{printed}");
}

/// Whatever a member's program asks, allowed or not, is answered as it is described.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_is_answered_as_it_is_described() {
    hold_against_the_server("sam", &["read", "write", "connect"]).await;
}

/// The same for an admin, who may do everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_is_answered_as_it_is_described() {
    hold_against_the_server("admin", &["read", "write", "connect", "admin"]).await;
}

/// A client that openapi-python-client makes of the description understands what it is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generated_client_does_its_work() {
    let server = Server::start();
    let program = Program::of(&server, "admin", &["read", "write", "connect", "admin"]).await;
    let folder = server.folder().join("client");
    let mut generate = tool("openapi-python-client");
    generate
        .current_dir(server.folder())
        .args(["generate", "--meta", "none", "--fail-on-warning", "--url"])
        .arg(format!("{}/api/openapi.json", server.url))
        .arg("--output-path")
        .arg(folder.join("plenum_client"));
    run(generate).await;
    let mut calls = tool("python");
    calls.arg(root().join("tests/plenum/generated_client.py")).arg(&folder).arg(&server.url).arg(&program.token);
    let printed = run(calls).await;
    assert!(printed.ends_with("10 calls\n"), "{printed}");
}
