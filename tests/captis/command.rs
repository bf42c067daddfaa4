//! The commands of appendix 6.3.

use fibocom_mqtt::profile::captis::{
    Answer, BootstrapMode, BootstrapServer, ByteOrder, COMMANDS, Command, CommandError, CommandInfo, DataType, Decimal,
    FileUrl, Gate, MessageFormat, ModbusRegister, OutputState, Parity, PowerState, ProbeAddress, RefreshTarget,
    Refusal, RegisterType, Role, Roles, SerialProtocol, SerialSetup, ServerId, Timestamp,
};

use super::{CCID, identity, table};

/// The arguments that a command cannot do without.
fn arguments(name: &str) -> &'static str {
    match name {
        "pulse_cal" => ",1,12345,L",
        "refresh_info" => ",0",
        "set_power_out" => ",ON",
        "set_digital_out" => ",OPEN",
        "setup_serial" => ",RS485,9600,NONE",
        "raw_serial_cmd" => ",ASCII,hello",
        "modbus_packet" => ",RTU,010300000001",
        "modbus_register" => ",1,40001,HOLDING_REG,UINT16",
        "ow_read" => ",28274E4B07000068",
        "dfota" => ",http://x/y",
        "mfota" => ",ME910C1,30.00.608,http://x/y",
        _ => "",
    }
}

#[test]
fn every_command_of_the_list_is_known_with_its_flags() {
    let rows = table(include_str!("data/commands.csv"));
    assert_eq!(rows.len(), 33);
    let identity = identity();
    let gate = Gate::new(CCID, &identity, Roles::of(&[Role::Shell]));
    for (row, info) in rows.iter().zip(&COMMANDS) {
        let [name, _, _, bulk, variant] = &row[..] else {
            panic!("{row:?}");
        };
        assert_eq!(info.name, name);
        assert_eq!(CommandInfo::of(name).unwrap().name, name);
        assert_eq!(info.bulk, bulk == "Yes", "{name}");
        assert_eq!(info.multi_only, variant == "Multi", "{name}");
        let text = format!("{name}{}", arguments(name));
        let command = Command::parse(&text).expect(&text);
        // On the device that has it, for one device and for many.
        assert_eq!(gate.multi().command(&text), Ok(command));
        assert_eq!(gate.multi().command_line(&format!("{CCID},{text}")), Ok(command));
        let to_all = format!("*,{text}");
        let many = gate.multi().command_line(&to_all);
        assert_eq!(many.is_ok(), info.bulk, "{name}");
        if !info.bulk {
            assert_eq!(many, Err(Refusal::Command(CommandError::NotBulk)));
        }
        let plain = gate.command(&text);
        assert_eq!(plain.is_ok(), !info.multi_only, "{name}");
        if info.multi_only {
            assert_eq!(plain, Err(Refusal::Command(CommandError::MultiOnly)));
        }
        // One argument too many, except where the last one may hold commas.
        let more = format!("{text},x");
        let open = ["raw_serial_cmd", "dfota", "mfota"].contains(&&**name);
        let optional = ["get_pulse_total", "get_switch", "bootstrap", "modbus_register"].contains(&&**name);
        match Command::parse(&more) {
            Ok(_) => assert!(open, "{more}"),
            Err(CommandError::TooMany) => assert!(!open && !optional, "{more}"),
            Err(CommandError::Invalid(_)) => assert!(optional || name == "modbus_packet", "{more}"),
            other => panic!("{more}: {other:?}"),
        }
        // One too few.
        if let Some((fewer, _)) = text.rsplit_once(',') {
            assert!(
                matches!(Command::parse(fewer), Err(CommandError::Missing(_))),
                "{fewer}"
            );
        }
        let longer = format!("{name}x");
        assert_eq!(Command::parse(&longer), Err(CommandError::Unknown));
    }
}

#[test]
fn commands_are_parsed_to_their_arguments() {
    let s3 = ServerId::new(3).unwrap();
    let bootstrap = |server, mode| Command::Bootstrap { server, mode };
    let register = |data_type, byte_order| {
        Command::ModbusRegister(ModbusRegister {
            slave: 247,
            register: 65535,
            register_type: RegisterType::Input,
            data_type,
            byte_order,
        })
    };
    for (text, command) in [
        ("rf", Command::Rf),
        ("tamper", Command::Tamper),
        ("battery", Command::Battery),
        ("vf", Command::Vf),
        ("get_pulse_total", Command::GetPulseTotal { channel: 1 }),
        ("get_pulse_total,", Command::GetPulseTotal { channel: 1 }),
        ("get_pulse_total,2", Command::GetPulseTotal { channel: 2 }),
        ("get_switch", Command::GetSwitch { channel: 1 }),
        ("get_switch,2", Command::GetSwitch { channel: 2 }),
        ("live_mode", Command::LiveMode),
        ("stop_live", Command::StopLive),
        ("get_time", Command::GetTime),
        ("bootstrap", bootstrap(BootstrapServer::Nth(1), BootstrapMode::Regular)),
        (
            "bootstrap,0",
            bootstrap(BootstrapServer::Nth(1), BootstrapMode::Regular),
        ),
        (
            "bootstrap,2,greedy",
            bootstrap(BootstrapServer::Nth(2), BootstrapMode::Greedy),
        ),
        (
            "bootstrap,s3,full",
            bootstrap(BootstrapServer::Named(s3), BootstrapMode::Full),
        ),
        (
            "bootstrap,,data",
            bootstrap(BootstrapServer::Nth(1), BootstrapMode::Data),
        ),
        (
            "bootstrap,1,config",
            bootstrap(BootstrapServer::Nth(1), BootstrapMode::Config),
        ),
        ("clear_bootstrap", Command::ClearBootstrap),
        ("sleep", Command::Sleep),
        ("reset_settings", Command::ResetSettings),
        ("reset_logs", Command::ResetLogs),
        ("reset_events", Command::ResetEvents),
        ("get_gps_fix", Command::GetGpsFix),
        ("clear_gps_fix", Command::ClearGpsFix),
        (
            super::examples("pulse_cal")[0],
            Command::PulseCal {
                channel: 1,
                volume: Decimal::from(12345),
                units: "L",
            },
        ),
        (
            "pulse_cal,2,0.50,kL",
            Command::PulseCal {
                channel: 2,
                volume: Decimal::new(50, 2),
                units: "kL",
            },
        ),
        ("nth_conn_override", Command::NthConnOverride),
        ("refresh_info,0", Command::RefreshInfo(RefreshTarget::All)),
        ("refresh_info,3", Command::RefreshInfo(RefreshTarget::Server(s3))),
        ("refresh_info,s3", Command::RefreshInfo(RefreshTarget::Server(s3))),
        ("get_analog", Command::GetAnalog),
        ("set_power_out,ON", Command::SetPowerOut(PowerState::On)),
        ("set_power_out,OFF", Command::SetPowerOut(PowerState::Off)),
        ("get_power_out", Command::GetPowerOut),
        ("set_digital_out,CLOSED", Command::SetDigitalOut(OutputState::Closed)),
        ("get_digital_out", Command::GetDigitalOut),
        (
            "modbus_register,247,65535,INPUT_REG,FLOAT",
            register(DataType::Float, ByteOrder::Abcd),
        ),
        (
            "modbus_register,247,65535,INPUT_REG,SINT32,CDAB",
            register(DataType::Sint32, ByteOrder::Cdab),
        ),
        ("ow_search", Command::OwSearch),
        (
            "ow_read,28274E4B07000068",
            Command::OwRead(ProbeAddress(0x2827_4E4B_0700_0068)),
        ),
        (
            "dfota,http://x/y,z",
            Command::Dfota {
                url: FileUrl::new("http://x/y,z"),
            },
        ),
        (
            "mfota,ME910C1,30.00.608,ftp://u@x/y",
            Command::Mfota {
                part: "ME910C1",
                version: "30.00.608",
                url: FileUrl::new("ftp://u@x/y"),
            },
        ),
    ] {
        assert_eq!(Command::parse(text), Ok(command), "{text}");
    }
}

#[test]
fn arguments_are_checked() {
    use CommandError::{Invalid, Missing, TooMany, Unknown};
    for (text, error) in [
        ("", Unknown),
        ("RF", Unknown),
        (" rf", Unknown),
        ("rf\n", Unknown),
        (",rf", Unknown),
        ("rf,", TooMany),
        ("get_pulse_total,0", Invalid("DI channel")),
        ("get_pulse_total,-1", Invalid("DI channel")),
        ("get_pulse_total,+1", Invalid("DI channel")),
        ("get_pulse_total,256", Invalid("DI channel")),
        ("get_switch,one", Invalid("DI channel")),
        ("bootstrap,s0", Invalid("server")),
        ("bootstrap,s10", Invalid("server")),
        ("bootstrap,1,Full", Invalid("mode")),
        ("pulse_cal", Missing("channel")),
        ("pulse_cal,1", Missing("total volume")),
        ("pulse_cal,1,12345", Missing("units")),
        ("pulse_cal,1,12345,", Missing("units")),
        ("pulse_cal,1,1e5,L", Invalid("total volume")),
        ("refresh_info", Missing("server")),
        ("refresh_info,10", Invalid("server")),
        ("refresh_info,s0", Invalid("server")),
        ("set_power_out", Missing("state, ON or OFF")),
        ("set_power_out,OPEN", Invalid("state, ON or OFF")),
        ("set_digital_out,ON", Invalid("state, OPEN or CLOSED")),
        ("setup_serial,RS422,9600,NONE", Invalid("protocol, RS232 or RS485")),
        ("setup_serial,RS232,9601,NONE", Invalid("baud")),
        ("setup_serial,RS232,9600", Missing("parity")),
        ("raw_serial_cmd,RTU,00", Invalid("type, HEX or ASCII")),
        ("raw_serial_cmd,ASCII", Missing("message")),
        ("raw_serial_cmd,HEX, ", Missing("message")),
        (
            "raw_serial_cmd,HEX,0",
            Invalid("message, two hexadecimal digits a byte"),
        ),
        (
            "raw_serial_cmd,HEX,0g",
            Invalid("message, two hexadecimal digits a byte"),
        ),
        ("raw_serial_cmd,ASCII,\"a", Missing("message")),
        ("raw_serial_cmd,ASCII,\"a\"b", Invalid("message")),
        ("modbus_packet,ASCII,00", Invalid("type, RTU")),
        (
            "modbus_packet,RTU,0103,04",
            Invalid("message, two hexadecimal digits a byte"),
        ),
        ("modbus_register,0,1,INPUT_REG,UINT16", Invalid("slave address")),
        ("modbus_register,248,1,INPUT_REG,UINT16", Invalid("slave address")),
        ("modbus_register,1,65536,INPUT_REG,UINT16", Invalid("register number")),
        ("modbus_register,1,1,COIL,UINT16", Invalid("register type")),
        ("modbus_register,1,1,INPUT_REG,UINT8", Invalid("data type")),
        ("modbus_register,1,1,INPUT_REG,FLOAT,ACBD", Invalid("byte order")),
        ("ow_read", Missing("probe address")),
        ("ow_read,28274E4B0700006", Invalid("probe address")),
        ("ow_read,+8274E4B07000068", Invalid("probe address")),
        ("dfota", Missing("file URL")),
        ("dfota,", Missing("file URL")),
        ("dfota,\"\"", Missing("file URL")),
        ("dfota,a b", Invalid("file URL")),
        ("mfota,a,b", Missing("file URL")),
        ("mfota,,b,c", Missing("module part number")),
    ] {
        assert_eq!(Command::parse(text), Err(error), "{text}");
    }
}

#[test]
fn messages_for_the_serial_port_become_bytes() {
    for (text, format, bytes) in [
        ("raw_serial_cmd,HEX,01 aF00", MessageFormat::Hex, &b"\x01\xaf\x00"[..]),
        ("raw_serial_cmd,ASCII,AT+X=1,2", MessageFormat::Ascii, b"AT+X=1,2"),
        (
            "raw_serial_cmd,ASCII,\"say \"\"°\"\"\"",
            MessageFormat::Ascii,
            "say \"°\"".as_bytes(),
        ),
        (
            "modbus_packet,RTU,010300000001",
            MessageFormat::Rtu,
            b"\x01\x03\x00\x00\x00\x01",
        ),
    ] {
        match Command::parse(text) {
            Ok(Command::RawSerialCmd(message) | Command::ModbusPacket(message)) => {
                assert_eq!(message.format(), format);
                assert_eq!(message.bytes().collect::<Vec<_>>(), bytes, "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn cap_q14_parities_are_words_or_letters_and_others_are_handed_on() {
    for (word, parity) in [
        ("NONE", Parity::None),
        ("N", Parity::None),
        ("EVEN", Parity::Even),
        ("E", Parity::Even),
        ("ODD", Parity::Odd),
        ("O", Parity::Odd),
        ("MARK", Parity::Other("MARK")),
        ("8N1", Parity::Other("8N1")),
    ] {
        let setup = |protocol, baud| Ok(Command::SetupSerial(SerialSetup { protocol, baud, parity }));
        for (name, protocol) in [("RS232", SerialProtocol::Rs232), ("RS485", SerialProtocol::Rs485)] {
            for baud in [9600, 19200, 38400, 57600, 115200] {
                let text = format!("setup_serial,{name},{baud},{word}");
                assert_eq!(Command::parse(&text), setup(protocol, baud));
            }
        }
    }
}

/// An answer to each command that has one, with the values of the specification's examples.
fn answers_to(name: &str) -> Vec<Answer<'static>> {
    let first = ProbeAddress::from_name("28274E4B07000068").unwrap();
    const SECOND: &[ProbeAddress] = &[ProbeAddress(0x28B2_1B1B_0300_0033)];
    const FIRST: &[ProbeAddress] = &[ProbeAddress(0x2827_4E4B_0700_0068)];
    match name {
        "rf" => vec![Answer::Rf {
            rssi: Decimal::from(-58),
            rsrp: Decimal::from(-91),
            rsrq: Decimal::new(-160, 1),
            sinr: Decimal::new(66, 1),
        }],
        "tamper" => vec![Answer::Tamper(true), Answer::Tamper(false)],
        "battery" => vec![Answer::Battery {
            voltage: Decimal::new(347, 2),
            current: Decimal::new(102_000, 3),
            energy: Decimal::new(4_361_383, 3),
            temperature: Decimal::new(252, 1),
        }],
        "vf" => vec![Answer::Storage {
            stored: 2113,
            sent: 2112,
            used: Decimal::new(0, 1),
        }],
        "get_pulse_total" => vec![Answer::PulseTotal {
            channel: 2,
            volume: Decimal::from(0),
            units: "L",
        }],
        "get_switch" => vec![Answer::Switch {
            channel: 1,
            state: OutputState::Open,
        }],
        "get_time" => vec![Answer::Time(Timestamp::from_utc(2020, 11, 18, 22, 56, 16).unwrap())],
        "get_analog" => vec![Answer::Analog {
            channel: 1,
            voltage: Decimal::new(1050, 3),
            value: Decimal::new(4199, 3),
            units: "m",
        }],
        "set_power_out" | "set_digital_out" => vec![],
        "get_power_out" => vec![Answer::PowerOut(PowerState::On), Answer::PowerOut(PowerState::Off)],
        "get_digital_out" => vec![
            Answer::DigitalOut(OutputState::Open),
            Answer::DigitalOut(OutputState::Closed),
        ],
        "raw_serial_cmd" | "modbus_packet" => {
            vec![Answer::Serial(None), Answer::Serial(Some("<serial response>"))]
        }
        "modbus_register" => vec![Answer::Register(Decimal::from(-7))],
        "ow_search" => vec![Answer::WireSearch(&[FIRST, SECOND]), Answer::WireSearch(&[&[], &[]])],
        "ow_read" => vec![Answer::WireRead {
            address: first,
            part: "DS18B20",
            values: "23.56 degC",
        }],
        _ => vec![],
    }
}

#[test]
fn answers_are_as_the_examples_print_them() {
    let mut compared = 0;
    for row in table(include_str!("data/commands.csv")) {
        let (name, example) = (&row[0], &row[2]);
        let printed: Vec<_> = answers_to(name).iter().map(Answer::to_string).collect();
        compared += printed.len();
        match &**name {
            "modbus_register" => assert_eq!(example.replace("<value>", "-7"), printed[0]),
            _ => assert_eq!(example, &printed.join(" | "), "{name}"),
        }
    }
    assert_eq!(compared, 21);
    // Several probes on a channel.
    let two = [ProbeAddress(1), ProbeAddress(2)];
    let printed = Answer::WireSearch(&[&two, &[]]).to_string();
    assert_eq!(printed, "1: 0000000000000001 0000000000000002 2: None");
}
