//! The serial line: rate, flow control, sleep.

use super::*;
use crate::FlowControl;

#[test]
fn the_bytes_of_each_command() {
    check(&SetBaud { baud: 9600 }, "AT+IPR=9600");
    check(&SetBaud { baud: 0 }, "AT+IPR=0");
    check(&ReadBaud, "AT+IPR?");
    check(&TestBaud, "AT+IPR=?");
    let flow_control = FlowControl::Hardware;
    check(&SetFlowControl { flow_control }, "AT+IFC=2,2");
    let flow_control = FlowControl::None;
    check(&SetFlowControl { flow_control }, "AT+IFC=0,0");
    check(&SetSleep { allowed: true }, "AT+CSCLK=1");
    check(&SetSleep { allowed: false }, "AT+CSCLK=0");
    check(&ReadSleep, "AT+CSCLK?");
    check(&SetSleepTimer { seconds: 1 }, "ATS24=1");
}

#[test]
fn rates() {
    assert_eq!(parse(&ReadBaud, "+IPR: 115200"), Some(BaudRate::Fixed(115_200)));
    assert_eq!(parse(&ReadBaud, "+IPR:0"), Some(BaudRate::Measured));
    assert_eq!(parse(&ReadBaud, "+IPR: fast"), None);
    // As UNISOC firmware has it, and in the two lists of V.250 section 6.2.10.
    let unisoc = "+IPR: (0,1200,2400,4800,9600,14400,19200,28800,33600,38400,57600,115200,230400,460800,921600)";
    let rates = parse(&TestBaud, unisoc).unwrap();
    assert_eq!(
        (rates.as_slice().len(), rates.as_slice()[0], rates.as_slice()[14]),
        (15, 0, 921_600)
    );
    let two = parse(&TestBaud, "+IPR: (),(0,9600,115200),(115200)").unwrap();
    assert_eq!(two.as_slice(), [0, 9600, 115_200]);
    assert_eq!(parse(&TestBaud, "+IPR: (99999999999)"), None);
}

#[test]
fn whether_the_module_may_sleep() {
    assert_eq!(parse(&ReadSleep, "+CSCLK: 1"), Some(Sleep { allowed: true }));
    assert_eq!(parse(&ReadSleep, "+CSCLK:0"), Some(Sleep { allowed: false }));
    assert_eq!(parse(&ReadSleep, ""), None);
}
