//! What stands in deploy/ does what docs/deployment.md says of it.

use std::{path::Path, process::Command};

use super::server::Server;

/// `deploy/plenum-backup`, as its timer starts it.
fn back_up(server: &Server, folder: &Path, program: &Path) -> (bool, String) {
    let output = Command::new("sh")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/plenum-backup"))
        .arg(folder)
        .arg("14")
        .current_dir(server.folder())
        .env("PLENUM_DATABASE__URL", format!("sqlite://{}", server.folder().join("plenum.db").display()))
        .env("PLENUM_PROGRAM", program)
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A backup beside the running server has its name when it is whole, an old one goes, one of another name stays; it can be restored. One
/// that fails leaves and removes nothing.
#[tokio::test]
async fn the_backup_of_each_night_can_be_restored() {
    let mut server = Server::start();
    let folder = server.folder().join("backups");
    std::fs::create_dir(&folder).unwrap();
    let named = |name: &str| folder.join(name);
    for name in ["plenum-20200101T000000Z.db", "plenum-20200102T000000Z.db.part", "kept.db"] {
        std::fs::write(named(name), "old").unwrap();
        let touched = Command::new("touch").args(["-d", "2020-01-01"]).arg(named(name)).status().unwrap();
        assert!(touched.success());
    }
    let (done, _) = back_up(&server, &folder, Path::new("/bin/false"));
    assert!(!done && named("plenum-20200101T000000Z.db").exists());

    let (done, name) = back_up(&server, &folder, Path::new(env!("CARGO_BIN_EXE_plenum")));
    assert!(done, "{name}");
    let mut there: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    assert_eq!(there, ["kept.db".to_owned(), Path::new(&name).file_name().unwrap().to_str().unwrap().to_owned()]);
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&name).unwrap());
    assert_eq!(mode & 0o077, 0, "for nobody else");

    server.kill();
    assert!(server.run(&["restore", &name]).status.success());
    server.assert_even();
}
