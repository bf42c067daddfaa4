//! Entry points for the fuzz targets in `fuzz/` and for the test that replays their corpus. Not covered by semantic versioning.
//!
//! Each takes the bytes that a fuzzer made up, and panics when something does not hold.

#[cfg(feature = "captis")]
mod captis;
#[cfg(feature = "lora-cloud")]
mod lora_cloud;

use atat::{AtatCmd, AtatUrc};

#[cfg(feature = "captis")]
pub use captis::captis;
#[cfg(feature = "lora-cloud")]
pub use lora_cloud::lora_cloud;

use crate::cloud::{self, *};
use crate::codec::replay::{FRAMINGS, Found, answer, cut, push_and_keep, sn_answer};
use crate::codec::{BodyEnd, Decoder, grammar};
use crate::command::*;
use crate::types::{ConnectionId, Escapes, SnConnectionId, TopicFilter, TopicName};
use crate::{DirectMessage, Line, SnRegistration, SnRegistrationKind, Urc};

// A target panics when something does not hold.
#[cfg(feature = "juconn")]
#[allow(clippy::panic, clippy::unwrap_used)]
mod juconn;

#[cfg(feature = "juconn")]
pub use juconn::{juconn_json, juconn_tixml};

/// Names that lines of the module begin with.
pub const NAMES: [&[u8]; 40] = [
    b"+MQTTUSER",
    b"+MQTTOPEN",
    b"+MPQTTOPEN",
    b"+MQTTCLOSE",
    b"+MQTTSUB",
    b"+MQTTUNSUB",
    b"+MQTTPUB",
    b"+MQTTCONF",
    b"+MQTTREAD",
    b"+MQTTWILL",
    b"+MQTTMSG",
    b"+MQTTMSGI",
    b"+MQTTBREAK",
    b"+MQTTSNCID",
    b"+MQTTSNREG",
    b"+MQTTWTOPICUD",
    b"+MQTTWMSGUD",
    b"+MQTTAUTHCFG",
    b"+MQTTAUTHDYN",
    b"+MQTTAUTHEVENT",
    b"MQTTAUTHEVENT",
    b"+CMEE",
    b"+CGMM",
    b"+CPIN",
    b"+CSQ",
    b"+CEREG",
    b"+CGREG",
    b"+CREG",
    b"+COPS",
    b"+CGATT",
    b"+CGPADDR",
    b"+CCLK",
    b"+MIPCALL",
    b"+GTSSLVER",
    b"+GTSSLMODE",
    b"+GTSSLFILE",
    b"+GTSSLERR",
    b"+CME ERROR",
    b"+CMS ERROR",
    b"OK",
];

/// How the decoder is set up for a run, from the first bytes of the input.
#[derive(Debug, Clone, Copy)]
struct Setup {
    flags: u8,
    read: usize,
    line: usize,
    store: usize,
}

/// What a run found, the answer that was kept, and whether the module is then known to quote.
type Run = (Vec<Found>, Vec<u8>, Option<bool>);

impl Setup {
    fn flag(self, bit: u8) -> bool {
        self.flags & (1 << bit) != 0
    }

    fn quoted(self) -> Option<bool> {
        self.flag(0).then_some(self.flag(1))
    }

    fn run<'p>(self, store: usize, reads: impl IntoIterator<Item = &'p [u8]>) -> Run {
        let mut line = vec![0; self.line];
        let mut store = vec![0; store];
        let mut decoder = Decoder::new(&mut line, self.quoted());
        decoder.expect_prompt(self.flag(2));
        let wanted = |line: &[u8]| line.len() & 1 == 0;
        let mut found = Vec::new();
        for read in reads {
            found.extend(push_and_keep(&mut decoder, &mut store, read, wanted));
        }
        (found, decoder.kept().to_vec(), decoder.quoted())
    }
}

/// The decoder. The first byte has flags and the second the size of the reads, then come the sizes of the two buffers and the
/// bytes of the module. The same bytes are also taken for a topic and a payload.
pub fn decoder(data: &[u8]) {
    let [flags, read, line, store, bytes @ ..] = data else {
        return;
    };
    let setup = Setup {
        flags: *flags,
        read: usize::from(*read % 64).saturating_add(1),
        line: usize::from(*line),
        store: usize::from(*store),
    };
    any_cut_yields_the_same(setup, bytes);
    content_is_never_syntax(setup, bytes);
    a_topic_id_is_never_syntax(setup, bytes);
    a_name_on_mqtt_sn_is_never_syntax(setup, bytes);
}

fn any_cut_yields_the_same(setup: Setup, bytes: &[u8]) {
    let whole = setup.run(setup.store, [bytes]);
    assert_eq!(
        setup.run(setup.store, bytes.chunks(setup.read)),
        whole,
        "in reads of {}",
        setup.read
    );
    assert_eq!(setup.run(setup.store, bytes.chunks(1)), whole, "byte by byte");
    assert_eq!(
        setup.run(setup.store, cut(bytes, &[setup.read])),
        whole,
        "cut at {}",
        setup.read
    );
    for found in &whole.0 {
        match found {
            Found::Line(line) => {
                assert!(!line.is_empty() && line.len() <= setup.line);
                assert!(!line.iter().any(|byte| matches!(byte, b'\r' | b'\n')));
            }
            Found::LongLine(line) => assert!(line.len() <= setup.line),
            Found::Prompt => assert!(setup.flag(2)),
            Found::Message { header, end, .. } => {
                let fits = header.size().size() <= setup.store;
                assert_eq!(*end == BodyEnd::TooLarge, !fits);
            }
        }
    }
}

fn content_is_never_syntax(setup: Setup, bytes: &[u8]) {
    let (topic, payload) = bytes.split_at_checked(setup.store).unwrap_or((&[], bytes));
    let (quoted, spaced) = (setup.flag(1), setup.flag(4));
    let Some((echo, before, after)) = FRAMINGS.iter().cycle().nth(usize::from(setup.flags >> 5)) else {
        return;
    };
    let line = answer(topic, payload, quoted, spaced);
    let bytes = [echo.as_bytes(), before.as_bytes(), &line, after.as_bytes()].concat();
    let reading = Setup { line: 64, ..setup };
    let (found, _, known) = reading.run(bytes.len(), bytes.chunks(setup.read));
    let mut found = found.iter();
    if !echo.is_empty() {
        assert_eq!(found.next(), Some(&Found::line(echo)));
    }
    match found.next() {
        Some(Found::Message {
            end,
            topic: found_topic,
            payload: found_payload,
            ..
        }) => {
            assert_eq!(*end, BodyEnd::Stored);
            assert_eq!((found_topic.as_slice(), found_payload.as_slice()), (topic, payload));
        }
        other => assert_eq!(other, None, "instead of the message"),
    }
    assert_eq!(found.next(), Some(&Found::line("OK")));
    assert_eq!(found.next(), None);
    assert_eq!(known, Some(quoted));
}

/// The bytes are a topic id, what the module says of its length, and a payload.
fn a_topic_id_is_never_syntax(setup: Setup, bytes: &[u8]) {
    let [id, high, length, long, payload @ ..] = bytes else {
        return;
    };
    let id = u16::from_be_bytes([*high, *id]).max(1).to_string();
    let length = usize::from(u16::from_be_bytes([*long & 3, *length]));
    let quotes = setup.quoted().unwrap_or(setup.flag(1));
    let line = sn_answer(id.as_bytes(), Some(length), payload, quotes, setup.flag(4));
    let exact = setup.quoted() == Some(true) || length <= id.len();
    never_a_line(setup, &line, exact.then_some((id.as_bytes(), payload)));
}

/// A name, from a module that does not quote. Strangers cannot put a line end into a name.
fn a_name_on_mqtt_sn_is_never_syntax(setup: Setup, bytes: &[u8]) {
    if setup.quoted() == Some(true) {
        return;
    }
    let (name, payload) = bytes.split_at_checked(setup.store).unwrap_or((&[], bytes));
    let name: Vec<u8> = name
        .iter()
        .map(|byte| if matches!(byte, b'\r' | b'\n') { b'7' } else { *byte })
        .collect();
    never_a_line(setup, &sn_answer(&name, None, payload, false, setup.flag(4)), None);
}

/// An answer on connection 101 is this message, if that is certain, and nothing of it is a line or a prompt.
fn never_a_line(setup: Setup, line: &[u8], message: Option<(&[u8], &[u8])>) {
    let reading = Setup { line: 64, ..setup };
    // A tab for the letters of the module's own line, so that what is left of that can be told from what strangers wrote.
    let line: Vec<u8> = match message {
        Some(_) => line.to_vec(),
        None => line
            .iter()
            .enumerate()
            .map(|(at, byte)| if at > 10 && b"OK".contains(byte) { b'\t' } else { *byte })
            .collect(),
    };
    let bytes = [&line[..], b"\r\n\r\nOK\r\n"].concat();
    let (found, _, known) = reading.run(bytes.len(), bytes.chunks(setup.read));
    match (&found[..], message) {
        (
            [
                Found::Message {
                    header,
                    end,
                    topic,
                    payload,
                },
                Found::Line(line),
            ],
            Some(message),
        ) => {
            assert!(header.topic_id && *end == BodyEnd::Stored && line == b"OK");
            assert_eq!((&topic[..], &payload[..]), message);
            // Quotes that can be nothing else show that the module quotes; their absence shows nothing.
            assert!(known == setup.quoted() || known == Some(true) && setup.flag(1));
        }
        (_, Some(_)) => assert_eq!(found, [], "instead of the message and OK"),
        (found, None) => assert!(found.iter().all(|found| match found {
            Found::Line(line) => b"OK".ends_with(line),
            Found::LongLine(_) | Found::Prompt => false,
            Found::Message { .. } => true,
        })),
    }
}

/// Every grammar and every command's parser, over the input as a line and as an answer.
pub fn grammar(data: &[u8]) {
    for line in data.split(|&byte| byte == b'\n') {
        lines(line);
    }
    lines(data);
    answers(data);
    if let Ok(text) = core::str::from_utf8(data) {
        let filter = TopicFilter::new(text);
        if TopicName::new(text).is_ok() {
            assert_eq!(
                filter.map(|filter| filter.matches(data)),
                Ok(true),
                "a topic without wildcards matches itself"
            );
        }
    }
}

fn lines(line: &[u8]) {
    let urc = Urc::parse(line);
    let result = grammar::final_result(line);
    assert!(urc.is_none() || result.is_none(), "both unsolicited and a result");
    if let Some(message) = DirectMessage::parse(line) {
        assert!(urc.is_none());
        assert!(message.topic.len().saturating_add(message.payload.len()) < line.len());
    }
    if let Some(answer) = RegistrationAnswer::parse(line) {
        assert!(urc.is_none());
        assert!(matches!(answer.cloud(), 1..=3));
    }
    if let Some(found) = SnRegistration::parse(line) {
        let (kind, topic_id) = (found.kind, found.topic_id);
        assert_eq!(
            urc,
            Some(Urc::SnRegistration {
                id: found.id,
                kind,
                topic_id
            })
        );
        assert!(
            found
                .name
                .is_none_or(|name| !name.is_empty() && name.len() < line.len())
        );
        assert!(kind != SnRegistrationKind::Listed || topic_id.is_some() && found.name.is_some());
    }
    if let Some(Urc::TuyaEvent(event)) = urc {
        // What has a name is never an unknown number.
        assert!(!matches!(event, TuyaEvent::Unknown(1..=7)));
        assert!(grammar::name(line).is_none_or(|name| name == b"+MQTTAUTHEVENT"));
    }
    let _ = grammar::name(line);
    // Twice is more than four characters an escaped byte, and the words around.
    assert!(Line::new(line).to_string().len() <= line.len().saturating_mul(4).saturating_add(64));
}

fn auth(request: impl cloud::Request, answer: &[u8]) {
    let command = AuthCfg::<_, 16>::new(request, Escapes::Unknown);
    let parsed = command.ok().and_then(|command| command.parse(Ok(answer)).ok());
    if let Some(parsed) = parsed {
        let strings = [parsed.user, parsed.password, parsed.client_id];
        assert!(
            !strings
                .iter()
                .flatten()
                .any(|byte| matches!(byte, b'"' | b'\r' | b'\n'))
        );
    }
}

fn answers(answer: &[u8]) {
    fn parse<C: AtatCmd>(command: &C, answer: &[u8]) -> Option<C::Response> {
        command.parse(Ok(answer)).ok()
    }
    let id = ConnectionId::FIRST;
    let _ = parse(&ReadUsers::<8>, answer);
    let _ = parse(&TestUser, answer);
    let _ = parse(&OpenableIds, answer);
    let _ = parse(&TestOpen, answer);
    let _ = parse(&ClosableIds, answer);
    let _ = parse(&TestClose, answer);
    let _ = parse(&TestSubscribe, answer);
    let _ = parse(&TestUnsubscribe, answer);
    let _ = parse(&TestPublish, answer);
    let _ = parse(&ReadConf, answer);
    let _ = parse(&TestConf, answer);
    let _ = parse(&Read::<16, 16> { id }, answer);
    let _ = parse(&TestRead, answer);
    let _ = parse(&ReadWills::<8>, answer);
    let _ = parse(&TestWill, answer);
    let _ = parse(&ReadErrorReports, answer);
    let id = SnConnectionId::FIRST;
    if let Some(SnReadMessage::Message { topic_id, topic, .. }) = parse(&SnRead::<16, 16> { id }, answer) {
        assert!(topic_id.is_none() || topic.is_empty(), "an id and a name");
    }
    let _ = parse(&ReadSnClientIds::<8>, answer);
    let _ = parse(&TestSnClientId, answer);
    if let Some(listed) = parse(&ReadSnRegistrations::<8>, answer) {
        assert!(listed.0.iter().all(|topic| !topic.name.is_empty()));
    }
    let _ = parse(&TestSnRegister, answer);
    let _ = parse(&TestUpdateWillMessage, answer);
    auth(Aliyun::new("k", "d", "s"), answer);
    auth(Tencent::new("k", "d", "s"), answer);
    auth(Huawei::new("d", "s"), answer);
    auth(Tuya::new("k", "u", "a"), answer);
    auth(OneNet::new("p", "d", "a"), answer);
    auth(Baidu::new("c", "d", "s"), answer);
    auth(Aws, answer);
    auth(Aep::new("p", "d", "t", "u"), answer);
    auth(Unicom::new("p", "d", "s", "t"), answer);
    let _ = parse(&TestAuthCfg, answer);
    let _ = parse(&TestAuthDyn, answer);
    let _ = parse(&Manufacturer, answer);
    let _ = parse(&ModelName, answer);
    let _ = parse(&Revision, answer);
    let _ = parse(&SerialNumber, answer);
    let _ = parse(&ReadSim, answer);
    let _ = parse(&ReadIccid, answer);
    let _ = parse(&ReadSignal, answer).map(|signal| signal.dbm());
    for domain in Domain::ALL {
        let _ = parse(&ReadRegistration { domain }, answer);
    }
    let _ = parse(&ReadOperator, answer);
    let _ = parse(&ReadAttachment, answer);
    let _ = parse(&ReadPdp, answer);
    let _ = parse(&ReadTlsVersion, answer);
    let _ = parse(&ReadTlsMode, answer);
    let _ = parse(&ReadTlsFiles, answer);
    let _ = parse(&ReadTlsError, answer);
    let _ = parse(&ReadAddress, answer);
    let _ = parse(&ReadClock, answer).map(|time| time.to_string());
    for limits in [
        parse(&TestPublish, answer).map(|limits| limits.qos),
        parse(&TestUpdateWillTopic, answer).map(|limits| limits.qos),
        parse(&TestConf, answer),
    ] {
        assert!(limits.is_none_or(|qos| qos.min <= qos.max), "a range that is none");
    }
}
