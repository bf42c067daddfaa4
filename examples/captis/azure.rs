//! The logger on Azure IoT Hub.

use std::error::Error;

use embedded_io_async::{Read, Write};
use fibocom_mqtt::profile::captis::azure::{Desired, DesiredVersion, Reading, Reported, Response, TwinTopic};
use fibocom_mqtt::profile::captis::{AzureSession, EventId, Gate, Identity, NotOnPlatform, Roles, Server, Variant};
use fibocom_mqtt::profile::json::Value;
use fibocom_mqtt::{Client, Clock};

use crate::logger::{Logger, SERIAL, now};

pub async fn run<T, C>(
    client: Client<'_, '_, T, C>,
    identity: &Identity,
    logger: &mut Logger,
) -> Result<(), Box<dyn Error>>
where
    T: Read + Write<Error: Error + 'static>,
    C: Clock,
{
    // A hub takes TLS only, and a device signs in with `.tls(..).sas(Sas::new(key, now()))`.
    let login = Server::new(Variant::Azure, "fleet.example.com").dangerously_without_tls();
    let login = login.login(identity)?;
    let gate = Gate::new(login.client_id(), identity, Roles::WORK).serial(SERIAL);
    let mut payload = [0; 1024];
    let mut session = AzureSession::open(client, &login, gate, &mut payload).await?;

    let time = now();
    let readings: Result<Vec<_>, NotOnPlatform> = logger
        .measure()
        .into_iter()
        .map(|(quantity, value, _)| Reading::new(time, quantity, value))
        .collect();
    let mut readings = readings?;
    readings.push(Reading::event(time, EventId::BOOT));
    let mut pending = &readings[..];
    while !pending.is_empty() {
        let sent = session.telemetry(pending).await?;
        pending = &pending[sent..];
    }

    let mut version = DesiredVersion::default();
    let mut scratch = [0; 1024];
    let mut buffer = [0; 1279];
    loop {
        if logger.upload.is_due() {
            let config = Some(Value::parse(&logger.config)?);
            let reported = Reported {
                serial: Some(SERIAL),
                config,
                ..Reported::default()
            };
            session.report("config", &reported).await?;
            logger.upload.published();
        }
        if logger.configured {
            session.client().disconnect().await?;
            return Ok(());
        }
        let message = session.client().recv(&mut buffer).await?;
        match TwinTopic::parse(message.topic()) {
            Some(TwinTopic::Desired) => {
                let desired = Desired::parse(message.payload());
                match desired.and_then(|desired| version.take(&gate, &desired)) {
                    Ok(Some(config)) => logger.configure(config.raw()),
                    Ok(None) => {}
                    // There is no answer to a twin: the server learns it by an event.
                    Err(_) => drop(
                        session
                            .telemetry(&[Reading::event(now(), EventId::CONFIG_INVALID)])
                            .await?,
                    ),
                }
            }
            // The hub's answer to the report.
            Some(TwinTopic::Answer { status, .. }) => println!("the hub says {status}"),
            None => {
                let request = gate.request(message.topic(), message.payload());
                match request.and_then(|request| request.command(&mut scratch)) {
                    Ok(command) => {
                        let answer = logger.command(command);
                        session.respond(now(), Response::success_with(answer)).await?;
                    }
                    Err(refusal) => session.respond(now(), Response::failure(refusal)).await?,
                }
            }
        }
    }
}
