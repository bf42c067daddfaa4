//! What the profiles read and write, with their dependencies.

use fibocom_mqtt::profile::Payload;
use fibocom_mqtt::profile::captis::{Gate, Identity, Roles, Sas, Server, Timestamp, Variant};
use fibocom_mqtt::profile::juconn::tixml::Document;
use fibocom_mqtt::profile::juconn::{Empty, to_json};
use fibocom_mqtt::profile::lora_cloud::{Downlink, Reply, UplinkResponse, decode, encode};

/// Whether each of them does its part.
pub fn work() -> bool {
    captis().is_some() && juconn() && lora_cloud().is_some()
}

/// A signature, and an operation of a server.
fn captis() -> Option<()> {
    let identity = Identity::new("89610180002902447763", "357732081910355").ok()?;
    let sas = Sas::new(
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        Timestamp::from_unix(1_700_000_000),
    );
    let login = Server::new(Variant::Azure, "hub.example.com")
        .dangerously_without_tls()
        .sas(sas);
    let login = login.login(&identity).ok()?;
    let gate = Gate::new(login.client_id(), &identity, Roles::WORK);
    let received = gate.operations(b"518,89610180002902447763,OPEN").next()?;
    received.begin().1.ok().map(drop)
}

fn juconn() -> bool {
    let mut buffer = [0; 64];
    let mut json = Payload::new(&mut buffer);
    let document = Document::parse("<Get><RTC _=\"RTC8564\"/></Get>");
    document.is_ok_and(|document| to_json(document, Empty::Text, &mut json).is_ok())
        && json.finish() == Ok(b"{\"Get\":{\"RTC\":{\"-_\":\"RTC8564\"}}}")
}

fn lora_cloud() -> Option<()> {
    let reply =
        Reply::parse(br#"{"result": {"operation": "modem", "dnlink": {"port": 199.0, "payload": "0500"}}}"#).ok()?;
    let response = reply.answers().next()?.response::<UplinkResponse<16, 16, 1>>().ok()??;
    let mut buffer = [0; 64];
    let written = encode(&response.dnlink?, &mut buffer).ok()?;
    decode::<Downlink>(written).ok().map(drop)
}
