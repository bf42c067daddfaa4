//! What the meter says, and how it obeys. No port, no clock, no executor.

use core::fmt::{Display, Write};
use core::time::Duration;

use fibocom_mqtt::{
    Backoff, ConnectOptions, Counters, Credentials, Error, Network, QoS, Recovering, Recovery, TopicFilter, TopicName,
    Will, filter, topic,
};
use heapless::String;
use log::{info, warn};

use crate::uart::Health;

/// What was measured is published there.
pub const READING: TopicName = topic!("meter/7/reading");
/// Every command is answered there.
pub const ANSWER: TopicName = topic!("meter/7/answer");
/// `online`, `stopped`, or `lost` where the broker had to find out: retained.
pub const STATE: TopicName = topic!("meter/7/state");
/// Commands come there, or below.
pub const COMMANDS: TopicFilter = filter!("meter/7/command/#");
/// Subscribed to each time the connection is made.
pub const SUBSCRIPTIONS: [(TopicFilter, QoS); 1] = [(COMMANDS, QoS::AtLeastOnce)];

/// So long a module may take to boot.
pub const BOOT: Duration = Duration::from_secs(40);
/// So long finding the network may take.
pub const REGISTRATION: Duration = Duration::from_secs(180);
/// Between two readings, until a command says otherwise.
const PERIOD: Duration = Duration::from_secs(10);
/// The longest that a command may ask for, in milliseconds: a day. What it says is added to the time, which must not overflow.
const LONGEST: u64 = 86_400_000;

/// What differs from one installation to the other.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// The broker's name or address.
    pub host: &'a str,
    /// Its TCP port.
    pub port: u16,
    /// User name and password, where the broker wants them.
    pub credentials: Option<Credentials<'a>>,
    /// The operator's access point, where the SIM does not say.
    pub apn: Option<&'a str>,
}

impl<'a> Settings<'a> {
    /// What the environment said when the firmware was built: `MQTT_HOST`, `MQTT_USER` and `MQTT_PASSWORD`, and `APN`.
    pub const fn built_in() -> Settings<'static> {
        let host = match option_env!("MQTT_HOST") {
            Some(host) => host,
            None => "broker.example.com",
        };
        let credentials = match (option_env!("MQTT_USER"), option_env!("MQTT_PASSWORD")) {
            (Some(user), Some(password)) => Some(Credentials::new(user, password)),
            _ => None,
        };
        Settings {
            host,
            port: 1883,
            credentials,
            apn: option_env!("APN"),
        }
    }

    /// The network that the module is to find.
    pub const fn network(&self) -> Network<'a> {
        match self.apn {
            Some(apn) => Network::new().apn(apn),
            None => Network::new(),
        }
    }

    /// The connection to the broker.
    pub const fn options(&self) -> ConnectOptions<'a> {
        let will = Will::new(STATE, b"lost").qos(QoS::AtLeastOnce).retain();
        let options = ConnectOptions::new(self.host, self.port)
            .client_id("meter-7")
            .keep_alive(60)
            .will(will);
        match self.credentials {
            Some(credentials) => options.credentials(credentials),
            None => options,
        }
    }

    /// How it comes back: with ever longer pauses, for weeks.
    pub const fn recovery(&self) -> Recovery<'a> {
        Recovery::new(self.options())
            .subscriptions(&SUBSCRIPTIONS)
            .network(self.network())
            .backoff(Backoff::new().attempts(u16::MAX))
    }
}

/// Whether the meter goes on from a publication that failed so; if not, it makes the connection again. One without a result is noted,
/// but a result that is still missing at the next one may never come, and until it does nothing can be published.
pub const fn goes_on<E>(error: &Error<E>) -> bool {
    error.keeps_connection() && !matches!(error, Error::Unsettled)
}

/// Says what is being done to come back.
pub fn tell<E: Display>(step: Recovering<'_, E>) {
    match step {
        Recovering::Failed(_) | Recovering::Power | Recovering::PowerFailed => warn!("{step}"),
        _ => info!("{step}"),
    }
}

/// What the meter knows about itself.
#[derive(Debug)]
pub struct Meter {
    /// Between two readings.
    pub period: Duration,
    /// How often the connection came back.
    pub recoveries: u32,
    readings: u32,
    text: String<192>,
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter {
    /// A meter that has measured nothing yet.
    pub const fn new() -> Self {
        Self {
            period: PERIOD,
            recoveries: 0,
            readings: 0,
            text: String::new(),
        }
    }

    /// A reading to be published, of so many tenths.
    pub fn reading(&mut self, tenths: i32) -> &[u8] {
        self.readings = self.readings.wrapping_add(1);
        let sign = if tenths < 0 { "-" } else { "" };
        let size = tenths.unsigned_abs();
        self.say(format_args!("{sign}{}.{}", size / 10, size % 10))
    }

    /// Obeys a command, and says what to answer; `None` if it is to stop. What is no command is answered by itself.
    ///
    /// * `stop`
    /// * `report`: its counters
    /// * `period N`: from now on a reading every N milliseconds, 10 to a day
    pub fn obey<'a>(&'a mut self, command: &'a [u8], counters: &Counters, health: &Health) -> Option<&'a [u8]> {
        match core::str::from_utf8(command) {
            Ok("stop") => None,
            Ok("report") => {
                let (readings, recoveries) = (self.readings, self.recoveries);
                Some(self.say(format_args!(
                    "readings={readings} recoveries={recoveries} sent={} unknown={} received={} lost={} \
                     overruns={} full={} most={}",
                    counters.sent,
                    counters.unknown,
                    counters.received,
                    counters.lost,
                    health.overruns,
                    health.full,
                    health.most,
                )))
            }
            Ok(text) => match text.strip_prefix("period ").and_then(|number| number.parse().ok()) {
                Some(millis @ 10..=LONGEST) => {
                    self.period = Duration::from_millis(millis);
                    Some(self.say(format_args!("a reading every {millis} ms")))
                }
                _ => Some(command),
            },
            Err(_) => Some(command),
        }
    }

    fn say(&mut self, words: core::fmt::Arguments<'_>) -> &[u8] {
        self.text.clear();
        // Cut if it were ever too long.
        let _ = self.text.write_fmt(words);
        self.text.as_bytes()
    }
}

/// A sensor for boards without one: a temperature that goes up and down, in tenths of a degree.
pub fn simulated_sensor() -> impl FnMut() -> i32 {
    let mut step = 0;
    move || {
        step = (step + 1) % 40;
        215 + if step < 20 { step } else { 40 - step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(meter: &mut Meter, command: &[u8]) -> Option<Vec<u8>> {
        let answer = meter.obey(command, &Counters::default(), &Health::default());
        answer.map(<[u8]>::to_vec)
    }

    #[test]
    fn commands_are_obeyed_and_anything_else_comes_back() {
        let mut meter = Meter::new();
        assert_eq!(answer(&mut meter, b"stop"), None);
        for period in [10, 86_400_000, 250] {
            let (command, said) = (format!("period {period}"), format!("a reading every {period} ms"));
            assert_eq!(answer(&mut meter, command.as_bytes()).unwrap(), said.as_bytes());
            assert_eq!(meter.period, Duration::from_millis(period));
        }
        for other in [
            &b""[..],
            b"stop ",
            b"period",
            b"period 9",
            b"period 86400001",
            b"period 18446744073709551615",
            b"period -1",
            b"period x",
            b"\xff\0",
            b"\r\nOK\r\n",
        ] {
            assert_eq!(answer(&mut meter, other).unwrap(), other);
        }
        assert_eq!(meter.period, Duration::from_millis(250));
    }

    #[test]
    fn the_longest_report_fits() {
        let mut meter = Meter::new();
        (meter.recoveries, meter.readings) = (u32::MAX, u32::MAX - 1);
        assert_eq!(meter.reading(-5), b"-0.5");
        let mut counters = Counters::default();
        (counters.sent, counters.unknown, counters.received, counters.lost) = (u32::MAX, u32::MAX, u32::MAX, u32::MAX);
        let health = Health {
            overruns: u32::MAX,
            full: u32::MAX,
            most: usize::MAX,
        };
        let report = meter.obey(b"report", &counters, &health).unwrap();
        assert!(
            report.ends_with(format!(" most={}", usize::MAX).as_bytes()),
            "{}",
            report.escape_ascii()
        );
    }
}
