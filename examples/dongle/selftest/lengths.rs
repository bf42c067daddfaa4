//! How long things may be: what the module says, and what it takes.

use std::time::Duration;

use atat::AtatCmd;
use fibocom_mqtt::command::{TestPublish, TestUser};
use fibocom_mqtt::{DataForm, Limit};

use super::course::Course;
use super::wire::{self, End};
use crate::failure::Failure;

/// The MQTT library in UNISOC firmware drops larger packets.
const LONGEST_PAYLOAD: usize = 8192;
/// Twice what any manual names.
const LONGEST_TEXT: usize = 2048;

/// What is tried at some length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    User,
    Password,
    ClientId,
    Topic,
    Payload(DataForm),
    Received(DataForm),
}

impl Course {
    /// What `=?` forms say.
    pub async fn stated(&mut self) -> Result<(), Failure> {
        let reply = self.console.ask("AT+MQTTUSER=?").await?;
        let user = TestUser.parse(Ok(&information(&reply.bytes)));
        let unread = |end: &End| format!("{} to the =? form, or it cannot be read", end.because());
        let user = user.map_err(|_| unread(&reply.end));
        let client_id = user.as_ref().map(|limits| limits.client_id).map_err(Clone::clone);
        let client_id = client_id.and_then(|stated| stated.ok_or("the module does not say".into()));
        self.note_stated("stated-user", Limit::User, user.as_ref().map(|limits| limits.user));
        self.note_stated(
            "stated-password",
            Limit::Password,
            user.as_ref().map(|limits| limits.password),
        );
        self.note_stated("stated-client-id", Limit::ClientId, client_id.as_ref().copied());

        let reply = self.console.ask("AT+MQTTPUB=?").await?;
        let publish = TestPublish.parse(Ok(&information(&reply.bytes)));
        let publish = publish.map_err(|_| unread(&reply.end));
        self.note_stated(
            "stated-topic",
            Limit::Topic,
            publish.as_ref().map(|limits| limits.topic),
        );
        self.note_stated(
            "stated-payload",
            Limit::Payload,
            publish.as_ref().map(|limits| limits.payload),
        );
        Ok(())
    }

    fn note_stated(&mut self, name: &'static str, limit: Limit, stated: Result<u32, &String>) {
        let table = self.table.limit(limit).value.to_string();
        self.note(
            name,
            stated.map(|stated| stated.to_string()).map_err(Clone::clone),
            Some(&table),
        );
    }

    /// User name, password and client id, on a connection that nobody uses (`other`).
    pub async fn texts(&mut self, other: Option<u8>) -> Result<(), Failure> {
        for (name, limit, probe) in [
            ("user", Limit::User, Probe::User),
            ("password", Limit::Password, Probe::Password),
            ("client-id", Limit::ClientId, Probe::ClientId),
        ] {
            let found = match other {
                None => Err("the module has no other connection to try it on".to_owned()),
                Some(other) => {
                    let start = usize::from(self.table.limit(limit).value);
                    self.longest(probe, other, start, LONGEST_TEXT).await?
                }
            };
            self.note_limit(name, limit, found);
        }
        if let Some(other) = other {
            // Nothing of that is to stay.
            self.console.ask(&format!("AT+MQTTUSER={other},\"\",\"\"")).await?;
        }
        let topic = usize::from(self.table.limit(Limit::Topic).value);
        let found = self.longest(Probe::Topic, self.id, topic, topic + 1).await?;
        self.note_limit("topic", Limit::Topic, found);
        Ok(())
    }

    /// The longest payload out, and in.
    pub async fn payloads(&mut self) -> Result<(), Failure> {
        let Some(form) = self.discovered.form else {
            let why = || "the form of data is not known".to_owned();
            self.note_limit("payload", Limit::Payload, Err(why()));
            self.note_limit("received", Limit::Received, Err(why()));
            return Ok(());
        };
        let table = usize::from(self.table.limit(Limit::Payload).value);
        let out = self
            .longest(Probe::Payload(form), self.id, table, LONGEST_PAYLOAD)
            .await?;
        self.note_limit("payload", Limit::Payload, out.clone());

        let table = usize::from(self.table.limit(Limit::Received).value);
        let bytes_out = out.map(|size| if form == DataForm::HexDigits { size / 2 } else { size });
        let found = match bytes_out {
            Err(why) => Err(why),
            Ok(most) => match self.longest(Probe::Received(form), self.id, most, most).await? {
                Ok(found) if found == most && most < table => Err(format!(
                    "messages of {most} bytes come through, and the module publishes no longer ones: they must come \
                     from elsewhere"
                )),
                found => found,
            },
        };
        self.note_limit("received", Limit::Received, found);
        self.drain().await
    }

    /// The largest length up to `cap` that is taken, near `start`.
    async fn longest(
        &mut self,
        probe: Probe,
        id: u8,
        start: usize,
        cap: usize,
    ) -> Result<Result<usize, String>, Failure> {
        let (mut taken, mut refused) = (0, cap + 1);
        let mut next = start.min(cap);
        while taken + 1 < refused {
            if self.left() < Duration::from_secs(10) {
                return Ok(Err(format!("the time was over; {taken} bytes are taken")));
            }
            if self.takes(probe, id, next).await? {
                taken = next;
            } else {
                refused = next;
            }
            next = match next {
                // The usual case is that the table is right.
                _ if taken == start => start + 1,
                _ if taken == start + 1 && refused > cap => cap,
                _ => taken.midpoint(refused),
            };
            next = next.clamp(taken + 1, (refused - 1).max(taken + 1));
        }
        self.check_connection()?;
        if taken == 0 {
            return Ok(Err("not even one byte was taken".into()));
        }
        Ok(Ok(taken))
    }

    async fn takes(&mut self, probe: Probe, id: u8, len: usize) -> Result<bool, Failure> {
        let text = "x".repeat(len);
        let command = match probe {
            Probe::User => format!("AT+MQTTUSER={id},\"{text}\",\"p\",\"c\""),
            Probe::Password => format!("AT+MQTTUSER={id},\"u\",\"{text}\",\"c\""),
            Probe::ClientId => format!("AT+MQTTUSER={id},\"u\",\"p\",\"{text}\""),
            Probe::Topic => {
                let topic: String = format!("{}/", self.topic)
                    .chars()
                    .chain(text.chars())
                    .take(len)
                    .collect();
                return Ok(self.publish_inline(&topic, "x").await?.is_done());
            }
            // To a topic that does not come back.
            Probe::Payload(form) => return self.takes_payload(form, len).await,
            Probe::Received(form) => return self.comes_back(form, text.as_bytes()).await,
        };
        Ok(self.console.ask(&command).await?.end == End::Ok)
    }

    /// Whether a publication of this size is taken. The size is what the command says, so it counts digits where those do.
    async fn takes_payload(&mut self, form: DataForm, size: usize) -> Result<bool, Failure> {
        let topic = format!("{}/size", self.topic);
        if self.ask_to_publish(&topic, size).await? != End::Prompt {
            return Ok(false);
        }
        let digits = if form == DataForm::HexBytes { 2 * size } else { size };
        self.console.give(&b"3".repeat(digits)).await?;
        let outcome = self.console.outcome("+MQTTPUB", Duration::from_secs(15)).await?;
        // Digits that are no pairs are refused for that.
        Ok(outcome.is_done() || (form == DataForm::HexDigits && size % 2 == 1))
    }

    /// Whether a message comes back: if it does not before a later one, it never will.
    async fn comes_back(&mut self, form: DataForm, payload: &[u8]) -> Result<bool, Failure> {
        let topic = self.topic.clone();
        if !self.publish_data(&topic, form, payload).await?.is_done() {
            return Ok(false);
        }
        let mut came = false;
        if self.console.announcement(Duration::from_millis(300)).await?.is_some() {
            came = self.fetch().await?.is_some_and(|message| message.payload == payload);
        }
        if came {
            return Ok(true);
        }
        self.publish_inline(&topic, "end").await?;
        while let Some(message) = self.receive().await? {
            match message.payload.as_slice() {
                b"end" => break,
                found => came |= found == payload,
            }
        }
        Ok(came)
    }
}

/// The lines of an answer in front of its result, as the commands' own parsers want them.
fn information(bytes: &[u8]) -> Vec<u8> {
    let lines = wire::lines(bytes).map(|(_, line)| line);
    let lines: Vec<_> = lines
        .filter(|line| line.starts_with(b"+") && !line.starts_with(b"+CME"))
        .collect();
    lines.join(&b"\r\n"[..])
}
