//! The words that the specification has for the arguments of commands: every one of them, and what it means.

use fibocom_mqtt::profile::captis::{
    BootstrapMode, ByteOrder, Command, CommandError, DataType, OutputState, PowerState, RefreshTarget, RegisterType,
    ServerId,
};

use super::table;

/// What the table of commands prints of a command's arguments.
fn arguments(command: &str) -> String {
    let rows = table(include_str!("data/commands.csv"));
    let row = rows.into_iter().find(|row| row[0] == command);
    row.unwrap().swap_remove(1)
}

/// The words between bars that begin with `first`.
fn words(command: &str, first: &str) -> Vec<String> {
    let arguments = arguments(command);
    let groups = arguments.split(['(', ')', '[', ']', ',']);
    let mut groups = groups.map(|group| group.split('|').map(|word| word.trim().to_owned()).collect::<Vec<_>>());
    groups.find(|words| words[0] == first).unwrap()
}

#[test]
fn a_register_is_read_as_the_words_say() {
    let types = words("modbus_register", "HOLDING_REG");
    assert_eq!(types, ["HOLDING_REG", "INPUT_REG"]);
    let types = types.iter().zip([RegisterType::Holding, RegisterType::Input]);
    let data = words("modbus_register", "UINT16");
    assert_eq!(data, ["UINT16", "FLOAT", "UINT32", "SINT16", "SINT32"]);
    let data = data.iter().zip([
        DataType::Uint16,
        DataType::Float,
        DataType::Uint32,
        DataType::Sint16,
        DataType::Sint32,
    ]);
    let orders = words("modbus_register", "ABCD");
    assert_eq!(orders, ["ABCD", "DCBA", "CDAB", "BADC"]);
    let orders = orders
        .iter()
        .zip([ByteOrder::Abcd, ByteOrder::Dcba, ByteOrder::Cdab, ByteOrder::Badc]);
    for (register_word, register_type) in types {
        for (data_word, data_type) in data.clone() {
            let without = format!("modbus_register,1,40001,{register_word},{data_word}");
            let with = orders.clone().map(|(word, order)| (format!("{without},{word}"), order));
            // Without an order, the first counts.
            for (text, order) in with.chain([(without.clone(), ByteOrder::Abcd)]) {
                let Ok(Command::ModbusRegister(register)) = Command::parse(&text) else {
                    panic!("{text}");
                };
                assert_eq!((register.slave, register.register), (1, 40001));
                let meant = (register.register_type, register.data_type, register.byte_order);
                assert_eq!(meant, (register_type, data_type, order), "{text}");
            }
        }
    }
}

#[test]
fn outputs_are_set_as_the_words_say() {
    let power = words("set_power_out", "ON");
    assert_eq!(power, ["ON", "OFF"]);
    for (word, state) in power.iter().zip([PowerState::On, PowerState::Off]) {
        assert_eq!(
            Command::parse(&format!("set_power_out,{word}")),
            Ok(Command::SetPowerOut(state))
        );
    }
    let digital = words("set_digital_out", "OPEN");
    assert_eq!(digital, ["OPEN", "CLOSED"]);
    for (word, state) in digital.iter().zip([OutputState::Open, OutputState::Closed]) {
        assert_eq!(
            Command::parse(&format!("set_digital_out,{word}")),
            Ok(Command::SetDigitalOut(state))
        );
    }
}

#[test]
fn a_server_goes_by_its_number_and_by_its_name() {
    assert_eq!(arguments("refresh_info"), "'0' | '1'..'9' | 's1'..'s9'");
    for number in 1..=9 {
        let target = RefreshTarget::Server(ServerId::new(number).unwrap());
        for text in [format!("refresh_info,{number}"), format!("refresh_info,s{number}")] {
            assert_eq!(Command::parse(&text), Ok(Command::RefreshInfo(target)), "{text}");
        }
    }
    for other in ["-1", "+1", "s", "s01", "S1", "s1 ", "1s", "all", "99999999999999999999"] {
        let refused = Command::parse(&format!("refresh_info,{other}")).unwrap_err();
        assert_eq!(refused, CommandError::Invalid("server"), "{other}");
    }
}

#[test]
fn a_bootstrap_has_five_modes() {
    for (word, meant) in [
        ("regular", BootstrapMode::Regular),
        ("greedy", BootstrapMode::Greedy),
        ("data", BootstrapMode::Data),
        ("config", BootstrapMode::Config),
        ("full", BootstrapMode::Full),
    ] {
        match Command::parse(&format!("bootstrap,s1,{word}")) {
            Ok(Command::Bootstrap { mode, .. }) => assert_eq!(mode, meant),
            other => panic!("{word}: {other:?}"),
        }
    }
}
