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

    // A change made while it was away comes with the whole twin only.
    session.ask_for_twin("twin").await?;
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
            // The hub's answer to a report has no twin.
            Some(TwinTopic::Answer { status, request, .. }) if request != "twin" || status != 200 => {
                println!("the hub says {status} to {request}");
            }
            Some(topic) => {
                let desired = match topic {
                    TwinTopic::Desired => Desired::parse(message.payload()),
                    TwinTopic::Answer { .. } => Desired::parse_twin(message.payload()),
                };
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
            None => {
                let request = gate.request(message.topic(), message.payload());
                let command = request.and_then(|request| request.command(&mut scratch));
                let done = command
                    .map_err(|refusal| refusal.to_string())
                    .and_then(|command| logger.command(command));
                match done {
                    Ok(text) => session.respond(now(), Response::success_with(text)).await?,
                    Err(reason) => session.respond(now(), Response::failure(reason)).await?,
                }
            }
        }
    }
}
