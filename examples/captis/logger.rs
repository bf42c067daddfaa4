//! What the device is: its sensors, its configuration, and what it does on command. The same on either platform.

use std::time::SystemTime;

use fibocom_mqtt::profile::captis::{
    Answer, Command, ConfigurationUpload, Decimal, Operation, Quantity, Refusal, Timestamp,
};

pub const SERIAL: &str = "CPT-7";

/// A place for what is decoded out of a message.
const SCRATCH: usize = 1024;

pub struct Logger {
    pub config: String,
    pub upload: ConfigurationUpload,
    /// Somebody has configured it.
    pub configured: bool,
}

impl Logger {
    pub fn new() -> Self {
        Self {
            config: r#"{"log_rate": 3600}"#.to_owned(),
            upload: ConfigurationUpload::after_boot(),
            configured: false,
        }
    }

    /// What the sensors say, and in which units where it has some.
    pub fn measure(&self) -> [(Quantity, Decimal, &'static str); 3] {
        [
            (Quantity::Pulse1, Decimal::from(12), "L"),
            (Quantity::BatteryVoltage, Decimal::new(347, 2), ""),
            (Quantity::Temperature, Decimal::new(252, 1), ""),
        ]
    }

    /// Does what an operation of Cumulocity wants: the text for the server, or why not.
    pub fn carry_out(&mut self, operation: Operation<'_>) -> Result<String, Refusal> {
        let mut scratch = [0; SCRATCH];
        match operation {
            Operation::Command(text) => Ok(self.command(text.command(&mut scratch)?)),
            Operation::Configuration(text) => {
                self.configure(text.json(&mut scratch)?.raw());
                Ok(String::new())
            }
            Operation::Relay(state) => Ok(format!("the output is {state}")),
            Operation::Firmware(image) | Operation::Software(image) => Ok(format!("{} is queued", image.url)),
            _ => Ok(String::new()),
        }
    }

    /// Does what a command wants.
    pub fn command(&self, command: Command<'_>) -> String {
        println!("command: {command:?}");
        match command {
            Command::GetPulseTotal { channel } => {
                let (volume, units) = (Decimal::from(123), "L");
                Answer::PulseTotal { channel, volume, units }.to_string()
            }
            Command::GetTime => now().to_string(),
            other => format!("this logger does nothing for {other:?}"),
        }
    }

    /// A real one would apply what the document names, and keep the rest.
    pub fn configure(&mut self, config: &str) {
        println!("configuration: {config}");
        self.config = config.to_owned();
        self.upload.applied();
        self.configured = true;
    }
}

/// A device asks its own clock, or the module's by `Timestamp::from_module`.
pub fn now() -> Timestamp {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Timestamp::from_unix(since_1970.as_secs())
}
