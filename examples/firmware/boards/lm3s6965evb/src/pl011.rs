//! ARM's PrimeCell UART PL011 (its Technical Reference Manual, chapter 3), FIFOs on.

use firmware_app::uart::Registers;

// Registers, by their place in bytes, and their bits.
const DATA: usize = 0x00;
const ERRORS: usize = 0x04;
const FLAGS: usize = 0x18;
const DIVIDER: usize = 0x24;
const FRACTION: usize = 0x28;
const LINE: usize = 0x2c;
const CONTROL: usize = 0x30;
const MASK: usize = 0x38;
const CLEAR: usize = 0x44;
const RX_EMPTY: u32 = 1 << 4;
const TX_FULL: u32 = 1 << 5;
const OVERRUN: u32 = 1 << 3;
const EIGHT_BITS: u32 = 3 << 5;
const FIFOS: u32 = 1 << 4;
const ON: u32 = 1;
const TX_ON: u32 = 1 << 8;
const RX_ON: u32 = 1 << 9;
/// The FIFO is half full, or a byte has waited in it for 32 bits.
const RX_INTERRUPTS: u32 = 1 << 4 | 1 << 6;
const TX_INTERRUPT: u32 = 1 << 5;

/// A UART of that kind, by its address.
pub struct Pl011(*mut u32);

// SAFETY: there is one core, and the only value for this UART is used in critical sections alone once it interrupts.
unsafe impl Sync for Pl011 {}

impl Pl011 {
    /// The UART at this address.
    ///
    /// # Safety
    ///
    /// There must be such a UART, and no other value for it.
    pub const unsafe fn at(address: usize) -> Self {
        Self(address as *mut u32)
    }

    /// Sets the rate and switches it on. `core` is its clock, in hertz.
    pub fn start(&self, core: u32, baud: u32) {
        // In 64ths: the divider counts sixteenths of a bit and has 6 bits behind the point.
        let divider = core * 4 / baud;
        self.write(CONTROL, 0);
        self.write(DIVIDER, divider / 64);
        self.write(FRACTION, divider % 64);
        self.write(LINE, EIGHT_BITS | FIFOS);
        self.write(CONTROL, ON | TX_ON | RX_ON);
    }

    fn read(&self, register: usize) -> u32 {
        // SAFETY: `at` promises the UART, and `register` is one of those above.
        unsafe { self.0.byte_add(register).read_volatile() }
    }

    fn write(&self, register: usize, value: u32) {
        // SAFETY: as above.
        unsafe { self.0.byte_add(register).write_volatile(value) }
    }

    fn listen(&self, bits: u32, on: bool) {
        let others = self.read(MASK) & !bits;
        self.write(MASK, others | if on { bits } else { 0 });
    }
}

impl Registers for Pl011 {
    fn acknowledge(&self) {
        self.write(CLEAR, RX_INTERRUPTS | TX_INTERRUPT);
    }

    fn receive(&self) -> Option<u8> {
        (self.read(FLAGS) & RX_EMPTY == 0).then(|| self.read(DATA) as u8)
    }

    fn transmit(&self, byte: u8) -> bool {
        let room = self.read(FLAGS) & TX_FULL == 0;
        if room {
            self.write(DATA, u32::from(byte));
        }
        room
    }

    fn interrupt_on_byte(&self, on: bool) {
        self.listen(RX_INTERRUPTS, on);
    }

    fn interrupt_on_room(&self, on: bool) {
        self.listen(TX_INTERRUPT, on);
    }

    fn take_overrun(&self) -> bool {
        let overrun = self.read(ERRORS) & OVERRUN != 0;
        // Any value clears all of them.
        self.write(ERRORS, 0);
        overrun
    }
}
