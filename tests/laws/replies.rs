//! A reply answers its own command, and nothing is sent twice.

use embassy_futures::join::join;
use fibocom_mqtt::sim::Fault;
use fibocom_mqtt::{BreakCause, Delivery, Dialect, Error, ModuleError, Publication, QoS, TopicFilter, command};

use crate::SECOND;
use crate::support::*;

#[test]
fn a_fence_is_not_answered_by_the_command_it_fences() {
    // Whichever query is due, the abandoned command is never the same.
    for earlier in 0..4 {
        let world = online();
        let mut memory = Memory::default();
        let mut modem = memory.modem(&world);
        world.block_on(async {
            modem.send(&command::Attention).await.unwrap();
            for _ in 0..earlier {
                world.module(|module| module.on_command_once(b"AT+CGMI", b""));
                assert_eq!(modem.send(&command::Manufacturer).await, Err(Error::Silent));
                modem.send(&command::Attention).await.unwrap();
            }
            world.module(|module| module.on_command_once(b"AT+CSQ", b""));
            assert_eq!(modem.send(&command::ReadSignal).await, Err(Error::Silent));
            // The module works through its backlog: the late answer, that of the fence, and then the command's own.
            let from = world.record().commands().len();
            for fence in [&b"AT+CMEE?"[..], b"AT+CFUN?", b"AT+CSQ", b"AT+CCLK?"] {
                world.on_command(fence, b"");
            }
            world.on_command(b"AT+CMEE=1", b"");
            let backlog = async {
                sleep(&world, SECOND).await;
                let fence = world.record().commands()[from].clone();
                let name = fence.trim_start_matches("AT").trim_end_matches('?').to_owned();
                world.emit_raw(b"\r\n+CSQ: 24,99\r\n\r\nOK\r\n");
                sleep(&world, SECOND).await;
                world.emit_raw(format!("\r\n{name}: 1\r\n\r\nOK\r\n").as_bytes());
                sleep(&world, SECOND).await;
                world.emit_raw(b"\r\nERROR\r\n");
            };
            let (result, ()) = join(modem.send(&command::ErrorReports::Numbers), backlog).await;
            assert_eq!(result, Err(Error::Module(ModuleError::Error)), "{earlier}");
        });
    }
}

#[test]
fn a_result_that_comes_before_the_data_is_not_the_datas() {
    // A module that sometimes gives a result at QoS 0, late, though it was said to give none.
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem_with(&world, Dialect::default().result_at_qos0(false));
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().ok_delay = SECOND);
        world.broker().refuse_publications(true);
        let publication = Publication::new(topic("t"), b"1").qos(QoS::AtLeastOnce);
        let stale = async {
            sleep(&world, SECOND / 2).await;
            world.emit_raw(b"\r\n+MQTTPUB: 1,1\r\n");
        };
        let (result, ()) = join(client.publish(&publication), stale).await;
        assert_eq!(result, Err(Error::Refused));
    });
}

#[test]
fn a_late_result_is_not_the_next_ones() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.on_command(b"AT+MQTTCLOSE=1", b"\r\nOK\r\n");
        assert_eq!(client.disconnect().await, Err(Error::Unknown));
        let late = async {
            sleep(&world, SECOND).await;
            world.emit_raw(b"\r\n+MQTTCLOSE: 1,0\r\n");
            sleep(&world, SECOND).await;
            world.emit_raw(b"\r\n+MQTTCLOSE: 1,1\r\n");
        };
        assert_eq!(join(client.disconnect(), late).await.0, Ok(()));
    });
}

#[test]
fn nothing_without_a_result_is_sent_again() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        for command in [&b"AT+MQTTUNSUB"[..], b"AT+MQTTPUB", b"AT+MQTTCLOSE=1"] {
            world.on_command(command, b"\r\nOK\r\n");
        }
        let filter = TopicFilter::new("#").unwrap();
        assert_eq!(client.unsubscribe(filter).await, Err(Error::Unknown));
        world.emit_raw(b"\r\n+MQTTUNSUB: 1,1\r\n");
        assert!(client.poll().await.is_ok());
        let publication = Publication::new(topic("t"), b"");
        assert_eq!(client.publish(&publication).await, Err(Error::Unknown));
        assert_eq!(client.disconnect().await, Err(Error::Unknown));
    });
    let commands = world.record().commands();
    for name in ["AT+MQTTUNSUB=", "AT+MQTTPUB=", "AT+MQTTCLOSE="] {
        let times = commands.iter().filter(|command| command.starts_with(name)).count();
        assert_eq!(times, 1, "{name}");
    }
}

/// The report of the end waits behind the answer to a command, and that is `ERROR`, since the connection is gone.
#[test]
fn an_error_whose_cause_is_the_end_of_the_connection_says_so() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        let publication = Publication::new(topic("t"), b"1");
        // A refusal alone remains one.
        world.module(|module| module.on_command_once(b"AT+MQTTPUB=1", b"\r\nERROR\r\n"));
        assert_eq!(
            client.publish(&publication).await,
            Err(Error::Module(ModuleError::Error))
        );
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));

        world.module(|module| module.on_command_once(b"AT+MQTTPUB=1", b"\r\nERROR\r\n\r\n+MQTTBREAK: 1,2\r\n"));
        let lost = Err(Error::Disconnected(BreakCause::Link));
        assert_eq!(client.publish(&publication).await, lost);
        assert_eq!(client.publish(&publication).await, lost);
    });
}

#[test]
fn a_close_that_is_tried_again_ends_with_its_own_result() {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await;
        world.module(|module| module.settings_mut().faults.push(Fault::Silent));
        assert_eq!(client.disconnect().await, Err(Error::Silent));
        world.module(|module| module.settings_mut().faults.clear());
        // The first one never reached the module, so no other result comes.
        assert_eq!(client.disconnect().await, Ok(()));
        connected(&mut modem).await;
    });
}
