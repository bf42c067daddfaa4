//! What the configuration says about the server's certificate, seen by the server.

use embassy_futures::select::{Either, select};
use fibocom_mqtt::profile::juconn::{self, Config, Device, Gateway, Memory, Persisted, PointMemory};
use fibocom_mqtt::{ConnectionId, Tls};

use super::adapter::{Plant, accept, next, portal};
use super::support::{self, TestModem};
use crate::bench::{IDS, POINT, database};

const AUTHORITY: &[u8] = b"-----BEGIN CERTIFICATE-----\r\nQXV0aG9yaXR5\r\n-----END CERTIFICATE-----\r\n";

/// Whether the module was told to verify the server.
fn verifies(keys: &str, tls: Tls<'_>) -> bool {
    let world = support::online();
    world.broker().require_tls(AUTHORITY);
    let mut memory = support::Memory::default();
    let mut plant = Plant::default();
    let config = database(&format!("{IDS}{POINT}{keys}")).replace("tcp://portal:1883", "ssl://portal:8883");
    world.block_on(async {
        let portal = portal(&world);
        let mut modem: TestModem<'_> = memory.modem(&world);
        modem.set_model("L610".parse().unwrap());
        let slots = Memory::new(
            vec![PointMemory::new(); 4].leak(),
            vec![0; 1500].leak(),
            vec![0; 1024].leak(),
        );
        let device = Device::new("04600912", "WT640").unwrap();
        let mut gateway = Gateway::new(device, Config::parse(&config).unwrap(), Persisted::default(), slots).unwrap();
        let mut client = modem.client(ConnectionId::FIRST);
        let mut buffer = [0; 1279];
        let life = juconn::run(&mut client, &mut gateway, &mut plant, tls, &mut buffer);
        let script = async {
            accept(&portal).await;
            next(&portal, "/data").await;
        };
        assert!(matches!(select(life, script).await, Either::Second(())));
    });
    world.broker().opens()[0].tls.as_ref().unwrap().verify
}

#[test]
fn the_server_is_verified_unless_the_configuration_says_otherwise() {
    let trust = Tls::new().trust(AUTHORITY);
    for (keys, verified) in [
        ("", true),
        ("<TLS_Server_authmode _=\"file\"/><TLS_Server_cert _=\"s.crt\"/>", true),
        ("<TLS_Server_authmode _=\"cabundle\"/>", true),
        ("<TLS_Server_authmode _=\"none\"/>", false),
    ] {
        assert_eq!(verifies(keys, trust), verified, "{keys}");
    }
    // What the application skips, no configuration brings back.
    assert!(!verifies(
        "<TLS_Server_authmode _=\"file\"/>",
        trust.dangerously_skip_verification()
    ));
}
