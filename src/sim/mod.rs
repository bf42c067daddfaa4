//! A simulated Fibocom module, to develop against without hardware and to test with.
//!
//! It is an L610, or any other of the 18 series, as the manuals describe it (*AT Commands_MQTT*, V1.0.1 and V1.3) and as
//! modules in the field behave:
//! echo, framing, `AT+CMEE`, `AT+MIPCALL`, the `+MQTT…` and `+GTSSL…` commands, MQTT-SN with its topic ids, credentials of clouds, data mode and its limit,
//! unsolicited lines that wait for the end of a command, a store for received messages. It is strict where a driver can break the rules, and keeps
//! a [record](Record) of all that went over the line. It was written from the manuals and shares nothing with the
//! driver: no parser, no encoder, no table.
//!
//! * [`Module`] is the module alone. Bytes and the time go in, bytes come out; it never waits.
//! * [`World`] runs modules on virtual time, for tests: [`World::port`] is an async serial port, [`World::clock`] a
//!   [`Clock`](crate::Clock), and [`World::block_on`] an executor that moves the time when nothing else is to do.
//!   [`World::blocking_port`] is the same for programs without an executor.
//! * [`serve`] runs a module in real time, in front of any reader and writer: a pty, a TCP connection, a pipe.
//! * [`Settings`] has a knob for each trait of the dialect, and [`Fault`] what can go wrong. [`Settings::by_name`] knows
//!   every series, [`Settings::set`] turns a knob by its name.
//! * [`SnSettings`] is about MQTT-SN. Connections 101 and 102 need no gateway: one is inside the module, so that any
//!   [`Network`] serves them as it serves MQTT.
//! * [`CloudSettings`] is about the commands for clouds; [`credentials`] has the formulas by which they make credentials.
//! * [`Network`] is what the module sees of the world. [`MemoryBroker`] is a deterministic MQTT server in memory; the
//!   examples of this crate have one that reaches any server.
//!
//! A program that knows nothing of this crate can be tested, too: `cargo run --features sim --example simulator -- --pty`
//! puts the module on a serial port.
//!
//! ```
//! use embedded_io_async::{Read, Write};
//! use fibocom_mqtt::sim::{Settings, World};
//!
//! let world = World::online(Settings::l610());
//! let listener = world.broker().client("listener");
//! listener.subscribe("plant/#", 1);
//!
//! let mut port = world.port();
//! world.block_on(async {
//!     for command in ["AT+MQTTUSER=1,\"\",\"\"\r", "AT+MQTTOPEN=1,\"broker\",1883,1,60\r", "AT+MQTTPUB=1,\"plant/3\",0,0,4\r", "20.5"] {
//!         port.write_all(command.as_bytes()).await.unwrap();
//!         // A real host waits for the answer; here a second does.
//!         let clock = world.clock();
//!         let later = fibocom_mqtt::Clock::now(&clock) + std::time::Duration::from_secs(1);
//!         fibocom_mqtt::Clock::sleep_until(&clock, later).await;
//!     }
//!     let mut answers = vec![0; port.waiting()];
//!     port.read_exact(&mut answers).await.unwrap();
//!     assert!(answers.ends_with(b"\r\n>\r\n\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n"));
//! });
//! assert_eq!(listener.received()[0].payload, b"20.5");
//! ```

mod activity;
mod answer;
mod arguments;
mod blocking;
mod broker;
mod calendar;
mod call;
mod clock;
mod cloud;
pub mod credentials;
mod datamode;
mod fault;
mod filter;
mod gateway;
mod general;
mod interpreter;
mod knobs;
mod link;
mod memory;
mod messages;
mod models;
mod module;
mod mqtt;
mod network;
mod output;
mod queries;
mod radio;
mod record;
mod series;
pub mod serve;
mod server;
mod sn;
mod sn_dialect;
mod state;
mod tls;
mod uart;
mod world;

pub use blocking::{BlockingError, BlockingPort};
pub use broker::{MemoryBroker, TestClient};
pub use clock::VirtualClock;
pub use cloud::{CloudSettings, TuyaEvents};
pub use fault::{Fault, UnknownFault};
pub use knobs::UnknownKnob;
pub use link::{Port, Unplugged};
pub use memory::MemoryNetwork;
pub use models::{
    DataForm, EarlyCommand, Evidence, Framing, ModelSpelling, NetworkNeed, Overflow, Prompt, ResultOrder, Settings,
    Sim, UrcTiming,
};
pub use module::Module;
pub use network::{BreakCause, Message, Network, NetworkEvent, OpenRequest, Refusal, Token};
pub use radio::{Calling, MipcallForm, Radio, Registers};
pub use record::{Entry, Kind, Record};
pub use sn_dialect::{SnAnnounced, SnFull, SnIdLength, SnListing, SnSettings, SnTopics};
pub use tls::TlsSettings;
pub use world::{Line, World};
