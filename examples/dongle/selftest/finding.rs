//! What was found out, beside what the table says.

use std::time::Duration;

use fibocom_mqtt::Limit;
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

/// How data are written behind the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Raw,
    HexBytes,
    HexDigits,
}

impl Form {
    pub fn words(self) -> &'static str {
        match self {
            Self::Raw => "raw bytes",
            Self::HexBytes => "hex, counted in bytes",
            Self::HexDigits => "hex, counted in digits",
        }
    }

    /// The size to announce for a payload, and what to write.
    pub fn wire(self, payload: &[u8]) -> (usize, Vec<u8>) {
        let hex = || {
            payload
                .iter()
                .flat_map(|byte| format!("{byte:02X}").into_bytes())
                .collect()
        };
        match self {
            Self::Raw => (payload.len(), payload.to_vec()),
            Self::HexBytes => (payload.len(), hex()),
            Self::HexDigits => (payload.len() * 2, hex()),
        }
    }
}

/// What of it the driver can be told.
#[derive(Default)]
pub struct Discovered {
    pub form: Option<Form>,
    pub escapes: Option<bool>,
    pub read_quotes: Option<bool>,
    pub result_at_qos0: Option<bool>,
    /// `Some(None)`: it never ends.
    pub data_limit: Option<Option<Duration>>,
    pub limits: Vec<(Limit, u16)>,
}
