//! Where a store under test lives.

use std::path::PathBuf;

use tempfile::TempDir;
use tieline_store::{Error, Faults, MasterKey, MasterKeys, SqliteOptions, Store};

pub fn master(n: u8) -> MasterKey {
    MasterKey::from_bytes([n; 32])
}

pub fn keys(n: u8) -> MasterKeys {
    master(n).into()
}

pub enum Home {
    Memory { store: Store },
    Sqlite { store: Store, folder: TempDir },
}

impl Home {
    pub async fn memory() -> Self {
        Self::Memory { store: Store::memory(keys(1), Faults::none()).await.unwrap() }
    }

    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path().join("tieline.db"), keys(1)).await.unwrap();
        Self::Sqlite { store, folder }
    }

    pub fn store(&self) -> &Store {
        match self {
            Self::Memory { store } | Self::Sqlite { store, .. } => store,
        }
    }

    /// The same rows, opened by a new process: the old one is gone without a word.
    pub async fn restart(&mut self, keys: MasterKeys) -> Result<(), Error> {
        match self {
            Self::Memory { store } => *store = store.reopen(keys).await?,
            Self::Sqlite { store, folder } => *store = open(folder.path().join("tieline.db"), keys).await?,
        }
        Ok(())
    }

    /// The same rows as another process sees them, where there can be one.
    pub async fn beside(&self) -> Store {
        match self {
            Self::Memory { store } => store.clone(),
            Self::Sqlite { folder, .. } => open(folder.path().join("tieline.db"), keys(1)).await.unwrap(),
        }
    }

    pub fn file(&self) -> PathBuf {
        match self {
            Self::Memory { .. } => panic!("a memory store has no file"),
            Self::Sqlite { folder, .. } => folder.path().join("tieline.db"),
        }
    }
}

pub async fn open(path: PathBuf, keys: MasterKeys) -> Result<Store, Error> {
    Store::sqlite(&path, keys, SqliteOptions::default()).await
}
