//! The findings as the driver takes them.

use std::time::Duration;

use fibocom_mqtt::{DataForm, Dialect, Escapes, Limit};
use serde_json::{Value, json};

use super::finding::Discovered;

/// The driver's name for a limit, if the driver sends anything by it.
fn limit_name(limit: Limit) -> Option<&'static str> {
    match limit {
        Limit::User => Some("User"),
        Limit::Password => Some("Password"),
        Limit::ClientId => Some("ClientId"),
        Limit::Topic => Some("Topic"),
        Limit::Payload => Some("Payload"),
        Limit::Received => Some("Received"),
        _ => None,
    }
}

impl Discovered {
    /// The dialect to give to [`fibocom_mqtt::Modem::with_dialect`].
    pub fn dialect(&self) -> Dialect {
        let mut dialect = Dialect::default().data_form(self.form.unwrap_or_default());
        if let Some(decoded) = self.escapes {
            dialect = dialect.escapes(escapes(decoded));
        }
        if let Some(quotes) = self.read_quotes {
            dialect = dialect.read_quotes(quotes);
        }
        if let Some(result) = self.result_at_qos0 {
            dialect = dialect.result_at_qos0(result);
        }
        if let Some(limit) = self.data_limit {
            dialect = dialect.data_mode_limit(limit);
        }
        dialect
    }

    /// The same as an expression to paste.
    pub fn expression(&self) -> String {
        let mut text = "Dialect::default()".to_owned();
        if let Some(form) = self.form {
            text += &format!(".data_form(DataForm::{form:?})");
        }
        if let Some(decoded) = self.escapes {
            text += &format!(".escapes(Escapes::{:?})", escapes(decoded));
        }
        if let Some(quotes) = self.read_quotes {
            text += &format!(".read_quotes({quotes})");
        }
        if let Some(result) = self.result_at_qos0 {
            text += &format!(".result_at_qos0({result})");
        }
        match self.data_limit {
            Some(Some(limit)) => text += &format!(".data_mode_limit(Some(Duration::from_secs({})))", limit.as_secs()),
            Some(None) => text += ".data_mode_limit(None)",
            None => {}
        }
        text
    }

    /// Limits other than the table's, as statements to paste.
    pub fn statements(&self) -> Vec<String> {
        let named = self
            .limits
            .iter()
            .filter_map(|(limit, value)| Some((limit_name(*limit)?, value)));
        named
            .map(|(name, value)| format!("modem.set_limit(Limit::{name}, {value});"))
            .collect()
    }

    pub fn object(&self) -> Value {
        let form = self.form.map(|form| match form {
            DataForm::Raw => "raw",
            DataForm::HexBytes => "hex-bytes",
            DataForm::HexDigits => "hex-digits",
        });
        json!({
            "event": "dialect",
            "data_form": form,
            "escapes": self.escapes,
            "read_quotes": self.read_quotes,
            "result_at_qos0": self.result_at_qos0,
            "data_mode_limit": self.data_limit.flatten().map(|limit: Duration| limit.as_secs()),
            "expression": self.expression(),
            "statements": self.statements(),
        })
    }
}

fn escapes(decoded: bool) -> Escapes {
    if decoded { Escapes::Hex } else { Escapes::Unknown }
}
