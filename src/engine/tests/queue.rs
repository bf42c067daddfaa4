//! The message buffer: by example, and against a model of it. Whatever comes and goes, each message is told once, in its order,
//! as it was or as lost.

use std::collections::VecDeque;

use proptest::prelude::*;

use crate::engine::store::{Store, Stored};
use crate::types::{Announcement, AnyConnectionId, ConnectionId, QoS};

const ONE: AnyConnectionId = AnyConnectionId::Mqtt(ConnectionId::FIRST);
const TWO: AnyConnectionId = AnyConnectionId::Mqtt(ConnectionId::SECOND);

fn size(topic_len: usize, payload_len: usize) -> Announcement {
    Announcement { topic_len, payload_len }
}

fn take(store: &mut Store<'_>, id: AnyConnectionId) -> Option<Vec<u8>> {
    store.stored(id)?;
    let (topic, payload) = store.bytes(id);
    let taken = [topic, b"=", payload].concat();
    store.forget(id);
    Some(taken)
}

fn take_lost(store: &mut Store<'_>, id: AnyConnectionId) -> Option<Announcement> {
    let lost = store.lost(id)?;
    store.forget(id);
    Some(lost)
}

fn message(id: AnyConnectionId, qos: QoS, size: Announcement) -> Stored {
    Stored {
        id,
        qos,
        size,
        topic_id: false,
    }
}

fn push(store: &mut Store<'_>, id: AnyConnectionId, qos: QoS, topic: &[u8], payload: &[u8]) -> bool {
    store.push(message(id, qos, size(topic.len(), payload.len())), topic, payload)
}

fn read(store: &mut Store<'_>, id: AnyConnectionId, topic: &[u8], payload: &[u8]) {
    let bytes = [topic, payload].concat();
    store.free()[..bytes.len()].copy_from_slice(&bytes);
    assert!(store.keep(message(id, QoS::AtMostOnce, size(topic.len(), payload.len()))));
}

#[test]
fn each_connection_gets_its_own_message_back() {
    let mut bytes = [0; 8];
    let mut store = Store::new(&mut bytes);
    read(&mut store, ONE, b"a", b"bc");
    read(&mut store, TWO, b"de", b"fg");
    assert_eq!((store.room(), store.size(), store.holder()), (1, 8, Some(ONE)));
    assert_eq!(take(&mut store, ONE), Some(b"a=bc".to_vec()));
    assert_eq!((store.room(), store.holder()), (4, Some(TWO)));
    assert_eq!(take(&mut store, ONE), None);
    read(&mut store, ONE, b"h", b"ij");
    assert_eq!(take(&mut store, TWO), Some(b"de=fg".to_vec()));
    assert_eq!(take(&mut store, ONE), Some(b"h=ij".to_vec()));
    assert_eq!((store.room(), store.holder()), (8, None));
}

#[test]
fn more_messages_than_connections_are_not_kept() {
    let mut bytes = [0; 8];
    let mut store = Store::new(&mut bytes);
    for _ in 0..AnyConnectionId::COUNT {
        read(&mut store, ONE, b"a", b"");
    }
    assert!(!store.keep(message(TWO, QoS::AtMostOnce, size(1, 0))));
}

#[test]
fn each_connection_gets_its_own_in_order_and_what_was_lost_in_its_place() {
    let mut buffer = [0; 32];
    let mut store = Store::new(&mut buffer);
    push(&mut store, ONE, QoS::AtMostOnce, b"a", b"1");
    push(&mut store, TWO, QoS::AtMostOnce, b"b", b"2");
    // Sixteen bytes are left: too few for the first, whose size is kept, and after the second for no size any more.
    push(&mut store, ONE, QoS::AtMostOnce, b"c", &[b'x'; 10]);
    push(&mut store, ONE, QoS::AtLeastOnce, b"d", b"3");
    push(&mut store, ONE, QoS::AtLeastOnce, b"e", b"44");
    push(&mut store, ONE, QoS::AtLeastOnce, b"f", b"");
    assert_eq!(take(&mut store, TWO), Some(b"b=2".to_vec()));
    assert!(!store.holds(TWO));
    // Also in room that was made meanwhile nothing overtakes.
    push(&mut store, ONE, QoS::AtLeastOnce, b"g", b"");
    assert_eq!(take(&mut store, ONE), Some(b"a=1".to_vec()));
    assert_eq!(take(&mut store, ONE), None);
    assert_eq!(take_lost(&mut store, ONE), Some(size(1, 10)));
    assert_eq!(take_lost(&mut store, ONE), None);
    assert_eq!(store.stored(ONE).unwrap().qos, QoS::AtLeastOnce);
    assert_eq!(take(&mut store, ONE), Some(b"d=3".to_vec()));
    for _ in 0..3 {
        assert_eq!(take_lost(&mut store, ONE), Some(size(1, 2)));
    }
    assert!(!store.holds(ONE));
    push(&mut store, ONE, QoS::AtMostOnce, b"h", &[b'x'; 25]);
    assert_eq!(take(&mut store, ONE).unwrap().len(), 27);
    assert_eq!(store.room(), 32);
}

#[test]
fn what_is_being_read_moves_with_the_queue() {
    let mut buffer = [0; 32];
    let mut store = Store::new(&mut buffer);
    push(&mut store, TWO, QoS::AtMostOnce, b"b", b"2");
    // The first byte of two has come.
    store.free()[0] = b't';
    assert_eq!(take(&mut store, TWO), Some(b"b=2".to_vec()));
    store.free()[1] = b'1';
    assert!(store.keep(message(ONE, QoS::AtMostOnce, size(1, 1))));
    assert!(push(&mut store, TWO, QoS::AtMostOnce, b"c", b"3"));
    assert!(push(&mut store, ONE, QoS::AtMostOnce, b"d", b"4"));
    assert_eq!((store.room(), store.holder()), (32 - 2 - 2 * 8, Some(ONE)));
    // The module had it before it sent any in lines.
    assert_eq!(take(&mut store, ONE), Some(b"t=1".to_vec()));
    assert_eq!(take(&mut store, ONE), Some(b"d=4".to_vec()));
    assert_eq!(take(&mut store, TWO), Some(b"c=3".to_vec()));
    assert_eq!((store.room(), store.holder()), (32, None));
}

#[test]
fn any_buffer_counts_what_was_lost() {
    for len in 0..12 {
        let mut buffer = vec![0; len];
        let mut store = Store::new(&mut buffer);
        push(&mut store, ONE, QoS::AtMostOnce, b"topic", b"payload");
        store.lose(ONE, size(usize::MAX, 70_000));
        assert!(take_lost(&mut store, ONE).unwrap().size() > 0, "{len}");
        assert!(take_lost(&mut store, ONE).is_some(), "{len}");
        assert!(!store.holds(ONE));
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// A message comes in a line.
    Push(usize, Vec<u8>, Vec<u8>),
    /// The next one is read by its lengths, if nothing of its connection is there and there is room.
    Read(usize, Vec<u8>, Vec<u8>),
    Take(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..20);
    let push = (0..2usize, bytes(), bytes()).prop_map(|(id, topic, payload)| Step::Push(id, topic, payload));
    let read = (0..2usize, bytes(), bytes()).prop_map(|(id, topic, payload)| Step::Read(id, topic, payload));
    let take = (0..2usize).prop_map(Step::Take);
    proptest::collection::vec(prop_oneof![push, read, take], 0..60)
}

/// Takes what is next, and compares it with what must be.
fn take_expected(store: &mut Store<'_>, id: AnyConnectionId, expected: &mut VecDeque<(Vec<u8>, Vec<u8>)>) {
    let Some((topic, payload)) = expected.pop_front() else {
        assert!(!store.holds(id));
        return;
    };
    assert!(store.holds(id));
    if let Some(lost) = take_lost(store, id) {
        // Where many were lost, the largest stands for all.
        assert!(lost.size() >= topic.len() + payload.len());
        return;
    }
    assert_eq!(store.stored(id).unwrap().size, size(topic.len(), payload.len()));
    assert_eq!(store.bytes(id), (&topic[..], &payload[..]));
    store.forget(id);
}

proptest! {
    #[test]
    fn each_message_is_told_once_in_its_order(len in 0..100usize, steps in steps()) {
        const IDS: [AnyConnectionId; 2] = [ONE, TWO];
        let mut buffer = vec![0; len];
        let mut store = Store::new(&mut buffer);
        let mut expected = [VecDeque::new(), VecDeque::new()];
        for step in steps {
            match step {
                Step::Push(id, topic, payload) => {
                    push(&mut store, IDS[id], QoS::AtLeastOnce, &topic, &payload);
                    expected[id].push_back((topic, payload));
                }
                Step::Read(id, topic, payload) => {
                    if !store.holds(IDS[id]) && store.room() >= topic.len() + payload.len() {
                        read(&mut store, IDS[id], &topic, &payload);
                        expected[id].push_back((topic, payload));
                    }
                }
                Step::Take(id) => take_expected(&mut store, IDS[id], &mut expected[id]),
            }
        }
        for (id, expected) in IDS.into_iter().zip(&mut expected) {
            while !expected.is_empty() {
                take_expected(&mut store, id, expected);
            }
            take_expected(&mut store, id, expected);
        }
        assert_eq!((store.room(), store.holder()), (len, None));
    }
}
