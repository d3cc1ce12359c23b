//! The master key: read from the environment or a file, made when there is none yet.

use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use tieline_store::{MasterKey, MasterKeys};

use crate::config::KeysConfig;

/// Reads the configured keys. A missing key file is made, so that a first start needs no preparation; the file can
/// be read by its owner alone.
///
/// # Errors
/// A file that cannot be read or written, or does not hold a key; which one is said.
pub fn load(config: &KeysConfig) -> Result<MasterKeys> {
    let current = match &config.master_key {
        Some(key) => parse(key, "keys.master_key")?,
        None => match read(&config.master_key_file)? {
            Some(key) => key,
            None => create(&config.master_key_file)?,
        },
    };
    let previous = match (&config.previous_master_key, &config.previous_master_key_file) {
        (Some(key), _) => Some(parse(key, "keys.previous_master_key")?),
        (None, Some(path)) => {
            Some(read(path)?.with_context(|| format!("{} does not exist", path.display()))?)
        }
        (None, None) => None,
    };
    Ok(MasterKeys { current, previous })
}

/// Makes a new key and writes it to a file that must not exist yet.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn create(path: &Path) -> Result<MasterKey> {
    let key = MasterKey::generate();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file =
        options.open(path).with_context(|| format!("cannot write the master key to {}", path.display()))?;
    writeln!(file, "{}", key.to_base64().as_str())?;
    file.sync_all()?;
    Ok(key)
}

fn read(path: &Path) -> Result<Option<MasterKey>> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let key =
                MasterKey::parse(&text).with_context(|| format!("{} holds no master key", path.display()))?;
            Ok(Some(key))
        }
        Err(err) if err.kind() == ErrorKind::NotFound => Ok(None),
        Err(err) => Err(err).with_context(|| format!("cannot read the master key from {}", path.display())),
    }
}

fn parse(key: &SecretString, option: &str) -> Result<MasterKey> {
    MasterKey::parse(key.expose_secret()).with_context(|| format!("{option} holds no master key"))
}
