//! Secrets stay secret.

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{Buffers, ConnectionId, Credentials, Error, Trace, command};

use crate::SECOND;
use crate::support::*;

/// Everything that the trace shows while `act` runs on a driver on this world.
fn traced(world: &World, act: impl AsyncFnOnce(&mut TestModem<'_>)) -> String {
    let shown = std::sync::Mutex::new(String::new());
    let mut hook = |step: Trace<'_>| *shown.lock().unwrap() += &format!("{step}\n{step:?}\n");
    let mut memory = Memory::default();
    let mut modem = memory.modem(world);
    modem.set_trace(&mut hook);
    world.block_on(act(&mut modem));
    drop(modem);
    shown.into_inner().unwrap()
}

#[test]
fn a_cut_echo_that_comes_late_shows_no_password() {
    for attach in [false, true] {
        let world = online();
        world.on_command(b"AT+MQTTUSER=1", b"");
        let shown = traced(&world, async |modem| {
            let options = options().credentials(Credentials::new("user", "s3cret"));
            let mut client = modem.client(ConnectionId::FIRST);
            assert_eq!(client.connect(&options).await, Err(Error::Silent));
            world.emit_raw(b"SER=1,\"user\",\"s3cret\",\"meter\"\r\r\nOK\r\n");
            if attach {
                modem.attach(SECOND).await.unwrap();
            }
            modem.send(&command::ReadSignal).await.unwrap();
        });
        assert!(!shown.contains("s3cret"), "{shown}");
        // A line feed behind a command could become the first byte of a message.
        assert!(!world.record().written().contains(&b'\n'));
    }
}

#[test]
fn a_mutilated_list_of_users_shows_no_password() {
    let world = online();
    world.on_command(
        b"AT+MQTTUSER?",
        b"\r\n+MQTTU\xffER: 1,\"user\",\"s3cret\"\r\n\r\nOK\r\n",
    );
    let shown = traced(&world, async |modem| {
        let _ = modem.send(&command::ReadUsers::<64>).await;
    });
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn buffers_that_held_a_password_do_not_show_it() {
    let (mut line, mut message, mut transmit) = (*b"+MQTTUSER: 1,\"user\",\"s3cret\"", [0; 8], *b"s3cret");
    let shown = format!("{:?}", Buffers::new(&mut line, &mut message, &mut transmit));
    let secret = format!("{:?}", b"s3cret");
    assert!(!shown.contains(secret.trim_matches(['[', ']'])), "{shown}");
}

#[test]
fn a_foreign_command_shows_no_secret_and_ends_in_cr_alone() {
    struct Foreign(&'static str);
    impl atat::AtatCmd for Foreign {
        type Response = command::Done;
        fn write(&self, buffer: &mut [u8]) -> usize {
            buffer[..self.0.len()].copy_from_slice(self.0.as_bytes());
            self.0.len()
        }
        fn parse(&self, _: Result<&[u8], atat::InternalError>) -> Result<command::Done, atat::Error> {
            Ok(command::Done)
        }
    }
    for command in [
        "at+mqttuser=1,\"user\",\"s3cret\"\r\n",
        "AT+MQTTAUTHDYN=1,\"host\",1,\"key\",\"s3cret\",\"name\"\r",
        "AT+MQTTAUTHCFG=1,\"key\",\"name\",\"s3cret\",0\r",
        "AT+MIPCALL=1,\"apn\",\"user\",\"s3cret\"\r",
        "AT+CGAUTH=1,1,\"user\",\"s3cret\"\r",
        "AT+CPIN=s3cret\r",
        "AT+CPWD=\"SC\",\"1234\",\"s3cret\"\r",
        "AT+CLCK=\"SC\",1,\"s3cret\"\r",
        "AT+GTSSLPSK=\"s3cret\"\r",
        "AT+GTSSLFILE=\"s3cret\"\r",
    ] {
        let world = World::online(Settings::l610());
        let shown = traced(&world, async |modem| {
            modem.set_model("L610".parse().unwrap());
            let _ = modem.send(&Foreign(command)).await;
        });
        assert!(shown.contains("redacted") && !shown.contains("s3cret"), "{shown}");
        // A line feed behind a command could become the first byte of a message.
        assert!(!world.record().written().contains(&b'\n'));
    }
}

#[test]
fn a_list_of_users_never_takes_a_password_for_a_client_id() {
    let world = online();
    world.on_command(
        b"AT+MQTTUSER?",
        b"\r\n+MQTTUSER: 1,\"user\",\"a\",\"s3cret\",\"meter\"\r\n\r\nOK\r\n",
    );
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        assert_eq!(modem.send(&command::ReadUsers::<64>).await, Err(Error::Unexpected));
    });
}

/// Not a secret, but the same hook: a trace that leaves something out misleads.
#[test]
fn a_trace_shows_every_command_that_is_echoed() {
    let world = World::online(Settings::l610());
    let shown = traced(&world, async |modem| {
        modem.attach(40 * SECOND).await.unwrap();
    });
    let echoes = shown.lines().filter_map(|line| line.strip_prefix("< AT"));
    let mut count = 0;
    for echo in echoes {
        count += 1;
        assert!(shown.contains(&format!("> AT{echo}\n")), "{echo} in {shown}");
    }
    // AT, the fence, and ATE0, which is still echoed.
    assert_eq!(count, 3, "{shown}");
}

#[test]
fn modem_and_client_print_what_they_are_and_nothing_of_their_buffers() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        modem.attach(40 * SECOND).await.unwrap();
        let client = connected(&mut modem).await;
        assert_eq!(format!("{client:?}"), "Client { id: ConnectionId(1), .. }");
    });
    assert_eq!(format!("{modem:?}"), "Modem { model: Model(L610), .. }");
}
