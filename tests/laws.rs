//! The driver's promises, where they are hard to keep: each test is a way in which one was, or could be, broken.
#![cfg(feature = "sim")]

mod support;

use std::time::Duration;

use embassy_futures::join::join;
use fibocom_mqtt::{Error, ModuleError, command};
use support::*;

const SECOND: Duration = Duration::from_secs(1);

// Law 3: a reply answers its own command.

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
