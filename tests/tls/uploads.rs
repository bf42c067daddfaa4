//! Uploads: in pieces, dropped, cut, tried again.

use super::*;

#[test]
fn what_the_module_holds_is_not_uploaded_again() {
    let world = encrypted();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        for _ in 0..3 {
            connect(&mut modem, mutual().version(TlsVersion::All)).await.unwrap();
            disconnect(&mut modem).await;
        }
        // Also not after attaching, which finds the same module.
        modem.attach(40 * SECOND).await.unwrap();
        connect(&mut modem, mutual()).await.unwrap();
    });
    assert_eq!(uploads(&world), 3);
    let opens = world.broker().opens();
    let versions: Vec<_> = opens
        .iter()
        .map(|open| open.tls.as_ref().map(|tls| tls.version))
        .collect();
    assert_eq!(versions, [Some(0), Some(0), Some(0), Some(4)]);
    assert_eq!(opens[3].tls.as_ref().unwrap().trust.len(), 1);
}

#[test]
fn the_largest_file_goes_through_a_small_transmit_buffer() {
    // Every byte, prompts and answers included, and both bounds of the length.
    let mut file: Vec<u8> = b"\r\nOK\r\n> +GTSSLFILE: TRUSTFILE,7\r\n\x1a\x1b\x00".to_vec();
    file.extend((0..).map(|n: u32| (n * 7 % 256) as u8).take(8192 - file.len()));
    let file: &'static [u8] = file.leak();
    for (trust, transmit) in [(file, 64), (file, 1400), (file, 9000), (&file[..4], 64)] {
        let world = online();
        world.broker().require_tls(trust);
        let mut memory = Memory {
            transmit: vec![0; transmit],
            ..Memory::default()
        };
        let mut modem = known(memory.paced(&world, Dialect::default()));
        world.block_on(async {
            let mut client = modem.client(ConnectionId::FIRST);
            client.connect(&with(Tls::new().trust(trust))).await.unwrap();
        });
        drop(modem);
        assert!(world.record().files() == [trust], "{transmit}");
        assert!(memory.transmit.iter().all(|byte| *byte == 0), "it was wiped");
    }
    // A buffer that the command fills leaves no room for a piece.
    let world = online();
    let mut memory = Memory {
        transmit: vec![0; 30],
        ..Memory::default()
    };
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        let refused = InvalidInput::TransmitBuffer { len: 31, max: 30 };
        let tls = Tls::new().trust(file);
        assert_eq!(connect(&mut modem, tls).await, Err(Error::Invalid(refused)));
    });
    assert_eq!(uploads(&world), 0);
}

#[test]
fn a_dropped_upload_is_filled_up_and_must_be_cleared() {
    static FILE: [u8; 500] = [b'x'; 500];
    let tls = Tls::new().trust(&FILE).client_certificate(CERTIFICATE, KEY);
    let (mut unfinished, mut untouched) = (0, 0);
    for after in 0..120 {
        let world = online();
        world.broker().require_tls(FILE);
        let mut memory = Memory {
            transmit: vec![0; 100],
            ..Memory::default()
        };
        let mut modem = known(memory.paced(&world, Dialect::default()));
        world.block_on(async {
            let mut client = modem.client(ConnectionId::FIRST);
            let options = with(tls);
            let connecting = client.connect(&options);
            let pause = sleep(&world, Duration::from_millis(after));
            if let Either::First(connected) = select(connecting, pause).await {
                connected.unwrap();
                return;
            }
            // No command is taken for a piece of the file, and no answer for another's.
            modem.send(&command::ReadSignal).await.unwrap();
            let mut client = modem.client(ConnectionId::FIRST);
            match client.connect(&with(tls)).await {
                Ok(()) => untouched += 1,
                Err(error) => {
                    assert_eq!(error, Error::Tls(TlsProblem::UnfinishedUpload));
                    unfinished += 1;
                    modem.restart().await.unwrap();
                    modem.attach(40 * SECOND).await.unwrap();
                    modem.client(ConnectionId::FIRST).connect(&with(tls)).await.unwrap();
                }
            }
        });
        let files = world.record().files();
        for file in &files {
            let sent = file.trim_ascii_end();
            let announced = |whole: &[u8]| whole.starts_with(sent) && whole.len() == file.len();
            let found = [&FILE[..], CERTIFICATE, KEY].into_iter().any(announced);
            assert!(found, "dropped after {after} ms: {}", file.escape_ascii());
        }
        let opened = world.broker().opens().pop().and_then(|open| open.tls).unwrap();
        assert_eq!(
            (opened.trust, opened.certificates, opened.keys),
            (vec![FILE.to_vec()], vec![CERTIFICATE.to_vec()], vec![KEY.to_vec()]),
            "dropped after {after} ms"
        );
    }
    assert!(unfinished > 20 && untouched > 5, "{unfinished} {untouched}");
}

#[test]
fn a_dropped_upload_does_not_need_the_modules_own_limit() {
    static FILE: [u8; 500] = [b'x'; 500];
    let world = online();
    world.module(|module| module.settings_mut().data_limit = None);
    let mut memory = Memory {
        transmit: vec![0; 100],
        ..Memory::default()
    };
    let mut modem = known(memory.paced(&world, Dialect::default().data_mode_limit(None)));
    world.block_on(async {
        let mut client = modem.client(ConnectionId::FIRST);
        let pause = sleep(&world, Duration::from_millis(40));
        let dropped = select(client.connect(&with(Tls::new().trust(&FILE))), pause).await;
        assert!(matches!(dropped, Either::Second(())));
        assert!(world.module(|module| module.in_data_mode()));
        modem.send(&command::ReadSignal).await.unwrap();
    });
    assert_eq!(world.record().files()[0].len(), FILE.len());
}

#[test]
fn a_file_that_the_module_cut_must_be_cleared() {
    static FILE: [u8; 3000] = [b'x'; 3000];
    let world = online();
    world.broker().require_tls(FILE);
    world.module(|module| module.settings_mut().data_limit = Some(Duration::from_millis(50)));
    let mut memory = Memory::default();
    let mut modem = known(memory.paced(&world, Dialect::default()));
    let tls = Tls::new().trust(&FILE);
    world.block_on(async {
        for _ in 0..2 {
            let mut client = modem.client(ConnectionId::FIRST);
            let cut = client.connect(&with(tls)).await;
            assert_eq!(cut, Err(Error::Tls(TlsProblem::UnfinishedUpload)));
        }
        assert_eq!(uploads(&world), 1);
        world.module(|module| module.settings_mut().data_limit = Some(30 * SECOND));
        modem.restart().await.unwrap();
        modem.attach(40 * SECOND).await.unwrap();
        modem.client(ConnectionId::FIRST).connect(&with(tls)).await.unwrap();
    });
}

#[test]
fn an_upload_that_never_began_is_begun_again() {
    let world = encrypted();
    let mut memory = Memory::default();
    let mut modem = known(memory.modem(&world));
    world.block_on(async {
        // The module refuses it.
        world.module(|module| module.on_command_once(b"AT+GTSSLFILE=", b"\r\n+CME ERROR: 53\r\n"));
        assert!(matches!(connect(&mut modem, verified()).await, Err(Error::Module(_))));
        // The prompt is lost, and the module's data mode ends with nothing in it.
        world.module(|module| module.settings_mut().faults.push(Fault::NoPrompt));
        assert_eq!(connect(&mut modem, verified()).await, Err(Error::Silent));
        world.module(|module| module.settings_mut().faults.clear());
        connect(&mut modem, verified()).await.unwrap();
    });
    assert!(world.record().files().last().unwrap() == AUTHORITY);
}
