//! The desktop's ports, on a pseudo-terminal and over any reader and writer. No test depends on how long anything takes.
#![cfg(all(unix, feature = "serialport"))]

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::mpsc;
use std::thread;

use embedded_io_async::{Read, Write};
use fibocom_mqtt::{FlowControl, SerialLine, SerialTransport, ThreadedTransport, TransportError};
use futures_lite::future::{block_on, poll_once};

#[path = "../examples/common/pty.rs"]
mod pty;

use pty::Pty;

fn all_bytes() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

fn open(pty: &Pty) -> SerialTransport {
    let path = pty.path().to_str().expect("a pty has a plain name");
    SerialTransport::open(path, 115_200, FlowControl::None).expect("a pty opens")
}

async fn read_exactly(port: &mut impl Read<Error = TransportError>, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    port.read_exact(&mut bytes).await.expect("the bytes come");
    bytes
}

#[test]
fn every_byte_goes_both_ways() {
    let pty = Pty::open().unwrap();
    let mut port = open(&pty);
    let (mut reader, mut writer) = pty.streams().unwrap();
    block_on(async {
        port.write_all(&all_bytes()).await.unwrap();
        port.flush().await.unwrap();
    });
    let mut there = [0; 256];
    reader.read_exact(&mut there).unwrap();
    assert_eq!(there.to_vec(), all_bytes());

    writer.write_all(&all_bytes()).unwrap();
    assert_eq!(block_on(read_exactly(&mut port, 256)), all_bytes());
}

#[test]
fn the_rate_of_an_open_port_can_be_changed() {
    let pty = Pty::open().unwrap();
    let mut port = open(&pty);
    assert_eq!(port.baud(), 115_200);
    port.set_baud(9600).unwrap();
    assert_eq!(port.baud(), 9600);
    port.set_flow_control(FlowControl::None).unwrap();
    let (mut reader, _writer) = pty.streams().unwrap();
    block_on(port.write_all(b"AT\r")).unwrap();
    let mut there = [0; 3];
    reader.read_exact(&mut there).unwrap();
    assert_eq!(&there, b"AT\r");
}

#[test]
fn a_dropped_read_loses_nothing() {
    let pty = Pty::open().unwrap();
    let mut port = open(&pty);
    let (_reader, mut writer) = pty.streams().unwrap();
    let mut came = Vec::new();
    let sender = thread::spawn(move || {
        for byte in all_bytes() {
            writer.write_all(&[byte]).unwrap();
        }
        writer
    });
    block_on(async {
        let mut buffer = [0; 7];
        while came.len() < 256 {
            // Polled once and dropped: whatever it did not deliver is there for the next one.
            match poll_once(port.read(&mut buffer)).await {
                Some(count) => came.extend_from_slice(&buffer[..count.unwrap()]),
                None => thread::yield_now(),
            }
        }
    });
    drop(sender.join().unwrap());
    assert_eq!(came, all_bytes());
}

#[test]
fn an_unplugged_port_fails_and_stays_so() {
    let pty = Pty::open().unwrap();
    let mut port = open(&pty);
    drop(pty);
    block_on(async {
        let mut buffer = [0; 8];
        for _ in 0..3 {
            assert_eq!(port.read(&mut buffer).await, Err(TransportError::Gone));
        }
        assert_eq!(port.write(b"AT\r").await, Err(TransportError::Gone));
    });
}

#[test]
fn a_dropped_port_can_be_opened_again_at_once() {
    let pty = Pty::open().unwrap();
    for _ in 0..3 {
        drop(open(&pty));
    }
    let first = open(&pty);
    // One at a time: two programs on one module confuse each other.
    let path = pty.path().to_str().unwrap();
    assert!(SerialTransport::open(path, 115_200, FlowControl::None).is_err());
    drop(first);
}

#[test]
fn hardware_flow_control_is_no_hindrance_to_a_port_without_lines() {
    let pty = Pty::open().unwrap();
    let path = pty.path().to_str().unwrap();
    let mut port = SerialTransport::open(path, 9_600, FlowControl::Hardware).unwrap();
    let (_reader, mut writer) = pty.streams().unwrap();
    writer.write_all(b"OK").unwrap();
    assert_eq!(block_on(read_exactly(&mut port, 2)), b"OK");
}

#[test]
fn what_is_no_port_is_an_error() {
    let missing = SerialTransport::open("/nonexistent/tty", 115_200, FlowControl::None).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(SerialTransport::open("/dev/null", 115_200, FlowControl::None).is_err());
}

/// A reader that gives what it is sent, and then ends.
struct Pieces(mpsc::Receiver<Vec<u8>>);

impl io::Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.recv() {
            // An empty piece stands for a timeout.
            Ok(piece) if piece.is_empty() => Err(ErrorKind::TimedOut.into()),
            Ok(piece) => {
                buffer[..piece.len()].copy_from_slice(&piece);
                Ok(piece.len())
            }
            Err(_) => Ok(0),
        }
    }
}

/// A writer that takes nothing at first, then all, and fails at last.
struct Moody(u32);

impl io::Write for Moody {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1..=3 => Err(ErrorKind::WouldBlock.into()),
            4 => Ok(bytes.len()),
            _ => Err(ErrorKind::PermissionDenied.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn more_than_the_buffer_holds_waits_in_the_reader() {
    let (sender, receiver) = mpsc::channel();
    for n in 0..100_u8 {
        sender.send(vec![n; 2000]).unwrap();
        sender.send(Vec::new()).unwrap();
    }
    drop(sender);
    let mut port = ThreadedTransport::new(Pieces(receiver), io::sink()).unwrap();
    block_on(async {
        let bytes = read_exactly(&mut port, 200_000).await;
        assert!(
            bytes
                .chunks(2000)
                .enumerate()
                .all(|(n, piece)| piece.iter().all(|byte| usize::from(*byte) == n))
        );
        // What came is delivered before the end is reported.
        assert_eq!(port.read(&mut [0]).await, Err(TransportError::Gone));
    });
}

#[test]
fn a_writer_may_take_its_time_and_a_failure_lasts() {
    let (_sender, receiver) = mpsc::channel();
    let mut port = ThreadedTransport::new(Pieces(receiver), Moody(0)).unwrap();
    block_on(async {
        assert_eq!(poll_once(port.write(b"abc")).await, None);
        assert_eq!(port.write(b"abc").await, Ok(3));
        let denied = Err(TransportError::Io(ErrorKind::PermissionDenied));
        assert_eq!(port.write(b"abc").await, denied);
        assert_eq!(port.write(b"abc").await, denied);
        assert_eq!(port.read(&mut [0]).await, denied);
    });
}
