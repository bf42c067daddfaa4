//! `info`

use fibocom_mqtt::command::{
    Domain, ModuleTime, PdpState, ReadAddress, ReadAttachment, ReadClock, ReadOperator, ReadPdp, ReadRegistration,
    ReadSignal, ReadSim, SimState,
};
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

    /// With this to read where there is no value.
    fn or(self, instead: &'static str) -> Self {
        Self { instead, ..self }
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

    if session.has_network() {
        facts.extend(network(session).await?);
    }

    facts.extend(abilities::facts(session.modem.capabilities()));
    output.result(|| lines(&facts), || object(&facts))
}

/// The way into the network, from the SIM on.
async fn network(session: &mut Session<'_, '_>) -> Result<Vec<Fact>, Failure> {
    let sim = ask(session, &ReadSim).await?.map(|sim| match sim {
        SimState::Ready => "ready",
        SimState::Pin => "wants its PIN",
        SimState::Puk => "wants its PUK",
        SimState::Absent => "not inserted",
        _ => "not ready",
    });
    let operator = ask(session, &ReadOperator).await?;
    let instead = if operator.is_some() { "none" } else { NOT_KNOWN };
    let operator = operator.map(|operator| operator.name.as_str().to_owned());
    let signal = ask(session, &ReadSignal).await?.and_then(|signal| signal.dbm());
    let mut facts = vec![
        Fact::new("sim", sim.map(str::to_owned), "AT+CPIN?"),
        Fact::new("operator", operator, "AT+COPS?").or(instead),
        Fact::new("signal", signal.map(|dbm| format!("{dbm} dBm")), "AT+CSQ"),
    ];
    for (domain, name, source) in [
        (Domain::Eps, "registration", "AT+CEREG?"),
        (Domain::Packet, "registration ps", "AT+CGREG?"),
        (Domain::Circuit, "registration cs", "AT+CREG?"),
    ] {
        let registration = ask(session, &ReadRegistration { domain }).await?;
        let state = registration.map(|registration| registration.state.to_string());
        facts.push(Fact::new(name, state, source));
    }
    let attached = ask(session, &ReadAttachment).await?;
    let attached = attached.map(|state| if state.attached { "yes" } else { "no" }.to_owned());
    facts.push(Fact::new("attached", attached, "AT+CGATT?"));
    facts.push(address(session).await?);
    let clock = ask(session, &ReadClock).await?;
    let instead = if clock.is_some() { "not set" } else { NOT_KNOWN };
    let clock = clock.filter(ModuleTime::is_set).map(|time| time.to_string());
    facts.push(Fact::new("clock", clock, "AT+CCLK?").or(instead));
    Ok(facts)
}

async fn address(session: &mut Session<'_, '_>) -> Result<Fact, Failure> {
    let (address, instead) = match ask(session, &ReadPdp).await? {
        Some(PdpState::Up(address)) => (Some(address), ""),
        Some(PdpState::Unnamed) => {
            let context = ask(session, &ReadAddress).await?;
            let address = context.and_then(|context| context.address);
            return Ok(Fact::new(
                "address",
                address.map(|address| address.to_string()),
                "AT+CGPADDR=1",
            ));
        }
        Some(PdpState::Busy) => (None, "being dialled"),
        Some(_) => (None, "none: pub and sub dial"),
        None => (None, NOT_KNOWN),
    };
    let address = address.map(|address| address.to_string());
    Ok(Fact::new("address", address, "AT+MIPCALL?").or(instead))
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
