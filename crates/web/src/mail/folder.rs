//! The folder of mails (`mail.outbox`), from where a program or a person takes them on.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::io::AsyncWriteExt as _;

/// Writes mails to files.
#[derive(Debug, Clone)]
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the mail `name`, whole or not at all: nobody who watches the folder sees half a mail. One that is there already is left.
    pub(super) async fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let folder = &self.0;
        tokio::fs::create_dir_all(folder).await.with_context(|| format!("cannot create the outbox {}", folder.display()))?;
        // A part has a name of its own: what a process that was killed has left stands in nobody's way.
        let part = folder.join(format!(".{name}-{:08x}.part", rand::random::<u32>()));
        let finished = folder.join(format!("{name}.eml"));
        if tokio::fs::try_exists(&finished).await? {
            return Ok(());
        }
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600); // it may hold a link that resets a password
        let mut file = options.open(&part).await.with_context(|| format!("cannot write to the outbox {}", folder.display()))?;
        file.write_all(content).await?;
        file.sync_all().await?;
        drop(file);
        tokio::fs::rename(&part, &finished).await.context("cannot finish a mail in the outbox")?;
        // The name is on the disk with the folder.
        tokio::fs::File::open(folder).await?.sync_all().await.context("cannot finish a mail in the outbox")
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
}
