//! The connection itself: what lists of ids mean, what survives closing, and how long data mode waits.

use std::time::Duration;

use atat::AtatCmd;
use fibocom_mqtt::command::OpenableIds;

use super::console::DATA_MODE;
use super::course::Course;
use super::wire::{self, End};
use crate::failure::Failure;

/// What `AT+MQTTOPEN` needs.
pub struct OpenArguments {
    pub host: String,
    pub port: u16,
    pub clean: bool,
    pub keep_alive: u16,
    pub tls: bool,
}

impl Course {
    /// `AT+MQTTOPEN?` while one connection is open. Returns another one that is free.
    pub async fn lists(&mut self) -> Result<Option<u8>, Failure> {
        let reply = self.console.ask("AT+MQTTOPEN?").await?;
        let lines: Vec<_> = wire::lines(&reply.bytes)
            .map(|(_, line)| line)
            .filter(|line| line.starts_with(b"+MQTTOPEN"))
            .collect();
        let ids = OpenableIds.parse(Ok(&lines.join(&b"\r\n"[..])));
        let listed = match (&ids, lines.is_empty()) {
            (Ok(ids), false) => Ok(ids.contains(self.id)),
            _ => Err(format!("{} to AT+MQTTOPEN?, or it cannot be read", reply.end.because())),
        };
        let meaning = listed
            .clone()
            .map(|listed| if listed { "open ids" } else { "free ids" }.to_owned());
        self.note("openable", meaning, Some("free ids"));
        let form = listed
            .clone()
            .and_then(|_| match (lines.len(), lines.iter().any(|line| line.contains(&b','))) {
                (1, true) => Ok("in one line".to_owned()),
                (1, false) => Err("there was only one".into()),
                _ => Ok("a line each".to_owned()),
            });
        self.note("ids", form, Some("in one line"));
        let free = listed.is_ok_and(|listed| !listed);
        let mut candidates = ids
            .as_ref()
            .map(|ids| ids.as_slice())
            .unwrap_or_default()
            .iter()
            .copied();
        Ok(candidates.find(|id| free && *id != self.id && (1..=3).contains(id)))
    }

    /// Closes and opens again: whether `AT+MQTTCONF=1` stays, and whether there is an argument for TLS. False if the
    /// connection did not come back.
    pub async fn reopen(&mut self, open: Option<OpenArguments>, table_tls: bool) -> Result<bool, Failure> {
        let Some(open) = open else {
            let why = || "the host can only be written in a form that not every module takes".to_owned();
            self.note("conf", Err(why()), Some("kept"));
            self.note_yes("tls-argument", Err(why()), Some(table_tls));
            return Ok(true);
        };
        let command = format!("AT+MQTTCLOSE={}", self.id);
        self.console.operate(&command, "+MQTTCLOSE").await?;
        let OpenArguments {
            host,
            port,
            clean,
            keep_alive,
            tls,
        } = open;
        let plain = format!(
            "AT+MQTTOPEN={},\"{host}\",{port},{},{keep_alive}",
            self.id,
            u8::from(clean)
        );
        let with = format!("{plain},{}", if tls { 2 } else { 0 });
        let mut outcome = self.console.operate(&with, "+MQTTOPEN").await?;
        self.subscribed &= !clean;
        let refused = matches!(outcome.end, End::Error(_));
        if refused && !tls {
            outcome = self.console.operate(&plain, "+MQTTOPEN").await?;
        }
        let back = outcome.is_done() && outcome.result == Some(true);
        let argument = match (refused, back) {
            (false, true) => Ok(true),
            (true, true) => Ok(false),
            (_, false) => Err(format!(
                "the connection could not be opened again: {}",
                outcome.end.because()
            )),
        };
        self.note_yes("tls-argument", argument, Some(table_tls));
        let reply = self.console.ask("AT+MQTTCONF?").await?;
        let mode = wire::lines(&reply.bytes).find_map(|(_, line)| wire::numbers::<1>(wire::behind(line, "+MQTTCONF")?));
        let kept = match mode {
            Some(([1], _)) => Ok("kept".to_owned()),
            Some(([mode], _)) => Ok(format!("{mode} after closing and opening")),
            None => Err(format!("{} to AT+MQTTCONF?", reply.end.because())),
        };
        self.note("conf", kept, Some("kept"));
        Ok(back)
    }

    /// How long data mode waits for data that do not come. The slowest of all, so the last.
    pub async fn data_limit(&mut self, connected: bool) -> Result<(), Failure> {
        const TABLE: &str = "30 s";
        let why = if !connected {
            Some("the connection did not come back".to_owned())
        } else if self.left() < DATA_MODE + Duration::from_secs(5) {
            Some("the time was over".to_owned())
        } else {
            let topic = format!("{}/size", self.topic);
            match self.ask_to_publish(&topic, 8).await? {
                End::Prompt => None,
                end => Some(format!("{} to a publication by size", end.because())),
            }
        };
        if let Some(why) = why {
            self.note("data-limit", Err(why), Some(TABLE));
            return Ok(());
        }
        let start = self.console.now();
        self.console.give(b"3132").await?;
        let ended = self.console.find(DATA_MODE, wire::end).await?;
        let waited = self.console.now().saturating_since(start).as_secs_f64().round() as u64;
        let limit = ended.as_ref().map(|_| Duration::from_secs(waited));
        self.discovered.data_limit = Some(limit);
        let found = match &ended {
            None => format!("none within {} s", DATA_MODE.as_secs()),
            Some(End::Ok) => format!("{waited} s"),
            Some(end) => format!("{waited} s, then {}", end.because()),
        };
        self.note("data-limit", Ok(found), Some(TABLE));
        match ended {
            None => self.console.recover().await,
            Some(_) => {
                self.console.note_data_ended();
                // Its result.
                self.console.quiet(Duration::from_millis(300)).await
            }
        }
    }
}
