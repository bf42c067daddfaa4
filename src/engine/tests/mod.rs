//! Exchanges that a simulated module rarely brings about: results out of order, answers that do not fit, times that run out.
#![allow(clippy::arithmetic_side_effects)]

mod late;
mod queue;

use super::*;
use crate::error::ModuleError;
use crate::types::Announcement;

const ID: AnyConnectionId = AnyConnectionId::Mqtt(crate::ConnectionId::FIRST);

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}

fn request(kind: Kind) -> Request {
    Request {
        kind,
        answer: Duration::from_secs(10),
        result: Duration::from_secs(40),
    }
}

const PUBLISH: Kind = Kind::Operation {
    operation: Operation::Publish,
    id: ID,
    result: true,
};

/// Runs `test` on an engine with an open connection and 64 bytes for lines, 32 for a message, 64 to transmit.
fn with_engine(test: impl FnOnce(&mut Engine<'_>)) {
    let (mut line, mut message, mut transmit) = ([0; 64], [0; 32], [0; 64]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut engine = Engine::new(buffers, Dialect::default(), at(0));
    engine.connection_mut(ID).unwrap().apply(Operation::Open, true);
    test(&mut engine);
}

/// Writes a command, all of it, at second 0.
fn send(engine: &mut Engine<'_>, kind: Kind, command: &[u8], data: &[u8]) {
    let write = |buffer: &mut [u8]| {
        buffer[..command.len()].copy_from_slice(command);
        command.len()
    };
    engine.load(data, &write).unwrap();
    engine.begin(request(kind), at(0));
    assert_eq!(engine.pending(), command);
    engine.written(command.len(), at(0));
}

fn publish(engine: &mut Engine<'_>) {
    send(engine, PUBLISH, b"AT+MQTTPUB=1,\"t\",0,0,5\r", b"hello");
}

#[test]
fn an_ok_in_front_of_the_prompt_ends_nothing() {
    with_engine(|engine| {
        publish(engine);
        engine.receive(b"\r\nOK\r\n", at(1));
        assert_eq!(engine.take_outcome(), None);
        assert_eq!(engine.pending(), b"", "no data before the prompt");
        engine.receive(b"\r\n>\r\n", at(1));
        assert_eq!(engine.pending(), b"hello");
        engine.written(5, at(1));
        engine.receive(b"\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n", at(2));
        assert_eq!(engine.take_outcome(), Some(Outcome::Result(true)));
        assert!(engine.is_settled());
    });
}

#[test]
fn a_result_may_stand_in_front_of_its_ok() {
    with_engine(|engine| {
        publish(engine);
        engine.receive(b">", at(1));
        engine.written(5, at(1));
        engine.receive(b"\r\n+MQTTPUB: 1,0\r\n", at(2));
        assert_eq!(engine.take_outcome(), None);
        engine.receive(b"\r\nOK\r\n", at(2));
        assert_eq!(engine.take_outcome(), Some(Outcome::Result(false)));
        // Where the OK behind it never comes, the result holds.
        publish(engine);
        engine.receive(b">", at(1));
        engine.written(5, at(1));
        engine.receive(b"\r\n+MQTTPUB: 1,1\r\n", at(2));
        engine.poll(at(100));
        assert_eq!(engine.take_outcome(), Some(Outcome::Result(true)));
        assert_eq!(engine.connection(ID).unwrap().owed, None);
        assert!(!engine.is_settled(), "the OK is still owed");
    });
}

#[test]
fn results_of_others_are_not_taken() {
    with_engine(|engine| {
        publish(engine);
        engine.receive(b">", at(1));
        engine.written(5, at(1));
        engine.receive(
            b"\r\nOK\r\n\r\n+MQTTPUB: 2,1\r\n+MQTTSUB: 1,1\r\n+MQTTPUB: 101,1\r\n",
            at(2),
        );
        assert_eq!(engine.take_outcome(), None);
        engine.receive(b"+MQTTPUB: 1,1\r\n", at(3));
        assert_eq!(engine.take_outcome(), Some(Outcome::Result(true)));
        // Nobody waits: it changes nothing.
        engine.receive(b"+MQTTPUB: 1,0\r\n\r\nOK\r\n>\r\n+CSQ: 1,1\r\n", at(3));
        assert_eq!(engine.take_outcome(), None);
        assert!(engine.is_settled());
    });
}

#[test]
fn an_answer_that_does_not_fit_is_told_and_a_long_echo_is_not() {
    with_engine(|engine| {
        let long = [b"\xffAT+MQTTUSER?", &[b'x'; 80][..], b"\r\r\nOK\r\n"].concat();
        send(engine, Kind::Plain, b"AT+MQTTUSER?\r", b"");
        engine.receive(&long, at(1));
        assert_eq!(engine.take_outcome(), Some(Outcome::Final(Ok(()))));
        // One line too long.
        let long = [b"+MQTTUSER: 1,", &[b'x'; 80][..], b"\r\nOK\r\n"].concat();
        send(engine, Kind::Plain, b"AT+MQTTUSER?\r", b"");
        engine.receive(&long, at(1));
        assert_eq!(engine.take_outcome(), Some(Outcome::Overflow));
        // Too many lines.
        let line = [b"+MQTTUSER: 1,", &[b'x'; 20][..], b"\r\n"].concat();
        send(engine, Kind::Plain, b"AT+MQTTUSER?\r", b"");
        engine.receive(&[&line[..], &line, b"OK\r\n"].concat(), at(1));
        assert_eq!(engine.take_outcome(), Some(Outcome::Overflow));
        // A long line while nobody asked.
        engine.receive(&long, at(1));
        assert!(engine.is_settled());
    });
}

#[test]
fn a_command_without_room_is_refused_and_leaves_nothing_behind() {
    with_engine(|engine| {
        let refused = engine.load(&[0; 60], &|buffer: &mut [u8]| {
            buffer[..6].copy_from_slice(b"s3cret");
            6
        });
        assert_eq!(refused, Err(InvalidInput::TransmitBuffer { len: 66, max: 64 }));
        let refused = engine.load(b"ab", &|_: &mut [u8]| 0);
        assert_eq!(refused, Err(InvalidInput::TransmitBuffer { len: 2, max: 64 }));
        assert_eq!(engine.pending(), b"");
    });
}

#[test]
fn an_answer_to_read_that_is_none_requires_a_fence() {
    for answer in [
        &b"\r\nOK\r\n"[..],
        b"\r\n+MQTTREAD: 1,0,1,2,tab!\r\nOK\r\n",
        b"\r\n+MQTTREAD: 1,7,1,2,t,ab\r\nOK\r\n",
    ] {
        with_engine(|engine| {
            send(engine, Kind::Read(ID), b"AT+MQTTREAD=1\r", b"");
            engine.receive(answer, at(1));
            assert_eq!(
                engine.take_outcome(),
                Some(Outcome::Unexpected),
                "{}",
                answer.escape_ascii()
            );
            assert!(!engine.is_settled());
            assert!(engine.stored(ID).is_none());
        });
    }
}

#[test]
fn a_message_that_does_not_fit_is_lost_with_its_size() {
    with_engine(|engine| {
        send(engine, Kind::Read(ID), b"AT+MQTTREAD=1\r", b"");
        let payload = [b'x'; 40];
        engine.receive(
            &[b"+MQTTREAD: 1,0,1,40,t,", &payload[..], b"\r\nOK\r\n"].concat(),
            at(1),
        );
        let size = Announcement {
            topic_len: 1,
            payload_len: 40,
        };
        assert_eq!(engine.take_outcome(), Some(Outcome::Lost(size)));
        assert!(engine.is_settled());
    });
}

#[test]
fn data_is_not_begun_when_the_data_mode_is_about_to_end() {
    with_engine(|engine| {
        publish(engine);
        engine.receive(b">", at(28));
        assert_eq!(engine.pending(), b"", "the module would take it for commands");
        engine.receive(b"\r\nERROR\r\n", at(30));
        assert_eq!(engine.take_outcome(), Some(Outcome::Final(Err(ModuleError::Error))));
    });
}

#[test]
fn a_data_mode_that_ends_by_itself_is_reported_as_cut() {
    with_engine(|engine| {
        publish(engine);
        engine.receive(b">", at(1));
        engine.written(2, at(1));
        engine.receive(b"\r\nOK\r\n", at(30));
        assert_eq!(engine.pending(), b"");
        engine.receive(b"\r\n+MQTTPUB: 1,1\r\n", at(31));
        assert_eq!(engine.take_outcome(), Some(Outcome::Cut { sent: 2 }));
    });
}

#[test]
fn a_break_shortens_the_wait_for_a_result() {
    with_engine(|engine| {
        publish(engine);
        engine.receive(b">", at(1));
        engine.written(5, at(1));
        engine.receive(b"\r\nOK\r\n", at(2));
        assert_eq!(engine.deadline(), Some(at(42)));
        engine.receive(b"+MQTTBREAK: 1,2\r\n", at(3));
        assert_eq!(engine.deadline(), Some(at(3) + input::RESULT_AFTER_BREAK));
        engine.poll(at(8));
        assert_eq!(engine.take_outcome(), Some(Outcome::NoResult));
        assert_eq!(engine.connection(ID).unwrap().owed, Some(Operation::Publish));
        assert!(engine.is_settled(), "a result is owed, but no answer");
    });
}

#[test]
fn lines_of_connections_that_do_not_exist_change_nothing() {
    with_engine(|engine| {
        engine.receive(b"+MQTTMSGI: 9,0,1,1\r\n+MQTTBREAK: 0,1\r\n+MQTTOPEN: 200,1\r\n", at(1));
        assert_eq!(engine.connection(ID).unwrap().link, Link::Open);
        assert_eq!(engine.connection(ID).unwrap().next_size(), None);
        assert_eq!(engine.heard_at(), at(1));
    });
}

#[test]
fn outcomes_of_dropped_calls_are_kept_and_the_oldest_is_forgotten() {
    with_engine(|engine| {
        for _ in 0..5 {
            publish(engine);
            engine.receive(b">", at(1));
            engine.written(5, at(1));
            engine.receive(b"\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n", at(2));
            engine.abandon(at(2));
        }
        let expected = Settled {
            operation: Some((Operation::Publish, ID)),
            outcome: Outcome::Result(true),
        };
        assert_eq!(
            engine.next_settled(AnyConnectionId::Mqtt(crate::ConnectionId::SECOND)),
            None
        );
        assert_eq!(engine.next_settled(ID), Some(expected));
    });
}

#[test]
fn announcements_are_matched_by_size_since_some_get_lost() {
    let size = |payload_len| Announcement {
        topic_len: 1,
        payload_len,
    };
    let mut connection = Connection::new();
    assert_eq!((connection.next_size(), connection.unread), (None, false));
    for payload_len in [1, 2, 3] {
        connection.announce(size(payload_len));
    }
    assert!(connection.unread && connection.message_unreported);
    // One that was never announced takes none away, one that was takes those before it along.
    connection.was_read(size(9));
    assert_eq!(connection.next_size(), Some(size(1)));
    connection.was_read(size(2));
    assert_eq!(connection.next_size(), Some(size(3)));
    // More than can be remembered are still unread.
    for payload_len in 0..20 {
        connection.announce(size(payload_len));
    }
    connection.was_empty(at(0));
    assert_eq!((connection.next_size(), connection.unread), (None, false));
    assert!(!connection.message_unreported);
}

#[test]
fn a_broken_connection_says_why_until_it_is_opened_again() {
    let mut connection = Connection::new();
    connection.broke(crate::BreakCause::Link);
    assert_eq!(connection.link, Link::Broken(crate::BreakCause::Link));
    assert!(connection.break_unreported);
    connection.apply(Operation::Subscribe, true);
    assert_eq!(connection.link, Link::Broken(crate::BreakCause::Link));
    connection.apply(Operation::Open, false);
    assert_eq!(connection.link, Link::Closed);
    connection.apply(Operation::Open, true);
    assert_eq!(connection.link, Link::Open);
    assert!(!connection.break_unreported);
    connection.apply(Operation::Close, true);
    assert_eq!(connection.link, Link::Closed);
}

#[test]
fn what_needs_a_connection_is_refused_without_one() {
    with_engine(|engine| {
        let check = |engine: &mut Engine<'_>| engine.check::<core::convert::Infallible>(&request(PUBLISH));
        assert_eq!(check(engine), Ok(()));
        engine.connection_mut(ID).unwrap().owed = Some(Operation::Publish);
        assert_eq!(check(engine), Err(Error::Unsettled));
        engine.connection_mut(ID).unwrap().broke(crate::BreakCause::Server);
        assert_eq!(check(engine), Err(Error::Disconnected(crate::BreakCause::Server)));
        engine.connection_mut(ID).unwrap().apply(Operation::Close, true);
        assert_eq!(check(engine), Err(Error::NotConnected));
        assert_eq!(engine.check::<core::convert::Infallible>(&request(Kind::Plain)), Ok(()));
    });
}

#[test]
fn a_message_in_digits_is_counted_in_bytes() {
    with_engine(|engine| {
        let command = b"AT+MQTTPUB=1,\"t\",0,0,5\r";
        let write = |buffer: &mut [u8]| {
            buffer[..command.len()].copy_from_slice(command);
            command.len()
        };
        engine.dialect = engine.dialect.data_form(DataForm::HexDigits);
        engine.load(b"hello", &write).unwrap();
        engine.begin(request(PUBLISH), at(0));
        engine.written(command.len(), at(0));
        engine.receive(b"\r\n>\r\n", at(1));
        assert_eq!(engine.pending(), b"68656C6C6F");
        engine.written(7, at(1));
        // The module ends its data mode in the middle of the fourth byte.
        engine.receive(b"\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n", at(20));
        assert_eq!(engine.take_outcome(), Some(Outcome::Cut { sent: 3 }));
    });
}

#[test]
fn a_restart_between_two_pieces_of_an_upload_leaves_no_half_command() {
    with_engine(|engine| {
        let command = b"AT+GTSSLFILE=\"KEYFILE\",60\r";
        let write = |buffer: &mut [u8]| {
            buffer[..command.len()].copy_from_slice(command);
            command.len()
        };
        let data = [b'k'; 60];
        engine.load_upload(data.len(), &write).unwrap();
        engine.begin(request(Kind::Upload), at(0));
        engine.written(command.len(), at(0));
        engine.receive(b"\r\n>\r\n", at(0));
        engine.feed(&data);
        let piece = engine.pending().len();
        assert!((1..60).contains(&piece));
        engine.written(piece, at(0));
        engine.receive(b"\r\nAT READY\r\n", at(5));
        assert_eq!(engine.take_outcome(), Some(Outcome::Restarted { sent: false }));
        // The piece may stand at the front of the next command, and be echoed with it.
        assert!(engine.wants_fence());
        assert!(engine.secretive);
    });
}

#[test]
fn a_message_whose_rest_does_not_come_is_told_as_lost() {
    for ends in [
        |engine: &mut Engine<'_>| engine.give_up(at(2)),
        |engine: &mut Engine<'_>| engine.note_error_reports(false, at(2)),
    ] {
        with_engine(|engine| {
            send(engine, Kind::Read(ID), b"AT+MQTTREAD=1\r", b"");
            engine.receive(b"\r\n+MQTTREAD: 1,0,1,8,\"t\",\"half", at(1));
            ends(engine);
            let size = Announcement {
                topic_len: 1,
                payload_len: 8,
            };
            assert_eq!(engine.lost(ID), Some(size));
            assert_eq!(engine.counters(Some(ID)).lost, 1);
        });
    }
}

#[test]
fn a_data_mode_without_a_limit_gets_the_rest_before_anything_else() {
    with_engine(|engine| {
        engine.dialect.data_mode_limit = None;
        publish(engine);
        engine.receive(b">", at(1));
        engine.written(2, at(1));
        engine.poll(at(60));
        assert_eq!(engine.take_outcome(), Some(Outcome::NoAnswer { sent: false }));
        assert_eq!(engine.pending(), b"llo");
        assert!(engine.is_busy() && !engine.wants_fence());
        engine.written(3, at(61));
        assert!(engine.wants_fence());
    });
}
