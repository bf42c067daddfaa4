//! The logger on Cumulocity.

use std::error::Error;

use embedded_io_async::{Read, Write};
use fibocom_mqtt::profile::captis::{
    C8ySession, Event, EventId, Gate, Health, Identity, Measurement, NotOnPlatform, OperationKind, Roles, Server,
    Topics, Variant,
};
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
    let login = Server::new(Variant::C8y, "fleet.example.com").basic("tenant/device_%CCID%", "s3cret");
    let login = login.login(identity)?;
    let gate = Gate::new(login.client_id(), identity, Roles::WORK).serial(SERIAL);
    let mut payload = [0; 1024];
    let mut session = C8ySession::open(client, &login, gate, Topics::new(), &mut payload).await?;

    let time = Some(now());
    let operations = OperationKind::ALL.map(|kind| kind.string().unwrap_or_default());
    let health = [
        Health::DeviceType {
            serial: SERIAL,
            device_type: "Logger",
        },
        Health::Operations(&operations),
        Health::ConnectionInterval(60),
    ];
    session.health(&health).await?;
    session.events(&[Event::new(EventId::BOOT, time)]).await?;
    let lines: Result<Vec<_>, NotOnPlatform> = logger
        .measure()
        .into_iter()
        .map(|(quantity, value, units)| Ok(Measurement::new(quantity, time, value)?.units(units)))
        .collect();
    let lines = lines?;
    let mut pending = &lines[..];
    while !pending.is_empty() {
        let sent = session.measurements(pending).await?;
        pending = &pending[sent..];
    }

    let mut buffer = [0; 1279];
    loop {
        if logger.upload.is_due() {
            session.configuration(Value::parse(&logger.config)?).await?;
            logger.upload.published();
        }
        if logger.configured {
            session.client().disconnect().await?;
            return Ok(());
        }
        let message = session.client().recv(&mut buffer).await?;
        for received in gate.operations(message.payload()) {
            let (executing, operation) = received.begin();
            session.status(executing.line()).await?;
            let operation = operation.map_err(|refusal| refusal.to_string());
            match operation.and_then(|operation| logger.carry_out(operation)) {
                Ok(text) => session.status(executing.success_with(text)).await?,
                Err(reason) => session.status(executing.fail(reason)).await?,
            }
        }
    }
}
