//! `sub`

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{Clock, Error, StdClock, TopicFilter};

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
    let mut client = session.reach(target).await?;
    for filter in &subscribe.filters {
        let wanted = client.subscribe(TopicFilter::new(filter)?, subscribe.qos);
        let what = format!("the subscription to {filter} (at most 40 s)");
        patiently(clock, &what, wanted)
            .await
            .map_err(|error| Stage::Subscribe { filter }.failure(error))?;
    }
    let receive = async {
        let mut buffer = vec![0; MESSAGE];
        let mut left = subscribe.count;
        while left != Some(0) {
            match client.recv(&mut buffer).await {
                Ok(message) => {
                    output.message(&message, subscribe.format.as_deref(), subscribe.line_end)?;
                    left = left.map(|left| left - 1);
                }
                Err(error @ Error::Lost(_)) => eprintln!("dongle: {error}"),
                Err(error @ Error::TooLarge(_)) => {
                    eprintln!("dongle: {error}; skipped");
                    client.skip().await.map_err(|error| Stage::Receive.failure(error))?;
                }
                Err(error) => return Err(Stage::Receive.failure(error)),
            }
        }
        Ok(())
    };
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

async fn sleep(clock: StdClock, time: std::time::Duration) {
    clock.sleep_until(clock.now() + time).await;
}
