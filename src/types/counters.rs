//! What went well and what did not, in numbers.

/// How often what happened since the driver was started. Each number stays at its largest value once it is reached.
///
/// Every publication of which the module got a first byte is `sent`, and once it has ended it is counted in exactly one of
/// `confirmed`, `accepted`, `refused`, `cut` and `unknown`; one that is still on its way is in none of them. What was refused
/// before a byte was written is not counted. A result that comes after its publication was counted as unknown changes nothing.
///
/// ```
/// # use embedded_io_async::{Read, Write};
/// # use fibocom_mqtt::{Clock, Modem};
/// # fn example<T: Read + Write, C: Clock>(modem: &Modem<'_, T, C>) {
/// let counters = modem.counters();
/// println!("{} of {} publications confirmed", counters.confirmed, counters.sent);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub struct Counters {
    /// Publications of which the module got a first byte.
    pub sent: u32,
    /// Publications of which the module reported success (`+MQTTPUB: id,1`); at QoS 1 and 2 the broker has them.
    pub confirmed: u32,
    /// Publications at QoS 0 that the module took with `OK`, where its dialect gives no result.
    pub accepted: u32,
    /// Publications of which the module reported failure (`+MQTTPUB: id,0`), or that it answered with an error.
    pub refused: u32,
    /// Publications whose data mode ended early: a part of the message may have been published.
    pub cut: u32,
    /// Publications of which the module said nothing in time, or nothing that could be understood.
    pub unknown: u32,
    /// Messages that the module handed out whole, by their length or in lines, also those that were then skipped.
    pub received: u32,
    /// Messages that the module handed out and that could not be kept: larger than the room in the message buffer (skipped
    /// ones, too), with a malformed header or separators, broken off in the middle, or in a line that was cut.
    pub lost: u32,
    /// How often the exchange with the module was brought back in step by a query, after a command that was not answered in
    /// time or not as expected; each successful attach adds one. This is counted for the module, not for a connection.
    pub resynchronised: u32,
}

impl Counters {
    pub(crate) const fn new() -> Self {
        Self {
            sent: 0,
            confirmed: 0,
            accepted: 0,
            refused: 0,
            cut: 0,
            unknown: 0,
            received: 0,
            lost: 0,
            resynchronised: 0,
        }
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent.saturating_add(other.sent),
            confirmed: self.confirmed.saturating_add(other.confirmed),
            accepted: self.accepted.saturating_add(other.accepted),
            refused: self.refused.saturating_add(other.refused),
            cut: self.cut.saturating_add(other.cut),
            unknown: self.unknown.saturating_add(other.unknown),
            received: self.received.saturating_add(other.received),
            lost: self.lost.saturating_add(other.lost),
            resynchronised: self.resynchronised.saturating_add(other.resynchronised),
        }
    }
}

/// One more.
pub(crate) fn count(counter: &mut u32) {
    *counter = counter.saturating_add(1);
}
