//! The gateway's device: values, a program that runs, and a status that is longer than the module can send.

use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use fibocom_mqtt::profile::juconn::{Application, Command, DataSource, ErrorReport, Notice, Persisted, Reading};

/// What the device holds.
#[derive(Default)]
pub struct Device {
    pub office: f32,
    pub test: i32,
    /// How often processing was stopped.
    pub stops: u32,
    /// The names of the databases that were set.
    pub databases: Vec<String>,
    /// What is kept over a restart, as text.
    pub flash: String,
    /// The system log.
    pub support_log: Vec<String>,
    /// What the gateway noticed.
    pub log: Vec<String>,
}

/// The device, shared with those who watch it.
#[derive(Clone, Default)]
pub struct Plant(pub Rc<RefCell<Device>>);

impl DataSource for Plant {
    fn read(&mut self, path: &str, reading: &mut Reading) {
        let device = self.0.borrow();
        match path {
            "/Process/PV/TEMP_OFFICE" => reading.set(device.office),
            "/Process/PV/Test" => reading.set(device.test),
            "/Process/Bus1/Device0/Power" => reading.bus(230, true),
            _ => {}
        }
    }
}

impl Application for Plant {
    fn unix_time(&mut self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs())
    }

    fn persist(&mut self, persisted: &Persisted) {
        let mut text = String::new();
        persisted.write(&mut text).expect("a string takes everything");
        self.0.borrow_mut().flash = text;
    }

    async fn execute(&mut self, command: Command<'_>, answer: &mut dyn Write) {
        let mut device = self.0.borrow_mut();
        let path = command
            .element
            .attribute("_")
            .map(|path| path.to_string())
            .unwrap_or_default();
        let value = command
            .element
            .attribute("value")
            .map(|value| value.to_string())
            .unwrap_or_default();
        let written = match (command.name(), path.as_str()) {
            ("Set", "/Process/Program/Mode") => {
                device.stops += 1;
                write!(answer, "<Set/>")
            }
            ("Set", "/Process/PV/Test") => {
                device.test = value.parse().unwrap_or_default();
                write!(answer, "<Set/>")
            }
            ("SetConfig", database) => {
                device.databases.push(database.into());
                write!(answer, "<SetConfig/>")
            }
            ("Get", "") => {
                let ports: String = (0..163).map(|port| format!("<P{port} _=\"{}\"/>", port % 2)).collect();
                write!(answer, "<Get><SYSTEM><MB><IO><I>{ports}</I></IO></MB></SYSTEM></Get>")
            }
            ("Get", "Ethernet/") => write!(
                answer,
                "<Get><Ethernet><Link _=\"100\"/><AssignedIP _=\"193.101.167.163\"/></Ethernet></Get>"
            ),
            _ => ErrorReport::new(-2196, "path to key not found")
                .class("Plant")
                .write(command.verbosity(), answer),
        };
        written.expect("an answer takes everything");
    }

    fn support_log(&mut self, statement: u16, answer: &str) {
        self.0.borrow_mut().support_log.push(format!("{statement} {answer}"));
    }

    fn notice(&mut self, notice: Notice) {
        self.0.borrow_mut().log.push(notice.to_string());
    }

    fn failed(&mut self, error: &dyn std::fmt::Display) {
        self.0.borrow_mut().log.push(error.to_string());
    }
}
