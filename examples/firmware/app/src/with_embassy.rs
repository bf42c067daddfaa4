//! The meter over Embassy. It receives and publishes in one task: `select` drops the one for the other, and nothing is lost.

use embassy_futures::select::{Either, select};
use embassy_time::{Instant, Timer};
use embedded_io_async::{Read, Write};
use fibocom_mqtt::{Buffers, Client, ConnectionId, EmbassyClock, Error, Modem, PowerControl, Publication, QoS};
use log::{info, warn};

use crate::meter::{ANSWER, BOOT, Meter, READING, REGISTRATION, STATE, SUBSCRIPTIONS, Settings, goes_on, tell};
use crate::uart::Health;

/// Runs the meter until a command stops it.
///
/// `uart` is the module's port, `health` tells how that fares, `sense` measures, in tenths.
///
/// # Errors
///
/// What cannot be mended by trying again, such as a SIM that wants a PIN. Real firmware would restart the board.
pub fn run<T: Read + Write>(
    uart: T,
    health: impl Fn() -> Health,
    sense: impl FnMut() -> i32,
    settings: &Settings<'_>,
) -> impl Future<Output = Result<(), Error<T::Error>>>
where
    T::Error: core::fmt::Display,
{
    // The future itself: around it another one would be as large once more.
    run_with_power(uart, (), health, sense, settings)
}

/// The same on a board that can restart its module by `power`, which it does once that no longer answers.
///
/// # Errors
///
/// As [`run`].
pub async fn run_with_power<T: Read + Write>(
    uart: T,
    mut power: impl PowerControl,
    health: impl Fn() -> Health,
    mut sense: impl FnMut() -> i32,
    settings: &Settings<'_>,
) -> Result<(), Error<T::Error>>
where
    T::Error: core::fmt::Display,
{
    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(uart, EmbassyClock, buffers);
    let mut meter = Meter::new();
    let mut ended = start(&mut modem, settings).await;
    let mut client = modem.client(ConnectionId::FIRST);
    loop {
        if let Err(error) = &ended {
            warn!("{error}");
            client.recover(&settings.recovery(), &mut power, &mut tell).await?;
            meter.recoveries += 1;
        }
        ended = serve(&mut client, &mut meter, &health, &mut sense).await;
        if ended.is_ok() {
            info!("stopped");
            return client.disconnect().await;
        }
    }
}

/// The first time, step by step. Later, and if a step fails, [`Client::recover`] takes those that are needed.
async fn start<T: Read + Write>(
    modem: &mut Modem<'_, T, EmbassyClock>,
    settings: &Settings<'_>,
) -> Result<(), Error<T::Error>> {
    let identity = modem.attach(BOOT).await?;
    info!(
        "attached to {} {}",
        identity.manufacturer.as_str(),
        identity.model.as_str()
    );
    modem.bring_up(&settings.network(), REGISTRATION).await?;
    info!("the network is up");
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&settings.options()).await?;
    for (filter, qos) in SUBSCRIPTIONS {
        client.subscribe(filter, qos).await?;
    }
    Ok(())
}

/// Publishes and obeys, until it is told to stop or something fails.
async fn serve<T: Read + Write>(
    client: &mut Client<'_, '_, T, EmbassyClock>,
    meter: &mut Meter,
    health: &impl Fn() -> Health,
    sense: &mut impl FnMut() -> i32,
) -> Result<(), Error<T::Error>> {
    let mut told = false;
    let mut next = Instant::now();
    let mut buffer = [0; 1279];
    loop {
        // The timer first, so that no flood of commands stops the readings.
        match select(Timer::at(next), client.recv(&mut buffer)).await {
            Either::First(()) => {
                tell_online(client, &mut told).await?;
                publish(client, &Publication::new(READING, meter.reading(sense()))).await?;
                next += period(meter);
                if next <= Instant::now() {
                    // Too slow for that period: commands have their turn all the same.
                    next = Instant::now() + period(meter);
                }
            }
            Either::Second(Ok(command)) => {
                let counters = client.counters();
                let Some(answer) = meter.obey(command.payload(), &counters, &health()) else {
                    return publish(client, &Publication::new(STATE, b"stopped").retain())
                        .await
                        .map(drop);
                };
                tell_online(client, &mut told).await?;
                publish(client, &Publication::new(ANSWER, answer)).await?;
                next = next.min(Instant::now() + period(meter));
            }
            // It stays in the module, in front of all others.
            Either::Second(Err(Error::TooLarge(_))) => drop(client.skip().await?),
            // Counted by the driver.
            Either::Second(Err(Error::Lost(_))) => {}
            Either::Second(Err(error)) => return Err(error),
        }
    }
}

fn period(meter: &Meter) -> embassy_time::Duration {
    embassy_time::Duration::try_from(meter.period).unwrap_or(embassy_time::Duration::MAX)
}

/// Until that has succeeded the broker has what it said when it lost the meter.
async fn tell_online<T: Read + Write>(
    client: &mut Client<'_, '_, T, EmbassyClock>,
    told: &mut bool,
) -> Result<(), Error<T::Error>> {
    if !*told {
        *told = publish(client, &Publication::new(STATE, b"online").retain()).await?;
        if *told {
            info!("online");
        }
    }
    Ok(())
}

/// Publishes, and says whether that succeeded, if the meter goes on from it.
async fn publish<T: Read + Write>(
    client: &mut Client<'_, '_, T, EmbassyClock>,
    publication: &Publication<'_>,
) -> Result<bool, Error<T::Error>> {
    match client.publish(&publication.qos(QoS::AtLeastOnce)).await {
        Ok(_) => Ok(true),
        // Perhaps it arrived: a meter does not send it again, the next reading comes soon. The driver counts them.
        Err(error) if goes_on(&error) => {
            warn!("{error}");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
