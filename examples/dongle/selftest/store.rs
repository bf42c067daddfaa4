//! What the module does with messages that nobody reads yet.

use std::time::Duration;

use super::course::Course;
use crate::failure::Failure;

/// So many are sent before the first is read.
const SENT: usize = 20;

impl Course {
    /// Several messages at once: how many are stored, which are lost, and which are announced.
    pub async fn store(&mut self) -> Result<(), Failure> {
        let topic = self.topic.clone();
        for number in 0..SENT {
            let outcome = self.publish_inline(&topic, &format!("s{number:02}")).await?;
            if !outcome.is_done() {
                let why = format!("publication {} failed: {}", number + 1, outcome.end.because());
                return self.note_store(Err(why)).await;
            }
        }
        // The last ones may still be on their way, or never come.
        self.console.quiet(Duration::from_secs(1)).await?;
        let stored = self.count_announced().await?;
        let mut announced = stored;
        let mut read = Vec::new();
        // Twice: what had to wait comes only now.
        for _ in 0..2 {
            while let Some(message) = self.fetch().await? {
                let text = String::from_utf8_lossy(&message.payload).into_owned();
                read.extend(text.strip_prefix('s').and_then(|number| number.parse::<usize>().ok()));
                if read.len() > SENT {
                    break;
                }
            }
            self.console.quiet(Duration::from_millis(500)).await?;
            announced += self.count_announced().await?;
        }
        let store = Store {
            stored,
            announced,
            read,
        };
        self.note_store(Ok(store)).await
    }

    async fn count_announced(&mut self) -> Result<usize, Failure> {
        let mut count = 0;
        while self.console.announcement(Duration::ZERO).await?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    async fn note_store(&mut self, store: Result<Store, String>) -> Result<(), Failure> {
        self.note("stored", store.as_ref().map(Store::count).map_err(Clone::clone), None);
        let full = store.as_ref().map_err(Clone::clone).and_then(Store::when_full);
        self.note("when-full", full, None);
        let announced = store.and_then(|store| store.announcements());
        self.note("announcements", announced, Some("for each message"));
        self.drain().await
    }
}

/// What was seen of it.
struct Store {
    /// Announced before anything was read.
    stored: usize,
    /// Announced in all.
    announced: usize,
    /// The numbers of the messages, in the order in which they came.
    read: Vec<usize>,
}

impl Store {
    fn count(&self) -> String {
        match self.read.len() {
            SENT if self.stored < SENT && self.stored > 0 => self.stored.to_string(),
            SENT => format!("{SENT} or more"),
            read => read.to_string(),
        }
    }

    fn when_full(&self) -> Result<String, String> {
        let (first, last) = (self.read.first(), self.read.last());
        match self.read.len() {
            0 => Err("no message came back".into()),
            SENT if self.stored < SENT && self.stored > 0 => Ok("messages wait in the network".into()),
            SENT => Err(format!("it was not full with {SENT} messages")),
            _ if first == Some(&0) && last != Some(&(SENT - 1)) => Ok("the newest are lost".into()),
            _ if first != Some(&0) && last == Some(&(SENT - 1)) => Ok("the oldest are lost".into()),
            _ => Err(format!("these came: {:?}", self.read)),
        }
    }

    fn announcements(&self) -> Result<String, String> {
        match (self.announced, self.read.len()) {
            (_, 0) => Err("no message came back".into()),
            (0, _) => Ok("none".into()),
            (announced, read) if announced >= read => Ok("for each message".into()),
            (announced, read) => Ok(format!("{announced} for {read} messages")),
        }
    }
}
