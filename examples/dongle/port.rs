//! What the module is on: a serial port, a TCP port of a simulator, or a pipe to a simulated module in this process.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use fibocom_mqtt::sim::serve::Runner;
use fibocom_mqtt::sim::{Module, Settings};
use fibocom_mqtt::{FlowControl, SerialLine, SerialTransport, ThreadedTransport, TransportError};

use crate::bridge::Bridge;
use crate::embedded;
use crate::failure::{Failure, code};
use crate::options::{Options, Place};
use crate::tap::{Side, Tap};

/// How long a blocking read or write waits at a time.
const PATIENCE: Duration = Duration::from_millis(100);

/// An open port.
pub struct Port {
    kind: Kind,
    /// What keeps every byte, if anything does.
    tap: Option<Tap>,
}

enum Kind {
    Serial(SerialTransport),
    Stream(ThreadedTransport<Box<dyn io::Write + Send>>),
}

impl Port {
    /// Opens what the options name; starts what they want simulated.
    pub fn open(options: &Options) -> Result<Self, Failure> {
        let kind = match &options.place {
            Place::Serial(path) => Self::serial(path, options),
            Place::Tcp(address) => Self::tcp(address),
            Place::Simulated { model, broker } => Self::simulated(options, model.as_deref(), broker.as_deref()),
        };
        kind.map(|kind| Self { kind, tap: None })
    }

    /// Keeps every byte from here on.
    pub fn record(&mut self) -> Tap {
        self.tap.get_or_insert_default().clone()
    }

    fn serial(path: &str, options: &Options) -> Result<Kind, Failure> {
        let flow_control = if options.flow_control {
            FlowControl::Hardware
        } else {
            FlowControl::None
        };
        SerialTransport::open(path, options.baud, flow_control)
            .map(Kind::Serial)
            .map_err(|error| {
                let hint = match error.kind() {
                    io::ErrorKind::NotFound => "check that the module is plugged in, and the name of its AT port",
                    io::ErrorKind::PermissionDenied => {
                        "you may not open it: on Linux, join the group that owns it, often dialout"
                    }
                    _ => "check that nothing else uses it and that it is a serial port",
                };
                Failure::new(code::PORT, format!("cannot open the port {path} ({error}): {hint}"))
            })
    }

    fn tcp(address: &str) -> Result<Kind, Failure> {
        let connect = || {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            ThreadedTransport::new(stream.try_clone()?, Box::new(stream) as Box<dyn io::Write + Send>)
        };
        connect().map(Kind::Stream).map_err(|error| {
            let hint = "check that a simulator listens there";
            Failure::new(
                code::PORT,
                format!("cannot open the port tcp:{address} ({error}): {hint}"),
            )
        })
    }

    fn simulated(options: &Options, model: Option<&str>, broker: Option<&str>) -> Result<Kind, Failure> {
        let server = match broker {
            Some(name) => resolve(name)?,
            None => embedded::start().map_err(|error| {
                Failure::new(
                    code::PORT,
                    format!("the embedded broker does not start ({error}): give a broker with --broker"),
                )
            })?,
        };
        if options.action.subscribes() && broker.is_none() {
            // Nobody else would know where to publish to.
            eprintln!("dongle: the simulated module's broker listens on {server}");
        }
        let settings = model.map_or(Some(Settings::default()), Settings::by_name);
        let settings = settings.ok_or_else(|| {
            let known = Settings::NAMES.join(", ");
            Failure::usage(format!("there is no such simulated model: use one of {known}"))
        })?;
        let module = Module::new(settings, Box::new(Bridge::new(Some(server))));
        let start = || {
            let (mut reader, writer) = Runner::new(module).spawn()?;
            reader.set_timeout(Some(PATIENCE));
            ThreadedTransport::new(reader, Box::new(writer) as Box<dyn io::Write + Send>)
        };
        start().map(Kind::Stream).map_err(|error| {
            let sentence = format!("cannot start the simulated module ({error}): free some memory and try again");
            Failure::new(code::PORT, sentence)
        })
    }
}

/// The address of a broker, which must be given with its port.
fn resolve(name: &str) -> Result<SocketAddr, Failure> {
    let unknown = |reason: String| {
        let sentence = format!("cannot find the broker {name} ({reason}): give --broker HOST:PORT");
        Failure::usage(sentence)
    };
    let mut addresses = name
        .to_socket_addrs()
        .map_err(|error| unknown(error.to_string()))?
        .collect::<Vec<_>>();
    // A server that listens everywhere listens on IPv4 at least.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses
        .first()
        .copied()
        .ok_or_else(|| unknown("it has no address".into()))
}

impl ErrorType for Port {
    type Error = TransportError;
}

impl SerialLine for Port {
    fn baud(&self) -> u32 {
        match &self.kind {
            Kind::Serial(port) => port.baud(),
            // A pipe has no speed: any will do.
            Kind::Stream(_) => 0,
        }
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        match &mut self.kind {
            Kind::Serial(port) => port.set_baud(baud),
            Kind::Stream(_) => Ok(()),
        }
    }

    fn set_flow_control(&mut self, flow_control: FlowControl) -> Result<(), TransportError> {
        match &mut self.kind {
            Kind::Serial(port) => port.set_flow_control(flow_control),
            Kind::Stream(_) => Ok(()),
        }
    }

    fn set_dtr(&mut self, on: bool) -> Result<(), TransportError> {
        match &mut self.kind {
            Kind::Serial(port) => port.set_dtr(on),
            Kind::Stream(_) => Ok(()),
        }
    }
}

impl Read for Port {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        let count = match &mut self.kind {
            Kind::Serial(port) => port.read(buffer).await,
            Kind::Stream(port) => port.read(buffer).await,
        }?;
        if let Some(tap) = &self.tap {
            tap.note(Side::Module, buffer.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

impl Write for Port {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TransportError> {
        let count = match &mut self.kind {
            Kind::Serial(port) => port.write(bytes).await,
            Kind::Stream(port) => port.write(bytes).await,
        }?;
        if let Some(tap) = &self.tap {
            tap.note(Side::Host, bytes.get(..count).unwrap_or_default());
        }
        Ok(count)
    }

    async fn flush(&mut self) -> Result<(), TransportError> {
        match &mut self.kind {
            Kind::Serial(port) => port.flush().await,
            Kind::Stream(port) => port.flush().await,
        }
    }
}
