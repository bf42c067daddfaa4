//! The probes' common ground: publish, receive, note.

use std::time::Duration;

use fibocom_mqtt::{Capabilities, DataForm, Instant, Limit};

use super::console::{Console, Outcome};
use super::finding::{Discovered, Finding, form_wire};
use super::wire::{self, End, Message};
use crate::failure::{Failure, code};

/// How long a message may take from the broker back to the module.
const RETURN: Duration = Duration::from_secs(10);

/// A self-test under way.
pub struct Course {
    pub console: Console,
    /// The connection it uses.
    pub id: u8,
    /// Nobody else's.
    pub topic: String,
    /// What the manual says of this model.
    pub table: Capabilities,
    pub unisoc: bool,
    /// There is a subscription that must not be left behind.
    pub subscribed: bool,
    /// When there must be an end.
    pub until: Instant,
    pub findings: Vec<Finding>,
    pub discovered: Discovered,
}

impl Course {
    pub fn note(&mut self, name: &'static str, found: Result<String, String>, table: Option<&str>) {
        let table = table.map(str::to_owned);
        self.findings.push(Finding { name, found, table });
    }

    pub fn note_yes(&mut self, name: &'static str, found: Result<bool, String>, table: Option<bool>) {
        let word = |yes| if yes { "yes" } else { "no" };
        self.note(name, found.map(|yes| word(yes).to_owned()), table.map(word));
    }

    /// A limit, against the table's, and for the driver if it is another.
    pub fn note_limit(&mut self, name: &'static str, limit: Limit, found: Result<usize, String>) {
        let table = self.table.limit(limit).value;
        if let Some(found) = found.as_ref().ok().and_then(|found| u16::try_from(*found).ok()) {
            if found != table {
                self.discovered.limits.push((limit, found));
            }
        }
        let found = found.map(|bytes| bytes.to_string());
        self.note(name, found, Some(&table.to_string()));
    }

    /// How many seconds are left of the budget.
    pub fn left(&self) -> Duration {
        self.until.saturating_since(self.console.now())
    }

    /// Fails if the broker or the network ended the connection.
    pub fn check_connection(&self) -> Result<(), Failure> {
        let broken = wire::lines(self.console.seen()).any(|(_, line)| line.starts_with(b"+MQTTBREAK:"));
        if broken {
            let sentence = "the connection was lost during the self-test: check that the broker allows the topic \
                            fibocom-selftest/#, and try again";
            return Err(Failure::new(code::CONNECTION, sentence));
        }
        Ok(())
    }

    fn publication(&self, topic: &str, qos: u8, content: &str) -> String {
        format!("AT+MQTTPUB={},\"{topic}\",{qos},0,{content}", self.id)
    }

    /// Publishes a payload inside the command.
    pub async fn publish_inline(&mut self, topic: &str, payload: &str) -> Result<Outcome, Failure> {
        let command = self.publication(topic, 1, &format!("\"{payload}\""));
        self.console.operate(&command, "+MQTTPUB").await
    }

    /// The same at QoS 0: only the answer, not the result.
    pub async fn publish_at_qos0(&mut self, payload: &str) -> Result<End, Failure> {
        let command = self.publication(&self.topic, 0, &format!("\"{payload}\""));
        Ok(self.console.ask(&command).await?.end)
    }

    /// Asks for data mode with this size.
    pub async fn ask_to_publish(&mut self, topic: &str, size: usize) -> Result<End, Failure> {
        let command = self.publication(topic, 1, &size.to_string());
        self.console.ask_for_data(&command, size).await
    }

    /// Publishes a payload in data mode.
    pub async fn publish_data(&mut self, topic: &str, form: DataForm, payload: &[u8]) -> Result<Outcome, Failure> {
        let (size, data) = form_wire(form, payload);
        let end = self.ask_to_publish(topic, size).await?;
        if end != End::Prompt {
            return Ok(Outcome { end, result: None });
        }
        self.console.give(&data).await?;
        self.console.outcome("+MQTTPUB", RETURN).await
    }

    /// Fetches a message from the module, if it has one.
    pub async fn fetch(&mut self) -> Result<Option<Message>, Failure> {
        let command = format!("AT+MQTTREAD={}", self.id);
        let reply = self.console.ask(&command).await?;
        Ok(wire::message(&reply.bytes, &self.topic))
    }

    /// Waits for a message to be announced, and fetches it. One whose announcement is lost is fetched in the end.
    pub async fn receive(&mut self) -> Result<Option<Message>, Failure> {
        self.console.announcement(RETURN).await?;
        self.fetch().await
    }

    /// Fetches what nobody waits for any more.
    pub async fn drain(&mut self) -> Result<(), Failure> {
        self.console.quiet(Duration::from_millis(100)).await?;
        for _ in 0..64 {
            if self.fetch().await?.is_none() {
                break;
            }
        }
        while self.console.announcement(Duration::ZERO).await?.is_some() {}
        Ok(())
    }
}
