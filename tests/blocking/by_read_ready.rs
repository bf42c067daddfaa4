//! The scenarios on a port that is asked whether a byte is there.

#[path = "../client/connect.rs"]
mod connect;
#[path = "../client/counters.rs"]
mod counters;
#[path = "../client/data_form.rs"]
mod data_form;
#[path = "../direct/limits.rs"]
mod direct_limits;
#[path = "../direct/order.rs"]
mod direct_order;
#[path = "../direct/several.rs"]
mod direct_several;
#[path = "../laws/ends.rs"]
mod ends;
#[path = "../laws/messages.rs"]
mod messages;
#[path = "../client/modem.rs"]
mod modem;
#[path = "../client/publish.rs"]
mod publish;
#[path = "../client/receive.rs"]
mod receive;
#[path = "../client/unsolicited.rs"]
mod unsolicited;

mod support {
    pub use crate::driver::{connected, recv_within};
    pub use crate::shared::{CLIENT_ID, every_byte, exceeds, online, options, sleep, topic};

    pub type TestModem<'b> = crate::driver::TestModem<'b, crate::driver::Ready>;
    pub type Memory = crate::driver::Memory<crate::driver::Ready>;
}
