//! Whole tables, out and in again.

use kontor_core::StreamPos;
use kontor_db::{Reading, Stored, Table};
use kontor_testdb::{cx, for_each_backend, keys};

use crate::note::{MIGRATIONS, insert};

/// A value that owns itself.
#[derive(Clone, Debug, PartialEq)]
enum Owned {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
}

impl Owned {
    fn of(value: &Stored<'_>) -> Self {
        match value {
            Stored::Null => Self::Null,
            Stored::Int(number) => Self::Int(*number),
            Stored::Bool(value) => Self::Bool(*value),
            Stored::Text(text) => Self::Text((*text).to_owned()),
            Stored::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }

    fn borrowed(&self) -> Stored<'_> {
        match self {
            Self::Null => Stored::Null,
            Self::Int(number) => Stored::Int(*number),
            Self::Bool(value) => Stored::Bool(*value),
            Self::Text(text) => Stored::Text(text),
            Self::Bytes(bytes) => Stored::Bytes(bytes),
        }
    }
}

fn table(tables: Vec<Table>, name: &str) -> Table {
    tables.into_iter().find(|table| table.name == name).unwrap()
}

#[test]
fn a_table_comes_back_in_the_same_order_while_others_write() {
    for_each_backend(async |backend| {
        let db = backend.open(&MIGRATIONS).await;
        db.write(&cx(), |tx| (0..500).try_for_each(|nid| insert(tx, nid).map(drop))).await.unwrap();
        let reading = Reading::new(backend.settings(), kontor_core::TenantId(1), keys()).unwrap();
        let read_all = async || {
            let cx = cx();
            let all = reading.read(&cx, |tx| {
                let table = table(tx.schema()?.tables, "note");
                let mut rows = Vec::new();
                let count = tx.copy_out(&table, None, &mut |row| {
                    rows.push(row.iter().map(Owned::of).collect::<Vec<_>>());
                    Ok(())
                })?;
                assert_eq!(count, 500);
                Ok((table, rows))
            });
            all.await.unwrap()
        };
        let (table, rows) = read_all().await;
        let sealed = rows.clone();
        let (emptied, back) = (table.clone(), table.clone());
        db.write(&cx(), move |tx| tx.clear_table(&emptied)).await.unwrap();
        db.write(&cx(), move |tx| {
            let rows: Vec<Vec<Stored<'_>>> =
                sealed.iter().map(|row| row.iter().map(Owned::borrowed).collect()).collect();
            tx.copy_in(&back, &rows)
        })
        .await
        .unwrap();
        assert_eq!(read_all().await.1, rows);
        // Positions go on behind what was ever given out.
        db.write(&cx(), |tx| tx.raise_position(StreamPos(1 << 40))).await.unwrap();
        let next = db.write(&cx(), |tx| Ok(tx.next_pos())).await.unwrap();
        assert!(next > StreamPos(1 << 40), "{next:?}");
        let number = reading.read(&cx(), |tx| Ok(tx.schema_number()? + 1)).await.unwrap();
        assert_eq!(number, 2);
    });
}
