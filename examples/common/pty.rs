//! A pseudo-terminal: the module's end, and a path a host can open like a serial port.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// A pseudo-terminal in raw mode.
pub struct Pty {
    master: OwnedFd,
    /// Kept open, so that hosts may come and go: without any, the module's end would fail.
    _slave: OwnedFd,
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
        let slave = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
        let mut modes = tcgetattr(&slave)?;
        modes.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &modes)?;
        let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
        Ok(Self {
            master,
            _slave: slave,
            path,
        })
    }

    /// What a host opens.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The module's end, to read from and to write to.
    ///
    /// # Errors
    ///
    /// If there are no more file descriptors.
    pub fn streams(&self) -> io::Result<(File, File)> {
        Ok((
            File::from(self.master.try_clone()?),
            File::from(self.master.try_clone()?),
        ))
    }
}
