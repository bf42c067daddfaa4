//! The queue of messages against a model of it: whatever comes and goes, each message is told once, in its order, as it was or as
//! lost.
#![allow(clippy::arithmetic_side_effects)]

use std::collections::VecDeque;

use proptest::prelude::*;

use super::store::Store;
use crate::types::{ConnectionId, QoS};

const IDS: [ConnectionId; 2] = [ConnectionId::FIRST, ConnectionId::SECOND];

#[derive(Debug, Clone)]
enum Step {
    Push(usize, Vec<u8>, Vec<u8>),
    Take(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..20);
    let push = (0..2usize, bytes(), bytes()).prop_map(|(id, topic, payload)| Step::Push(id, topic, payload));
    let take = (0..2usize).prop_map(Step::Take);
    proptest::collection::vec(prop_oneof![push, take], 0..60)
}

/// Takes what is next, and compares it with what must be.
fn take(store: &mut Store<'_>, id: usize, expected: &mut VecDeque<(Vec<u8>, Vec<u8>)>) {
    let id = IDS[id];
    let Some((topic, payload)) = expected.pop_front() else {
        assert!(!store.holds(id));
        return;
    };
    assert!(store.holds(id));
    if let Some(lost) = store.take_lost(id) {
        // Where many were lost, the largest stands for all.
        assert!(lost.size() >= topic.len() + payload.len());
        return;
    }
    assert!(store.stored(id).is_some());
    assert_eq!(store.bytes(id), (&topic[..], &payload[..]));
    store.forget(id);
}

proptest! {
    #[test]
    fn each_message_is_told_once_in_its_order(len in 0..100usize, steps in steps()) {
        let mut buffer = vec![0; len];
        let mut store = Store::new(&mut buffer);
        let mut expected = [VecDeque::new(), VecDeque::new()];
        for step in steps {
            match step {
                Step::Push(id, topic, payload) => {
                    store.push(IDS[id], QoS::AtLeastOnce, &topic, &payload);
                    expected[id].push_back((topic, payload));
                }
                Step::Take(id) => take(&mut store, id, &mut expected[id]),
            }
        }
        for (id, expected) in expected.iter_mut().enumerate() {
            while !expected.is_empty() {
                take(&mut store, id, expected);
            }
            take(&mut store, id, expected);
        }
        assert_eq!(store.room(), len);
    }
}
