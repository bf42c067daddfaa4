//! What holds at every step, and at the end of a walk.

use super::*;

impl Walk<'_> {
    pub(super) fn check_message(&self, received: &Received) {
        let given = |(topic, payload): &(&str, Vec<u8>)| *payload == received.payload && received.is_from(topic);
        assert!(
            self.given.iter().any(given),
            "{:?} was received of {:?} ({:?}), {:#?}",
            String::from_utf8_lossy(&received.payload),
            String::from_utf8_lossy(&received.topic),
            self.given,
            self.log
        );
    }

    /// Receives until this payload comes.
    pub(super) async fn recv_until(&self, modem: &mut TestModem<'_, Paced>, id: AnyConnectionId, last: &[u8]) {
        let mut buffer = [0; 1279];
        loop {
            match modem.client(id).recv(&mut buffer).await {
                Ok(message) => {
                    let received = Received::of(message);
                    self.check_message(&received);
                    if received.payload == last {
                        return;
                    }
                }
                // Of before.
                Err(Error::Lost(_)) => {}
                Err(Error::OtherMessage(other)) => drop(modem.client(other).skip().await.unwrap()),
                Err(error) => panic!("{error:?} {:#?}", self.log),
            }
        }
    }

    /// What the broker got is what was to be published, or the beginning of it.
    fn check_published(&self) {
        for (client, message) in self.world.broker().published() {
            if !client.starts_with("meter") || message.payload == b"gone" {
                continue;
            }
            let begins = |asked: &Vec<u8>| {
                let same = asked.iter().zip(&message.payload).take_while(|(a, b)| a == b).count();
                let rest = &message.payload[same..];
                rest.is_empty() || self.port_replaced && b"AT\r".repeat(2).starts_with(rest)
            };
            assert!(
                self.asked.iter().any(begins),
                "{:?} was published, {:#?}",
                String::from_utf8_lossy(&message.payload),
                self.log
            );
        }
    }

    fn check_counters(&self, counters: Counters) {
        let Counters {
            sent,
            confirmed,
            accepted,
            refused,
            cut,
            unknown,
            ..
        } = counters;
        assert_eq!(
            sent,
            confirmed + accepted + refused + cut + unknown,
            "{counters:?} {:#?}",
            self.log
        );
    }

    /// All is well again.
    pub(super) async fn ends_well(&mut self, modem: &mut TestModem<'_, Paced>) {
        self.world.module(|module| module.settings_mut().faults.clear());
        self.world.port().stall(false);
        sleep(self.world, 200 * SECOND).await;
        // A restart that was dropped while the port took nothing is carried out now.
        let _ = modem.wake().await;
        sleep(self.world, 60 * SECOND).await;
        let began = self.world.clock().elapsed();
        self.log.push(format!("{began:?} the end"));
        let attached = modem.attach(100 * SECOND).await;
        assert!(attached.is_ok(), "{attached:?} {:#?}", self.log);
        let up = modem.bring_up(&Network::new(), 100 * SECOND).await;
        assert!(up.is_ok(), "{up:?} {:#?}", self.log);
        for (id, name) in IDS.into_iter().zip(NAMES) {
            let mut client = modem.client(id);
            let options = ConnectOptions::new("broker", 1883).client_id(name);
            let connected = client.connect(&options).await;
            assert!(connected.is_ok(), "{id} {connected:?} {:#?}", self.log);
            client
                .subscribe(TopicFilter::new(name).unwrap(), QoS::AtLeastOnce)
                .await
                .unwrap();
            let payload = format!("the end of {name}").into_bytes();
            self.asked.push(payload.clone());
            self.given.push((name, payload.clone()));
            let delivery = client
                .publish(&Publication::new(topic(name), &payload).qos(QoS::AtLeastOnce))
                .await;
            assert_eq!(delivery, Ok(Delivery::Confirmed), "{:#?}", self.log);
            self.recv_until(modem, id.into(), &payload).await;
            self.check_counters(modem.client(id).counters());
        }
        self.sn_ends_well(modem).await;
        let took = self.world.clock().elapsed() - began;
        assert!(took < 500 * SECOND, "{took:?} {:#?}", self.log);
        self.check_counters(modem.counters());
        self.check_published();
    }
}
