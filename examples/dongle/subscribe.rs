//! `sub`

use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{AnyConnectionId, Clock, Error, QoS, StdClock, TopicFilter, TransportError};

use crate::failure::{Failure, Stage, code};
use crate::options::{Subscribe, Target};
use crate::output::Output;
use crate::session::{MESSAGE, Session, patiently};

pub async fn run(
    session: &mut Session<'_, '_>,
    output: &mut Output,
    target: &Target,
    subscribe: &Subscribe,
) -> Result<(), Failure> {
    let clock = session.clock;
    let filters = subscribe.filters.iter();
    let filters = filters.map(|filter| Ok((TopicFilter::new(filter)?, subscribe.qos)));
    let filters: Vec<(TopicFilter, QoS)> = filters.collect::<Result<_, Failure>>()?;
    let mut client = session.reach(target).await?;
    for &(filter, qos) in &filters {
        let what = format!("the subscription to {} (at most 40 s)", filter.as_str());
        patiently(clock, &what, client.subscribe(filter, qos))
            .await
            .map_err(|error| {
                let filter = filter.as_str();
                Stage::Subscribe { filter }.failure(error)
            })?;
    }
    let mut left = subscribe.count;
    let received = async {
        while let Some(error) = receive(session, output, target.id.into(), target.direct, subscribe, &mut left).await? {
            session.recover(target, &filters, error, Stage::Receive).await?;
        }
        Ok(())
    };
    within(subscribe.time, received).await
}

/// That, until `-W` runs out.
pub async fn within(
    time: Option<Duration>,
    received: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let Some(time) = time else { return received.await };
    let clock = StdClock::new();
    match select(received, clock.sleep_until(clock.now() + time)).await {
        Either::First(result) => result,
        Either::Second(()) => {
            let sentence = format!("the {} s of -W ran out", time.as_secs());
            Err(Failure::new(code::TIME, sentence))
        }
    }
}

/// Prints messages until none are `left` to wait for, or until an error, which it gives back.
pub async fn receive(
    session: &mut Session<'_, '_>,
    output: &mut Output,
    id: AnyConnectionId,
    direct: bool,
    subscribe: &Subscribe,
    left: &mut Option<u64>,
) -> Result<Option<Error<TransportError>>, Failure> {
    let mut buffer = vec![0; MESSAGE];
    while *left != Some(0) {
        let mut client = session.modem.client(id);
        match client.recv(&mut buffer).await {
            Ok(message) => {
                output.message(&message, subscribe.format.as_deref(), subscribe.line_end)?;
                *left = left.map(|left| left - 1);
            }
            Err(Error::Lost(announced)) if direct => eprintln!(
                "dongle: a message of {} bytes or more was lost, cut by a line end or too long: without --direct it would \
                 arrive whole",
                announced.size()
            ),
            Err(error @ Error::Lost(_)) => eprintln!("dongle: {error}"),
            Err(error @ Error::TooLarge(_)) => {
                eprintln!("dongle: {error}; skipped");
                client.skip().await.map_err(|error| Stage::Receive.failure(error))?;
            }
            Err(error) => return Ok(Some(error)),
        }
    }
    Ok(None)
}
