//! What was found out, beside what the table says.

use std::time::Duration;

use fibocom_mqtt::{DataForm, Limit};
use serde_json::{Value, json};

/// One thing about the module.
pub struct Finding {
    pub name: &'static str,
    /// What was found, or why nothing was.
    pub found: Result<String, String>,
    /// What the manual says, if it does.
    pub table: Option<String>,
}

impl Finding {
    pub fn verdict(&self) -> &'static str {
        match (&self.found, &self.table) {
            (Err(_), _) => "unsettled",
            (Ok(_), None) => "noted",
            (Ok(found), Some(table)) if found == table => "same",
            _ => "differs",
        }
    }

    /// A line of the table.
    pub fn line(&self) -> String {
        let table = self.table.as_deref().unwrap_or("-");
        let found = match &self.found {
            Ok(found) => found.clone(),
            Err(why) => format!("could not be settled, because {why}"),
        };
        format!("{:<18} {:<10} {:<24} {found}", self.name, self.verdict(), table)
    }

    pub fn object(&self) -> Value {
        json!({
            "event": "finding",
            "name": self.name,
            "found": self.found.as_ref().ok(),
            "because": self.found.as_ref().err(),
            "table": self.table,
            "verdict": self.verdict(),
        })
    }
}

/// How data are written behind the prompt, in words.
pub fn form_words(form: DataForm) -> &'static str {
    match form {
        DataForm::Raw => "raw bytes",
        DataForm::HexBytes => "hex, counted in bytes",
        DataForm::HexDigits => "hex, counted in digits",
    }
}

/// The size to announce for a payload, and what to write.
pub fn form_wire(form: DataForm, payload: &[u8]) -> (usize, Vec<u8>) {
    let hex = || {
        payload
            .iter()
            .flat_map(|byte| format!("{byte:02X}").into_bytes())
            .collect()
    };
    match form {
        DataForm::Raw => (payload.len(), payload.to_vec()),
        DataForm::HexBytes => (payload.len(), hex()),
        DataForm::HexDigits => (payload.len() * 2, hex()),
    }
}

/// What of it the driver can be told.
#[derive(Default)]
pub struct Discovered {
    pub form: Option<DataForm>,
    pub escapes: Option<bool>,
    pub read_quotes: Option<bool>,
    pub result_at_qos0: Option<bool>,
    /// `Some(None)`: it never ends.
    pub data_limit: Option<Option<Duration>>,
    pub limits: Vec<(Limit, u16)>,
}
