//! `+MQTTAUTHEVENT`: what the module reports of Tuya.

use std::sync::Mutex;

use fibocom_mqtt::{Unsolicited, command};

use super::*;

const LINES: [(&str, TuyaEvent); 5] = [
    ("+MQTTAUTHEVENT: 4,\"RESET\"", TuyaEvent::Reset),
    ("MQTTAUTHEVENT: 4,\"BIND START\"", TuyaEvent::BindStart),
    ("MQTTAUTHEVENT: 4,5", TuyaEvent::MqttConnected),
    ("+MQTTAUTHEVENT: 4,\"8\"", TuyaEvent::Unknown(8)),
    ("+MQTTAUTHEVENT: 4,\"BIND AGAIN\"", TuyaEvent::Unknown(0)),
];

#[test]
fn events_are_offered_whatever_runs_and_are_no_answer() {
    let all: String = LINES.iter().map(|(line, _)| format!("{line}\r\n")).collect();
    let seen = Mutex::new(Vec::new());
    let mut hook = |line: Unsolicited<'_>| seen.lock().unwrap().push((line.as_str().to_owned(), line.tuya_event()));
    let world = online();
    // In front of an answer, behind it, and between a registration's OK and its result.
    let answer = format!("{all}+MQTTAUTHCFG: 1,\"u\",\"p\",\"c\"\r\n{all}OK\r\n");
    world.on_command(b"AT+MQTTAUTHCFG=1", answer.as_bytes());
    let answer = format!("{all}OK\r\n{all}+MQTTAUTHDYN: 1,\"pk\",\"dn\",\"s3cret\"\r\n");
    world.on_command(b"AT+MQTTAUTHDYN=1", answer.as_bytes());
    let answer = format!("{all}MQTTAUTHEVENT: 5,\"of another cloud\"\r\nL610\r\n{all}OK\r\n");
    world.on_command(b"AT+CGMM", answer.as_bytes());
    let mut memory = roomy();
    let mut modem = l610(&mut memory, &world);
    modem.set_unsolicited(&mut hook);
    world.block_on(async {
        let mut buffer = [0; 128];
        let credentials = modem.authenticate(&ALIYUN, &mut buffer).await.unwrap();
        assert_eq!(credentials.user(), "u");
        let device = modem.register_device(&REGISTER, &mut buffer).await.unwrap();
        assert_eq!(device.device_secret(), SECRET);
        // A command whose answer has no name.
        let model = modem.send(&command::ModelName).await.unwrap();
        assert_eq!(model.as_str(), "L610");
        world.emit_raw(b"\r\n+CREG: 1\r\n");
        modem.send(&command::ReadSignal).await.unwrap();
    });
    drop(modem);
    let seen = seen.into_inner().unwrap();
    let mut expected = Vec::new();
    for time in 0..6 {
        expected.extend(LINES.map(|(line, event)| (line.to_owned(), Some(event))));
        if time == 4 {
            expected.push(("MQTTAUTHEVENT: 5,\"of another cloud\"".to_owned(), None));
        }
    }
    expected.push(("+CREG: 1".to_owned(), None));
    assert_eq!(seen, expected);
}
