//! A ring behind a UART of esp-hal, which has none but its FIFO of 128 bytes: at 115200 baud 11 ms, and so long the driver may wait
//! for the end of what it sends.

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;
use embedded_io_async::{ErrorType, Read, Write};
use esp_hal::Async;
use esp_hal::uart::{TxError, UartRx, UartTx};
use firmware_app::uart::Line;

/// At 115200 baud 89 ms.
pub type Ring = Pipe<CriticalSectionRawMutex, 1024>;

/// Moves what comes into the ring, for ever. When that is full it waits, and what then overruns the FIFO is counted.
#[embassy_executor::task]
pub async fn receive(uart: UartRx<'static, Async>, ring: &'static Ring, line: &'static Line) {
    let mut port = line.port(uart);
    let mut bytes = [0; 64];
    loop {
        // The line's errors are no errors to it.
        let count = port.read(&mut bytes).await.unwrap_or(0);
        ring.write_all(&bytes[..count]).await;
    }
}

/// The port: reads from the ring and writes to the UART. Both are cancel-safe.
pub struct Port {
    /// What [`receive`] fills.
    pub ring: &'static Ring,
    /// The other half of the UART.
    pub uart: UartTx<'static, Async>,
}

impl ErrorType for Port {
    type Error = TxError;
}

impl Read for Port {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TxError> {
        Ok(self.ring.read(buffer).await)
    }
}

impl Write for Port {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TxError> {
        self.uart.write_async(bytes).await
    }

    async fn flush(&mut self) -> Result<(), TxError> {
        self.uart.flush_async().await
    }
}
