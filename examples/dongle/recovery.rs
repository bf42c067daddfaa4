//! `--reconnect`: a lost connection is brought back, and the command goes on.

use std::sync::Mutex;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::{AnyConnectionId, Backoff, Clock, Error, QoS, Recovering, Recovery, TopicFilter, TransportError};

use crate::failure::{Failure, Stage, code};
use crate::options::Target;
use crate::port::Port;
use crate::session::Session;

/// As patient as a person would be who does not look: for ever, nearly.
const BACKOFF: Backoff = Backoff::new().longest(Duration::from_secs(30)).attempts(u16::MAX);

/// So soon the report of a connection's end comes behind a result that it has brought about.
const MOMENT: Duration = Duration::from_secs(1);

/// Between two attempts to open a port that has vanished.
const REOPEN: Duration = Duration::from_secs(1);

/// Whether an error says that the connection is gone, or that it can be used no more.
pub fn is_loss(error: &Error<TransportError>) -> bool {
    matches!(
        error,
        Error::Disconnected(_)
            | Error::NotConnected
            | Error::Restarted
            | Error::Silent
            | Error::Unsettled
            | Error::Port(_)
            | Error::PortClosed
    )
}

impl Session<'_, '_> {
    /// Brings the connection back, saying what it does, or fails as the command would have without `--reconnect`.
    pub async fn recover(
        &mut self,
        target: &Target,
        filters: &[(TopicFilter<'_>, QoS)],
        lost: Error<TransportError>,
        stage: Stage<'_>,
    ) -> Result<(), Failure> {
        if !self.reconnects() || !is_loss(&lost) {
            return Err(stage.failure(lost));
        }
        eprintln!("dongle: {lost}; reconnecting");
        let mut error = lost;
        loop {
            if matches!(error, Error::Port(_) | Error::PortClosed) {
                self.reopen().await?;
            }
            error = match self.recover_once(target, filters).await? {
                Ok(()) => return Ok(()),
                Err(gone @ (Error::Port(_) | Error::PortClosed)) => gone,
                Err(error) => {
                    let (host, port) = target.server(self.granted);
                    return Err(Stage::Connect { host, port }.failure(error));
                }
            };
        }
    }

    /// Whether a connection on which the module has just reported failure has ended: it may report that a moment later.
    pub async fn has_just_ended(&mut self, id: impl Into<AnyConnectionId>) -> bool {
        let soon = self.clock.now() + MOMENT;
        let mut client = self.modem.client(id.into());
        while client.is_connected() {
            if let Either::Second(()) = select(client.poll(), self.clock.sleep_until(soon)).await {
                break;
            }
        }
        !client.is_connected()
    }

    async fn recover_once(
        &mut self,
        target: &Target,
        filters: &[(TopicFilter<'_>, QoS)],
    ) -> Result<Result<(), Error<TransportError>>, Failure> {
        let mut recovery = Recovery::new(target.connect_options(self.granted)?)
            .subscriptions(filters)
            .backoff(BACKOFF);
        if let Some(network) = self.network() {
            recovery = recovery.network(network);
        }
        // A step that repeats is said once.
        let said = Mutex::new(String::new());
        let mut show = |step: Recovering<'_, TransportError>| {
            let text = match step {
                Recovering::Power | Recovering::PowerFailed => return,
                Recovering::Pause { attempt, pause, .. } => {
                    format!("attempt {attempt} begins in {:.1} s", pause.as_secs_f32())
                }
                step => step.to_string(),
            };
            let mut said = said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if *said != text {
                eprintln!("dongle: {text}");
                *said = text;
            }
        };
        let recovered = self
            .modem
            .client(target.id)
            .recover(&recovery, &mut (), &mut show)
            .await;
        Ok(match recovered {
            Ok(_) => {
                eprintln!("dongle: connected again");
                Ok(())
            }
            Err(error) => Err(error),
        })
    }

    /// Waits until the port is there again.
    async fn reopen(&mut self) -> Result<(), Failure> {
        loop {
            self.clock.sleep_until(self.clock.now() + REOPEN).await;
            match Port::open(self.options()) {
                Ok(port) => {
                    drop(self.modem.replace_port(port));
                    return Ok(());
                }
                Err(failure) if failure.code == code::PORT => eprintln!("dongle: {}", failure.sentence),
                Err(failure) => return Err(failure),
            }
        }
    }
}
