//! The `?` and `=?` forms of the MQTT commands.

use super::answer::{Answer, CmeError, NO_SUCH_FORM};
use super::module::Module;
use super::network::Message;
use super::state::{Link, User};

/// What AUTHDYN takes (1.17).
const DYNAMIC: [&str; 3] = [
    "1,<host>,<port>,<productkey>,<productsecret>,<devicename>",
    "2,<url>,<productkey>,<productsecret>,<devicename>",
    "3,<productkey>,<productsecret>,<devicekey>,<clearflag>,<authmode>",
];
/// What AUTHCFG takes (1.18).
const CONFIGURED: [&str; 8] = [
    "1,<productkey>,<devicename>,<devicesecret>,<tls>",
    "2,<productkey>,<devicename>,<devicesecret>",
    "3,<devicename>,<devicesecret>",
    "4,<actiontype>[,<productkey>,<uuid>,<authkey>]",
    "5,<productid>,<devicename>,<accesskey>",
    "6,<iotcoreid>,<devicekey>,<devicesecret>",
    "7",
    "8,<productid>,<devicenumber>,<token>,<aepusername>",
];
/// The ninth stands there without the command's name.
const CONFIGURED_LAST: &str = "9,<productkey>,<devicekey>,<devicesecret>,<token>";

impl Module {
    /// The `=?` forms, as the manuals print them.
    pub(super) fn ranges(&self, name: &str) -> Result<Answer, CmeError> {
        let (mqtt, sn) = self.ids();
        let listed = |ids: &[u16]| ids.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
        let plain = listed(&mqtt);
        let ids = format!("({})", listed(&[mqtt, sn].concat()));
        let longest = self.settings.stated_publish.unwrap_or(self.settings.max_publish);
        let optional = |text: &str| {
            if self.settings.literal_brackets {
                format!("[,{text}]")
            } else {
                format!(",{text}")
            }
        };
        let text = match name {
            "+MQTTUSER" => {
                let (user, password, client_id) = self.settings.user_lengths;
                format!("({plain}),{user},{password}{}", optional(&client_id.to_string()))
            }
            "+MQTTOPEN" => {
                let tls = if self.settings.tls_argument {
                    optional("(0-2)")
                } else {
                    String::new()
                };
                let typo = if self.settings.open_typo {
                    "+MPQTTOPEN"
                } else {
                    "+MQTTOPEN"
                };
                let text = format!("{ids},(<\"Remote IP/URL\">),(1-65535),(0,1),(1-300){tls}");
                return Ok(Answer::line(format!("{typo}: {text}")));
            }
            "+MQTTCLOSE" => ids,
            "+MQTTSUB" => format!("{ids},255,(0-2)"),
            "+MQTTUNSUB" => format!("{ids},255"),
            "+MQTTPUB" | "+MQTTWILL" => format!("{ids},255,(0-2),(0,1),{longest}"),
            "+MQTTCONF" => "(0,1)".to_owned(),
            // V1.3's example lists these only.
            "+MQTTREAD" => format!("({plain})"),
            "+MQTTAUTHDYN" => return Ok(Answer::lines(clouds(name, &DYNAMIC))),
            "+MQTTAUTHCFG" => {
                let mut lines = clouds(name, &CONFIGURED);
                lines.push(CONFIGURED_LAST.into());
                return Ok(Answer::lines(lines));
            }
            _ => self.sn_ranges(name),
        };
        Ok(Answer::line(format!("{name}: {text}")))
    }

    /// The `?` forms.
    pub(super) fn current(&self, name: &str) -> Result<Answer, CmeError> {
        let connections = self.state.connections.iter();
        let lines = match name {
            "+MQTTUSER" => {
                let set = connections.filter_map(|connection| Some((connection.id, connection.user.as_ref()?)));
                set.map(|(id, user)| user_line(id, user)).collect()
            }
            // Those that can be opened (1.2.2).
            "+MQTTOPEN" => {
                let free = connections.filter(|connection| connection.link == Link::Free);
                self.id_lines(name, free.map(|connection| connection.id).collect())
            }
            // Those that can be closed (1.3.2).
            "+MQTTCLOSE" => {
                let open = connections.filter(|connection| connection.link == Link::Open);
                self.id_lines(name, open.map(|connection| connection.id).collect())
            }
            "+MQTTCONF" => vec![format!("+MQTTCONF: {}", u8::from(!self.state.direct)).into()],
            "+MQTTWILL" => {
                let set = connections.filter_map(|connection| Some((connection.id, connection.will.as_ref()?)));
                set.map(|(id, will)| will_line(id, will)).collect()
            }
            "+MQTTSNCID" => self.sn_client_ids(),
            "+MQTTSNREG" => return Ok(self.registrations()),
            _ => return Err(NO_SUCH_FORM),
        };
        Ok(Answer::lines(lines))
    }

    fn id_lines(&self, name: &str, ids: Vec<u16>) -> Vec<Vec<u8>> {
        let ids: Vec<String> = if ids.is_empty() {
            vec!["0".into()]
        } else {
            ids.iter().map(u16::to_string).collect()
        };
        let ids = if self.settings.id_per_line {
            ids
        } else {
            vec![ids.join(",")]
        };
        ids.iter().map(|ids| format!("{name}: {ids}").into_bytes()).collect()
    }
}

/// A line per cloud (1.17, 1.18).
fn clouds(name: &str, lines: &[&str]) -> Vec<Vec<u8>> {
    lines
        .iter()
        .map(|line| format!("{name}: {line}").into_bytes())
        .collect()
}

/// The manual prints the password, and so does the module.
fn user_line(id: u16, user: &User) -> Vec<u8> {
    let head = format!("+MQTTUSER: {id},\"");
    let mut line = [head.as_bytes(), &user.name, b"\",\"", &user.password, b"\""].concat();
    if let Some(client_id) = &user.client_id {
        line.extend([b",\"".as_slice(), client_id, b"\""].concat());
    }
    line
}

/// Unescaped and without its length, so that a payload may look like anything.
fn will_line(id: u16, will: &Message) -> Vec<u8> {
    let head = format!("+MQTTWILL: {id},\"");
    let middle = format!("\",{},{},\"", will.qos, u8::from(will.retain));
    [head.as_bytes(), &will.topic, middle.as_bytes(), &will.payload, b"\""].concat()
}
