//! Data mode (V1.0.1 1.7.4): everything the host writes is data until the announced count is full.

use super::answer::{Answer, DataPurpose, DataRequest};
use super::models::DataForm;
use super::module::{Module, Phase};
use super::network::Message;
use super::record::Kind;

/// Data mode, begun and not finished.
#[derive(Debug)]
pub(super) struct DataMode {
    request: DataRequest,
    form: DataForm,
    bytes: Vec<u8>,
    /// Tells this data mode from an earlier one whose limit is still scheduled.
    epoch: u64,
}

impl Module {
    /// The prompt; from here on the line is swallowed.
    pub(super) fn begin_data(&mut self, request: DataRequest) {
        // What came before the prompt is lost.
        let early = std::mem::take(&mut self.line);
        if !early.bytes.is_empty() {
            self.record.push(self.now, Kind::LostData, &early.bytes);
        }
        self.prompt();
        let form = match request.purpose {
            DataPurpose::Publish { .. } | DataPurpose::Will { .. } => self.settings.data_form,
            DataPurpose::File(_) => DataForm::Raw,
        };
        let epoch = self.next_serial();
        let empty = request.size == 0;
        self.phase = Phase::Data(DataMode {
            request,
            form,
            bytes: Vec::new(),
            epoch,
        });
        if empty {
            self.end_data();
        } else if let Some(limit) = self.settings.data_limit {
            self.limit_data(limit, epoch);
        }
    }

    /// One byte of data. Never echoed.
    pub(super) fn data_input(&mut self, byte: u8) {
        let Phase::Data(data) = &mut self.phase else { return };
        data.bytes.push(byte);
        if data.bytes.len() >= data.form.on_the_line(data.request.size) {
            self.end_data();
        }
    }

    /// "If Module does not receive corresponding length data in 30 seconds, the data which have received will be pushed
    /// and respond OK OR respond ERROR when nothing received."
    pub(super) fn data_limit_reached(&mut self, epoch: u64) {
        if matches!(&self.phase, Phase::Data(data) if data.epoch == epoch) {
            self.end_data();
        }
    }

    fn end_data(&mut self) {
        let Phase::Data(data) = std::mem::replace(&mut self.phase, Phase::Ready) else {
            return;
        };
        let form = data.form;
        let DataMode { request, bytes, .. } = data;
        let file = matches!(request.purpose, DataPurpose::File(_));
        let kind = if file { Kind::File } else { Kind::Data };
        self.record.push(self.now, kind, &bytes);
        if bytes.is_empty() && request.size > 0 {
            return self.execute(Answer::error());
        }
        let Some(bytes) = form.decode(bytes) else {
            return self.execute(Answer::error());
        };
        let answer = match request.purpose {
            DataPurpose::Publish {
                connection,
                topic,
                qos,
                retain,
            } => self.publish(
                connection,
                topic,
                Message {
                    topic: Vec::new(),
                    payload: bytes,
                    qos,
                    retain,
                },
            ),
            DataPurpose::Will {
                connection,
                topic,
                qos,
                retain,
            } => self.set_will(
                connection,
                Message {
                    topic,
                    payload: bytes,
                    qos,
                    retain,
                },
            ),
            DataPurpose::File(file) => self.add_tls_file(file, bytes),
        };
        self.execute(answer);
    }
}

impl DataForm {
    /// How many bytes come for a size.
    const fn on_the_line(self, size: usize) -> usize {
        match self {
            Self::Raw | Self::HexDigits => size,
            Self::HexBytes => size.saturating_mul(2),
        }
    }

    /// What they mean, if they mean anything.
    fn decode(self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        if self == Self::Raw {
            return Some(bytes);
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
                _ => None,
            })
            .collect()
    }
}
