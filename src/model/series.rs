//! The table: what V1.3 says of each series and of each model that it names, and V1.0.1 of the L610.

/// The module series of V1.3, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Series {
    /// L61x
    L61x,
    /// LC61x
    Lc61x,
    /// LG61x
    Lg61x,
    /// MC61x
    Mc61x,
    /// MG61x
    Mg61x,
    /// NL66x
    Nl66x,
    /// MC11x
    Mc11x,
    /// MG11x
    Mg11x,
    /// MC10x
    Mc10x,
    /// LC11x
    Lc11x,
    /// MA51x
    Ma51x,
    /// L71x
    L71x,
    /// LE: LE13x, LE17x, LE23x, LE27x, LE37x
    Le,
    /// FG13x
    Fg13x,
    /// MS18x
    Ms18x,
    /// MC66x
    Mc66x,
    /// MG66x
    Mg66x,
    /// MC90x and MC901x
    Mc90x,
}

/// A line of the table. Lengths in bytes.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) series: Option<Series>,
    /// `AT+MQTTUSER` (V1.3 section 1.1).
    pub(super) user: u16,
    pub(super) password: u16,
    pub(super) client_id: u16,
    /// `AT+MQTTSNCID` (V1.3 section 1.13).
    pub(super) sn_client_id: u16,
    /// `+MQTTMSG` (V1.3 section 1.9).
    pub(super) received: u16,
    pub(super) connections: u8,
    pub(super) mqtt: bool,
    /// The commands SNCID, SNREG, WTOPICUD and WMSGUD.
    pub(super) sn: bool,
    /// The commands AUTHDYN and AUTHCFG.
    pub(super) auth: bool,
    pub(super) tls: bool,
    pub(super) will_data: bool,
}

impl Row {
    /// The lengths of V1.3's section 1.1 for the series that it does not name.
    const fn new(name: &'static str, series: Series) -> Self {
        Self {
            name,
            series: Some(series),
            user: 128,
            password: 128,
            client_id: 256,
            sn_client_id: 256,
            received: 1500,
            connections: 2,
            mqtt: true,
            sn: false,
            auth: false,
            tls: true,
            will_data: false,
        }
    }

    /// L61x, LC61x, LG61x, MC61x and MG61x: 1024 bytes for all three.
    const fn long(mut self) -> Self {
        (self.user, self.password, self.client_id) = (1024, 1024, 1024);
        self
    }

    /// LE, FG13x, MC66x and MG66x: a password of 256 bytes.
    const fn password_256(mut self) -> Self {
        self.password = 256;
        self
    }

    const fn sn(mut self, client_id: u16) -> Self {
        (self.sn, self.sn_client_id) = (true, client_id);
        self
    }

    const fn auth(mut self) -> Self {
        self.auth = true;
        self
    }

    const fn no_tls(mut self) -> Self {
        self.tls = false;
        self
    }

    const fn no_mqtt(mut self) -> Self {
        self.mqtt = false;
        self
    }

    /// The datasize form of `AT+MQTTWILL` (V1.3 section 1.12).
    const fn will_data(mut self) -> Self {
        self.will_data = true;
        self
    }

    /// MA510 and MC100E receive at most 1024 bytes (V1.3 section 1.9), and take 23 bytes in `AT+MQTTSNCID`.
    const fn small(mut self) -> Self {
        (self.received, self.sn_client_id) = (1024, 23);
        self
    }

    const fn connections(mut self, connections: u8) -> Self {
        self.connections = connections;
        self
    }
}

/// What every module of the table has: the minimum of each length, and no feature that one of them lacks.
pub(super) const CAUTIOUS: Row = Row {
    name: "unknown model",
    series: None,
    user: 128,
    password: 128,
    client_id: 23,
    sn_client_id: 23,
    received: 1024,
    connections: 2,
    mqtt: true,
    sn: false,
    auth: false,
    tls: false,
    will_data: false,
};

/// A name's `x` stands for one digit. Models stand beside their series where they differ from it.
pub(super) const MODELS: &[Row] = &[
    Row::new("L61x", Series::L61x).long(),
    Row::new("L610", Series::L61x).long().sn(1024).auth(),
    // V1.0.1 section 1.1.4: 128, 128 and 23; its OPEN has no TLS argument, and it has no SN and no AUTH commands.
    Row {
        user: 128,
        password: 128,
        client_id: 23,
        ..Row::new("L610-V1.0.1", Series::L61x).no_tls()
    },
    Row::new("LC61x", Series::Lc61x).long(),
    Row::new("LC610N", Series::Lc61x).long().sn(256).auth().no_tls(),
    Row::new("LG61x", Series::Lg61x).long(),
    Row::new("MC61x", Series::Mc61x).long(),
    Row::new("MC610", Series::Mc61x).long().sn(23).auth(),
    Row::new("MC615", Series::Mc61x).long().sn(256).auth().no_tls(),
    Row::new("MG61x", Series::Mg61x).long(),
    Row::new("NL66x", Series::Nl66x),
    Row::new("NL668-AM", Series::Nl66x).no_tls(),
    Row::new("MC11x", Series::Mc11x),
    Row::new("MG11x", Series::Mg11x),
    Row::new("MC10x", Series::Mc10x),
    Row::new("MC100E", Series::Mc10x).small(),
    Row::new("LC11x", Series::Lc11x),
    Row::new("MA51x", Series::Ma51x).sn(256),
    Row::new("MA510", Series::Ma51x).sn(23).small(),
    Row::new("L71x", Series::L71x),
    Row::new("LE13x", Series::Le).auth(),
    Row::new("LE17x", Series::Le).auth(),
    Row::new("LE23x", Series::Le).password_256().auth(),
    Row::new("LE27x", Series::Le).password_256().auth(),
    Row::new("LE37x", Series::Le).password_256().auth(),
    Row::new("FG13x", Series::Fg13x).password_256().will_data(),
    Row::new("MS18x", Series::Ms18x),
    Row::new("MC66x", Series::Mc66x).password_256().auth().will_data(),
    // Three clients in its firmware's configuration.
    Row::new("MC665-CN-22", Series::Mc66x)
        .password_256()
        .auth()
        .will_data()
        .connections(3),
    // Built without the MQTT commands, by their firmware's configurations.
    Row::new("MC661-CN-39-71-HK", Series::Mc66x).no_mqtt(),
    Row::new("MC669-CN-16", Series::Mc66x).no_mqtt(),
    Row::new("MC669-CN-25", Series::Mc66x).no_mqtt(),
    Row::new("MG66x", Series::Mg66x).password_256().auth().will_data(),
    Row::new("MC90x", Series::Mc90x),
    Row::new("MC901x", Series::Mc90x),
    // As the manual misprints it, with a letter.
    Row::new("MC9O1x", Series::Mc90x),
];
