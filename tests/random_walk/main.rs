//! Whatever happened before, in whatever order, and whichever calls were dropped: attaching, connecting, publishing and receiving
//! work afterwards, and nothing that was no message was published or received.
//! In half of the walks an MQTT-SN connection is used beside.
//!
//! `WALKS=5000 SEED=1 cargo test --all-features --test random_walk` walks longer, from another seed. A failure names its seed, and
//! `TRACE=1` shows what went over the line.
#![cfg(feature = "sim")]

mod dice;
mod ending;
mod sn;
#[path = "../support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use dice::{Dice, settings};
use embassy_futures::select::{Either, select};
use fibocom_mqtt::sim::{
    BreakCause, EarlyCommand, Fault, Framing, NetworkNeed, Prompt, ResultOrder, Settings, UrcTiming, World,
};
use fibocom_mqtt::{
    AnyConnectionId, Attach, Backoff, Buffers, ConnectOptions, ConnectionId, Counters, Delivery, Error, Incoming,
    Modem, Network, OpenConnections, PowerControl, Publication, QoS, ReceiveMode, Recovering, Recovery, Tls,
    TopicFilter, TopicNames, Will, filter,
};
use sn::Received;
use support::*;

const SECOND: Duration = Duration::from_secs(1);
const IDS: [ConnectionId; 2] = [ConnectionId::FIRST, ConnectionId::SECOND];
const NAMES: [&str; 2] = ["meter-1", "meter-2"];
const FILTERS: [(TopicFilter, QoS); 1] = [(filter!("down/#"), QoS::AtLeastOnce)];
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----\nTWV0ZXI=\n-----END CERTIFICATE-----\n";

/// No call takes longer, but for receiving and recovering.
const BOUND: Duration = Duration::from_secs(600);

/// Payloads that look like lines, prompts and answers. None holds a command.
const HOSTILE: [&[u8]; 12] = [
    b"plain",
    b"\r\nOK\r\n",
    b"\r\n\r\nAT READY\r\n\r\n",
    b"+SIM READY",
    b"\r\n+SIM READY\r\n",
    b"\r\n>\r\n> ",
    b"\r\n+MQTTBREAK: 1,1\r\n",
    b"\r\n+MQTTREAD: 1,0,3,5,abc,hello\r\nOK\r\n",
    b"\r\n+CME ERROR: 3\r\n",
    b"\"\",\"\"",
    b"\"",
    &[0xff; 300],
];

/// A supply that can be switched.
struct Supply<'w>(&'w World);

impl PowerControl for Supply<'_> {
    type Error = ();

    async fn restart<C: fibocom_mqtt::Clock>(&mut self, _: &C) -> Result<(), ()> {
        self.0.restart();
        Ok(())
    }
}

struct Walk<'w> {
    world: &'w World,
    dice: Dice,
    /// Every payload that was to be published.
    asked: Vec<Vec<u8>>,
    /// Every payload that the broker was given, and to which topic.
    given: Vec<(&'static str, Vec<u8>)>,
    /// What was published on the MQTT-SN connection, and to which topic.
    addressed: Vec<(String, Vec<u8>)>,
    direct: bool,
    /// Answers may come late until then.
    late_until: Duration,
    /// The driver does not know any more that a message is on its way.
    port_replaced: bool,
    log: Vec<String>,
}

impl Walk<'_> {
    fn payload(&mut self) -> Vec<u8> {
        let body = self.dice.one(&HOSTILE);
        let mark = format!("{}.", self.asked.len() + self.given.len());
        let mut payload = if self.direct {
            mark.into_bytes()
        } else {
            [mark.as_bytes(), body].concat()
        };
        if self.dice.in_ten(2) {
            payload.resize(900, b'x');
        }
        payload
    }

    fn options<'o>(&mut self, index: usize) -> ConnectOptions<'o, Option<Tls<'o>>> {
        let options = ConnectOptions::new("broker", 1883)
            .client_id(NAMES[index])
            .clean_session(self.dice.in_ten(5));
        let options = options.maybe_tls(match self.dice.below(4) {
            0 => Some(Tls::new().trust(PEM).client_certificate(PEM, PEM)),
            1 => Some(Tls::new().client_certificate(PEM, PEM).dangerously_skip_verification()),
            _ => None,
        });
        if self.dice.in_ten(3) {
            options.will(Will::new(topic("will"), b"gone"))
        } else {
            options
        }
    }

    /// Something happens that the driver did not ask for.
    fn event(&mut self) {
        let event = self.dice.below(14);
        self.log
            .push(format!("{:?} event {event}", self.world.clock().elapsed()));
        let world = self.world;
        match event {
            0 => world.restart(),
            1 => drop(
                world
                    .broker()
                    .break_connection(self.dice.one(&[NAMES[0], NAMES[1], sn::NAME])),
            ),
            2 => {
                let lasting = self.dice.below(30) as u32 * SECOND;
                world.lose_network(BreakCause::Server, lasting);
            }
            3..=8 => {
                let payload = self.payload();
                let name = self.dice.one(&["down/x", "down/y", "d2"]);
                self.given.push((name, payload.clone()));
                world.broker().client("elsewhere").publish(name, payload, 1, false);
            }
            9 => {
                let late = Fault::LateOk(Duration::from_millis(self.dice.below(20_000)));
                let fault = self.dice.one(&[
                    Fault::Silent,
                    Fault::NoPrompt,
                    late,
                    Fault::NoOk,
                    Fault::PubNoResult,
                    Fault::OpenNoResult,
                    Fault::DropUrc,
                    Fault::UrcInside,
                    Fault::Garbage,
                ]);
                let now = world.clock().elapsed();
                if fault == late {
                    self.late_until = now + 60 * SECOND;
                } else if now < self.late_until {
                    // It could hide a prompt that is under way.
                    return;
                }
                self.log.push(format!("{fault}"));
                world.module(|module| {
                    let faults = &mut module.settings_mut().faults;
                    // A prompt that is both late and lost, or hidden by garbage, leaves no sign of when the data mode ends.
                    if fault == late || faults.iter().any(|fault| matches!(fault, Fault::LateOk(_))) {
                        faults.clear();
                    }
                    faults.push(fault);
                });
            }
            10 => world.port().stall(true),
            _ => world.module(|module| module.settings_mut().faults.clear()),
        }
    }

    /// One call, which may be dropped.
    async fn call(&mut self, modem: &mut TestModem<'_, Paced>) {
        let which = self.dice.below(18);
        let index = self.dice.below(2) as usize;
        let id = IDS[index];
        let patience = match self.dice.below(4) {
            0 => Duration::from_millis(self.dice.below(20)),
            1 => Duration::from_millis(self.dice.below(400)),
            2 => self.dice.below(40) as u32 * SECOND,
            _ => BOUND,
        };
        // Receiving may wait for ever.
        let patience = if (6..=8).contains(&which) {
            patience.min(100 * SECOND)
        } else {
            patience
        };
        self.log.push(format!(
            "{:?} call {which} on {id} for {patience:?}",
            self.world.clock().elapsed()
        ));
        let (payload, options) = (self.payload(), self.options(index));
        let network = Network::new();
        let began = self.world.clock().elapsed();
        let mut buffer = [0; 1279];
        let mut received = None;
        let mut recovering = false;
        let call = async {
            let mut client = modem.client(id);
            match which {
                0..=3 => {
                    let qos = if payload.len() % 2 == 0 {
                        QoS::AtLeastOnce
                    } else {
                        QoS::AtMostOnce
                    };
                    self.asked.push(payload.clone());
                    let _ = client.publish(&Publication::new(topic("up"), &payload).qos(qos)).await;
                }
                4 => drop(client.subscribe(FILTERS[0].0, QoS::AtLeastOnce).await),
                5 => drop(client.disconnect().await),
                6 => {
                    received = client.recv(&mut buffer).await.ok().map(Received::of);
                }
                7 => {
                    if let Ok(Incoming::Message(_, message)) = modem.recv_any(&mut buffer).await {
                        received = Some(Received::of(message));
                    }
                }
                8 => drop(client.poll().await),
                9 => drop(client.skip().await),
                10 | 11 => drop(client.connect(&options).await),
                12 => drop(
                    modem
                        .attach_with(&Attach::new().open_connections(OpenConnections::Close))
                        .await,
                ),
                13 => drop(modem.attach(40 * SECOND).await),
                14 => drop(modem.bring_up(&network, 60 * SECOND).await),
                15 => drop(modem.allow_sleep(payload.len() % 2 == 0).await),
                16 => drop(modem.restart().await),
                _ => {
                    recovering = true;
                    let recovery = Recovery::new(options)
                        .network(network)
                        .subscriptions(&FILTERS)
                        .backoff(Backoff::new().attempts(3));
                    let mut watch = |_: Recovering<'_, _>| {};
                    let _ = client.recover(&recovery, &mut Supply(self.world), &mut watch).await;
                }
            }
        };
        let ended = matches!(select(call, sleep(self.world, patience)).await, Either::First(()));
        let took = self.world.clock().elapsed() - began;
        assert!(
            ended || recovering || patience < BOUND,
            "it did not end within {took:?}: {:#?}",
            self.log
        );
        if let Some(received) = received {
            self.check_message(&received);
        }
    }
}

fn walk(seed: u64) {
    let mut dice = Dice::new(seed);
    let world = World::new(settings(&mut dice));
    world.port().set_read_size(dice.one(&[1, 7, 64, 4096]));
    let direct = dice.in_ten(2);
    let mut show = |step: fibocom_mqtt::Trace<'_>| println!("{step}");
    let mut memory = Memory::default();
    if direct {
        memory.line = vec![0; 1800];
        memory.message = vec![0; 32_768];
    }
    let mut names = [0; 256];
    let mut names = TopicNames::new(&mut names);
    let buffers = Buffers::new(&mut memory.line, &mut memory.message, &mut memory.transmit).topics(&mut names);
    let mut modem = Modem::new(Paced::new(&world), world.clock(), buffers);
    if std::env::var_os("TRACE").is_some() {
        modem.set_trace(&mut show);
    }
    if direct {
        modem.set_receive_mode(ReceiveMode::Direct);
    }
    let mut walk = Walk {
        world: &world,
        dice,
        asked: Vec::new(),
        given: Vec::new(),
        addressed: Vec::new(),
        direct,
        late_until: Duration::ZERO,
        port_replaced: false,
        log: vec![format!("seed {seed}")],
    };
    world.block_on(async {
        let with_sn = walk.dice.in_ten(5);
        if walk.dice.in_ten(8) {
            let _ = modem.attach(40 * SECOND).await;
            let _ = modem.bring_up(&Network::new(), 60 * SECOND).await;
            for (index, id) in IDS.into_iter().enumerate() {
                let options = walk.options(index);
                let _ = modem.client(id).connect(&options).await;
                let _ = modem.client(id).subscribe(FILTERS[0].0, QoS::AtLeastOnce).await;
            }
            if with_sn {
                walk.sn_begins(&mut modem).await;
            }
        }
        for _ in 0..walk.dice.below(16) {
            while walk.dice.in_ten(5) {
                walk.event();
            }
            if walk.dice.in_ten(3) {
                let pause = walk
                    .dice
                    .one(&[Duration::from_millis(300), SECOND, 20 * SECOND, 70 * SECOND]);
                sleep(&world, pause).await;
            }
            if walk.dice.in_ten(1) {
                walk.log.push(format!("{:?} another port", world.clock().elapsed()));
                walk.port_replaced = true;
                drop(modem.replace_port(Paced::new(&world)));
            }
            if with_sn && walk.dice.in_ten(5) {
                walk.sn_call(&mut modem).await;
            } else {
                walk.call(&mut modem).await;
            }
            world.port().stall(false);
        }
        walk.ends_well(&mut modem).await;
    });
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_happened_it_goes_on() {
    let (walks, first) = (number("WALKS"), number("SEED").unwrap_or(0));
    let began = Instant::now();
    for seed in first..first + walks.unwrap_or(400) {
        // On a slow machine fewer do.
        if walks.is_none() && began.elapsed() > Duration::from_secs(5) {
            break;
        }
        let done = std::panic::catch_unwind(|| walk(seed));
        assert!(done.is_ok(), "failed: SEED={seed} WALKS=1");
    }
}
