//! The report: findings on top, then every byte of the exchange, so that it can be replayed.

use std::fmt::Write as _;
use std::time::Duration;

use super::finding::Finding;
use super::redact::{redacted, redacted_text};
use crate::tap::{Piece, Side};

/// What the lines mean, for whoever opens the file.
const FORMAT: &str = "\
# \"> \" is what the host wrote and \"< \" what the module wrote, with CR as \\r, LF as \\n, a backslash as \\\\ and any other
# byte that is not printable as \\xHH; \\{N} stands for N times the next byte. The bytes of consecutive lines belong together.
# Secrets and identities are masked with as many x.
";
/// Runs from here on are written as one.
const RUN: usize = 24;
/// Pauses from here on are noted.
const PAUSE: Duration = Duration::from_millis(20);

/// The whole text.
pub fn text(head: &str, findings: &[Finding], pieces: &[Piece], secrets: &[Vec<u8>]) -> String {
    let mut text = String::new();
    for line in redacted_text(head, secrets).lines() {
        let _ = writeln!(text, "# {line}");
    }
    text += "#\n";
    for finding in findings {
        let _ = writeln!(text, "# {}", finding.line());
    }
    text += "#\n";
    text += FORMAT;
    text += &exchange(&redacted(pieces, secrets));
    text
}

fn exchange(pieces: &[Piece]) -> String {
    let mut text = String::new();
    let mut last = Duration::ZERO;
    // What follows at once and goes the same way is one, however it was cut.
    let parts = pieces.chunk_by(|one, next| one.side == next.side && next.at - one.at < PAUSE);
    for part in parts {
        let Some(first) = part.first() else { continue };
        if first.at - last >= PAUSE {
            let _ = writeln!(text, "# {:.3} s", first.at.as_secs_f64());
        }
        last = part.last().map_or(first.at, |piece| piece.at);
        let sign = if first.side == Side::Host { ">" } else { "<" };
        let bytes: Vec<u8> = part.iter().flat_map(|piece| piece.bytes.iter().copied()).collect();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let _ = writeln!(text, "{sign} {}", escaped(line));
        }
    }
    text
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for run in bytes.chunk_by(|one, next| one == next) {
        let Some(byte) = run.first() else { continue };
        let one = match byte {
            b'\r' => "\\r".into(),
            b'\n' => "\\n".into(),
            b'\\' => "\\\\".into(),
            b' '..=b'~' => char::from(*byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        if run.len() >= RUN {
            let _ = write!(text, "\\{{{}}}{one}", run.len());
        } else {
            text += &one.repeat(run.len());
        }
    }
    // Editors drop a space at the end of a line.
    match text.strip_suffix(' ') {
        Some(front) => format!("{front}\\x20"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_written_byte_for_byte() {
        let piece = |at, side, bytes: &[u8]| Piece {
            at: Duration::from_millis(at),
            side,
            bytes: bytes.to_vec(),
        };
        let pieces = [
            piece(0, Side::Host, b"AT\r"),
            piece(30, Side::Module, b"AT\r\r\nO"),
            piece(31, Side::Module, b"K\r\n"),
            piece(40, Side::Host, &[b'x'; 300]),
            piece(41, Side::Module, b"a\\b\xff"),
        ];
        assert_eq!(
            exchange(&pieces),
            "> AT\\r\n# 0.030 s\n< AT\\r\\r\\n\n< OK\\r\\n\n> \\{300}x\n< a\\\\b\\xff\n"
        );
    }
}
