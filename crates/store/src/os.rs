//! What the machine under the server has: room on its disk, files that may be open.

use std::path::{Path, PathBuf};

/// How many files this process may have open; none if that cannot be known, or there is no limit.
pub fn open_files() -> Option<u64> {
    soft_limit(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

fn soft_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// Bytes that are free, and all bytes, of the disk that `folder` is on. Asks `df`, which every machine has: the standard library
/// cannot tell.
pub async fn disk(folder: &Path) -> Option<(u64, u64)> {
    let folder = folder.to_owned();
    let asked = tokio::task::spawn_blocking(move || std::process::Command::new("df").arg("-Pk").arg(folder).env("LC_ALL", "C").output());
    let output = asked.await.ok()?.ok().filter(|output| output.status.success())?;
    room(&String::from_utf8_lossy(&output.stdout))
}

/// The second line of `df -Pk`: file system, all, used, free, in KiB.
fn room(table: &str) -> Option<(u64, u64)> {
    let line = table.lines().nth(1)?;
    // The name of a file system may have blanks in it: columns are counted from the percentage.
    let words: Vec<&str> = line.split_whitespace().collect();
    let percent = words.iter().position(|word| word.ends_with('%'))?;
    let kibibytes = |back: usize| words.get(percent.checked_sub(back)?)?.parse::<u64>().ok();
    Some((kibibytes(1)? * 1024, kibibytes(3)? * 1024))
}

/// Bytes of the database's file, and of what is written and not yet taken into it.
pub fn sizes(database: &Path) -> (u64, u64) {
    let bytes = |path: &Path| std::fs::metadata(path).map(|file| file.len()).unwrap_or_default();
    let mut journal = database.as_os_str().to_owned();
    journal.push("-wal");
    (bytes(database), bytes(&PathBuf::from(journal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_files_is_the_soft_one() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             31403                31403                processes \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(soft_limit("Max open files            unlimited            unlimited            files\n"), None);
        assert_eq!(soft_limit(""), None);
    }

    #[test]
    fn df_is_read_by_its_columns() {
        let head = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n";
        assert_eq!(
            room(&format!("{head}/dev/vda1         1000      400       600      40% /srv/my data\n")),
            Some((600 * 1024, 1000 * 1024))
        );
        assert_eq!(room(&format!("{head}my share          1000      400       600      40% /\n")), Some((600 * 1024, 1000 * 1024)));
        for nothing in ["", head, "a\nb c\n", "a\n40%\n"] {
            assert_eq!(room(nothing), None, "{nothing:?}");
        }
    }

    #[tokio::test]
    async fn this_machine_has_a_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (free, all) = disk(folder.path()).await.unwrap();
        assert!(free <= all && all > 0);
        std::fs::write(folder.path().join("a.db"), "1234").unwrap();
        std::fs::write(folder.path().join("a.db-wal"), "12").unwrap();
        assert_eq!(sizes(&folder.path().join("a.db")), (4, 2));
    }
}
