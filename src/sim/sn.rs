//! The commands for MQTT-SN, 1.13 to 1.16: which client id its connections use, and the ranges of all four.

use super::answer::{Answer, CmeError, INVALID_PARAMETERS};
use super::arguments::Arguments;
use super::module::Module;
use super::mqtt::SN_IDS;

impl Module {
    /// 1.13: to be set before the connection is opened.
    pub(super) fn sn_client_id(&mut self, mut arguments: Arguments) -> Result<Answer, CmeError> {
        let ids = u32::from(*SN_IDS.start())..=u32::from(*SN_IDS.end());
        let id = u16::try_from(arguments.number(ids)?).map_err(|_| INVALID_PARAMETERS)?;
        let client_id = arguments.string(0..=self.settings.sn_client_id_length)?;
        arguments.end()?;
        self.state.sn_client_ids.insert(id, client_id);
        Ok(Answer::ok())
    }

    /// A line per connection that has one.
    pub(super) fn sn_client_ids(&self) -> Vec<Vec<u8>> {
        let ids = self.state.sn_client_ids.iter();
        ids.map(|(id, client_id)| [format!("+MQTTSNCID: {id},\"").as_bytes(), client_id, b"\""].concat())
            .collect()
    }

    /// The `=?` forms. The manual has no example of any; these follow their syntax and the other commands' examples.
    pub(super) fn sn_ranges(&self, name: &str) -> String {
        let behind = match name {
            "+MQTTSNCID" => self.settings.sn_client_id_length.to_string(),
            "+MQTTSNREG" => "255".to_owned(),
            "+MQTTWTOPICUD" => "(0-2),(0,1),255".to_owned(),
            // 1.16, the will's message.
            _ => "1024".to_owned(),
        };
        format!("(101,102),{behind}")
    }
}
