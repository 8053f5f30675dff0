//! The folder of mails (`mail.outbox`), from where a program or a person takes them on.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use tokio::{
    fs::{self, File, OpenOptions},
    io::AsyncWriteExt as _,
};

/// Writes mails to files.
#[derive(Debug, Clone)]
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the mail `name`, whole or not at all: nobody who watches the folder sees half a mail. One that is there already is left.
    ///
    /// # Errors
    /// It is not there, and nothing of it: it can be written again, when the disk has room.
    pub(super) async fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let fill = |mut file: File| async move {
            file.write_all(content).await?;
            Ok(file)
        };
        self.write_by(name, fill).await
    }

    async fn write_by<W>(&self, name: &str, fill: impl FnOnce(File) -> W) -> anyhow::Result<()>
    where
        W: Future<Output = io::Result<File>>,
    {
        let folder = &self.0;
        fs::create_dir_all(folder).await.with_context(|| format!("cannot create the outbox {}", folder.display()))?;
        // A part has a name of its own: what a process that was killed has left stands in nobody's way.
        let part = folder.join(format!(".{name}-{:08x}.part", rand::random::<u32>()));
        let finished = folder.join(format!("{name}.eml"));
        if fs::try_exists(&finished).await? {
            return Ok(());
        }
        let written = async {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            options.mode(0o600); // it may hold a link that resets a password
            let file = options.open(&part).await.with_context(|| format!("cannot write to the outbox {}", folder.display()))?;
            let file = fill(file).await.context("cannot write a mail in the outbox")?;
            file.sync_all().await.context("cannot write a mail in the outbox")?;
            drop(file);
            fs::rename(&part, &finished).await.context("cannot finish a mail in the outbox")
        };
        if let Err(error) = written.await {
            // Each try on a full disk would leave less room for the next.
            let _ = fs::remove_file(&part).await;
            return Err(error);
        }
        // The name is on the disk with the folder. If that cannot be made sure the mail is there all the same, and may be taken on by now:
        // to write it again would send it twice.
        let synced = async { File::open(folder).await?.sync_all().await };
        if let Err(error) = synced.await {
            tracing::warn!(%error, "the folder of mails could not be brought to the disk");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One file a mail, and one that is written twice, as after a crash, is left as it is.
    #[tokio::test]
    async fn a_mail_is_a_file() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder(temporary.path().join("out"));
        for (name, text) in [("one", "first"), ("two", "other"), ("one", "second")] {
            folder.write(name, text.as_bytes()).await.unwrap();
        }
        let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["one.eml", "two.eml"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("one.eml")).unwrap(), "first");
    }

    /// A disk that is full loses no mail and keeps nothing of one: the same mail is written once there is room.
    #[tokio::test]
    async fn a_mail_without_room_leaves_nothing() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder(temporary.path().join("out"));
        let names = || -> Vec<_> { std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect() };
        for _ in 0..3 {
            let half = |mut file: File| async move {
                file.write_all(b"half of").await?;
                Err(io::ErrorKind::StorageFull.into())
            };
            assert!(folder.write_by("one", half).await.is_err());
            assert_eq!(names().len(), 0, "{:?}", names());
        }
        folder.write("one", b"whole").await.unwrap();
        assert_eq!(names(), ["one.eml"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("one.eml")).unwrap(), "whole");
    }
}
