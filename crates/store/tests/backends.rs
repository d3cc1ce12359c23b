//! Every backend does the same: each story is told to all of them.

use tieline_core::batch::Batch;

use crate::home::Home;

macro_rules! every_backend {
    ($($story:ident)*) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::home::Home::memory().await).await;
            })*
        }
        mod in_sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::home::Home::sqlite().await).await;
            })*
        }
    };
}

pub async fn commit(home: &Home, batch: Batch) {
    home.store().commit(batch).await.unwrap();
}
