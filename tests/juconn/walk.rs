//! Random walks: any input at any moment, also between two of the things that a gateway wants done.

use std::collections::HashSet;
use std::fmt::Write;

use fibocom_mqtt::profile::juconn::{CloudSendRealtimeData, Input, Link, Persisted, Phase};

use crate::bench::{Bench, Did, IDS, init_result, request_id, rollout_result};
use crate::feedback::STOP;

/// Knuth's generator.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.roll(texts.len() as u64) as usize]
    }
}

const POINTS: &str = "<RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"2\"/><RTSendTime2 _=\"7\"/>\
    <Realtime1><A _=\"/Process/PV/A\" meta_type=\"power\" hysteresis=\"2\"/><B _=\"/Process/B/B\" meta_type=\"custom\"/></Realtime1>\
    <Realtime2><A _=\"/Process/PV/A\" meta_type=\"power\"/><G _=\"/G/a\" lng=\"/G/b\" meta_type=\"gps\"/></Realtime2>";

/// What an observer knows, and what must hold whatever happens.
#[derive(Default)]
struct Watch {
    /// What was persisted last.
    persisted: Persisted,
    rollouts: HashSet<String>,
    /// The id of the initialisation that was sent last.
    init: String,
    awaited: bool,
    /// The stop was executed with success, and nothing since.
    stopped: bool,
    command: String,
    results: usize,
}

impl Watch {
    fn see(&mut self, bench: &Bench, did: &Did) {
        let gateway = &bench.gateway;
        match did {
            Did::Connect(_) => assert_eq!(gateway.link(), Link::Connecting),
            Did::Disconnect => assert_eq!(gateway.link(), Link::Down),
            Did::Subscribe(..) => assert_eq!(gateway.link(), Link::Up),
            Did::Publish { topic, payload, .. } => {
                assert_eq!(gateway.link(), Link::Up);
                match topic.rsplit('/').next().unwrap() {
                    "gatewayRollout" => {
                        let id = request_id(payload);
                        assert_eq!(
                            id,
                            format!("04600912_{}", self.persisted.rollouts),
                            "kept before it is used"
                        );
                        assert!(self.rollouts.insert(id), "no id is used twice");
                        assert!(!self.awaited);
                    }
                    "gatewayInit" => self.init = request_id(payload),
                    "data" => assert_eq!(gateway.phase(), Phase::Running),
                    result => {
                        assert!(result.ends_with("Result"), "{topic}");
                        assert_eq!(gateway.phase(), Phase::Running);
                        self.results += 1;
                    }
                }
            }
            Did::Persist(persisted) => {
                assert!(persisted.rollouts >= self.persisted.rollouts);
                self.persisted.clone_from(persisted);
            }
            Did::Execute(command) => {
                assert!(!self.awaited, "one at a time");
                if command.starts_with("<SetConfig") {
                    assert!(self.stopped, "{command} without a stop");
                }
                self.awaited = true;
                self.command.clone_from(command);
            }
            Did::Support(..) => assert!(!self.awaited),
            Did::Log(_) => {}
        }
    }

    /// Whether it will do something by itself, or waits for somebody who will.
    fn lives(&self, bench: &Bench) {
        let gateway = &bench.gateway;
        let waits = gateway.next_tick().is_some() || gateway.link() == Link::Connecting || self.awaited;
        assert!(waits || gateway.phase() == Phase::PowerOn, "{gateway:?}");
    }
}

fn statements(dice: &mut Dice) -> String {
    let all = [
        "<Set/>",
        "<SetConfig/>",
        "<DoOn _=\"x\"/>",
        "<CloudSendRealtimeData/>",
        "<Reset _=\"Secretfile\"/>",
    ];
    (0..=dice.roll(3)).map(|_| dice.of(&all)).collect()
}

fn tell(bench: &mut Bench, watch: &mut Watch, dice: &mut Dice, restart: &mut bool) {
    let now = bench.now();
    let serial = dice.of(&["04600912", "04600912", "04600912", "1"]);
    let own = match bench.gateway.ids() {
        Some((gateway, customer)) => format!("{customer}/fp/{gateway}"),
        None => "c1/fp/g1".to_owned(),
    };
    let code = [404, 409, 500].get(dice.roll(20) as usize).copied().unwrap_or(0);
    let (topic, payload) = match dice.roll(24) {
        0 => return bench.gateway.input(now, Input::Start),
        1..=3 if bench.gateway.link() == Link::Connecting => return bench.gateway.input(now, Input::Connected),
        4 if dice.roll(4) == 0 => return bench.gateway.input(now, Input::Disconnected),
        5 | 6 => {
            bench.millis += [0, 1, 500, 1000, 10_000, 60_000, 3_600_000][dice.roll(7) as usize];
            return bench.gateway.input(bench.now(), Input::Tick);
        }
        7 => {
            // The clock of the calendar goes back too.
            bench.millis = bench.millis.saturating_sub(dice.roll(3000));
            return bench.gateway.input(bench.now(), Input::Tick);
        }
        8..=10 if watch.awaited => {
            let answer = dice.of(&["<Set/>", "<Set/>", "<Set/>", "", "<Error _=\"-7\"/>", "<", "<Error/>"]);
            if let Some((_, mut room)) = bench.gateway.execution() {
                room.write_str(answer).unwrap();
            }
            watch.awaited = false;
            watch.stopped = watch.command == STOP && matches!(answer, "<Set/>" | "");
            return bench.gateway.input(now, Input::Executed);
        }
        11 if dice.roll(4) == 0 => return bench.gateway.input(now, Input::NotPublished),
        12 => {
            return bench
                .gateway
                .input(now, Input::SendRealtimeData(CloudSendRealtimeData::ALL));
        }
        13 if !watch.awaited && dice.roll(20) == 0 => {
            return bench.gateway.input(now, Input::FactoryReset);
        }
        14 => {
            let number = bench
                .gateway
                .persisted()
                .rollouts
                .saturating_sub(u32::from(dice.roll(5) == 0));
            let more = match dice.roll(3) {
                0 => format!("<gateway_configuration>{}</gateway_configuration>", statements(dice)),
                1 => "<data_broker_details><url _=\"b\"/><qos _=\"2\"/></data_broker_details>".into(),
                _ => String::new(),
            };
            (
                "fp/gatewayRolloutResult/04600912".into(),
                rollout_result(code, &format!("04600912_{number}"), &more),
            )
        }
        15 | 20 => (format!("{own}/gatewayInitResult"), init_result(code, &watch.init)),
        16 | 17 | 21..=23 => {
            let kind = dice.of(&["config", "cmd", "state"]);
            let inner = statements(dice);
            let id = dice.roll(1000);
            let payload = format!("<request_id _=\"{id}\"/><serial_number _=\"{serial}\"/><{kind}>{inner}</{kind}>");
            (format!("{own}/{kind}"), payload)
        }
        18 => {
            for path in ["/Process/PV/A", "/Process/B/B", "/G/a"] {
                bench.plant.set(path, &dice.roll(9).to_string());
            }
            return;
        }
        _ => {
            *restart = dice.roll(50) == 0;
            return;
        }
    };
    let (topic, payload) = (topic.as_bytes(), payload.as_bytes());
    bench.gateway.input(now, Input::Message { topic, payload });
}

fn walk(seed: u64, ids: &str) -> (usize, usize) {
    let mut dice = Dice(seed);
    let (mut watch, mut limit) = (Watch::default(), 0);
    let keys = format!("{ids}{POINTS}");
    let mut bench = Bench::new(&keys);
    for _ in 0..2000 {
        let mut restart = false;
        tell(&mut bench, &mut watch, &mut dice, &mut restart);
        if restart {
            // Power was lost: what was persisted last is all there is.
            let millis = bench.millis;
            bench = Bench::restarted(&keys, watch.persisted.clone());
            bench.millis = millis;
            (watch.awaited, watch.stopped) = (false, false);
            bench.gateway.input(bench.now(), Input::Start);
        }
        // Sometimes the next thing happens before all is done.
        let steps = if dice.roll(3) == 0 { dice.roll(4) } else { 300 };
        for step in 0..steps {
            assert!(step < 250, "no end");
            let Some(did) = bench.next() else {
                watch.lives(&bench);
                break;
            };
            watch.see(&bench, &did);
            limit += 1;
        }
    }
    (limit, watch.results)
}

#[test]
fn whatever_happens_it_keeps_its_rules_and_goes_on() {
    let (mut did, mut results) = (0, 0);
    for seed in 0..16 {
        let ids = if seed % 3 == 0 { IDS } else { "" };
        let (more, sent) = walk(seed, ids);
        (did, results) = (did + more, results + sent);
    }
    // It went somewhere.
    assert!(did > 10_000 && results > 500, "{did} {results}");
}
