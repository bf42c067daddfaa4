//! A pseudo-terminal: the module's end, and a path a host can open like a serial port.
//!
//! Hosts may come and go. When one has left, the terminal is opened afresh, so that neither its modes, nor its lock, nor
//! what it left unread troubles the next.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// A pseudo-terminal in raw mode.
pub struct Pty {
    master: OwnedFd,
    slave: OwnedFd,
    path: PathBuf,
}

impl Pty {
    /// Opens one.
    ///
    /// # Errors
    ///
    /// If the system has none to give.
    pub fn open() -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
        let slave = open_raw(&path)?;
        Ok(Self { master, slave, path })
    }

    /// What a host opens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The module's end, to read from and to write to.
    ///
    /// # Errors
    ///
    /// If there are no more file descriptors.
    pub fn streams(self) -> io::Result<(PtyReader, PtyWriter)> {
        let writer = PtyWriter(File::from(self.master.try_clone()?));
        Ok((
            PtyReader {
                master: File::from(self.master),
                slave: Some(self.slave),
                path: self.path,
            },
            writer,
        ))
    }
}

fn open_raw(path: &Path) -> io::Result<OwnedFd> {
    let slave = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
    let mut modes = tcgetattr(&slave)?;
    modes.make_raw();
    tcsetattr(&slave, OptionalActions::Now, &modes)?;
    Ok(slave)
}

/// Whether an error means that nobody has the other end open.
fn nobody(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::IO.raw_os_error())
}

/// What hosts write.
pub struct PtyReader {
    master: File,
    /// The host's end, open as long as no host has it: else reading would fail at once.
    slave: Option<OwnedFd>,
    path: PathBuf,
}

impl Read for PtyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.master.read(buffer) {
                // The end, as some systems have it.
                Ok(0) if !buffer.is_empty() && self.slave.is_none() => {}
                Err(error) if nobody(&error) && self.slave.is_none() => {}
                Ok(count) => {
                    // There is a host. When it leaves, reading will say so.
                    self.slave = None;
                    return Ok(count);
                }
                Err(error) => return Err(error),
            }
            self.slave = Some(open_raw(&self.path)?);
        }
    }
}

/// What hosts read. What is written while there is no host is lost, as on any serial line.
pub struct PtyWriter(File);

impl Write for PtyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if nobody(&error) => Ok(bytes.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
