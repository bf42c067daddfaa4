//! Late answers to READ.

use core::time::Duration;

use super::*;

/// A READ goes out and gets `early` in time, then nothing until its deadline; `late` comes behind it.
fn link_after(early: &[u8], late: &[u8]) -> Link {
    let (mut line, mut message, mut transmit) = ([0; 128], [0; 128], [0; 128]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let at = |seconds: u64| Instant::from_millis(seconds * 1000);
    let mut engine = Engine::new(buffers, Dialect::default(), at(0));
    engine.connections.by_number(1).unwrap().apply(Operation::Open, true);
    let id = AnyConnectionId::Mqtt(crate::ConnectionId::FIRST);
    engine
        .load(b"", &|buffer| {
            atat::AtatCmd::write(&crate::command::ReadStored { id }, buffer)
        })
        .unwrap();
    let request = Request {
        kind: Kind::Read(id),
        answer: Duration::from_secs(10),
        result: Duration::ZERO,
    };
    engine.begin(request, at(0));
    engine.written(engine.pending().len(), at(0));
    engine.receive(early, at(1));
    engine.poll(at(10));
    assert!(engine.take_outcome().is_some());
    engine.begin_fence(at(10));
    engine.written(engine.pending().len(), at(10));
    engine.receive(late, at(11));
    engine.connection(id).unwrap().link
}

const ANSWER: &[u8] = b"\r\n+MQTTREAD: 1,0,1,19,t,\r\n+MQTTBREAK: 1,1\r\n\r\n\r\nOK\r\n";

#[test]
fn an_answer_behind_its_deadline_is_still_taken_by_its_length() {
    assert_eq!(link_after(b"", ANSWER), Link::Open);
}

#[test]
fn the_rest_of_an_answer_behind_its_deadline_is_no_line() {
    let (early, late) = ANSWER.split_at(26);
    assert_eq!(link_after(early, late), Link::Open);
}
