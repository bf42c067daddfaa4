//! What stands in the bytes that a module wrote, down to its spaces and line ends.

/// How an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Ok,
    /// `ERROR`, or a code.
    Error(String),
    Prompt,
    /// Nothing of that came in time.
    Nothing,
}

impl End {
    /// It did not do it, in words.
    pub fn because(&self) -> String {
        match self {
            Self::Ok => "the answer was OK and nothing followed".into(),
            Self::Error(line) => format!("the answer was {line}"),
            Self::Prompt => "it asked for data".into(),
            Self::Nothing => "no answer came".into(),
        }
    }
}

/// Lines that have ended, with the place where each begins, without CR and LF.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut place = 0;
    bytes.split_inclusive(|byte| *byte == b'\n').filter_map(move |line| {
        let at = place;
        place += line.len();
        let text = line.strip_suffix(b"\n")?;
        let ends = text.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
        let front = text.get(..ends)?;
        let begins = front.iter().rposition(|byte| *byte == b'\r').map_or(0, |cr| cr + 1);
        Some((at + begins, text.get(begins..ends)?))
    })
}

/// Where this line begins.
pub fn line_at(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    lines(bytes).find(|(_, line)| *line == wanted).map(|(at, _)| at)
}

/// How an answer ended, if it has.
pub fn end(bytes: &[u8]) -> Option<End> {
    let prompt = bytes.iter().enumerate().any(|(place, byte)| {
        *byte == b'>'
            && place
                .checked_sub(1)
                .is_none_or(|before| matches!(bytes.get(before), Some(b'\n' | b'\r')))
    });
    if prompt {
        return Some(End::Prompt);
    }
    lines(bytes).find_map(|(_, line)| match line {
        b"OK" => Some(End::Ok),
        b"ERROR" => Some(End::Error("ERROR".into())),
        _ if line.starts_with(b"+CME ERROR") => Some(End::Error(String::from_utf8_lossy(line).into_owned())),
        _ => None,
    })
}

/// What follows a name and its colon in a line.
pub fn behind<'b>(line: &'b [u8], name: &str) -> Option<&'b [u8]> {
    line.strip_prefix(name.as_bytes())?.strip_prefix(b":")
}

/// The numbers at the start of a text, spaces allowed, and what follows the comma behind them.
pub fn numbers<const N: usize>(mut text: &[u8]) -> Option<([usize; N], &[u8])> {
    let mut found = [0; N];
    for (index, place) in found.iter_mut().enumerate() {
        text = text.trim_ascii_start();
        if index > 0 {
            text = text.strip_prefix(b",")?.trim_ascii_start();
        }
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *place = std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()?;
        text = text.get(digits..)?;
    }
    Some((found, text))
}

/// A result line such as `+MQTTPUB: 1,1`: where it begins, and what it says.
pub fn result(bytes: &[u8], name: &str) -> Option<(usize, bool)> {
    lines(bytes).find_map(|(at, line)| {
        let ([_, status], _) = numbers::<2>(behind(line, name)?)?;
        Some((at, status == 1))
    })
}

/// The first `+MQTTMSGI`: the length of the payload, and where the line ends.
pub fn announcement(bytes: &[u8]) -> Option<(usize, usize)> {
    lines(bytes).find_map(|(at, line)| {
        let ([_, _, _, payload], _) = numbers::<4>(behind(line, "+MQTTMSGI")?)?;
        Some((payload, at + line.len()))
    })
}

/// What `AT+MQTTREAD` handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub payload: Vec<u8>,
    pub quoted: bool,
}

/// The message in an answer to `AT+MQTTREAD`; none if there was none or it cannot be understood.
pub fn message(bytes: &[u8], topic: &str) -> Option<Message> {
    let name = b"+MQTTREAD:";
    let begin = bytes.windows(name.len()).position(|part| part == name)? + name.len();
    let ([_, _, topic_len, payload_len], body) = numbers::<4>(bytes.get(begin..)?)?;
    if topic_len == 0 {
        return None;
    }
    let body = body.strip_prefix(b",")?.trim_ascii_start();
    let quoted = body.first() == Some(&b'"') && !topic.starts_with('"');
    let quote = usize::from(quoted);
    let behind = body.get(quote + topic_len + quote..)?.strip_prefix(b",")?;
    let behind = if behind.first() == Some(&b' ') && quoted {
        behind.trim_ascii_start()
    } else {
        behind
    };
    let payload = behind.get(quote..quote + payload_len)?.to_vec();
    Some(Message { payload, quoted })
}

/// How `+MQTTMSG` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direct {
    pub quoted: bool,
    pub spaced: bool,
}

/// The form of a `+MQTTMSG` line with this topic.
pub fn direct(bytes: &[u8], topic: &str) -> Option<Direct> {
    let (_, line) = lines(bytes).find(|(_, line)| line.starts_with(b"+MQTTMSG:"))?;
    let text = std::str::from_utf8(line).ok()?;
    let at = text.find(topic)?;
    let before = text.get(..at)?;
    let quoted = before.ends_with('"');
    let spaced = before.strip_suffix('"').unwrap_or(before).ends_with(", ");
    Some(Direct { quoted, spaced })
}

/// The prompt's bytes, by their names.
pub fn prompt(bytes: &[u8]) -> String {
    // With echo on, that comes first.
    let sign = bytes.iter().position(|byte| *byte == b'>').unwrap_or_default();
    let begin = bytes
        .get(..sign)
        .unwrap_or_default()
        .iter()
        .rposition(|byte| !b"\r\n".contains(byte));
    let shown = bytes.get(begin.map_or(0, |last| last + 1)..).unwrap_or_default();
    let names: Vec<_> = shown
        .iter()
        .map(|byte| match byte {
            b'\r' => "CR".to_owned(),
            b'\n' => "LF".to_owned(),
            b' ' => "space".to_owned(),
            other => other.escape_ascii().to_string(),
        })
        .collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_answer_is_found_in_every_framing() {
        for (bytes, wanted) in [
            (&b"\r\nOK\r\n"[..], Some(End::Ok)),
            (b"\nOK\n", Some(End::Ok)),
            (b"AT+X\r\r\n+X: OK\r\n\r\nERROR\r\n", Some(End::Error("ERROR".into()))),
            (b"AT\rOK\r\n", Some(End::Ok)),
            (b"\r\n> ", Some(End::Prompt)),
            (b">", Some(End::Prompt)),
            (b"\r\n+X: a>b\r\n", None),
            (b"\r\nOK\r", None),
        ] {
            assert_eq!(end(bytes), wanted, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_message_is_read_by_its_lengths() {
        let message = |bytes: &[u8]| message(bytes, "t/1").map(|message| (message.payload, message.quoted));
        assert_eq!(
            message(b"\r\n+MQTTREAD: 1,1,3,3,\"t/1\",\"x\"y\"\r\n"),
            Some((b"x\"y".into(), true))
        );
        assert_eq!(message(b"+MQTTREAD:1, 1, 3, 0, t/1,\r\n"), Some((b"".into(), false)));
        assert_eq!(message(b"+MQTTREAD: 1,0,0,0\r\n\r\nOK\r\n"), None);
    }

    #[test]
    fn a_printed_message_shows_its_spaces_and_quotes() {
        let form = |bytes: &[u8]| direct(bytes, "t/1").map(|form| (form.quoted, form.spaced));
        assert_eq!(form(b"\r\n+MQTTMSG: 1,1,\"t/1\",\"x\"\r\n"), Some((true, false)));
        assert_eq!(form(b"+MQTTMSG:1, 1, t/1, x\r\n"), Some((false, true)));
        assert_eq!(form(b"+MQTTMSGI: 1,1,3,1\r\n"), None);
    }

    #[test]
    fn the_prompt_is_spelled_out() {
        for (bytes, name) in [
            (&b"\r\n>\r\n"[..], "CR LF > CR LF"),
            (b"\r\n> ", "CR LF > space"),
            (b">", ">"),
            (b"AT+MQTTPUB=1\r> \r\n", "CR > space CR LF"),
        ] {
            assert_eq!(prompt(bytes), name);
        }
    }
}
