//! The same on a blocking port.

use fibocom_mqtt::blocking::{ByReadReady, Idle, Modem};
use fibocom_mqtt::sim::World;
use fibocom_mqtt::{Buffers, ConnectionId};

use super::*;

/// Lets the world go on.
struct Tick(World);

impl Idle for Tick {
    fn idle(&mut self) {
        self.0.idle();
    }
}

#[test]
fn a_device_is_registered_and_gets_its_credentials_and_a_session() {
    let world = online();
    world.on_command(
        b"AT+MQTTAUTHDYN=1",
        b"\r\nOK\r\n\r\n+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n",
    );
    world.on_command(
        b"AT+MQTTAUTHCFG=1,\"pk\",\"dn\",\"s3cret\",0",
        b"\r\n+MQTTAUTHCFG: 1,\"u\",\"p\",\"c\"\r\n\r\nOK\r\n",
    );
    world.on_command(b"AT+MQTTAUTHCFG=4,0", b"\r\nOK\r\n");
    let mut memory = Memory::default();
    let buffers = Buffers::new(&mut memory.line, &mut memory.message, &mut memory.transmit);
    let port = ByReadReady::new(world.blocking_port());
    let mut modem = Modem::new(port, world.clock(), buffers).idle_with(Tick(world.clone()));
    modem.set_model("L610".parse().unwrap());
    let (mut secret, mut buffer) = ([0; 128], [0; 64]);
    let device = modem.register_device(&REGISTER, &mut secret).unwrap();
    let credentials = modem.authenticate(&device.request(), &mut buffer).unwrap();
    let mut client = modem.client(ConnectionId::FIRST);
    client.connect(&credentials.options("broker", 1883)).unwrap();
    assert!(client.is_connected());
    modem.tuya_off().unwrap();
    let commands = world.record().commands();
    assert!(commands.iter().any(|command| command == r#"AT+MQTTUSER=1,"u","p","c""#));
}
