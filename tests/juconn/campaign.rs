//! Everything that can go wrong, in every phase: once it is over, the gateway runs, has executed nothing twice and owes no answer.

use std::cell::{Cell, RefCell};
use std::fmt::{Display, Write};
use std::time::Duration;

use embassy_futures::select::{Either, Either3, select, select3};
use fibocom_mqtt::profile::juconn::{
    self, Application, Body, CloudSendRealtimeData, Command, Config, DataSource, Device, Gateway, Input, Memory, Now,
    Persisted, Phase, PointMemory, Reading,
};
use fibocom_mqtt::sim::{BreakCause, Fault, World};
use fibocom_mqtt::{Clock, ConnectionId, Dialect, Error, Instant, Network, Tls};

use super::adapter::{KEYS, Portal, portal};
use super::support::{self, Paced, TestModem};
use crate::bench::{database, init_result, request_id, rollout_result};

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// The device: a command takes a while, and is answered with its number.
struct Field<'w> {
    world: &'w World,
    executed: RefCell<Vec<String>>,
    failures: Cell<usize>,
    /// Since this was asked last.
    failed: Cell<bool>,
    turns: Cell<usize>,
}

impl DataSource for Field<'_> {
    fn read(&mut self, _: &str, reading: &mut Reading) {
        reading.set(20);
    }
}

impl Application for Field<'_> {
    fn unix_time(&mut self) -> u64 {
        1_498_724_247 + self.world.clock().now().as_millis() / 1000
    }

    fn persist(&mut self, _: &Persisted) {}

    async fn execute(&mut self, command: Command<'_>, answer: &mut dyn Write) {
        self.executed.borrow_mut().push(command.text().into());
        support::sleep(self.world, 30 * MILLI).await;
        let _ = write!(answer, "<{}/>", command.name());
    }

    fn failed(&mut self, _: &dyn Display) {
        self.failures.set(self.failures.get() + 1);
        self.failed.set(true);
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Nothing,
    Fault(Fault),
    RefusePublications,
    RefuseSubscriptions,
    Withhold,
    /// The broker closes the connection.
    Break,
    Restart,
    NoNetwork,
    /// Commands are answered with an error.
    Error(&'static [u8]),
    /// The line stops.
    Stall,
    /// It looks like a restart, and is none.
    Hint,
}

/// Whether READ quotes is a property of a module, and does not change.
const FAULTS: [Fault; 15] = [
    Fault::OpenCme(703),
    Fault::OpenRefused,
    Fault::OpenNoResult,
    Fault::PubNoResult,
    Fault::PubRefused,
    Fault::SubRefused,
    Fault::Silent,
    Fault::SilentAfter(2),
    Fault::SilentAfter(7),
    Fault::NoPrompt,
    Fault::UrcInside,
    Fault::Garbage,
    Fault::LateOk(Duration::from_secs(12)),
    Fault::DropUrc,
    Fault::NoOk,
];

const OTHERS: [Trouble; 14] = [
    Trouble::Nothing,
    Trouble::RefusePublications,
    Trouble::RefuseSubscriptions,
    Trouble::Withhold,
    Trouble::Break,
    Trouble::Restart,
    Trouble::NoNetwork,
    Trouble::Error(b"AT+MQTTPUB="),
    Trouble::Error(b"AT+MQTTSUB="),
    Trouble::Error(b"AT+MQTTREAD="),
    Trouble::Error(b"AT+MQTTCLOSE"),
    Trouble::Error(b"AT+MQTT"),
    Trouble::Stall,
    Trouble::Hint,
];

impl Trouble {
    fn begin(self, world: &World) {
        match self {
            Self::Nothing => {}
            Self::Fault(fault) => world.module(|module| module.settings_mut().faults.push(fault)),
            Self::RefusePublications => world.broker().refuse_publications(true),
            Self::RefuseSubscriptions => world.broker().refuse_subscriptions(true),
            Self::Withhold => world.broker().withhold_results(true),
            Self::Break => {
                let names = world.broker().connected();
                for name in names.iter().filter(|name| *name != "portal") {
                    assert!(world.broker().break_connection(name));
                }
            }
            Self::Restart => world.restart(),
            Self::NoNetwork => world.lose_network(BreakCause::Link, 20 * SECOND),
            Self::Error(command) => world.on_command(command, b"\r\nERROR\r\n"),
            Self::Stall => world.port().stall(true),
            Self::Hint => world.module(|module| module.emit_urc(b"+SIM READY")),
        }
    }

    /// Whether a publication may have gone out of which nobody knows.
    fn leaves_doubts(self) -> bool {
        matches!(
            self,
            Self::Withhold
                | Self::Break
                | Self::Restart
                | Self::NoNetwork
                | Self::Stall
                | Self::Fault(
                    Fault::PubNoResult
                        | Fault::Silent
                        | Fault::SilentAfter(_)
                        | Fault::NoPrompt
                        | Fault::NoOk
                        | Fault::LateOk(_)
                )
        )
    }

    fn end(world: &World) {
        world.module(|module| {
            module.settings_mut().faults.clear();
            module.forget_scripts();
        });
        world.broker().refuse_publications(false);
        world.broker().refuse_subscriptions(false);
        world.broker().withhold_results(false);
        world.port().stall(false);
    }
}

/// A portal, and what it heard.
struct Server<'w> {
    portal: Portal<'w>,
    /// The number of the request that was sent last, and when.
    asked: Cell<(u32, Instant)>,
    heard: RefCell<Vec<u32>>,
}

impl Server<'_> {
    /// Answers whatever comes, and sends one request after the other; one that has no result in 100 s was lost, as the broker keeps none.
    async fn serve(&self, until: impl Fn(u32) -> bool) {
        let (client, world) = &self.portal;
        let mut heard_at = world.clock().now();
        loop {
            for message in client.received() {
                heard_at = world.clock().now();
                let topic = String::from_utf8(message.topic).unwrap();
                let payload = String::from_utf8_lossy(&message.payload).into_owned();
                match topic.rsplit('/').next().unwrap() {
                    // What was cut short has no id.
                    _ if !payload.ends_with('}') && !payload.ends_with('>') => {}
                    "gatewayRollout" => {
                        let configuration = "<gateway_configuration><A/><B/></gateway_configuration>";
                        let answer = rollout_result(0, &request_id(&payload), configuration);
                        client.publish("fp/gatewayRolloutResult/04600912", answer, 1, false);
                    }
                    "gatewayInit" => {
                        let answer = init_result(0, &request_id(&payload));
                        client.publish("c7/fp/g7/gatewayInitResult", answer, 1, false);
                    }
                    "cmdResult" => {
                        let body = Body::parse(&message.payload).unwrap();
                        let number = body.value("response_id").unwrap().to_string().parse().unwrap();
                        self.heard.borrow_mut().push(number);
                        if until(number) {
                            return;
                        }
                    }
                    _ => {}
                }
            }
            let (asked, at) = self.asked.get();
            let now = world.clock().now();
            let names = world.broker().connected();
            let subscribed = |name: &String| {
                world
                    .broker()
                    .subscriptions(name)
                    .iter()
                    .any(|(filter, _)| filter == b"c7/fp/g7/cmd")
            };
            let ready = names.iter().any(subscribed);
            if ready && (self.heard.borrow().contains(&asked) || now >= at + 100 * SECOND) {
                let next = asked + 1;
                self.asked.set((next, now));
                let payload = format!("<request_id _=\"{next}\"/><serial_number _=\"04600912\"/><cmd><D{next}/></cmd>");
                client.publish("c7/fp/g7/cmd", payload, 1, false);
            }
            let busy = world.clock().now() < heard_at + 2 * SECOND;
            support::sleep(world, if busy { 20 } else { 250 } * MILLI).await;
        }
    }
}

/// How the turns are dropped: after so many milliseconds each, while trouble lasts. Events come in between.
type Cut = Option<u64>;

async fn live(
    world: &World,
    modem: &mut TestModem<'_, Paced>,
    gateway: &mut Gateway<'_>,
    plant: &mut Field<'_>,
    cut: &Cell<Cut>,
    trouble: Trouble,
) {
    loop {
        plant.turns.set(plant.turns.get() + 1);
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 1279];
        let turn = juconn::turn(&mut client, gateway, plant, Tls::new(), &mut buffer);
        let ended = match cut.get() {
            None => turn.await,
            Some(millis) => match select(turn, support::sleep(world, Duration::from_millis(millis))).await {
                Either::First(ended) => ended,
                Either::Second(()) => {
                    // Not in step with anything.
                    cut.set(Some(millis % 89 + 7));
                    let now = Now::new(world.clock().now(), 0);
                    match millis % 3 {
                        0 => gateway.input(now, Input::SendRealtimeData(CloudSendRealtimeData::ALL)),
                        1 => gateway.input(now, Input::Start),
                        _ => {}
                    }
                    continue;
                }
            },
        };
        match ended {
            // The network is for the application to bring up again.
            Ok(()) if matches!(trouble, Trouble::NoNetwork) && plant.failed.take() => {
                let _ = modem.bring_up(&Network::new(), 180 * SECOND).await;
            }
            Ok(()) => {}
            Err(Error::Silent | Error::Restarted) => {
                while modem.attach(40 * SECOND).await.is_err()
                    || modem.bring_up(&Network::new(), 180 * SECOND).await.is_err()
                {}
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// A whole life with one trouble, that begins after so many milliseconds and lasts so long.
fn campaign(trouble: Trouble, begin: u64, lasting: Duration, drops: Cut) -> usize {
    let case = format!("{trouble:?} at {begin} for {lasting:?}, turns of {drops:?}");
    let world = support::online();
    let mut memory = support::Memory::default();
    let mut plant = Field {
        world: &world,
        executed: RefCell::default(),
        failures: Cell::new(0),
        failed: Cell::new(false),
        turns: Cell::new(0),
    };
    let config = Config::parse(database(KEYS).leak()).unwrap();
    let slots = Memory::new(
        vec![PointMemory::new(); 4].leak(),
        vec![0; 1500].leak(),
        vec![0; 1024].leak(),
    );
    let device = Device::new("04600912", "WT640").unwrap();
    let mut gateway = Gateway::new(device, config, Persisted::default(), slots).unwrap();
    let server = Server {
        portal: portal(&world),
        asked: Cell::new((0, Instant::from_millis(0))),
        heard: RefCell::new(vec![0]),
    };
    let cut = Cell::new(None);
    let ended = Cell::new(None);
    world.block_on(async {
        let mut modem = memory.paced(&world, Dialect::default());
        modem.attach(40 * SECOND).await.unwrap();
        gateway.input(Now::new(world.clock().now(), 0), Input::Start);
        let life = live(&world, &mut modem, &mut gateway, &mut plant, &cut, trouble);
        let trouble = async {
            support::sleep(&world, Duration::from_millis(begin)).await;
            cut.set(drops);
            trouble.begin(&world);
            support::sleep(&world, lasting).await;
            Trouble::end(&world);
            cut.set(None);
            ended.set(Some((server.asked.get().0, world.clock().now())));
            std::future::pending::<()>().await;
        };
        // Until a request that was sent after all is well has its result.
        let well = server.serve(|number| ended.get().is_some_and(|(asked, _)| number > asked));
        let limit = support::sleep(&world, lasting + 1000 * SECOND);
        match select3(select(life, trouble), well, limit).await {
            Either3::Second(()) => {}
            _ => panic!("{case}: it does not run again: {:?}", plant.executed),
        }
    });
    assert_eq!(gateway.phase(), Phase::Running, "{case}");
    let (executed, heard) = (plant.executed.into_inner(), server.heard.into_inner());
    let times = |name: &str| executed.iter().filter(|executed| *executed == name).count();
    assert_eq!((times("<A/>"), times("<B/>")), (1, 1), "{case}: {executed:?}");
    for number in 1..=server.asked.get().0 {
        let (executed, answered) = (
            times(&format!("<D{number}/>")),
            heard.iter().filter(|heard| **heard == number).count(),
        );
        assert!(executed <= 1, "{case}: {number} was executed twice");
        assert!(answered >= executed, "{case}: {number} has no answer");
        assert!(
            answered <= 1 || trouble.leaves_doubts(),
            "{case}: {number} was answered twice"
        );
    }
    // No turn is without a wait.
    let took = world.clock().now().as_millis() / 1000;
    assert!(
        plant.turns.get() < 150 + 200 * took as usize,
        "{case}: {} turns in {took} s",
        plant.turns.get()
    );
    plant.failures.get()
}

/// Every trouble, at moments that are `step` milliseconds apart.
fn troubles(step: usize, drops: &[Cut]) {
    let mut failures = 0;
    for (index, trouble) in OTHERS.into_iter().chain(FAULTS.map(Trouble::Fault)).enumerate() {
        for (turn, begin) in (0..2000).step_by(step).enumerate() {
            for drops in drops {
                let lasting = [3 * SECOND, 50 * SECOND][usize::from((index + turn) % 4 == 0)];
                // Each at moments of its own.
                failures += campaign(trouble, begin + (index as u64 * 7) % step as u64, lasting, *drops);
            }
        }
    }
    assert!(failures > 0);
}

#[test]
fn after_any_trouble_it_runs_again_and_owes_nothing() {
    troubles(250, &[None]);
}

#[test]
fn after_any_trouble_with_dropped_turns_it_runs_again_and_owes_nothing() {
    troubles(500, &[Some(3), Some(61)]);
}

/// Takes minutes: `cargo test --all-features --test juconn campaign -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn after_any_trouble_at_many_moments() {
    troubles(100, &[None, Some(20), Some(50), Some(83), Some(400)]);
}
