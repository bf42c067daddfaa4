//! The rate of the line.

use std::time::Duration;

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{Attach, CmeError, Delivery, Error, FlowControl, ModuleError, Publication, SerialLine, command};

use crate::seconds;
use crate::support::*;

/// The rates in use, as the brief lists them for a search.
const RATES: [u32; 8] = [115_200, 9600, 57_600, 38_400, 19_200, 230_400, 460_800, 921_600];

#[test]
fn module_and_port_change_together() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let rates = modem.send(&command::TestBaud).await.unwrap();
        assert!(
            rates.as_slice().contains(&460_800) && rates.as_slice().contains(&0),
            "{rates:?}"
        );
        modem.set_baud(460_800).await.unwrap();
        assert_eq!(
            modem.send(&command::ReadBaud).await,
            Ok(command::BaudRate::Fixed(460_800))
        );
        assert_eq!(
            (world.port().baud(), world.module(|module| module.baud())),
            (460_800, Some(460_800))
        );
        let mut client = connected(&mut modem).await;
        let publication = Publication::new(topic("t"), b"fast");
        assert_eq!(client.publish(&publication).await, Ok(Delivery::Confirmed));
        modem.set_flow_control(FlowControl::Hardware).await.unwrap();
    });
    assert!(world.record().commands().contains(&"AT+IFC=2,2".to_owned()));
}

#[test]
fn a_rate_that_the_module_lacks_changes_nothing() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let refused = ModuleError::Cme(CmeError::InvalidParameter);
        assert_eq!(modem.set_baud(123_456).await, Err(Error::Module(refused)));
        assert!(matches!(modem.set_baud(0).await, Err(Error::Invalid(_))));
        assert_eq!(world.port().baud(), 115_200);
        modem.send(&command::ReadSignal).await.unwrap();
    });
}

#[test]
fn a_module_that_does_not_follow_is_found_at_the_former_rate() {
    let world = World::online(Settings::l610());
    // It says that it changes, and does not.
    world.on_command(b"AT+IPR=921600", b"\r\nOK\r\n");
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(Duration::from_secs(40)).await.unwrap();
        let error = modem.set_baud(921_600).await.unwrap_err();
        assert_eq!(error, Error::BaudRate { baud: 921_600 });
        assert!(
            error.is_recoverable() && error.to_string().contains("921600"),
            "{error}"
        );
        assert_eq!(world.port().baud(), 115_200);
        modem.send(&command::ReadSignal).await.unwrap();
    });
}

#[test]
fn a_module_at_another_rate_is_found_and_the_port_follows() {
    for rate in RATES {
        for fresh in [false, true] {
            let world = World::online(Settings {
                baud: rate,
                ..Settings::l610()
            });
            let mut memory = Memory::default();
            let mut modem = memory.modem(&world);
            world.block_on(async {
                let attach = if fresh { Attach::new().fresh() } else { Attach::new() };
                assert!(
                    modem.attach_at_rates(&attach, &RATES).await.is_ok(),
                    "{rate} {fresh} {:?}",
                    world.record()
                );
                modem.send(&command::ReadSignal).await.unwrap();
            });
            assert_eq!(world.port().baud(), rate);
            assert!(
                seconds(&world) < if fresh { 9.0 } else { 40.0 },
                "{rate}: {}",
                seconds(&world)
            );
        }
    }
}

#[test]
fn only_where_it_is_wanted_and_the_port_is_put_back() {
    let world = World::online(Settings {
        baud: 4800,
        ..Settings::l610()
    });
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        assert_eq!(modem.attach(Duration::from_secs(40)).await, Err(Error::Silent));
        assert_eq!(world.port().baud(), 115_200);
        let attached = modem.attach_at_rates(&Attach::new().fresh(), &RATES).await;
        assert_eq!(attached, Err(Error::Silent));
        assert_eq!(world.port().baud(), 115_200);
    });
}
