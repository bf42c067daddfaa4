//! A gateway on the simulated module, in virtual time, in front of a portal that is a client of the same broker.

use std::cell::RefCell;
use std::fmt::{Display, Write};
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::profile::juconn::{
    self, Application, Command, Config, DataSource, Device, Gateway, Input, Memory, Now, Persisted, PointMemory,
    Reading, Request, RequestKind, Statements, tixml::Document,
};
use fibocom_mqtt::sim::{Port, TestClient, Unplugged, VirtualClock, World};
use fibocom_mqtt::{Client, Clock, ConnectionId, Error, Feature, InvalidInput, Limit, Network, Tls};

use super::support::{self, TestModem};
use crate::bench::{IDS, database, init_result, request_id};

pub type Portal<'w> = (TestClient, &'w World);

/// The device, and what it saw.
#[derive(Default)]
pub struct Plant {
    pub executed: RefCell<Vec<String>>,
    pub failures: RefCell<Vec<String>>,
    pub notices: RefCell<Vec<juconn::Notice>>,
    /// How long a command takes.
    pub takes: Duration,
    pub clock: Option<VirtualClock>,
}

impl DataSource for Plant {
    fn read(&mut self, _: &str, reading: &mut Reading) {
        reading.set(20);
    }
}

impl Application for Plant {
    fn unix_time(&mut self) -> u64 {
        1_498_724_247
    }

    fn persist(&mut self, _: &Persisted) {}

    async fn execute(&mut self, command: Command<'_>, answer: &mut dyn Write) {
        self.executed.borrow_mut().push(command.text().into());
        // Half of the answer is there when it is dropped.
        write!(answer, "<{}", command.name()).unwrap();
        if let Some(clock) = &self.clock {
            clock.sleep_until(clock.now() + self.takes).await;
        }
        write!(answer, "/>").unwrap();
    }

    fn notice(&mut self, notice: juconn::Notice) {
        self.notices.borrow_mut().push(notice);
    }

    fn failed(&mut self, error: &dyn Display) {
        self.failures.borrow_mut().push(error.to_string());
    }
}

pub const KEYS: &str = "<username _=\"user\"/><password _=\"pass&amp;word\"/><MQTTKeepAlive _=\"400\"/><RTSendTime1 _=\"3600\"/>\
    <Realtime1><Room _=\"/Process/PV/Room\" meta_type=\"temperature\"/></Realtime1>";

pub fn gateway(keys: &str) -> Gateway<'static> {
    let config = Config::parse(database(&format!("{IDS}{keys}")).leak()).unwrap();
    let memory = Memory::new(
        vec![PointMemory::new(); 4].leak(),
        vec![0; 1500].leak(),
        vec![0; 1024].leak(),
    );
    Gateway::new(
        Device::new("04600912", "WT640").unwrap(),
        config,
        Persisted::default(),
        memory,
    )
    .unwrap()
}

/// The next message on a topic that ends so.
pub async fn next((client, world): &Portal<'_>, end: &str) -> String {
    for _ in 0..2000 {
        for message in client.received() {
            if message.topic.ends_with(end.as_bytes()) {
                return String::from_utf8(message.payload).unwrap();
            }
        }
        support::sleep(world, Duration::from_millis(100)).await;
    }
    panic!("no {end} in 200 s");
}

pub async fn accept(portal: &Portal<'_>) {
    let init = next(portal, "/gatewayInit").await;
    let answer = init_result(0, &request_id(&init));
    portal.0.publish("c1/fp/g1/gatewayInitResult", answer, 1, false);
}

/// A portal that hears everything.
pub fn portal(world: &World) -> Portal<'_> {
    let client = world.broker().client("portal");
    client.subscribe("#", 1);
    (client, world)
}

/// Runs the gateway and what the portal does, until that is done.
fn together(world: &World, plant: &mut Plant, script: impl AsyncFnOnce(&Portal<'_>)) {
    let mut memory = support::Memory::default();
    world.block_on(async {
        let portal = portal(world);
        let mut modem = memory.modem(world);
        let mut gateway = gateway(KEYS);
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 1279];
        let life = juconn::run(&mut client, &mut gateway, plant, Tls::new(), &mut buffer);
        match select(life, script(&portal)).await {
            Either::First(ended) => panic!("{ended:?}"),
            Either::Second(()) => {}
        }
    });
}

pub fn request(kind: RequestKind, statements: &str) -> String {
    let request = Request {
        kind,
        format: juconn::Format::Tixml,
        request_id: "r1".into(),
        serial_number: "04600912".into(),
        statements: Statements::Tixml(Document::parse(statements).unwrap()),
        path: None,
    };
    let mut out = String::new();
    request.write(juconn::Format::Tixml.into(), &mut out).unwrap();
    out
}

#[test]
fn it_connects_as_configured_and_lives() {
    let world = support::online();
    world.broker().require_credentials("user", "pass&word");
    let mut plant = Plant::default();
    together(&world, &mut plant, async |portal| {
        accept(portal).await;
        assert!(next(portal, "/data").await.contains("<Room _=\"20\" state=\"2\"/>"));
        portal.0.publish(
            "c1/fp/g1/cmd",
            request(RequestKind::Cmd, "<SetConfig _=\"A\"/>"),
            1,
            false,
        );
        assert!(
            next(portal, "/cmdResult")
                .await
                .contains("<cmd_result><SetConfig/></cmd_result>")
        );
    });
    let opens = world.broker().opens();
    assert_eq!(
        (opens.len(), &opens[0].host[..], opens[0].port),
        (1, &b"portal"[..], 1883)
    );
    assert_eq!((opens[0].keep_alive, opens[0].clean), (300, true));
    assert_eq!(*plant.notices.borrow(), [juconn::Notice::KeepAlive(400)]);
    let stop = "<Set _=\"/Process/Program/Mode\" value=\"Stop\" ver=\"v\"/>";
    assert_eq!(*plant.executed.borrow(), [stop, "<SetConfig _=\"A\"/>"]);
    assert!(plant.failures.borrow().is_empty());
}

#[test]
fn it_comes_back_after_every_kind_of_loss() {
    let world = support::online();
    world.broker().refuse_next_open(5);
    let mut plant = Plant::default();
    together(&world, &mut plant, async |portal| {
        accept(portal).await;
        next(portal, "/data").await;
        let id = world
            .broker()
            .connected()
            .into_iter()
            .find(|id| id != "portal")
            .unwrap();
        assert!(world.broker().break_connection(&id));
        accept(portal).await;
        support::sleep(&world, Duration::from_secs(1)).await;
        // A result that never comes: the connection is opened anew.
        world.broker().withhold_results(true);
        portal
            .0
            .publish("c1/fp/g1/cmd", request(RequestKind::Cmd, "<DoOn/>"), 1, false);
        support::sleep(&world, Duration::from_secs(40)).await;
        world.broker().withhold_results(false);
        accept(portal).await;
    });
    let failures = plant.failures.borrow();
    assert_eq!(failures.len(), 3, "{failures:?}");
    assert!(
        failures[0].contains("refused") || failures[0].contains("failure"),
        "{failures:?}"
    );
    assert!(failures[1].starts_with("the connection was lost"), "{failures:?}");
    assert!(failures[2].starts_with("the outcome is unknown"), "{failures:?}");
    assert_eq!(world.broker().opens().len(), 4);
}

#[test]
fn data_that_were_refused_are_sent_after_a_while() {
    let world = support::online();
    let mut plant = Plant::default();
    together(&world, &mut plant, async |portal| {
        let init = next(portal, "/gatewayInit").await;
        world.broker().refuse_publications(true);
        portal.0.publish(
            "c1/fp/g1/gatewayInitResult",
            init_result(0, &request_id(&init)),
            1,
            false,
        );
        support::sleep(&world, Duration::from_secs(25)).await;
        world.broker().refuse_publications(false);
        let before = world.clock().now();
        next(portal, "/data").await;
        assert!(world.clock().now().saturating_since(before) <= Duration::from_secs(10));
    });
    assert_eq!(plant.failures.borrow().len(), 3, "every ten seconds");
}

#[test]
fn what_the_module_takes_is_the_limit() {
    let world = support::online();
    let mut memory = support::Memory::default();
    let mut plant = Plant::default();
    world.block_on(async {
        let portal = portal(&world);
        let mut modem: TestModem<'_> = memory.modem(&world);
        modem.set_limit(Limit::Payload, 400);
        let mut gateway = gateway(KEYS);
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 1279];
        let life = juconn::run(&mut client, &mut gateway, &mut plant, Tls::new(), &mut buffer);
        let script = async {
            accept(&portal).await;
            next(&portal, "/data").await;
            // The answer repeats the command's name.
            let long = format!("<{}/>", "x".repeat(500));
            portal
                .0
                .publish("c1/fp/g1/cmd", request(RequestKind::Cmd, &long), 1, false);
            let result = next(&portal, "/cmdResult").await;
            assert!(result.contains("bytes and 400 is the most"), "{result}");
        };
        assert!(matches!(select(life, script).await, Either::Second(())));
    });
    assert!(plant.failures.borrow().is_empty(), "{:?}", plant.failures);
}

#[test]
fn a_message_that_is_too_large_is_skipped() {
    let world = support::online();
    let mut plant = Plant::default();
    together(&world, &mut plant, async |portal| {
        accept(portal).await;
        next(portal, "/data").await;
        portal.0.publish("c1/fp/g1/cmd", vec![b'x'; 1400], 1, false);
        portal
            .0
            .publish("c1/fp/g1/state", request(RequestKind::State, ""), 1, false);
        assert!(
            next(portal, "/stateResult")
                .await
                .contains("<gateway_states><Get/></gateway_states>")
        );
    });
    assert_eq!(plant.failures.borrow().len(), 1, "{:?}", plant.failures);
}

pub type Driver<'m, 'b> = Client<'m, 'b, Port, VirtualClock>;

pub async fn turn(
    client: &mut Driver<'_, '_>,
    gateway: &mut Gateway<'_>,
    plant: &mut Plant,
) -> Result<(), Error<Unplugged>> {
    juconn::turn(client, gateway, plant, Tls::new(), &mut [0; 1279]).await
}

#[test]
fn a_restart_of_the_module_is_the_callers_to_mend() {
    let world = support::online();
    let mut memory = support::Memory::default();
    let mut plant = Plant::default();
    world.block_on(async {
        let portal = portal(&world);
        let mut modem: TestModem<'_> = memory.modem(&world);
        let mut gateway = gateway(KEYS);
        let script = async {
            accept(&portal).await;
            next(&portal, "/data").await;
            world.restart();
            accept(&portal).await;
        };
        let life = async {
            gateway.input(Now::new(world.clock().now(), 0), Input::Start);
            let mut ends = Vec::new();
            loop {
                let mut client = modem.client(ConnectionId::FIRST);
                if let Err(error) = turn(&mut client, &mut gateway, &mut plant).await {
                    ends.push(error);
                    assert_eq!(ends, [Error::Restarted]);
                    modem.attach(Duration::from_secs(40)).await.unwrap();
                    modem.bring_up(&Network::new(), Duration::from_secs(180)).await.unwrap();
                }
            }
        };
        select(life, script).await;
    });
}

#[test]
fn what_the_module_cannot_do_is_refused_by_type() {
    let world = support::online();
    let mut memory = support::Memory::default();
    let mut plant = Plant::default();
    let config = database(&format!("{IDS}{KEYS}")).replace("tcp://portal:1883", "ssl://portal:8883");
    let error = world.block_on(async {
        let mut modem: TestModem<'_> = memory.modem(&world);
        let slots = Memory::new(vec![PointMemory::new(); 4].leak(), &mut [], &mut []);
        let device = Device::new("04600912", "WT640").unwrap();
        let mut gateway = Gateway::new(device, Config::parse(&config).unwrap(), Persisted::default(), slots).unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        juconn::run(&mut client, &mut gateway, &mut plant, Tls::new(), &mut [0; 1279])
            .await
            .unwrap_err()
    });
    let refused = |error| {
        matches!(
            error,
            Error::Invalid(InvalidInput::Unsupported {
                feature: Feature::Tls,
                ..
            })
        )
    };
    assert!(refused(error), "{error}");
    assert!(world.broker().opens().is_empty());
}
