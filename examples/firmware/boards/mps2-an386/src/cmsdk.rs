//! ARM's "CMSDK APB UART" (Cortex-M System Design Kit, section 4.3): one byte of buffer each way.

use firmware_app::uart::Registers;

// Registers, by their place in words, and their bits.
const DATA: usize = 0;
const STATE: usize = 1;
const CTRL: usize = 2;
const INTERRUPTS: usize = 3;
const BAUDDIV: usize = 4;
const TX_FULL: u32 = 1;
const RX_FULL: u32 = 2;
const RX_OVERRUN: u32 = 8;
const TX_ON: u32 = 1;
const RX_ON: u32 = 2;
const TX_INTERRUPT: u32 = 4;
const RX_INTERRUPT: u32 = 8;

/// A UART of that kind, by its address.
pub struct Cmsdk(*mut u32);

// SAFETY: there is one core, and the only value for this UART is used in critical sections alone once it interrupts.
unsafe impl Sync for Cmsdk {}

impl Cmsdk {
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
        self.write(BAUDDIV, core / baud);
        self.write(CTRL, TX_ON | RX_ON);
    }

    fn read(&self, register: usize) -> u32 {
        // SAFETY: `at` promises the UART, and `register` is one of the five above.
        unsafe { self.0.add(register).read_volatile() }
    }

    fn write(&self, register: usize, value: u32) {
        // SAFETY: as above.
        unsafe { self.0.add(register).write_volatile(value) }
    }

    fn control(&self, bit: u32, on: bool) {
        let others = self.read(CTRL) & !bit;
        self.write(CTRL, others | if on { bit } else { 0 });
    }
}

impl Registers for Cmsdk {
    fn acknowledge(&self) {
        self.write(INTERRUPTS, self.read(INTERRUPTS));
    }

    fn receive(&self) -> Option<u8> {
        (self.read(STATE) & RX_FULL != 0).then(|| self.read(DATA) as u8)
    }

    fn transmit(&self, byte: u8) -> bool {
        let room = self.read(STATE) & TX_FULL == 0;
        if room {
            self.write(DATA, u32::from(byte));
        }
        room
    }

    fn interrupt_on_byte(&self, on: bool) {
        self.control(RX_INTERRUPT, on);
    }

    fn interrupt_on_room(&self, on: bool) {
        self.control(TX_INTERRUPT, on);
    }

    fn take_overrun(&self) -> bool {
        let overrun = self.read(STATE) & RX_OVERRUN;
        self.write(STATE, overrun);
        overrun != 0
    }
}
