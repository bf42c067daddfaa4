//! The grammar of finished lines, with nom. Lines are short and complete here, so nothing is ever incomplete.

use nom::branch::alt;
use nom::bytes::complete::{take_till, take_until, take_while};
use nom::character::complete::{char, i32 as number_i32, space0, u8 as number_u8, u16 as number_u16, u32 as number};
use nom::combinator::{all_consuming, map, opt, value};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::operation::Operation;
use crate::error::ModuleError;
use crate::types::{Announcement, QoS, SnConnectionId, TopicId};

/// The four numbers in front of a message that READ hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadHeader {
    pub(crate) id: u8,
    pub(crate) qos: u32,
    pub(crate) topic_len: usize,
    pub(crate) payload_len: usize,
    /// The module writes a blank after each comma.
    pub(crate) spaced: bool,
    /// A bare topic id stands in the topic's place: then `topic_len` counts its digits, whatever the module wrote.
    pub(crate) topic_id: bool,
    /// It may as well be a short topic of two digits: without quotes they look the same.
    pub(crate) or_short: bool,
}

impl ReadHeader {
    /// Whether a bare topic id may stand in the topic's place (V1.3 section 1.11).
    pub(crate) fn is_sn(&self) -> bool {
        SnConnectionId::new(self.id).is_some()
    }

    /// The sizes of topic and payload.
    pub(crate) fn size(&self) -> Announcement {
        Announcement {
            topic_len: self.topic_len,
            payload_len: self.payload_len,
        }
    }
}

/// More than any module can send as a topic or a payload: firmware drops packets above 8192 bytes.
const MOST: usize = 1 << 20;

type Line<'a> = &'a [u8];

fn comma(line: Line<'_>) -> IResult<Line<'_>, ()> {
    value((), (space0, char(','), space0)).parse(line)
}

/// `+NAME:` and the blanks behind it.
pub(crate) fn prefix<'a>(name: &[u8], line: Line<'a>) -> Option<Line<'a>> {
    let rest = line.strip_prefix(name)?.strip_prefix(b":")?;
    Some(rest.trim_ascii_start())
}

/// The name of a line `+NAME: …`, with its `+`.
pub(crate) fn name(line: Line<'_>) -> Option<Line<'_>> {
    let named: IResult<Line<'_>, Line<'_>> = take_till(|byte| byte == b':' || byte == b' ').parse(line);
    named
        .ok()
        .map(|(_, name)| name)
        .filter(|name| name.starts_with(b"+") && name.len() > 1)
}

/// The name in a command, with its `+`: that of the lines that answer it.
pub(crate) fn name_asked(command: Line<'_>) -> Line<'_> {
    let asked = command.strip_prefix(b"AT").unwrap_or(command);
    let mut parts = asked.split(|byte| matches!(byte, b'=' | b'?' | b'\r'));
    parts.next().unwrap_or_default()
}

/// `OK`, `ERROR`, `+CME ERROR: …`, `+CMS ERROR: …`: the end of an answer.
pub(crate) fn final_result(line: Line<'_>) -> Option<Result<(), ModuleError>> {
    let line = line.trim_ascii_end();
    match line {
        b"OK" => return Some(Ok(())),
        b"ERROR" => return Some(Err(ModuleError::Error)),
        _ => {}
    }
    let cms = prefix(b"+CMS ERROR", line);
    let text = cms.or_else(|| prefix(b"+CME ERROR", line))?;
    let code: IResult<Line<'_>, u16> = all_consuming(number_u16).parse(text);
    Some(Err(match (code, cms) {
        (Ok((_, code)), Some(_)) => ModuleError::Cms(code),
        (Ok((_, code)), None) => ModuleError::Cme(code.into()),
        (Err(_), _) => ModuleError::Text,
    }))
}

/// A line of numbers: `+NAME: a,b,c`, and nothing behind them.
pub(crate) fn numbers<const N: usize>(name: &[u8], line: Line<'_>) -> Option<[u32; N]> {
    let text = prefix(name, line)?;
    let mut values = [0; N];
    let mut rest = text;
    for (i, place) in values.iter_mut().enumerate() {
        if i > 0 {
            (rest, ()) = comma(rest).ok()?;
        }
        (rest, *place) = number::<_, nom::error::Error<_>>(rest).ok()?;
    }
    rest.trim_ascii().is_empty().then_some(values)
}

/// A line of one number that may be negative: `+NAME: -a`.
pub(crate) fn signed(name: &[u8], line: Line<'_>) -> Option<i32> {
    let value: IResult<Line<'_>, i32> = all_consuming(number_i32).parse(prefix(name, line)?.trim_ascii_end());
    value.ok().map(|(_, value)| value)
}

/// `+MQTTREAD: id,qos,tlen,plen,` up to and including the last comma; the message follows.
pub(crate) fn read_header(line: Line<'_>) -> Option<ReadHeader> {
    let text = prefix(b"+MQTTREAD", line)?.strip_suffix(b",")?;
    let (rest, (id, _, qos, _, topic_len, gap, payload_len)) = spaced_header(text).ok()?;
    let len = |value: u32| usize::try_from(value).ok().filter(|len| *len <= MOST);
    rest.is_empty().then_some(ReadHeader {
        id,
        qos,
        topic_len: len(topic_len)?,
        payload_len: len(payload_len)?,
        spaced: gap,
        topic_id: false,
        or_short: false,
    })
}

type SpacedHeader = (u8, bool, u32, bool, u32, bool, u32);

fn spaced_header(text: Line<'_>) -> IResult<Line<'_>, SpacedHeader> {
    let mut gap = map(
        preceded(char(','), take_while(|byte| byte == b' ')),
        |blanks: Line<'_>| !blanks.is_empty(),
    );
    let (text, id) = number_u8(text)?;
    let (text, first) = gap.parse(text)?;
    let (text, qos) = number(text)?;
    let (text, second) = gap.parse(text)?;
    let (text, topic_len) = number(text)?;
    let (text, third) = gap.parse(text)?;
    let (text, payload_len) = number(text)?;
    Ok((text, (id, first, qos, second, topic_len, third, payload_len)))
}

/// `+MQTTREAD: id,0,0,0`, which says that nothing is stored.
pub(crate) fn read_empty(line: Line<'_>, id: u8) -> bool {
    matches!(numbers(b"+MQTTREAD", line), Some([n, _, 0, 0]) if n == u32::from(id))
}

/// The header of a message at the start of some bytes, and how long it is.
pub(crate) fn read_header_at(bytes: Line<'_>) -> Option<(ReadHeader, usize)> {
    let mut commas = bytes
        .iter()
        .take_while(|byte| !matches!(byte, b'\r' | b'\n'))
        .enumerate()
        .filter(|(_, byte)| **byte == b',');
    let (last, _) = commas.nth(3)?;
    let head = last.checked_add(1)?;
    read_header(bytes.get(..head)?).map(|header| (header, head))
}

/// A whole answer to READ, as one slice: its own length tells whether the module quotes.
pub(crate) fn whole_read(answer: Line<'_>) -> Option<(ReadHeader, Line<'_>, Line<'_>)> {
    let (mut header, head) = read_header_at(answer)?;
    let body = answer.get(head..)?;
    let gap: &[u8] = if header.spaced { b" " } else { b"" };
    if let Some((topic_id, payload)) = whole_with_topic_id(&header, gap, body) {
        (header.topic_id, header.topic_len) = (true, topic_id.len());
        return Some((header, topic_id, payload));
    }
    let size = header
        .topic_len
        .checked_add(header.payload_len)?
        .checked_add(1)?
        .checked_add(gap.len().checked_mul(2)?)?;
    let quote: &[u8] = if body.len() == size { b"" } else { b"\"" };
    let (topic, rest) = body
        .strip_prefix(gap)?
        .strip_prefix(quote)?
        .split_at_checked(header.topic_len)?;
    let rest = rest
        .strip_prefix(quote)?
        .strip_prefix(b",")?
        .strip_prefix(gap)?
        .strip_prefix(quote)?;
    let (payload, rest) = rest.split_at_checked(header.payload_len)?;
    (rest == quote).then_some((header, topic, payload))
}

/// A topic id up to the comma, and a payload whose length is that of the header, with quotes or without.
fn whole_with_topic_id<'a>(header: &ReadHeader, gap: &[u8], body: Line<'a>) -> Option<(Line<'a>, Line<'a>)> {
    let body = body.strip_prefix(gap).filter(|_| header.is_sn())?;
    let digits = body.iter().position(|byte| *byte == b',')?;
    let (topic_id, rest) = body.split_at_checked(digits)?;
    let payload = rest.strip_prefix(b",")?.strip_prefix(gap)?;
    let bare = (payload.len() == header.payload_len).then_some(payload);
    let quoted = || payload.strip_prefix(b"\"")?.strip_suffix(b"\"");
    let payload = bare.or_else(|| quoted().filter(|inner| inner.len() == header.payload_len))?;
    is_topic_id(topic_id).then_some((topic_id, payload))
}

/// Whether digits are a topic id: 1 to 65535, without zeros in front.
pub(crate) fn is_topic_id(digits: Line<'_>) -> bool {
    digits.iter().all(u8::is_ascii_digit) && digits.first() != Some(&b'0') && TopicId::from_digits(digits).is_some()
}

/// `+MQTTxxx: id,status` of an operation that takes its time. A list of connections, as `AT+MQTTOPEN?` answers, never has 0 or 1
/// in second place.
pub(crate) fn result(line: Line<'_>) -> Option<(Operation, u8, bool)> {
    Operation::PLAIN
        .iter()
        .find_map(|&operation| match numbers(operation.name().as_bytes(), line) {
            Some([id, status @ (0 | 1)]) if id != 0 => Some((operation, u8::try_from(id).ok()?, status == 1)),
            _ => None,
        })
}

/// The connections listed by `AT+MQTTOPEN?` and `AT+MQTTCLOSE?`: `1,2,101,102` or one a line; `0` is none.
pub(crate) fn id_list(name: &[u8], line: Line<'_>) -> Option<heapless::Vec<u8, 8>> {
    let mut rest = prefix(name, line)?;
    let mut ids = heapless::Vec::new();
    loop {
        let id;
        (rest, id) = number_u8::<_, nom::error::Error<_>>(rest).ok()?;
        if id != 0 {
            ids.push(id).ok()?;
        }
        match comma(rest) {
            Ok((after, ())) => rest = after,
            Err(_) => break,
        }
    }
    rest.trim_ascii().is_empty().then_some(ids)
}

/// A string in quotes without quotes inside, or what stands up to the next comma.
pub(crate) fn string(text: Line<'_>) -> IResult<Line<'_>, Line<'_>> {
    alt((
        delimited(char('"'), take_until("\""), char('"')),
        map(take_till(|byte| byte == b','), |text: Line<'_>| text.trim_ascii_end()),
    ))
    .parse(text)
}

/// The next field behind a comma, as text.
pub(crate) fn next_string(text: Line<'_>) -> IResult<Line<'_>, Line<'_>> {
    preceded(comma, string).parse(text)
}

/// The next field behind a comma, as a number.
pub(crate) fn next_number(text: Line<'_>) -> IResult<Line<'_>, u32> {
    preceded(comma, number).parse(text)
}

/// The first field, the number of a connection.
pub(crate) fn first_id(text: Line<'_>) -> IResult<Line<'_>, u8> {
    number_u8(text)
}

/// What may stand in a place of a `=?` answer: a number, a range in parentheses, or a list in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term<'a> {
    Number(u32),
    Group(Line<'a>),
}

fn term(text: Line<'_>) -> IResult<Line<'_>, Term<'_>> {
    let group = delimited(char('('), take_till(|byte| byte == b')'), char(')'));
    alt((map(group, Term::Group), map(number, Term::Number))).parse(text)
}

/// The terms of a `=?` answer in their order. Literal brackets around an optional one, as the manual prints them, are skipped.
pub(crate) fn terms(text: Line<'_>) -> impl Iterator<Item = Term<'_>> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let separator = |byte: u8| matches!(byte, b',' | b' ' | b'[' | b']');
        let (after, _) = take_while::<_, _, nom::error::Error<_>>(separator).parse(rest).ok()?;
        let (after, term) = term(after).ok()?;
        rest = after;
        Some(term)
    })
}

/// The numbers of a list `1,2,101`, or of a range `0-2`, as its smallest and largest with what is between.
pub(crate) fn bounds(group: Line<'_>) -> Option<(u32, u32)> {
    let range: IResult<Line<'_>, (u32, Option<u32>)> =
        (terminated(number, space0), opt(preceded((char('-'), space0), number))).parse(group);
    let (rest, (low, high)) = range.ok()?;
    let mut bounds = (low, high.unwrap_or(low));
    if bounds.0 > bounds.1 {
        return None;
    }
    let mut rest = rest;
    while let Ok((after, next)) = next_number(rest) {
        bounds = (bounds.0.min(next), bounds.1.max(next));
        rest = after;
    }
    Some(bounds)
}

/// The connections in a list `1,2,101,102`.
pub(crate) fn group_ids(group: Line<'_>) -> heapless::Vec<u8, 8> {
    let mut ids = heapless::Vec::new();
    for part in group.split(|&byte| byte == b',') {
        let id: IResult<Line<'_>, u8> = all_consuming(number_u8).parse(part.trim_ascii());
        if let Ok((_, id)) = id {
            // More than eight connections are beyond what any module has.
            let _ = ids.push(id);
        }
    }
    ids
}

/// The connection of a `+MQTTMSG` line, and what stands behind it.
pub(crate) fn direct_header(line: Line<'_>) -> Option<(u8, Line<'_>)> {
    let (rest, id) = first_id(prefix(b"+MQTTMSG", line)?).ok()?;
    Some((id, rest))
}

/// `,qos,topic,payload`, each with or without quotes, with or without blanks after the commas. The payload is as it stands.
pub(crate) fn direct_fields(text: Line<'_>) -> Option<(QoS, Line<'_>, Line<'_>)> {
    let (text, qos) = next_number(text).ok()?;
    let (text, topic) = next_string(text).ok()?;
    let (payload, ()) = comma(text).ok()?;
    let qos = u8::try_from(qos).ok().and_then(|qos| QoS::try_from(qos).ok())?;
    Some((qos, topic, payload))
}

/// The payload of a `+MQTTMSG` line without its quotes, if it has any. Quotes inside are not escaped, so it ends at the last
/// one of the line. `None` if it began with a quote and something else stands at its end: then a line end inside has cut it.
pub(crate) fn unquoted(payload: Line<'_>) -> Option<Line<'_>> {
    match payload.strip_prefix(b"\"") {
        Some(inner) => inner.trim_ascii_end().strip_suffix(b"\""),
        None => Some(payload),
    }
}

/// Every line of an answer that was kept, in order.
pub(crate) fn lines(answer: Line<'_>) -> impl Iterator<Item = Line<'_>> {
    answer
        .split(|&byte| byte == b'\r' || byte == b'\n')
        .filter(|line| !line.is_empty())
}

/// The one line of an answer behind its name, or the bare line where the module leaves the name out. Of several strings in
/// quotes it is the first; without quotes a comma belongs to the text.
pub(crate) fn bare_or_named<'a>(name: &[u8], answer: Line<'a>) -> Option<Line<'a>> {
    let line = lines(answer).next()?;
    let text = prefix(name, line).unwrap_or(line);
    let quoted = text
        .strip_prefix(b"\"")
        .and_then(|text| text.split(|&byte| byte == b'"').next());
    Some(quoted.unwrap_or_else(|| text.trim_ascii_end()))
}
