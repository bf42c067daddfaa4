//! What nobody is to see of an exchange, masked length for length, so that what is left still parses.

use crate::tap::{Piece, Side};

/// Commands and answers whose strings are masked, from the first quote on. Their `=?` forms have none.
const STRINGS: [&[u8]; 2] = [b"+MQTTUSER", b"+MQTTWILL"];
/// Those whose arguments are masked, quoted or not.
const ARGUMENTS: [&[u8]; 9] = [
    b"+MQTTAUTHDYN",
    b"+MQTTAUTHCFG",
    b"+MIPCALL=",
    b"+CGDCONT=",
    b"+CGAUTH",
    b"+CPIN=",
    b"+CLCK=",
    b"+CPWD=",
    b"+GTSSLPSK",
];
/// Files of certificates and keys.
const UPLOAD: &[u8] = b"+GTSSLFILE=";
/// An IMEI has 15 digits, the numbers of a SIM more.
const IDENTITY: usize = 14;
/// Shorter ones stand for nothing by themselves: their places are masked.
const SHORTEST: usize = 4;
const MASK: u8 = b'x';

/// The same exchange without secrets. They are looked for in each direction as a whole, however it was cut into pieces.
pub fn redacted(pieces: &[Piece], secrets: &[Vec<u8>]) -> Vec<Piece> {
    let mut pieces = pieces.to_vec();
    for side in [Side::Host, Side::Module] {
        let mut stream: Vec<u8> = pieces
            .iter()
            .filter(|piece| piece.side == side)
            .flat_map(|piece| piece.bytes.clone())
            .collect();
        mask(&mut stream, secrets, side == Side::Host);
        let mut rest = stream.into_iter();
        for piece in pieces.iter_mut().filter(|piece| piece.side == side) {
            piece
                .bytes
                .iter_mut()
                .zip(rest.by_ref())
                .for_each(|(place, byte)| *place = byte);
        }
    }
    pieces
}

/// A text without secrets.
pub fn redacted_text(text: &str, secrets: &[Vec<u8>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    mask(&mut bytes, secrets, false);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Only where there are `uploads` do files follow the command for one.
fn mask(stream: &mut [u8], secrets: &[Vec<u8>], uploads: bool) {
    let mut hidden = vec![false; stream.len()];
    let mut hide = |from: usize, len: usize| {
        hidden.iter_mut().skip(from).take(len).for_each(|hidden| *hidden = true);
    };
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST) {
        for form in [secret.clone(), escaped(secret)] {
            let places = stream.windows(form.len()).enumerate().filter(|(_, part)| *part == form);
            places.for_each(|(place, _)| hide(place, form.len()));
        }
    }
    let mut place = 0;
    for line in stream.split_inclusive(|byte| b"\r\n".contains(byte)) {
        let text = line.trim_ascii_end();
        for name in STRINGS {
            if let Some(end) = find(line, name) {
                let front = text
                    .iter()
                    .take(end)
                    .chain(text.iter().skip(end).take_while(|byte| **byte != b'"'))
                    .count();
                hide(place + front, text.len() - front);
            }
        }
        for name in ARGUMENTS {
            if let Some(end) = find(line, name) {
                let mut arguments = line.get(end..).unwrap_or_default().trim_ascii_end();
                if !matches!(arguments, b"?" | b"=?") {
                    arguments = arguments
                        .strip_prefix(b"=")
                        .or(arguments.strip_prefix(b":"))
                        .unwrap_or(arguments);
                    hide(place + text.len() - arguments.len(), arguments.len());
                }
            }
        }
        if let Some(size) = find(line, UPLOAD).filter(|_| uploads).and_then(|_| size(line)) {
            hide(place + line.len(), size);
        }
        let mut digits = 0;
        for (index, byte) in line.iter().chain(b" ").enumerate() {
            if byte.is_ascii_digit() {
                digits += 1;
            } else {
                if digits >= IDENTITY {
                    hide(place + index - digits, digits);
                }
                digits = 0;
            }
        }
        place += line.len();
    }
    stream
        .iter_mut()
        .zip(hidden)
        .filter(|(_, hidden)| *hidden)
        .for_each(|(byte, _)| *byte = MASK);
}

/// Where a name ends in a line, in any case.
fn find(line: &[u8], name: &[u8]) -> Option<usize> {
    let mut parts = line.windows(name.len());
    Some(parts.position(|part| part.eq_ignore_ascii_case(name))? + name.len())
}

/// The number at the end of a command.
fn size(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line.trim_ascii_end()).ok()?;
    text.rsplit(',').next()?.trim().parse().ok()
}

/// As the driver writes it where firmware decodes `\HH`.
fn escaped(secret: &[u8]) -> Vec<u8> {
    let plain = |byte: u8| byte >= b' ' && !b"\"\\\x7f".contains(&byte);
    secret
        .iter()
        .flat_map(|&byte| {
            if plain(byte) {
                vec![byte]
            } else {
                format!("\\{byte:02X}").into_bytes()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn exchange(pieces: &[(Side, &[u8])]) -> Vec<Piece> {
        let at = Duration::ZERO;
        pieces
            .iter()
            .map(|(side, bytes)| Piece {
                at,
                side: *side,
                bytes: bytes.to_vec(),
            })
            .collect()
    }

    fn text(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .map(|piece| piece.bytes.escape_ascii().to_string())
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn a_secret_is_masked_wherever_it_is_cut() {
        let line = b"\r\n+X: s3cr\"et\r\n";
        for cut in 0..line.len() {
            let (front, rest) = line.split_at(cut);
            // What the host writes meanwhile is another stream.
            let pieces = exchange(&[(Side::Module, front), (Side::Host, b"AT\r"), (Side::Module, rest)]);
            let shown = redacted(&pieces, &[b"s3cr\"et".to_vec()]);
            let all: Vec<u8> = shown
                .iter()
                .filter(|piece| piece.side == Side::Module)
                .flat_map(|piece| piece.bytes.clone())
                .collect();
            assert_eq!(all, b"\r\n+X: xxxxxxx\r\n");
            assert_eq!(shown[1].bytes, b"AT\r");
        }
    }

    #[test]
    fn arguments_of_secret_commands_are_masked_whatever_they_are() {
        let pieces = exchange(&[
            (Side::Host, b"AT+MQTTUSER=1,\"u\",\"p\"\rAT+MQTTUSER=?\rat+cpin=\"12"),
            (Side::Host, b"34\"\rAT+CPIN?\rAT+CGSN\r"),
            (Side::Module, b"at+cpin=\"1234\"\r\r\nOK\r\n\r\n8644300100"),
            (Side::Module, b"12345\r\n+MQTTUSER: 1,\"u\"\r\n+CPIN: READY\r\n"),
        ]);
        assert_eq!(
            text(&redacted(&pieces, &[])),
            "AT+MQTTUSER=1,xxxxxxx\\rAT+MQTTUSER=?\\rat+cpin=xxx|xxx\\rAT+CPIN?\\rAT+CGSN\\r\
             |at+cpin=xxxxxx\\r\\r\\nOK\\r\\n\\r\\nxxxxxxxxxx|xxxxx\\r\\n+MQTTUSER: 1,xxx\\r\\n+CPIN: READY\\r\\n"
        );
    }

    #[test]
    fn keys_are_masked_as_a_whole() {
        let pieces = exchange(&[
            (Side::Host, b"AT+GTSSLFILE=\"KEYFILE\",12\r"),
            (Side::Host, b"-----\r\nke"),
            (Side::Host, b"y--AT\r"),
        ]);
        assert_eq!(
            text(&redacted(&pieces, &[])),
            "AT+GTSSLFILE=\\\"KEYFILE\\\",12\\r|xxxxxxxxx|xxxAT\\r"
        );
    }

    #[test]
    fn what_the_driver_escapes_is_found_as_well() {
        let pieces = exchange(&[(Side::Module, b"+X: a\\22b\\5Cc\r\n")]);
        assert_eq!(text(&redacted(&pieces, &[b"a\"b\\c".to_vec()])), "+X: xxxxxxxxx\\r\\n");
    }
}
