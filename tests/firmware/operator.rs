//! Who watches the meter and commands it: an ordinary MQTT client, that comes back when the server does.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rumqttc::{Client, Event, MqttOptions, Packet, QoS, SubscribeFilter};

use crate::tool::PATIENCE;

const COMMAND: &str = "meter/7/command";

pub struct Operator {
    client: Client,
    received: Receiver<(String, Vec<u8>)>,
    /// What came and has not been asked for yet, by topic.
    kept: HashMap<String, VecDeque<Vec<u8>>>,
    over: Arc<AtomicBool>,
}

impl Operator {
    /// One that is subscribed, so that it misses nothing of what begins now.
    pub fn start(port: u16) -> Self {
        let options = MqttOptions::new("operator", "127.0.0.1", port);
        let (client, mut connection) = Client::new(options, 1000);
        let (sender, received) = mpsc::channel();
        let (subscribed, is_subscribed) = mpsc::channel();
        let over = Arc::new(AtomicBool::new(false));
        let (subscriber, ended) = (client.clone(), over.clone());
        thread::spawn(move || {
            for event in connection.iter() {
                match event {
                    // A new server knows nothing.
                    Ok(Event::Incoming(Packet::ConnAck(_))) => {
                        let topics = ["reading", "answer", "state"].map(|topic| format!("meter/7/{topic}"));
                        let filters = topics.map(|topic| SubscribeFilter::new(topic, QoS::AtLeastOnce));
                        subscriber.try_subscribe_many(filters).expect("there is room for it");
                    }
                    // The first time somebody waits for it.
                    Ok(Event::Incoming(Packet::SubAck(_))) => drop(subscribed.send(())),
                    Ok(Event::Incoming(Packet::Publish(message))) => {
                        // Nobody listens any more: the test is over.
                        drop(sender.send((message.topic, message.payload.to_vec())));
                    }
                    Ok(_) => {}
                    Err(_) if ended.load(Ordering::Relaxed) => return,
                    Err(_) => thread::sleep(Duration::from_millis(100)),
                }
            }
        });
        is_subscribed
            .recv_timeout(PATIENCE)
            .expect("the server takes its subscriptions");
        Self {
            client,
            received,
            kept: HashMap::new(),
            over,
        }
    }

    /// Sends a command.
    pub fn command(&mut self, payload: impl AsRef<[u8]>) {
        self.command_below("", payload);
    }

    /// Sends a command to a topic below.
    pub fn command_below(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        let topic = format!("{COMMAND}{topic}");
        self.client
            .publish(topic, QoS::AtLeastOnce, false, payload.as_ref())
            .expect("its thread runs");
    }

    /// The next message of the meter there. However many come elsewhere, its time is limited.
    pub fn next(&mut self, topic: &str) -> Vec<u8> {
        let until = Instant::now() + PATIENCE;
        let topic = format!("meter/7/{topic}");
        loop {
            if let Some(payload) = self.kept.get_mut(&topic).and_then(VecDeque::pop_front) {
                return payload;
            }
            let (other, payload) = self
                .received
                .recv_timeout(until.saturating_duration_since(Instant::now()))
                .unwrap_or_else(|_| panic!("nothing comes on {topic}"));
            self.kept.entry(other).or_default().push_back(payload);
        }
    }

    /// Sends a command, and returns the answer as text.
    pub fn ask(&mut self, command: &str) -> String {
        self.command(command);
        String::from_utf8(self.next("answer")).expect("the answer is text")
    }

    /// Waits for that state.
    pub fn wait_for_state(&mut self, state: &str) {
        while self.next("state") != state.as_bytes() {}
    }

    /// How many messages came there that have not been asked for.
    pub fn count(&mut self, topic: &str) -> usize {
        for (other, payload) in self.received.try_iter() {
            self.kept.entry(other).or_default().push_back(payload);
        }
        self.kept.get(&format!("meter/7/{topic}")).map_or(0, VecDeque::len)
    }

    /// Forgets what came until now.
    pub fn forget(&mut self) {
        self.received.try_iter().for_each(drop);
        self.kept.clear();
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        drop(self.client.try_disconnect());
    }
}
