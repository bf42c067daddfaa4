//! `sub`

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{Clock, Error, QoS, StdClock, TopicFilter};

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
    let receive = receive(session, output, target, subscribe, &filters);
    match subscribe.time {
        None => receive.await,
        Some(time) => match select(receive, sleep(clock, time)).await {
            Either::First(result) => result,
            Either::Second(()) => {
                let sentence = format!("the {} s of -W ran out", time.as_secs());
                Err(Failure::new(code::TIME, sentence))
            }
        },
    }
}

async fn receive(
    session: &mut Session<'_, '_>,
    output: &mut Output,
    target: &Target,
    subscribe: &Subscribe,
    filters: &[(TopicFilter<'_>, QoS)],
) -> Result<(), Failure> {
    let mut buffer = vec![0; MESSAGE];
    let mut left = subscribe.count;
    while left != Some(0) {
        let mut client = session.modem.client(target.id);
        match client.recv(&mut buffer).await {
            Ok(message) => {
                output.message(&message, subscribe.format.as_deref(), subscribe.line_end)?;
                left = left.map(|left| left - 1);
            }
            Err(Error::Lost(announced)) if target.direct => eprintln!(
                "dongle: a message of {} bytes or more was lost, cut by a line end or too long: without --direct it would \
                 arrive whole",
                announced.size()
            ),
            Err(error @ Error::Lost(_)) => eprintln!("dongle: {error}"),
            Err(error @ Error::TooLarge(_)) => {
                eprintln!("dongle: {error}; skipped");
                client.skip().await.map_err(|error| Stage::Receive.failure(error))?;
            }
            Err(error) => session.recover(target, filters, error, Stage::Receive).await?,
        }
    }
    Ok(())
}

async fn sleep(clock: StdClock, time: std::time::Duration) {
    clock.sleep_until(clock.now() + time).await;
}
