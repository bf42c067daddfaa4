//! What kind of module is simulated: its firmware's limits and every knob of its dialect.
//!
//! This table is the simulator's own, taken from the manuals. It shares nothing with the driver's.

use std::time::Duration;

use super::{CloudSettings, Fault, Radio, SnSettings, series};

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

/// How `AT+CGMM` spells the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModelSpelling {
    /// `L610-CN-62-36`.
    #[default]
    Bare,
    /// `+CGMM: L610-CN-62-36`.
    Prefixed,
    /// `+CGMM: "L610-CN-62-36","L610"`.
    WithShort,
}

/// Where the strings come from by which a simulated model identifies itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Evidence {
    /// A module printed them.
    Captured,
    /// Its model is named in public firmware or documents. What is not known of the revision is zeros.
    Published,
    /// No source shows them: the model is the series' name or made up after it, what is not known of the revision zeros.
    #[default]
    Assumed,
}

/// What the module takes in data mode. The manuals say "in HEX" without saying what is counted; whoever published code
/// sends the bytes as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DataForm {
    /// As many bytes as the size says.
    #[default]
    Raw,
    /// Two hex digits for each byte that the size counts. Where they are not hex digits or one is left over, the answer
    /// is `ERROR`.
    HexBytes,
    /// As many hex digits as the size says. The same.
    HexDigits,
}

/// What becomes of a message that comes when the store is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// It stays in the network until there is room.
    #[default]
    Wait,
    /// It is dropped without a sign.
    DropNewest,
    /// It takes the place of the oldest one, which has been announced.
    DropOldest,
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
    /// How `AT+CGMM` spells it. Which module spells it how is not documented.
    pub model_spelling: ModelSpelling,
    /// The answer to `AT+CGMR`.
    pub revision: String,
    /// How much of model and revision is known; it changes nothing on the line.
    pub evidence: Evidence,
    /// The answer to `AT+CGSN`, and the base of the default client id.
    pub imei: String,
    /// The answer to `AT+CCID?`: the number of the SIM.
    pub iccid: String,
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
    /// Whether there are MQTT commands at all. Some builds have none.
    pub mqtt_commands: bool,
    /// Whether there are the commands for MQTT-SN: SNCID, SNREG, WTOPICUD, WMSGUD (V1.3 1.13 to 1.16).
    pub sn_commands: bool,
    /// The longest client id of SNCID (V1.3 1.13).
    pub sn_client_id_length: usize,
    /// More about MQTT-SN.
    pub sn: SnSettings,
    /// Whether there are AUTHDYN and AUTHCFG (V1.3 1.17, 1.18).
    pub auth_commands: bool,
    /// More about the clouds.
    pub cloud: CloudSettings,
    /// Whether `\22` inside quotes is one byte. It is on UNISOC firmware; elsewhere a backslash is only that.
    pub decode_escapes: bool,
    /// What data mode takes.
    pub data_form: DataForm,
    /// Whether an open connection's QoS 0 publication is followed by a result line.
    pub qos0_result: bool,
    /// How long data mode waits for its data; without end if `None` (V1.3 names none, V1.0.1 1.7.4: 30 s).
    pub data_limit: Option<Duration>,
    /// The largest payload PUB takes, inline and by size.
    pub max_publish: usize,
    /// What the `=?` forms of PUB and WILL say instead, for firmware that takes more than it says.
    pub stated_publish: Option<usize>,
    /// The largest payload that is received. Anything above is dropped without a sign, as the MQTT library in UNISOC
    /// firmware does above 8192. By the manual it is 1500, and 1024 on MA510 and MC100E (V1.3 1.9).
    pub max_receive: usize,
    /// How many received messages a connection stores until they are read.
    pub store: usize,
    /// What becomes of one more.
    pub overflow: Overflow,
    /// Echo at power-on.
    pub echo: bool,
    /// The prompt.
    pub prompt: Prompt,
    /// Line ends and empty lines.
    pub framing: Framing,
    /// Whether READ quotes topic and payload.
    pub quote_read: bool,
    /// Whether `+MQTTMSG` quotes topic and payload.
    pub quote_direct: bool,
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
    /// What the module reports once it has booted.
    pub boot_lines: &'static [&'static str],
    /// The UART's rate at power-on in bits per second, or 0 if it measures that of the first `AT`, which it does not answer.
    pub baud: u32,
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
            model_spelling: ModelSpelling::Bare,
            revision: "16000.1208.00.86.02.02".into(),
            evidence: Evidence::Captured,
            imei: "864430010012345".into(),
            iccid: "89860012345678901234".into(),
            connections: 2,
            user_lengths: (1024, 1024, 1024),
            literal_brackets: true,
            tls_argument: true,
            bare_imei: false,
            open_typo: false,
            id_per_line: false,
            will_data_mode: false,
            mqtt_commands: true,
            sn_commands: true,
            sn_client_id_length: 1024,
            sn: SnSettings::default(),
            auth_commands: true,
            cloud: CloudSettings::default(),
            decode_escapes: true,
            data_form: DataForm::Raw,
            qos0_result: true,
            data_limit: Some(Duration::from_secs(30)),
            max_publish: 1024,
            stated_publish: None,
            max_receive: 8192,
            store: 16,
            overflow: Overflow::Wait,
            echo: true,
            prompt: Prompt::Framed,
            framing: Framing::CrLf,
            quote_read: true,
            quote_direct: true,
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
            boot_lines: &["AT command ready", "+SIM READY"],
            baud: 115_200,
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
        series::L610_V1_0_1.apply(Self::l610())
    }

    /// The names [`Settings::by_name`] knows: the 18 series of V1.3, each with those of its models that differ and, where
    /// the manual speaks of the rest of a series, one that stands for them, such as `MC61x`. `L610-V1.0.1` is the L610 of
    /// the older manual; `MC669-CN-25` and `MC661-CN-39-71-HK` are builds without MQTT commands.
    pub const NAMES: &'static [&'static str] = &series::NAMES;

    /// The settings of a model, by a name out of [`Settings::NAMES`], in any case. What no source tells of it is that of
    /// an L610; [`Settings::evidence`] says how much of its identification is known.
    ///
    /// ```
    /// use fibocom_mqtt::sim::Settings;
    ///
    /// let settings = Settings::by_name("mc665-cn-22").expect("it is one of them");
    /// assert_eq!(settings.connections, 3);
    /// assert!(!settings.sn_commands && settings.auth_commands);
    /// ```
    pub fn by_name(name: &str) -> Option<Self> {
        let model = series::MODELS
            .iter()
            .find(|model| model.name.eq_ignore_ascii_case(name))?;
        Some(model.apply(Self::l610()))
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

    /// The answer to `AT+CGMM`.
    pub(super) fn spelled_model(&self) -> String {
        let model = &self.model;
        match self.model_spelling {
            ModelSpelling::Bare => model.clone(),
            ModelSpelling::Prefixed => format!("+CGMM: {model}"),
            ModelSpelling::WithShort => {
                let short = model.split('-').next().unwrap_or(model);
                format!("+CGMM: \"{model}\",\"{short}\"")
            }
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}
