//! Our framing for people who run atat's own client.

use atat::{CmeError, CmsError, DigestResult, Digester, InternalError};

use crate::codec::Body;
use crate::codec::cloud::RegistrationAnswer;
use crate::codec::grammar::{self, ReadHeader};
use crate::error::ModuleError;
use crate::urc::Urc;

/// An [`atat::Digester`] that frames messages by their lengths: no payload read with `AT+MQTTREAD` can end a response or pretend to
/// be an unsolicited line, as it can with atat's own `AtDigester`.
///
/// Use it with atat's `Ingress` and the commands in [`command`](crate::command), and [`Urc`] as the type of unsolicited lines.
/// Three things a digester cannot do are done by [`Modem`](crate::Modem) only: cutting an unsolicited line out of the middle of a
/// response (modules hold such lines back by default), fencing a late answer, and never blocking on a full queue. The ingress
/// buffer must hold a whole message with its header.
///
/// ```
/// use atat::{DigestResult, Digester};
/// use fibocom_mqtt::FibocomDigester;
///
/// let mut digester = FibocomDigester::default();
/// let bytes = b"\r\n+MQTTREAD: 1,0,1,6,\"t\",\"\r\nOK\r\n\"\r\n\r\nOK\r\n";
/// let (result, used) = digester.digest(bytes);
/// assert_eq!(result, DigestResult::Response(Ok(b"+MQTTREAD: 1,0,1,6,\"t\",\"\r\nOK\r\n\"")));
/// assert_eq!(used, bytes.len());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct FibocomDigester {
    /// Whether the module quotes in READ, once it has shown it.
    quoted: Option<bool>,
}

/// A line, or a message, at the start of some bytes.
struct Item<'a> {
    bytes: &'a [u8],
    /// Where it begins in the buffer.
    begin: usize,
    /// Where the next one may begin.
    next: usize,
}

impl FibocomDigester {
    /// The next item from `start` on. `None` if it is not complete.
    fn item<'a>(&mut self, buffer: &'a [u8], start: usize) -> Option<Item<'a>> {
        let rest = buffer.get(start..)?;
        let blank = |byte: &u8| matches!(byte, b'\r' | b'\n' | b' ');
        let begin = start.checked_add(rest.iter().position(|byte| !blank(byte))?)?;
        let rest = buffer.get(begin..)?;
        if let Some(header) = grammar::read_header_at(rest) {
            let len = self.message_len(rest, header)?;
            return Some(Item {
                bytes: rest.get(..len)?,
                begin,
                next: begin.checked_add(len)?,
            });
        }
        let len = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
        Some(Item {
            bytes: rest.get(..len)?,
            begin,
            next: begin.checked_add(len)?.checked_add(1)?,
        })
    }

    /// How long a message is with its header. The closing quote decides whether it is quoted: in a message that is not, the
    /// module's own line end or result stands in its place.
    fn message_len(&mut self, rest: &[u8], header: (ReadHeader, usize)) -> Option<usize> {
        if header.0.is_sn() {
            return self.sn_message_len(rest, header);
        }
        let (
            ReadHeader {
                topic_len,
                payload_len,
                spaced,
                ..
            },
            head,
        ) = header;
        let blank = usize::from(spaced);
        let plain = head
            .checked_add(topic_len)?
            .checked_add(payload_len)?
            .checked_add(1)?
            .checked_add(blank.checked_mul(2)?)?;
        let with_quotes = plain.checked_add(4)?;
        let first = *rest.get(head.checked_add(blank)?)?;
        let quoted = match self.quoted {
            Some(quoted) => quoted,
            None => first == b'"' && *rest.get(with_quotes.checked_sub(1)?)? == b'"',
        };
        let len = if quoted { with_quotes } else { plain };
        rest.get(..len)?;
        self.quoted = Some(quoted);
        Some(len)
    }

    /// The same on an MQTT-SN connection, where a topic id may stand in the topic's place and has no length.
    fn sn_message_len(&mut self, rest: &[u8], (header, head): (ReadHeader, usize)) -> Option<usize> {
        let mut body = Body::new(header, self.quoted);
        let taken = body.take(rest.get(head..)?, &mut []);
        if !body.is_complete() {
            return None;
        }
        let (_, beyond) = body.finish(&mut []);
        self.quoted = body.quoted();
        head.checked_add(taken)?.checked_sub(beyond.len())
    }
}

impl Digester for FibocomDigester {
    fn digest<'a>(&mut self, buffer: &'a [u8]) -> (DigestResult<'a>, usize) {
        let mut start = 0;
        // From the first information line to the last.
        let mut information: Option<core::ops::Range<usize>> = None;
        // Blank space and echoes in front may be dropped while more is awaited.
        let mut droppable = 0;
        if let Some(at) = buffer.iter().position(|byte| !matches!(byte, b'\r' | b'\n' | b' ')) {
            if buffer.get(at) == Some(&b'>') {
                return (DigestResult::Prompt(b'>'), at.saturating_add(1));
            }
        }
        while let Some(Item { bytes, begin, next }) = self.item(buffer, start) {
            if let Some(result) = grammar::final_result(bytes) {
                let information = information.and_then(|range| buffer.get(range)).unwrap_or_default();
                // The line feed behind the result belongs to it.
                let next = if buffer.get(next) == Some(&b'\n') {
                    next.saturating_add(1)
                } else {
                    next
                };
                return (
                    DigestResult::Response(result.map(|()| information).map_err(internal)),
                    next,
                );
            }
            let unsolicited = <Urc as atat::AtatUrc>::parse(bytes).is_some()
                || bytes.starts_with(b"+MQTTMSG:")
                || RegistrationAnswer::parse(bytes).is_some();
            let echo = bytes.windows(2).any(|part| part == b"AT") && !bytes.starts_with(b"+");
            match &mut information {
                None if unsolicited => return (DigestResult::Urc(bytes), next),
                None if echo => droppable = next,
                None => information = Some(begin..begin.saturating_add(bytes.len())),
                Some(information) => information.end = begin.saturating_add(bytes.len()),
            }
            start = next;
        }
        (DigestResult::None, droppable)
    }
}

fn internal(error: ModuleError) -> InternalError<'static> {
    match error {
        ModuleError::Cme(code) => InternalError::CmeError(CmeError::from(u16::from(code))),
        ModuleError::Cms(code) => InternalError::CmsError(CmsError::from(code)),
        ModuleError::Error | ModuleError::Text => InternalError::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out when the bytes arrive in pieces of `size`, as atat's ingress would feed them.
    fn digest(bytes: &[u8], size: usize) -> Vec<String> {
        let mut digester = FibocomDigester::default();
        let (mut buffer, mut events) = (Vec::new(), Vec::new());
        for piece in bytes.chunks(size) {
            buffer.extend_from_slice(piece);
            loop {
                let (result, used) = digester.digest(&buffer);
                let done = result == DigestResult::None;
                match result {
                    DigestResult::Urc(line) => events.push(format!("urc {}", line.escape_ascii())),
                    DigestResult::Response(Ok(text)) => events.push(format!("ok {}", text.escape_ascii())),
                    DigestResult::Response(Err(error)) => events.push(format!("error {error:?}")),
                    DigestResult::Prompt(prompt) => events.push(format!("prompt {}", char::from(prompt))),
                    DigestResult::None => {}
                }
                buffer.drain(..used);
                if done {
                    break;
                }
            }
        }
        events
    }

    #[test]
    fn hostile_messages_come_out_whole_whatever_the_pieces() {
        let payload = "\r\nOK\r\n\r\n+MQTTBREAK: 1,1\r\n>\r\nERROR\r\n\"\",\"";
        for quote in ["\"", ""] {
            for topic in ["t", "\"", "\",", "a\",\"b"] {
                let message = format!(
                    "+MQTTREAD: 1,1,{},{},{quote}{topic}{quote},{quote}{payload}{quote}",
                    topic.len(),
                    payload.len()
                );
                let bytes = format!("AT+MQTTREAD=1\r\r\n{message}\r\n\r\nOK\r\n\r\n+MQTTMSGI: 1,1,2,3\r\n");
                let expected = [
                    format!("ok {}", message.as_bytes().escape_ascii()),
                    "urc +MQTTMSGI: 1,1,2,3".into(),
                ];
                for size in [1, 2, 3, 7, 64, 4096] {
                    assert_eq!(digest(bytes.as_bytes(), size), expected, "{quote}{topic} by {size}");
                }
            }
        }
    }

    #[test]
    fn the_result_of_a_registration_is_unsolicited_and_its_forms_are_an_answer() {
        let result = r#"+MQTTAUTHDYN: 1,"pk","dn","s3cret""#;
        let forms = "+MQTTAUTHDYN: 1,<host>,<port>\r\n+MQTTAUTHDYN: 3,<productkey>";
        let bytes = format!("\r\nOK\r\n\r\n{result}\r\n\r\n{forms}\r\n\r\nOK\r\n");
        let expected = [
            "ok ".to_owned(),
            format!("urc {}", result.as_bytes().escape_ascii()),
            format!("ok {}", forms.as_bytes().escape_ascii()),
        ];
        for size in [1, 5, 4096] {
            assert_eq!(digest(bytes.as_bytes(), size), expected, "by {size}");
        }
    }

    #[test]
    fn messages_with_topic_ids_are_framed_as_the_driver_frames_them() {
        let payload = b"x\r\n\r\nOK\r\n+MQTTBREAK: 101,1\r\nOK\r\n";
        for (quote, name) in [("\"", "\"plant\""), ("", "plant")] {
            for topic_len in ["0", "1", "2", "5", "7", "255", "65535"] {
                let mut bytes = Vec::new();
                let mut expected = Vec::new();
                for (topic, topic_len) in [("12", topic_len), (name, "5"), ("65535", topic_len)] {
                    let len = payload.len();
                    let line = [
                        format!("+MQTTREAD: 101,1,{topic_len},{len},{topic},{quote}").as_bytes(),
                        payload,
                        quote.as_bytes(),
                    ]
                    .concat();
                    expected.push(format!("ok {}", line.escape_ascii()));
                    bytes.extend_from_slice(b"\r\n");
                    bytes.extend_from_slice(&line);
                    bytes.extend_from_slice(b"\r\n\r\nOK\r\n");
                }
                for size in [1, 3, 7, 64, 4096] {
                    assert_eq!(digest(&bytes, size), expected, "{topic_len} by {size}");
                }
            }
        }
    }

    #[test]
    fn answers_results_and_prompts_are_told_apart() {
        let bytes = b"\xff\xffAT+MQTTPUB=?\r\r\n+MQTTPUB: (1,2),255,(0-2),(0,1),1024\r\n\r\nOK\r\n\r\n>\r\n\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n\r\nERROR\r\n\r\n+CME ERROR: 703\r\n\r\n+CMS ERROR: 300\r\n";
        let expected = [
            "ok +MQTTPUB: (1,2),255,(0-2),(0,1),1024",
            "prompt >",
            "ok ",
            "urc +MQTTPUB: 1,1",
            "error Error",
        ];
        for size in [1, 5, 4096] {
            let events = digest(bytes, size);
            assert_eq!(&events[..5], expected, "by {size}");
            assert!(
                events[5].contains("703") && events[6].starts_with("error Cms"),
                "{events:?}"
            );
        }
    }
}
