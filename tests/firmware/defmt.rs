//! What firmware says by defmt, decoded with the table of its ELF file.

use std::path::Path;

use defmt_decoder::{DecodeError, Table};

/// A line, with its level where it has one.
pub type Line = (Option<&'static str>, String);

/// The lines in `said`, which ended where a frame ended.
pub fn lines(elf: &Path, said: &[u8]) -> Vec<Line> {
    let elf = std::fs::read(elf).unwrap();
    let table = Table::parse(&elf).unwrap().expect("a table of defmt's");
    let mut decoder = table.new_stream_decoder();
    decoder.received(said);
    let mut lines = Vec::new();
    loop {
        match decoder.decode() {
            Ok(frame) => lines.push((
                frame.level().map(|level| level.as_str()),
                frame.display_message().to_string(),
            )),
            Err(DecodeError::UnexpectedEof) => return lines,
            Err(DecodeError::Malformed) => panic!("not defmt, behind: {lines:?}"),
        }
    }
}
