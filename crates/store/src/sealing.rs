//! Seals what the database must not hold in clear, under a key that is in a file outside it.
//!
//! XChaCha20-Poly1305 with a random nonce. What is sealed is bound to what it is about (`withdrawal:12`), so that it opens in no other row.
//! Beside it stands the id of its key: who has another key knows it without trying. The file is of its owner alone (0600); a backup of
//! the database does not have it.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    sync::OnceLock,
};

use anyhow::{Context as _, ensure};
use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use sha2::{Digest as _, Sha256};

use super::faults;
use plenum_core::error::{AppError, AppResult};

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of the nonce that what is sealed begins with.
const NONCE_BYTES: usize = 24;

/// What is sealed, as rows hold it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sealed {
    /// Which key opens it.
    pub key_id: String,
    /// The nonce, and what is sealed.
    #[sqlx(rename = "sealed")]
    pub bytes: Vec<u8>,
}

/// A key.
pub struct SealingKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SealingKey {
    /// A new key, which is kept nowhere.
    pub fn random() -> Self {
        Self::of(&rand::random())
    }

    fn of(key: &[u8; KEY_BYTES]) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"plenum sealing key");
        digest.update(key);
        Self { id: hex(&digest.finalize()[..8]), cipher: XChaCha20Poly1305::new(&Key::from(*key)) }
    }

    /// The key in the file at `path`, which is made if it is missing.
    ///
    /// # Errors
    /// If the file cannot be read or made, is no key, or others than its owner may read it.
    pub fn of_file(path: &Path) -> anyhow::Result<Self> {
        match fs::metadata(path) {
            Ok(file) => {
                let rights = file.permissions().mode() & 0o777;
                ensure!(rights & 0o077 == 0, "the key file {} has the rights {rights:o}: make it 600 (chmod 600)", path.display());
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make(path).with_context(|| format!("cannot make the key file {}", path.display()))?;
                tracing::warn!(path = %path.display(), "a new key was made: keep a copy of this file apart from backups of the database");
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read the key file {}", path.display())),
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read the key file {}", path.display()))?;
        let key = unhex(text.trim()).with_context(|| format!("the key file {} holds no key of 64 hexadecimal digits", path.display()))?;
        Ok(Self::of(&key))
    }

    /// Which key it is.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seals `plain`, which is about `about`.
    ///
    /// # Errors
    /// Internal, if it is too long.
    pub fn seal(&self, about: &str, plain: &[u8]) -> AppResult<Sealed> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: plain, aad: about.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| faults::because("something cannot be sealed"))?;
        Ok(Sealed { key_id: self.id.clone(), bytes: [nonce.as_slice(), &sealed].concat() })
    }

    /// [`seal`](Self::seal), with the key's id in front: for what is kept in one piece.
    ///
    /// # Errors
    /// As [`seal`](Self::seal).
    pub fn seal_with_id(&self, about: &str, plain: &[u8]) -> AppResult<Vec<u8>> {
        let sealed = self.seal(about, plain)?;
        Ok([sealed.key_id.as_bytes(), &sealed.bytes].concat())
    }

    /// What [`seal_with_id`](Self::seal_with_id) sealed about `about`; none if it was sealed under another key, about something else, or was
    /// changed.
    pub fn open_with_id(&self, about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let bytes = sealed.strip_prefix(self.id.as_bytes())?.to_vec();
        self.open(about, &Sealed { key_id: self.id.clone(), bytes }).ok()?
    }

    /// What was sealed about `about`; none if it was sealed under another key.
    ///
    /// # Errors
    /// Internal, if it was changed, or is about something else.
    pub fn open(&self, about: &str, sealed: &Sealed) -> AppResult<Option<Vec<u8>>> {
        if sealed.key_id != self.id {
            return Ok(None);
        }
        let broken = || faults::because(&format!("what is sealed of {about} was changed"));
        let (nonce, sealed) = sealed.bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map(Some).map_err(|_| broken())
    }
}

/// The key of a server, a part of its [`Store`](super::db::Store).
#[derive(Debug, Default)]
pub struct Sealing(OnceLock<SealingKey>);

impl Sealing {
    /// Sets the key; the first one counts.
    pub fn set(&self, key: SealingKey) {
        let _ = self.0.set(key);
    }

    /// The key.
    ///
    /// # Errors
    /// Internal, if none was set.
    pub fn key(&self) -> AppResult<&SealingKey> {
        self.0.get().ok_or_else(AppError::internal)
    }
}

/// Makes the file whole or not at all: one that a crash left half written would be no key.
fn make(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let key: [u8; KEY_BYTES] = rand::random();
    let beside = path.with_extension(format!("{:016x}.new", rand::random::<u64>()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let written = writeln!(file, "{}", hex(&key)).and_then(|()| file.sync_all());
    // A link takes no other file's place: of two servers that begin at once both read the key of the first.
    let linked = written.and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        done => done,
    });
    fs::remove_file(&beside)?;
    linked?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    if text.len() != 2 * KEY_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It opens with its key, about what it was sealed, and unchanged; not otherwise.
    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let (key, other) = (SealingKey::random(), SealingKey::random());
        let sealed = key.seal("withdrawal:1", b"secret").unwrap();
        assert_eq!(key.open("withdrawal:1", &sealed), Ok(Some(b"secret".to_vec())));
        assert!(key.open("withdrawal:2", &sealed).is_err());
        assert_eq!(other.open("withdrawal:1", &sealed), Ok(None));
        for at in 0..sealed.bytes.len() {
            let mut changed = sealed.clone();
            changed.bytes[at] ^= 1;
            assert!(key.open("withdrawal:1", &changed).is_err(), "{at}");
        }
        let short = Sealed { bytes: vec![1; 3], ..sealed.clone() };
        assert!(key.open("withdrawal:1", &short).is_err());
        assert_ne!(key.seal("withdrawal:1", b"secret").unwrap(), sealed, "a nonce of its own");
        assert!(!format!("{key:?}").contains("cipher"));

        let whole = key.seal_with_id("withdrawal:1", b"secret").unwrap();
        assert_eq!(key.open_with_id("withdrawal:1", &whole).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(key.open_with_id("withdrawal:2", &whole), None);
        assert_eq!(other.open_with_id("withdrawal:1", &whole), None);
        for end in 0..whole.len() {
            assert_eq!(key.open_with_id("withdrawal:1", &whole[..end]), None, "{end}");
        }
    }

    /// The file is made once, for its owner alone; one that others may read, or that is no key, is refused with its name.
    #[test]
    fn a_key_file_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/plenum.key");
        let first = SealingKey::of_file(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(SealingKey::of_file(&path).unwrap().id(), first.id());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
        for rights in [0o640, 0o604] {
            fs::set_permissions(&path, fs::Permissions::from_mode(rights)).unwrap();
            let refused = SealingKey::of_file(&path).unwrap_err().to_string();
            assert!(refused.contains("plenum.key") && refused.contains(&format!("{rights:o}")), "{refused}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for wrong in ["", "12", &"g".repeat(64)] {
            fs::write(&path, wrong).unwrap();
            assert!(SealingKey::of_file(&path).unwrap_err().to_string().contains("holds no key"), "{wrong:?}");
        }
    }
}
