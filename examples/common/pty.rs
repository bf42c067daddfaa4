//! A pseudo-terminal: the module's end, and a path a host can open like a serial port.
//!
//! Hosts may come and go. What one leaves unread the next one gets: there is no telling when a host leaves.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr};

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
        let slave = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
        let mut modes = tcgetattr(&slave)?;
        modes.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &modes)?;
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
    pub fn streams(self) -> io::Result<(PtyReader, File)> {
        let writer = File::from(self.master.try_clone()?);
        Ok((
            PtyReader {
                master: File::from(self.master),
                slave: self.slave,
            },
            writer,
        ))
    }
}

/// What hosts write.
pub struct PtyReader {
    master: File,
    /// The host's end. While it is open, reading does not fail when there is no host.
    slave: OwnedFd,
}

impl Read for PtyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.master.read(buffer)?;
        // Hosts like to lock a port when they open it, and one that is killed leaves it locked.
        ioctl_tiocnxcl(&self.slave)?;
        Ok(count)
    }
}
