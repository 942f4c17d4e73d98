//! No one-time key is handed out twice.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use kontor_core::Cx;
use kontor_testdb::{Backend, for_each_backend};
use proptest::prelude::{Strategy, prop};
use proptest::test_runner::{Config, TestRunner};
use ruma::OneTimeKeyAlgorithm;

use crate::house::House;

/// What happens at the same time.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// The device uploads so many keys.
    Upload(usize),
    /// So many people claim a key.
    Claim(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop::bool::ANY.prop_flat_map(|upload| {
        (1_usize..24).prop_map(move |n| if upload { Act::Upload(n) } else { Act::Claim(n) })
    })
}

async fn claim(house: &House, cx: &Cx) -> Option<String> {
    let session = cx.session().unwrap();
    let device = (session.device_id.clone(), OneTimeKeyAlgorithm::SignedCurve25519);
    let wanted = BTreeMap::from([(session.user_id.clone(), BTreeMap::from([device]))]);
    let claimed = house.e2ee.claim_keys(cx, wanted).await.unwrap();
    let keys = claimed.keys.into_values().flat_map(BTreeMap::into_values).flatten();
    let ids: Vec<String> = keys.map(|(id, _)| id.to_string()).collect();
    assert!(ids.len() <= 1);
    ids.into_iter().next()
}

/// Lets all `acts` happen at once; each key comes at most once, and none is lost.
async fn play(house: &House, cx: &Cx, acts: &[Act]) {
    let mut first = 0;
    let acts = acts.iter().map(|act| {
        let from = first;
        if let Act::Upload(count) = act {
            first += count;
        }
        async move {
            match act {
                Act::Upload(count) => {
                    house.upload(cx, from, *count).await;
                    Vec::new()
                }
                Act::Claim(count) => join_all((0..*count).map(|_| claim(house, cx))).await,
            }
        }
    });
    let mut claimed: Vec<String> = join_all(acts).await.into_iter().flatten().flatten().collect();
    while let Some(id) = claim(house, cx).await {
        claimed.push(id);
    }
    let distinct: BTreeSet<&String> = claimed.iter().collect();
    assert_eq!(distinct.len(), claimed.len(), "handed out twice: {claimed:?}");
    assert_eq!(claimed.len(), first, "lost: {claimed:?}");
    let counts = house.e2ee.upload_keys(cx, kontor_e2ee::KeyUpload::default()).await.unwrap();
    assert_eq!(counts.get(&OneTimeKeyAlgorithm::SignedCurve25519), Some(&ruma::UInt::MIN));
}

#[test]
fn keys_are_handed_out_once_whatever_happens_at_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let backend = Backend::sqlite();
    let house = runtime.block_on(House::open(&backend));
    let mut runner = TestRunner::new(Config { cases: 48, ..Config::default() });
    let device = std::cell::Cell::new(0);
    let acts = prop::collection::vec(act(), 1..12);
    let outcome = runner.run(&acts, |acts| {
        device.set(device.get() + 1);
        runtime.block_on(async {
            let name = format!("D{}", device.get());
            let cx = house.sign_in("@alice:a.example", &name).await;
            play(&house, &cx, &acts).await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn many_claims_at_once_on_both_engines() {
    for_each_backend(async |backend| {
        let house = House::open(&backend).await;
        let cx = house.sign_in("@alice:a.example", "A").await;
        play(&house, &cx, &[Act::Upload(20), Act::Claim(64), Act::Upload(30), Act::Claim(64)])
            .await;
    });
}
