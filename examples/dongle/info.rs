//! `info`

use fibocom_mqtt::command::{PdpState, ReadPdp, ReadRegistration, ReadSignal, ReadSim, RegistrationState, SimState};
use fibocom_mqtt::{Error, Platform};
use serde_json::{Map, Value, json};

use crate::abilities;
use crate::failure::{Failure, Stage};
use crate::output::Output;
use crate::session::Session;

/// What is known, and which command told.
pub struct Fact {
    name: &'static str,
    value: Option<String>,
    /// What a person reads where there is no value.
    instead: &'static str,
    source: &'static str,
}

const NOT_KNOWN: &str = "not known";

impl Fact {
    pub fn new(name: &'static str, value: Option<String>, source: &'static str) -> Self {
        let value = value.filter(|value| !value.is_empty());
        Self {
            name,
            value,
            instead: NOT_KNOWN,
            source,
        }
    }
}

pub async fn run(session: &mut Session<'_, '_>, output: &mut Output) -> Result<(), Failure> {
    let identity = session.attach().await?;
    let text = |value: &fibocom_mqtt::command::Value| Some(value.as_str().to_owned());
    let mut facts = vec![
        Fact::new("manufacturer", text(&identity.manufacturer), "AT+CGMI"),
        Fact::new("model", text(&identity.model), "AT+CGMM"),
        Fact::new("firmware", text(&identity.revision), "AT+CGMR"),
        Fact::new(
            "platform",
            platform(identity.revision.as_str()),
            "the firmware's version",
        ),
        Fact::new("imei", text(&identity.imei), "AT+CGSN"),
    ];

    let sim = ask(session, &ReadSim).await?.map(|sim| match sim {
        SimState::Ready => "ready",
        SimState::Pin => "wants its PIN",
        SimState::Puk => "wants its PUK",
        _ => "not ready",
    });
    facts.push(Fact::new("sim", sim.map(str::to_owned), "AT+CPIN?"));
    let signal = ask(session, &ReadSignal).await?.and_then(|signal| signal.dbm());
    facts.push(Fact::new("signal", signal.map(|dbm| format!("{dbm} dBm")), "AT+CSQ"));
    let registration = ask(session, &ReadRegistration)
        .await?
        .map(|registration| match registration.state {
            RegistrationState::Home => "registered at home".to_owned(),
            RegistrationState::Roaming => "registered abroad".to_owned(),
            RegistrationState::Searching => "searching".to_owned(),
            RegistrationState::Denied => "denied".to_owned(),
            RegistrationState::Idle => "not registered".to_owned(),
            state => format!("state {}", u32::from(state)),
        });
    facts.push(Fact::new("registration", registration, "AT+CEREG?"));
    let address = ask(session, &ReadPdp).await?.map(|state| match state {
        PdpState::Up(address) => (Some(address.to_string()), ""),
        PdpState::Busy => (None, "being dialled"),
        _ => (None, "none: pub and sub dial"),
    });
    let (address, instead) = address.unwrap_or((None, NOT_KNOWN));
    facts.push(Fact {
        instead,
        ..Fact::new("address", address, "AT+MIPCALL?")
    });

    facts.extend(abilities::facts(session.modem.capabilities()));
    output.result(|| lines(&facts), || object(&facts))
}

/// The chip family, if the firmware's version tells.
fn platform(revision: &str) -> Option<String> {
    match Platform::from_revision(revision) {
        Platform::Unisoc => Some("UNISOC".into()),
        _ => None,
    }
}

/// A question that the module may refuse.
async fn ask<C: atat::AtatCmd + Sync>(
    session: &mut Session<'_, '_>,
    command: &C,
) -> Result<Option<C::Response>, Failure> {
    match session.modem.send(command).await {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Module(_) | Error::Unexpected) => Ok(None),
        Err(error) => Err(Stage::Ask.failure(error)),
    }
}

fn lines(facts: &[Fact]) -> String {
    let line = |fact: &Fact| {
        let value = fact.value.as_deref().unwrap_or(fact.instead);
        format!("{:<26} {value:<28} ({})", fact.name, fact.source)
    };
    facts.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn object(facts: &[Fact]) -> Value {
    let mut object = Map::from_iter([("event".to_owned(), json!("info"))]);
    for fact in facts {
        let name = fact.name.replace([' ', '-'], "_").to_lowercase();
        object.insert(name, json!({ "value": fact.value, "source": fact.source }));
    }
    object.into()
}
