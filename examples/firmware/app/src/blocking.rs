//! The meter without an executor: a plain loop over the blocking client.

use core::time::Duration;

use embedded_io::{Read, ReadReady, Write};
use fibocom_mqtt::blocking::{ByReadReady, Client, Idle, Modem, PolledClock};
use fibocom_mqtt::{Buffers, Clock, ConnectionId, Error, Instant, Publication, QoS};
use log::{info, warn};

use crate::meter::{ANSWER, BOOT, Meter, READING, REGISTRATION, STATE, SUBSCRIPTIONS, Settings, goes_on, tell};
use crate::uart::Health;

/// Runs the meter until a command stops it.
///
/// `uart` is the module's port, `health` tells how that fares, `sense` measures, in tenths. `millis` is the time since any
/// start, and `idle` waits for the next interrupt, that of a timer at the latest.
///
/// # Errors
///
/// What cannot be mended by trying again, such as a SIM that wants a PIN. Real firmware would restart the board.
pub fn run<T: Read + Write + ReadReady>(
    uart: T,
    health: impl Fn() -> Health,
    mut sense: impl FnMut() -> i32,
    settings: &Settings<'_>,
    millis: fn() -> u64,
    idle: fn(),
) -> Result<(), Error<T::Error>>
where
    T::Error: core::fmt::Display,
{
    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let clock = PolledClock::new(|| Instant::from_millis(millis()));
    let mut modem = Modem::new(ByReadReady::new(uart), clock, buffers).idle_with(idle);
    let mut meter = Meter::new();
    let mut ended = start(&mut modem, settings);
    let mut client = modem.client(ConnectionId::FIRST);
    loop {
        if let Err(error) = &ended {
            warn!("{error}");
            client.recover(&settings.recovery(), &mut (), &mut tell)?;
            meter.recoveries += 1;
        }
        ended = serve(&mut client, &mut meter, &health, &mut sense, millis);
        if ended.is_ok() {
            info!("stopped");
            return client.disconnect();
        }
    }
}

/// The first time, step by step. Later, and if a step fails, [`Client::recover`] takes those that are needed.
fn start<T, C, I>(modem: &mut Modem<'_, ByReadReady<T>, C, I>, settings: &Settings<'_>) -> Result<(), Error<T::Error>>
where
    T: Read + Write + ReadReady,
    C: Clock,
    I: Idle,
{
    let identity = modem.attach(BOOT)?;
    info!(
        "attached to {} {}",
        identity.manufacturer.as_str(),
        identity.model.as_str()
    );
    modem.bring_up(&settings.network(), REGISTRATION)?;
    info!("the network is up");
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&settings.options())?;
    for (filter, qos) in SUBSCRIPTIONS {
        client.subscribe(filter, qos)?;
    }
    Ok(())
}

/// Publishes and obeys, until it is told to stop or something fails.
fn serve<T, C, I>(
    client: &mut Client<'_, '_, ByReadReady<T>, C, I>,
    meter: &mut Meter,
    health: &impl Fn() -> Health,
    sense: &mut impl FnMut() -> i32,
    millis: fn() -> u64,
) -> Result<(), Error<T::Error>>
where
    T: Read + Write + ReadReady,
    C: Clock,
    I: Idle,
{
    let mut told = false;
    let mut next = Instant::from_millis(millis());
    let mut buffer = [0; 1279];
    loop {
        let now = Instant::from_millis(millis());
        let pause = next.saturating_since(now);
        if pause == Duration::ZERO {
            tell_online(client, &mut told)?;
            publish(client, &Publication::new(READING, meter.reading(sense())))?;
            let now = Instant::from_millis(millis());
            next = next + meter.period;
            if next <= now {
                // Too slow for that period: commands have their turn all the same.
                next = now + meter.period;
            }
            continue;
        }
        match client.recv_timeout(&mut buffer, pause) {
            Ok(None) => {}
            Ok(Some(command)) => {
                let counters = client.counters();
                let Some(answer) = meter.obey(command.payload(), &counters, &health()) else {
                    return publish(client, &Publication::new(STATE, b"stopped").retain()).map(drop);
                };
                tell_online(client, &mut told)?;
                publish(client, &Publication::new(ANSWER, answer))?;
                next = next.min(Instant::from_millis(millis()) + meter.period);
            }
            // It stays in the module, in front of all others.
            Err(Error::TooLarge(_)) => drop(client.skip()?),
            // Counted by the driver.
            Err(Error::Lost(_)) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Until that has succeeded the broker has what it said when it lost the meter.
fn tell_online<T, C, I>(
    client: &mut Client<'_, '_, ByReadReady<T>, C, I>,
    told: &mut bool,
) -> Result<(), Error<T::Error>>
where
    T: Read + Write + ReadReady,
    C: Clock,
    I: Idle,
{
    if !*told {
        *told = publish(client, &Publication::new(STATE, b"online").retain())?;
        if *told {
            info!("online");
        }
    }
    Ok(())
}

/// Publishes, and says whether that succeeded, if the meter goes on from it.
fn publish<T, C, I>(
    client: &mut Client<'_, '_, ByReadReady<T>, C, I>,
    publication: &Publication<'_>,
) -> Result<bool, Error<T::Error>>
where
    T: Read + Write + ReadReady,
    C: Clock,
    I: Idle,
{
    match client.publish(&publication.qos(QoS::AtLeastOnce)) {
        Ok(_) => Ok(true),
        // Perhaps it arrived: a meter does not send it again, the next reading comes soon. The driver counts them.
        Err(error) if goes_on(&error) => {
            warn!("{error}");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
