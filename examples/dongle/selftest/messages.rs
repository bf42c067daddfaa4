//! How messages go through: data mode, quotes, escapes, results.

use std::time::Duration;

use fibocom_mqtt::DataForm;

use super::course::Course;
use super::finding::form_words;
use super::wire::{self, End};
use crate::failure::{Failure, Stage, code};

/// How soon a module that has all its data answers. One that wants more is then given more, well before its data mode ends
/// by itself.
const ANSWERS: Duration = Duration::from_millis(1200);

/// Four digits, which are two bytes in digits: "12". With the second half they are "1234".
const PROBE: &[u8] = b"3132";
const SECOND_HALF: &[u8] = b"3334";

impl Course {
    /// Everything below comes back by this.
    pub async fn subscribe(&mut self) -> Result<(), Failure> {
        let command = format!("AT+MQTTSUB={},\"{}\",1", self.id, self.topic);
        let outcome = self.console.operate(&command, "+MQTTSUB").await?;
        self.subscribed = outcome.end == End::Ok;
        if outcome.is_done() {
            return Ok(());
        }
        let filter = &self.topic;
        let failure = match outcome.result {
            Some(_) => Stage::Subscribe { filter }.failure(fibocom_mqtt::Error::Refused),
            None => Failure::new(
                code::REFUSED,
                format!(
                    "the subscription to {filter} failed: {}; check that the broker allows it",
                    outcome.end.because()
                ),
            ),
        };
        Err(failure)
    }

    /// Data mode: the prompt, and what is taken behind it.
    pub async fn data_form(&mut self) -> Result<(), Failure> {
        let topic = self.topic.clone();
        let end = self.ask_to_publish(&topic, PROBE.len()).await?;
        if end != End::Prompt {
            let why = format!("{} to a publication by size", end.because());
            self.note("prompt", Err(why.clone()), None);
            self.note("data-form", Err(why), Some(form_words(DataForm::Raw)));
            return Ok(());
        }
        // What belongs to the prompt comes with it.
        self.console.quiet(Duration::from_millis(100)).await?;
        let prompt = wire::prompt(self.console.since_command());
        self.note("prompt", Ok(prompt), Some("> space CR LF"));

        self.console.give(PROBE).await?;
        let early = self.console.find(ANSWERS, wire::end).await?;
        if early.is_none() {
            self.console.give(SECOND_HALF).await?;
        }
        let outcome = self.console.outcome("+MQTTPUB", Duration::from_secs(10)).await?;
        let message = if outcome.is_done() { self.receive().await? } else { None };
        let found = match message.as_ref().map(|message| message.payload.as_slice()) {
            Some(b"3132") => Ok(DataForm::Raw),
            Some(b"12") => Ok(DataForm::HexDigits),
            Some(b"1234") => Ok(DataForm::HexBytes),
            Some(other) => Err(format!("3132 came back as {}", other.escape_ascii())),
            None => Err(format!("the message did not come back ({})", outcome.end.because())),
        };
        self.discovered.form = found.as_ref().ok().copied();
        self.note(
            "data-form",
            found.map(|form| form_words(form).into()),
            Some(form_words(DataForm::Raw)),
        );

        let quoted = message
            .map(|message| message.quoted)
            .ok_or("no message came back".to_owned());
        self.discovered.read_quotes = quoted.as_ref().ok().copied();
        self.note_yes("read-quotes", quoted, None);
        self.drain().await
    }

    /// `\22` inside quotes.
    pub async fn escapes(&mut self) -> Result<(), Failure> {
        let topic = self.topic.clone();
        let outcome = self.publish_inline(&topic, "x\\22y").await?;
        let message = if outcome.is_done() { self.receive().await? } else { None };
        let found = match message.map(|message| message.payload).as_deref() {
            Some(b"x\"y") => Ok(true),
            Some(b"x\\22y") => Ok(false),
            Some(other) => Err(format!("x\\22y came back as {}", other.escape_ascii())),
            None => Err(outcome.end.because()),
        };
        self.discovered.escapes = found.as_ref().ok().copied();
        // The manuals do not say; the firmware's source does.
        let table = self.unisoc.then_some(true);
        self.note_yes("escapes", found, table);
        self.drain().await
    }

    /// Whether `+MQTTPUB` comes at QoS 0: either it does, or it is missing behind that of a later publication.
    pub async fn result_at_qos0(&mut self) -> Result<(), Failure> {
        let results = |bytes: &[u8]| {
            wire::lines(bytes)
                .filter(|(_, line)| line.starts_with(b"+MQTTPUB:"))
                .count()
        };
        let start = self.console.seen().len();
        let end = self.publish_at_qos0("q0").await?;
        let found = if end == End::Ok {
            let soon = Duration::from_millis(1500);
            let came = self
                .console
                .find(soon, |bytes| (results(bytes) > 0).then_some(()))
                .await?;
            if came.is_some() {
                Ok(true)
            } else {
                let topic = self.topic.clone();
                let later = self.publish_inline(&topic, "q1").await?;
                // What belongs together is not to be judged by these two.
                self.console.sequences.pop();
                self.receive().await?;
                self.console.quiet(Duration::from_millis(300)).await?;
                let all = self.console.seen().get(start..).unwrap_or_default();
                match (later.is_done(), results(all)) {
                    (true, 1) => Ok(false),
                    (true, _) => Ok(true),
                    (false, _) => Err(later.end.because()),
                }
            }
        } else {
            Err(end.because())
        };
        self.discovered.result_at_qos0 = found.as_ref().ok().copied();
        self.note_yes("qos0-result", found, Some(true));
        self.drain().await
    }

    /// A payload of nothing can only go inside the command.
    pub async fn empty_publish(&mut self) -> Result<(), Failure> {
        let topic = self.topic.clone();
        let outcome = self.publish_inline(&topic, "").await?;
        let found = if outcome.is_done() {
            match self.receive().await? {
                Some(message) if message.payload.is_empty() => Ok("published".to_owned()),
                Some(message) => Err(format!("{} bytes came back", message.payload.len())),
                None => Err("it was published and did not come back".into()),
            }
        } else if outcome.end == End::Prompt {
            self.console.recover().await?;
            Err("the module asked for data".into())
        } else {
            Ok(format!("refused: {}", outcome.end.because()))
        };
        self.note("empty-publish", found, None);
        self.drain().await
    }

    /// How messages are printed without reading by length.
    pub async fn direct(&mut self) -> Result<(), Failure> {
        let end = self.console.ask("AT+MQTTCONF=0").await?.end;
        let topic = self.topic.clone();
        let form = if end == End::Ok {
            let start = self.console.seen().len();
            let outcome = self.publish_inline(&topic, "direct").await?;
            // It may come before the publication's result.
            let before = wire::direct(self.console.seen().get(start..).unwrap_or_default(), &topic);
            let wanted = |bytes: &[u8]| wire::direct(bytes, &topic);
            let form = match before {
                None if outcome.is_done() => self.console.find(Duration::from_secs(10), wanted).await?,
                known => known,
            };
            form.ok_or("no +MQTTMSG came".to_owned())
        } else {
            Err(format!("{} to AT+MQTTCONF=0", end.because()))
        };
        self.note_yes("direct-quotes", form.clone().map(|form| form.quoted), Some(true));
        self.note_yes("comma-space", form.map(|form| form.spaced), Some(false));
        self.console.ask("AT+MQTTCONF=1").await?;
        self.drain().await
    }

    /// What all exchanges so far have shown, and the plainest of all.
    pub async fn forms(&mut self) -> Result<(), Failure> {
        let reply = self.console.ask("AT").await?;
        let at = wire::line_at(&reply.bytes, b"OK").unwrap_or_default();
        let (before, behind) = reply.bytes.split_at(at);
        let ends = match (before.ends_with(b"\n"), behind.starts_with(b"OK\r\n")) {
            (true, true) => Ok("CR LF on both sides".to_owned()),
            (true, false) => Ok("LF on both sides".to_owned()),
            (false, true) => Ok("CR LF behind".to_owned()),
            (false, false) => Err(format!("the answer to AT was {}", reply.bytes.escape_ascii())),
        };
        let colon = wire::lines(self.console.seen())
            .find_map(|(_, line)| wire::behind(line, "+MQTTPUB").or(wire::behind(line, "+MQTTMSGI")))
            .map(|rest| rest.starts_with(b" "));
        let order = self.order();
        self.note_yes("colon-space", colon.ok_or("no such line came".into()), Some(true));
        self.note("line-ends", ends, Some("CR LF on both sides"));
        self.note("result-order", order, Some("OK, later the result"));
        Ok(())
    }

    /// By the middle one of all operations, so that one that was slow decides nothing.
    fn order(&self) -> Result<String, String> {
        let sequences = &self.console.sequences;
        let first = sequences.iter().filter(|sequence| sequence.result_first).count();
        if sequences.len() < 3 {
            return Err("too few operations had a result".into());
        }
        if first * 2 > sequences.len() {
            return Ok("the result, then OK".into());
        }
        let mut gaps: Vec<_> = sequences.iter().map(|sequence| sequence.gap).collect();
        gaps.sort_unstable();
        let middle = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
        Ok(if middle < Duration::from_millis(8) {
            "OK, and the result directly behind".into()
        } else {
            "OK, later the result".into()
        })
    }
}
