//! The knobs of the dialect by name, for a command line.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;
use std::time::Duration;

use super::cloud::TuyaEvents;
use super::models::{
    DataForm, EarlyCommand, Framing, ModelSpelling, NetworkNeed, Overflow, Prompt, ResultOrder, Settings, Sim,
    UrcTiming,
};
use super::sn_dialect::{SnAnnounced, SnFull, SnIdLength, SnListing, SnTopics};

/// A text that names no knob, or a value it does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKnob(String);

impl fmt::Display for UnknownKnob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot set '{}'; --help lists the knobs and what they take", self.0)
    }
}

impl std::error::Error for UnknownKnob {}

impl Settings {
    /// Every knob that [`Settings::set`] knows with its values and its meaning, a line each, for a `--help`.
    pub const KNOBS: &'static str = "\
prompt=framed|stock|bare|spaced               the prompt of data mode: CR LF > CR LF, CR LF > space, >, or > space CR LF
data-form=raw|hex-bytes|hex-digits            data are bytes, or hex digits; the size counts bytes or digits
data-limit=SECONDS|none                       when data mode ends by itself
framing=crlf|lf|plain                         line ends; plain has no empty lines
result-order=ok-first|result-first|together   OK and the result line
urc-timing=after-final|at-once                unsolicited lines that arise during a command
urc-buffer=LINES,BYTES                        how many of them are kept meanwhile
early-command=lost|refused                    a command before the final result of the one before
network-need=set-forms|everything|nothing     which MQTT commands need the data connection
model-spelling=bare|prefixed|with-short       AT+CGMM: X, +CGMM: X, or +CGMM: \"X\",\"short\"
overflow=wait|drop-newest|drop-oldest         a message that comes when the store is full
store=MESSAGES                                the size of the store of a connection
max-publish=BYTES                             the longest payload of PUB and WILL
stated-publish=BYTES|none                     what their =? forms say it is
max-receive=BYTES                             the longest payload that is received
qos0-result=yes|no                            a result line at QoS 0
will-data-mode=yes|no                         WILL takes a data size
decode-escapes=yes|no                         \\22 inside quotes is one byte
quote-read=yes|no                             READ quotes topic and payload
quote-direct=yes|no                           so does +MQTTMSG
space-after-colon=yes|no                      in every line
space-after-comma=yes|no                      in +MQTTMSG
literal-brackets=yes|no                       =? forms with the brackets of the manual's examples
open-typo=yes|no                              AT+MQTTOPEN=? answers +MPQTTOPEN:
id-per-line=yes|no                            AT+MQTTOPEN? and AT+MQTTCLOSE?: an id per line
echo=yes|no                                   at power-on
boot-delay=MILLISECONDS                       from a restart to the first line
pin=PIN|none                                  four digits that the SIM asks for
sn-commands=yes|no                            the commands SNCID, SNREG, WTOPICUD and WMSGUD
auth-commands=yes|no                          the commands AUTHDYN and AUTHCFG
sn-connections=yes|no                         the MQTT-SN connections 101 and 102
sn-topics=ids|names                           how topics come there; a short topic is always a name
sn-announce=id|length                         what +MQTTMSGI says of a topic that comes as a topic id
sn-id-length=BYTES|digits|id                  what READ says is the length of a topic id
sn-registrations=TOPICS                       how many registrations a connection keeps
sn-full=status|error                          one more: OK and status 0, or ERROR
sn-bare-success=yes|no                        a registration is confirmed without topic id and name
sn-listing=ok-first|ok-last                   where AT+MQTTSNREG? prints its OK
sn-listing-delay=MILLISECONDS                 from that OK to the lines
tuya-events=texts|numbers|none                how +MQTTAUTHEVENT writes a status, if there are any
tuya-plus=yes|no                              a + in front of MQTTAUTHEVENT
dyn-delay=MILLISECONDS                        from OK of AUTHDYN to its result
sn-predefined=ID=TOPIC                        one more topic id that is known from the start
";

    /// Turns a knob, named and valued as in [`Settings::KNOBS`].
    ///
    /// # Errors
    ///
    /// There is no such knob, or it does not take that value. Nothing has changed then.
    ///
    /// ```
    /// use fibocom_mqtt::sim::{Prompt, Settings};
    ///
    /// let mut settings = Settings::l610();
    /// settings.set("prompt", "stock").unwrap();
    /// assert_eq!(settings.prompt, Prompt::Stock);
    /// assert!(settings.set("prompt", "polite").is_err());
    /// ```
    pub fn set(&mut self, knob: &str, value: &str) -> Result<(), UnknownKnob> {
        self.turn(knob, value)
            .ok_or_else(|| UnknownKnob(format!("{knob}={value}")))
    }

    fn turn(&mut self, knob: &str, value: &str) -> Option<()> {
        match knob {
            "prompt" => self.prompt = choice(value, &PROMPTS)?,
            "data-form" => self.data_form = choice(value, &DATA_FORMS)?,
            "data-limit" => self.data_limit = or_none::<u32>(value)?.map(|seconds| Duration::from_secs(seconds.into())),
            "framing" => self.framing = choice(value, &FRAMINGS)?,
            "result-order" => self.result_order = choice(value, &RESULT_ORDERS)?,
            "urc-timing" => self.urc_timing = choice(value, &URC_TIMINGS)?,
            "urc-buffer" => {
                let (lines, bytes) = value.split_once(',')?;
                self.urc_buffer = (number(lines)?, number(bytes)?);
            }
            "early-command" => self.early_command = choice(value, &EARLY_COMMANDS)?,
            "network-need" => self.network_need = choice(value, &NETWORK_NEEDS)?,
            "model-spelling" => self.model_spelling = choice(value, &MODEL_SPELLINGS)?,
            "overflow" => self.overflow = choice(value, &OVERFLOWS)?,
            "boot-delay" => self.boot_delay = Duration::from_millis(number::<u32>(value)?.into()),
            "pin" => {
                self.sim = match value {
                    "none" => Sim::Ready,
                    pin if pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit()) => Sim::Locked(number(pin)?),
                    _ => return None,
                }
            }
            "tuya-events" => self.cloud.events = choice(value, &TUYA_EVENTS)?,
            "dyn-delay" => self.cloud.registration_delay = Duration::from_millis(number::<u32>(value)?.into()),
            "sn-topics" => self.sn.topics = choice(value, &SN_TOPICS)?,
            "sn-announce" => self.sn.announced = choice(value, &SN_ANNOUNCED)?,
            "sn-id-length" => {
                self.sn.id_length = match value {
                    "digits" => SnIdLength::Digits,
                    "id" => SnIdLength::Id,
                    value => SnIdLength::Number(number(value)?),
                }
            }
            "sn-registrations" => self.sn.registrations = number(value)?,
            "sn-full" => self.sn.full = choice(value, &SN_FULLS)?,
            "sn-listing" => self.sn.listing = choice(value, &SN_LISTINGS)?,
            "sn-listing-delay" => self.sn.listing_delay = Duration::from_millis(number::<u32>(value)?.into()),
            "sn-predefined" => {
                let (id, topic) = value.split_once('=')?;
                let id = number::<NonZero<u16>>(id)?.get();
                self.sn.predefined.push((id, topic.into()));
            }
            "store" => self.store = number(value)?,
            "max-publish" => self.max_publish = number(value)?,
            "stated-publish" => self.stated_publish = or_none(value)?,
            "max-receive" => self.max_receive = number(value)?,
            _ => *self.switch(knob)? = choice(value, &[("yes", true), ("no", false)])?,
        }
        Some(())
    }

    /// The knobs that are on or off.
    fn switch(&mut self, knob: &str) -> Option<&mut bool> {
        Some(match knob {
            "qos0-result" => &mut self.qos0_result,
            "will-data-mode" => &mut self.will_data_mode,
            "decode-escapes" => &mut self.decode_escapes,
            "quote-read" => &mut self.quote_read,
            "quote-direct" => &mut self.quote_direct,
            "space-after-colon" => &mut self.space_after_colon,
            "space-after-comma" => &mut self.space_after_comma,
            "literal-brackets" => &mut self.literal_brackets,
            "open-typo" => &mut self.open_typo,
            "id-per-line" => &mut self.id_per_line,
            "echo" => &mut self.echo,
            "sn-commands" => &mut self.sn_commands,
            "auth-commands" => &mut self.auth_commands,
            "tuya-plus" => &mut self.cloud.event_plus,
            "sn-connections" => &mut self.sn.connections,
            "sn-bare-success" => &mut self.sn.bare_success,
            _ => return None,
        })
    }
}

const PROMPTS: [(&str, Prompt); 4] = [
    ("framed", Prompt::Framed),
    ("stock", Prompt::Stock),
    ("bare", Prompt::Bare),
    ("spaced", Prompt::Spaced),
];
const DATA_FORMS: [(&str, DataForm); 3] = [
    ("raw", DataForm::Raw),
    ("hex-bytes", DataForm::HexBytes),
    ("hex-digits", DataForm::HexDigits),
];
const FRAMINGS: [(&str, Framing); 3] = [("crlf", Framing::CrLf), ("lf", Framing::Lf), ("plain", Framing::Plain)];
const RESULT_ORDERS: [(&str, ResultOrder); 3] = [
    ("ok-first", ResultOrder::OkFirst),
    ("result-first", ResultOrder::ResultFirst),
    ("together", ResultOrder::BackToBack),
];
const URC_TIMINGS: [(&str, UrcTiming); 2] = [("after-final", UrcTiming::AfterFinal), ("at-once", UrcTiming::AtOnce)];
const EARLY_COMMANDS: [(&str, EarlyCommand); 2] = [("lost", EarlyCommand::Lost), ("refused", EarlyCommand::Refused)];
const NETWORK_NEEDS: [(&str, NetworkNeed); 3] = [
    ("set-forms", NetworkNeed::SetForms),
    ("everything", NetworkNeed::Everything),
    ("nothing", NetworkNeed::Nothing),
];
const MODEL_SPELLINGS: [(&str, ModelSpelling); 3] = [
    ("bare", ModelSpelling::Bare),
    ("prefixed", ModelSpelling::Prefixed),
    ("with-short", ModelSpelling::WithShort),
];
const OVERFLOWS: [(&str, Overflow); 3] = [
    ("wait", Overflow::Wait),
    ("drop-newest", Overflow::DropNewest),
    ("drop-oldest", Overflow::DropOldest),
];

const TUYA_EVENTS: [(&str, TuyaEvents); 3] = [
    ("texts", TuyaEvents::Texts),
    ("numbers", TuyaEvents::Numbers),
    ("none", TuyaEvents::None),
];
const SN_TOPICS: [(&str, SnTopics); 2] = [("ids", SnTopics::Ids), ("names", SnTopics::Names)];
const SN_ANNOUNCED: [(&str, SnAnnounced); 2] = [("id", SnAnnounced::Id), ("length", SnAnnounced::Length)];
const SN_FULLS: [(&str, SnFull); 2] = [("status", SnFull::Status), ("error", SnFull::Error)];
const SN_LISTINGS: [(&str, SnListing); 2] = [("ok-first", SnListing::OkFirst), ("ok-last", SnListing::OkLast)];

fn choice<T: Copy>(value: &str, choices: &[(&str, T)]) -> Option<T> {
    let found = choices.iter().find(|(name, _)| *name == value)?;
    Some(found.1)
}

fn number<T: FromStr>(value: &str) -> Option<T> {
    value.parse().ok()
}

fn or_none<T: FromStr>(value: &str) -> Option<Option<T>> {
    if value == "none" {
        Some(None)
    } else {
        number(value).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every form in the help: a choice each, and an example for what stands in capitals.
    fn examples() -> Vec<(String, String)> {
        let mut examples = Vec::new();
        for line in Settings::KNOBS.lines() {
            let form = line.split_whitespace().next().unwrap();
            let (knob, values) = form.split_once('=').unwrap();
            for value in values.split('|') {
                let value = match value {
                    "LINES,BYTES" => "3,77",
                    "PIN" => "0815",
                    "ID=TOPIC" => "7=plant/7",
                    "TOPICS" => "6",
                    "SECONDS" | "MILLISECONDS" | "MESSAGES" | "BYTES" => "5",
                    named => named,
                };
                examples.push((knob.to_owned(), value.to_owned()));
            }
        }
        examples
    }

    #[test]
    fn every_knob_in_the_help_takes_each_of_its_values_and_changes_something() {
        let examples = examples();
        assert!(examples.len() > 55, "{}", examples.len());
        for (knob, value) in &examples {
            let turned = |value: &str| {
                let mut settings = Settings::l610();
                settings.set(knob, value).unwrap();
                format!("{settings:?}")
            };
            let here = turned(value);
            let others = examples.iter().filter(|other| other.0 == *knob && other.1 != *value);
            for (_, other) in others {
                assert_ne!(turned(other), here, "{knob}={value} and {knob}={other}");
            }
            // Where the help names one value only, it is another than that of the L610.
            if examples.iter().filter(|other| other.0 == *knob).count() == 1 {
                assert_ne!(here, format!("{:?}", Settings::l610()), "{knob}={value}");
            }
        }
    }

    #[test]
    fn what_is_no_knob_or_no_value_is_named_and_changes_nothing() {
        for (knob, value) in [
            ("", ""),
            ("promt", "stock"),
            ("prompt", "polite"),
            ("store", "-1"),
            ("urc-buffer", "32"),
            ("urc-buffer", "32,x"),
            ("echo", "maybe"),
            ("data-limit", "nine"),
            ("sn-predefined", "0=plant/7"),
            ("sn-predefined", "7"),
            ("sn-id-length", "-1"),
        ] {
            let mut settings = Settings::l610();
            let error = settings.set(knob, value).unwrap_err();
            assert!(error.to_string().contains(&format!("'{knob}={value}'")), "{error}");
            assert_eq!(format!("{settings:?}"), format!("{:?}", Settings::l610()));
        }
    }
}
