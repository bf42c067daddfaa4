//! What kind of module is simulated: its firmware's limits and every knob of its dialect.
//!
//! This table is the simulator's own, taken from the manuals. It shares nothing with the driver's.

use std::time::Duration;

use super::{Fault, Radio};

/// How the module asks for data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prompt {
    /// `\r\n>\r\n`, as Fibocom's own framework prints it.
    #[default]
    Framed,
    /// `\r\n> `, as the stock engine prints it.
    Stock,
    /// `>` alone.
    Bare,
    /// `> \r\n`, as the manual prints it (V1.3 1.7).
    Spaced,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    /// `\r\nOK\r\n`, further information lines without the leading line end.
    #[default]
    CrLf,
    /// The same with `\n` in place of `\r\n`.
    Lf,
    /// `OK\r\n`: no empty lines.
    Plain,
}

/// In which order `OK` and the result line of OPEN, CLOSE, SUB, UNSUB and PUB come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResultOrder {
    /// `OK`, and the result later (V1.0.1 1.2.2).
    #[default]
    OkFirst,
    /// The result line, and `OK` directly behind it.
    ResultFirst,
    /// `OK`, and the result directly behind it, when both are known.
    BackToBack,
}

/// When an unsolicited line that arises during a command comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UrcTiming {
    /// After the command's final result. While they wait, there is room for
    /// [32 lines and 4096 bytes](Settings::urc_buffer), and the oldest are dropped.
    #[default]
    AfterFinal,
    /// At once: between echo and answer, between information and `OK`, in data mode.
    AtOnce,
}

/// What becomes of a command that comes before the previous one's final result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EarlyCommand {
    /// It is lost, without an answer.
    #[default]
    Lost,
    /// It is answered with `ERROR`, at once.
    Refused,
}

/// Which MQTT commands need the data connection that `AT+MIPCALL=1` brings up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetworkNeed {
    /// Those that set something.
    #[default]
    SetForms,
    /// Every form, as the manuals have it.
    Everything,
    /// None.
    Nothing,
}

/// The state of the SIM card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sim {
    /// `+CPIN: READY`.
    #[default]
    Ready,
    /// `+CPIN: SIM PIN`, until `AT+CPIN` gives it this number.
    Locked(u16),
    /// There is none: `+CME ERROR: 10`.
    Absent,
}

/// Everything that can be chosen about a simulated module. Each field is a knob; [`Settings::default`] is an
/// [L610](Settings::l610).
///
/// ```
/// use fibocom_mqtt::sim::{Prompt, Settings};
///
/// let settings = Settings { prompt: Prompt::Stock, quote_read: false, ..Settings::l610() };
/// # let _ = settings;
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    /// The answer to `AT+CGMI`.
    pub manufacturer: String,
    /// The answer to `AT+CGMM`.
    pub model: String,
    /// Whether `AT+CGMM` answers `+CGMM: "model"` instead of the bare text.
    pub model_prefixed: bool,
    /// The answer to `AT+CGMR`.
    pub revision: String,
    /// The answer to `AT+CGSN`, and the base of the default client id.
    pub imei: String,
    /// MQTT connections: ids 1 to this.
    pub connections: u16,
    /// The longest user name, password and client id (V1.3 1.1, V1.0.1 1.1.4).
    pub user_lengths: (usize, usize, usize),
    /// Whether `=?` prints the last, optional item in literal brackets, as the manual's example does.
    pub literal_brackets: bool,
    /// Whether OPEN takes a TLS argument (V1.3 1.2; V1.0.1 has none).
    pub tls_argument: bool,
    /// Whether the default client id is the bare IMEI (V1.0.1 1.1.4) instead of the IMEI and the connection id.
    pub bare_imei: bool,
    /// Whether `AT+MQTTOPEN=?` answers `+MPQTTOPEN:`, as both manuals misprint it.
    pub open_typo: bool,
    /// Whether `AT+MQTTOPEN?` and `AT+MQTTCLOSE?` print an id per line instead of all in one.
    pub id_per_line: bool,
    /// Whether WILL takes a data size.
    pub will_data_mode: bool,
    /// Whether an open connection's QoS 0 publication is followed by a result line.
    pub qos0_result: bool,
    /// How long data mode waits for its data; without end if `None` (V1.3 names none, V1.0.1 1.7.4: 30 s).
    pub data_limit: Option<Duration>,
    /// The largest payload PUB takes, inline and by size.
    pub max_publish: usize,
    /// The largest payload that is received. Anything above is dropped without a sign.
    pub max_receive: usize,
    /// How many received messages a connection stores until they are read.
    pub store: usize,
    /// Echo at power-on.
    pub echo: bool,
    /// The prompt.
    pub prompt: Prompt,
    /// Line ends and empty lines.
    pub framing: Framing,
    /// Whether READ quotes topic and payload.
    pub quote_read: bool,
    /// A space after the colon.
    pub space_after_colon: bool,
    /// A space after each comma of `+MQTTMSG`.
    pub space_after_comma: bool,
    /// Order of `OK` and result.
    pub result_order: ResultOrder,
    /// When unsolicited lines come out.
    pub urc_timing: UrcTiming,
    /// How many lines and bytes of them are kept back during a command, the oldest being dropped.
    pub urc_buffer: (usize, usize),
    /// What becomes of a command that comes too early.
    pub early_command: EarlyCommand,
    /// From command to final result. If zero, it is all one burst.
    pub ok_delay: Duration,
    /// From `OK` to the result of OPEN, at least.
    pub open_delay: Duration,
    /// From `OK` to the result of CLOSE, SUB, UNSUB and PUB, at least.
    pub result_delay: Duration,
    /// From `OK` of `AT+MIPCALL=1` to the address.
    pub dial_delay: Duration,
    /// From reset to the first line.
    pub boot_delay: Duration,
    /// The address the network gives.
    pub address: String,
    /// Whether the data connection is up from the start.
    pub network_up: bool,
    /// Which commands need it.
    pub network_need: NetworkNeed,
    /// The SIM card.
    pub sim: Sim,
    /// The second number of `+CEREG: 0,1`: 1 home, 5 roaming, 2 searching, 0 not registered, 3 denied.
    pub registration: u8,
    /// The two numbers of `+CSQ: 24,99`.
    pub signal: (u8, u8),
    /// More about SIM, radio and data connection.
    pub radio: Radio,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::l610()
    }
}

impl Settings {
    /// An L610 with the firmware that V1.3 describes, data mode limited as in V1.0.1.
    pub fn l610() -> Self {
        Self {
            manufacturer: "Fibocom Wireless Inc.".into(),
            model: "L610-CN-62-36".into(),
            model_prefixed: false,
            revision: "16000.1208.00.86.02.02".into(),
            imei: "864430010012345".into(),
            connections: 2,
            user_lengths: (1024, 1024, 1024),
            literal_brackets: true,
            tls_argument: true,
            bare_imei: false,
            open_typo: false,
            id_per_line: false,
            will_data_mode: false,
            qos0_result: true,
            data_limit: Some(Duration::from_secs(30)),
            max_publish: 1024,
            max_receive: 8192,
            store: 16,
            echo: true,
            prompt: Prompt::Framed,
            framing: Framing::CrLf,
            quote_read: true,
            space_after_colon: true,
            space_after_comma: false,
            result_order: ResultOrder::OkFirst,
            urc_timing: UrcTiming::AfterFinal,
            urc_buffer: (32, 4096),
            early_command: EarlyCommand::Lost,
            ok_delay: Duration::from_millis(5),
            open_delay: Duration::from_millis(60),
            result_delay: Duration::from_millis(30),
            dial_delay: Duration::from_millis(300),
            boot_delay: Duration::from_secs(8),
            address: "10.85.71.198".into(),
            network_up: false,
            network_need: NetworkNeed::SetForms,
            sim: Sim::Ready,
            registration: 1,
            signal: (24, 99),
            radio: Radio::default(),
            faults: Vec::new(),
        }
    }

    /// An L610 with the firmware that V1.0.1 describes: short credentials, no TLS argument, the bare IMEI as client id.
    pub fn l610_v1_0_1() -> Self {
        Self {
            user_lengths: (128, 128, 23),
            literal_brackets: false,
            tls_argument: false,
            bare_imei: true,
            open_typo: true,
            ..Self::l610()
        }
    }

    /// The names [`Settings::by_name`] knows.
    pub const NAMES: &'static [&'static str] = &["L610", "L610-V1.0.1"];

    /// The settings of a model, by a name out of [`Settings::NAMES`], in any case.
    pub fn by_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "L610" => Some(Self::l610()),
            "L610-V1.0.1" => Some(Self::l610_v1_0_1()),
            _ => None,
        }
    }

    /// The same with the data connection up from the start.
    pub fn online(mut self) -> Self {
        self.network_up = true;
        self
    }

    /// The same with one more fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}
