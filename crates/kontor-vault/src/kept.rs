//! Secrets of the node itself that it was given and could get again: sealed files.

use std::path::PathBuf;

use kontor_core::{Error, Result};

use crate::{Vault, key_file};

const FOLDER: &str = "kept";

impl Vault {
    /// Keeps `plain` under `name`, sealed with the node key, in `DATA/kept`; what was kept under
    /// it before is gone. Durable when it returns.
    ///
    /// # Errors
    /// `Internal` if `name` is more than letters, digits, `.`, `-` and `_`.
    pub fn keep(&self, name: &str, plain: &[u8]) -> Result<()> {
        let path = self.place(name)?;
        let sealed = self.node.seal(&context(name), plain, &self.random)?;
        key_file::create_folder(&self.data_dir.join(FOLDER))?;
        key_file::replace(&path, &sealed)
    }

    /// What was kept under `name`; `None` if nothing was.
    ///
    /// # Errors
    /// `Forbidden` if others than its owner may read the file, `Internal` if it was changed.
    pub fn kept(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let sealed = key_file::read(&self.place(name)?)?;
        sealed.map(|sealed| self.node.open(&context(name), &sealed)).transpose()
    }

    fn place(&self, name: &str) -> Result<PathBuf> {
        let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if name.is_empty() || name.starts_with('.') || !name.bytes().all(is_sound) {
            return Err(Error::internal(format!("{name:?} cannot be kept under this name")));
        }
        Ok(self.data_dir.join(FOLDER).join(name))
    }
}

fn context(name: &str) -> Vec<u8> {
    format!("kept {name}").into_bytes()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use kontor_core::Random;

    use super::*;

    #[test]
    fn what_is_kept_is_sealed_private_and_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), Random::seeded(1)).unwrap();
        assert_eq!(vault.kept("one.example").unwrap(), None);
        for text in [&b"geheim"[..], b"noch geheimer"] {
            vault.keep("one.example", text).unwrap();
            assert_eq!(vault.kept("one.example").unwrap().unwrap(), text);
        }
        let path = folder.path().join("kept/one.example");
        let stored = fs::read(&path).unwrap();
        assert!(!stored.windows(6).any(|window| window == b"geheim"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        // Under another name it does not open.
        fs::copy(&path, folder.path().join("kept/two.example")).unwrap();
        assert!(vault.kept("two.example").is_err());
    }

    #[test]
    fn a_name_is_no_path() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), Random::seeded(1)).unwrap();
        for name in ["", "..", ".x", "a/b", "../node.key", "a b", "\u{e4}"] {
            assert!(vault.keep(name, b"x").is_err(), "{name}");
        }
    }
}
