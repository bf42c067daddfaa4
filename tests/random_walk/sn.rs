//! Steps of a walk on an MQTT-SN connection: what its topic ids stand for must be right whatever happened.

use fibocom_mqtt::{
    AnyConnectionId, Message, Publication, QoS, ShortTopic, SnConnectOptions, SnConnectionId, TopicFilter, Will,
};

use super::*;

pub const ID: SnConnectionId = SnConnectionId::FIRST;
pub const NAME: &str = "meter-sn";
const TOPICS: [&str; 4] = ["up/a", "up/b", "up/long/name/of/a/topic", "u2"];

/// How the gateway and its module put topics, as far as a message cannot be lost by it.
pub fn dialect(settings: &mut Settings, dice: &mut Dice) {
    for (knob, values) in [
        ("sn-topics", &["ids", "names"][..]),
        ("sn-announce", &["id", "length"]),
        ("sn-id-length", &["0", "1", "digits"]),
        ("sn-listing", &["ok-first", "ok-last"]),
        ("sn-listing-delay", &["0", "50", "250"]),
        ("sn-full", &["status", "error"]),
        ("sn-bare-success", &["no", "no", "yes"]),
    ] {
        settings.set(knob, dice.one(values)).unwrap();
    }
}

impl Walk<'_> {
    fn sn_options<'o>(&mut self) -> SnConnectOptions<'o> {
        let options = SnConnectOptions::new("gateway", 1883)
            .client_id(NAME)
            .clean_session(self.dice.in_ten(5));
        if self.dice.in_ten(3) {
            options.will(Will::new(topic("will"), b"gone"))
        } else {
            options
        }
    }

    /// Connects and subscribes.
    pub async fn sn_begins(&mut self, modem: &mut TestModem<'_, Paced>) {
        let options = self.sn_options();
        let _ = modem.client(ID).connect(&options).await;
        let _ = modem.client(ID).subscribe(FILTERS[0].0, QoS::AtLeastOnce).await;
    }

    /// One call, which may be dropped.
    pub async fn sn_call(&mut self, modem: &mut TestModem<'_, Paced>) {
        let which = self.dice.below(18);
        let patience = match self.dice.below(4) {
            0 => Duration::from_millis(self.dice.below(20)),
            1 => Duration::from_millis(self.dice.below(400)),
            2 => self.dice.below(40) as u32 * SECOND,
            _ => BOUND,
        };
        let patience = if (6..=8).contains(&which) {
            patience.min(100 * SECOND)
        } else {
            patience
        };
        self.log.push(format!(
            "{:?} call {which} on {ID} for {patience:?}",
            self.world.clock().elapsed()
        ));
        let (payload, options) = (self.payload(), self.sn_options());
        let (name, qos) = (
            self.dice.one(&TOPICS),
            self.dice.one(&[QoS::AtMostOnce, QoS::AtLeastOnce]),
        );
        let nth = self.dice.below(3) as usize;
        let began = self.world.clock().elapsed();
        let mut buffer = [0; 1279];
        let mut received = None;
        let call = async {
            let mut client = modem.client(ID);
            match which {
                0 | 1 => {
                    self.asked.push(payload.clone());
                    self.addressed.push((name.into(), payload.clone()));
                    let _ = client.publish(&Publication::new(topic(name), &payload).qos(qos)).await;
                }
                2..=4 => {
                    let known = client.topic(nth).filter(|(_, name)| !name.starts_with(b"d"));
                    let Some((id, name)) = known else { return };
                    self.addressed
                        .push((String::from_utf8(name.to_vec()).unwrap(), payload.clone()));
                    self.asked.push(payload.clone());
                    let _ = client.publish(&Publication::new(id, &payload).qos(qos)).await;
                }
                5 => drop(client.disconnect().await),
                6 | 7 => received = client.recv(&mut buffer).await.ok().map(Received::of),
                8 => drop(client.poll().await),
                9 => drop(client.skip().await),
                10 | 11 => drop(client.connect(&options).await),
                12 | 13 => drop(client.register(topic(name)).await),
                14 => drop(client.registrations().await),
                15 => drop(client.subscribe(FILTERS[0].0, qos).await),
                16 => drop(client.subscribe(ShortTopic::new("d2").unwrap(), qos).await),
                _ => drop(client.update_will_message(b"gone").await),
            }
        };
        let ended = matches!(select(call, sleep(self.world, patience)).await, Either::First(()));
        let took = self.world.clock().elapsed() - began;
        assert!(
            ended || patience < BOUND,
            "it did not end within {took:?}: {:#?}",
            self.log
        );
        if let Some(received) = received {
            self.check_message(&received);
        }
    }

    /// What went to a name or a topic id came there, and nowhere else.
    pub fn check_addressed(&self) {
        for (client, message) in self.world.broker().published() {
            let to = |(_, payload): &&(String, Vec<u8>)| *payload == message.payload;
            if client != NAME || message.payload == b"gone" {
                continue;
            }
            // One that was cut short has no address that could be looked up.
            if let Some((name, _)) = self.addressed.iter().find(to) {
                assert_eq!(name.as_bytes(), message.topic, "{:#?}", self.log);
            }
        }
    }

    /// Connects, and sends something around.
    pub async fn sn_ends_well(&mut self, modem: &mut TestModem<'_, Paced>) {
        let mut client = modem.client(ID);
        let options = SnConnectOptions::new("gateway", 1883).client_id(NAME);
        let connected = client.connect(&options).await;
        assert!(connected.is_ok(), "{connected:?} {:#?}", self.log);
        client
            .subscribe(TopicFilter::new(NAME).unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        let payload = b"the end of it".to_vec();
        self.asked.push(payload.clone());
        self.given.push((NAME, payload.clone()));
        let registered = client.register(topic(NAME)).await;
        assert!(registered.is_ok(), "{registered:?} {:#?}", self.log);
        let publication = Publication::new(topic(NAME), &payload).qos(QoS::AtLeastOnce);
        assert_eq!(
            client.publish(&publication).await,
            Ok(Delivery::Confirmed),
            "{:#?}",
            self.log
        );
        self.recv_until(modem, AnyConnectionId::from(ID), &payload).await;
        self.check_addressed();
    }
}

/// A message that came.
pub struct Received {
    pub topic: Vec<u8>,
    pub payload: Vec<u8>,
    by_id: bool,
}

impl Received {
    pub fn of(message: Message<'_>) -> Self {
        Self {
            topic: message.topic().to_vec(),
            payload: message.payload().to_vec(),
            by_id: message.topic_id().is_some(),
        }
    }

    /// A topic id whose name is not known has none.
    pub fn is_from(&self, topic: &str) -> bool {
        self.topic == topic.as_bytes() || self.by_id && self.topic.is_empty()
    }
}
