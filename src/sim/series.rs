//! The series and models that can be simulated: what V1.3 says of each, its list of applicable models beside the rows.
//!
//! This table is the simulator's own, taken from the manuals. It shares nothing with the driver's.

use super::models::{Evidence, Settings};

/// One model. What no source tells is that of an L610.
pub(super) struct Model {
    /// By which [`Settings::by_name`] knows it.
    pub name: &'static str,
    /// As `AT+CGMM` prints it.
    printed: &'static str,
    /// As `AT+CGMR` prints it. Its first group names the platform.
    revision: &'static str,
    /// How much of the two is known.
    evidence: Evidence,
    /// The longest user name, password and client id.
    lengths: (usize, usize, usize),
    /// SNCID, SNREG, WTOPICUD and WMSGUD.
    sn: bool,
    /// The longest client id of SNCID.
    sn_client_id: usize,
    /// AUTHDYN and AUTHCFG.
    auth: bool,
    /// The last argument of OPEN.
    tls: bool,
    /// The IMEI alone is the default client id.
    bare_imei: bool,
    /// WILL takes a data size (1.12: only MC66x, MG66x and FG13x).
    will_data: bool,
    /// MQTT connections.
    connections: u16,
    /// The longest payload of `+MQTTMSG`.
    receive: usize,
    /// It has the MQTT commands.
    mqtt: bool,
    /// The `=?` forms are those of V1.0.1.
    first_manual: bool,
}

/// The numbers that no firmware is known to carry, where none is public.
const UNKNOWN_REVISION: &str = "00000.0000.00.00.00.00";

/// The chapters' own values (1.1: 128, 128 and 256; 1.9: 1500), with none of the commands that a series must be named for.
const PLAIN: Model = Model {
    name: "",
    printed: "",
    revision: UNKNOWN_REVISION,
    evidence: Evidence::Assumed,
    lengths: (128, 128, 256),
    sn: false,
    sn_client_id: 256,
    auth: false,
    tls: true,
    bare_imei: false,
    will_data: false,
    connections: 2,
    receive: 1500,
    mqtt: true,
    first_manual: false,
};

/// "Adjusted" in the list: 1024 for each of the three. Numbers 1 to 5.
const LONG: Model = Model {
    lengths: (1024, 1024, 1024),
    ..PLAIN
};

/// Password of 256. Numbers 13, 14, 16 and 17.
const PASSWORD_256: Model = Model {
    lengths: (128, 256, 256),
    ..PLAIN
};

/// Numbers 16 and 17: AUTH commands and a will in data mode; UNISOC 8850.
const MC66X: Model = Model {
    auth: true,
    will_data: true,
    ..PASSWORD_256
};

/// V1.0.1: 23 for the client id (1.1.4), no TLS (1.2.2), and neither SN nor AUTH commands among its twelve chapters.
pub(super) const L610_V1_0_1: Model = Model {
    name: "L610-V1.0.1",
    lengths: (128, 128, 23),
    sn: false,
    auth: false,
    tls: false,
    bare_imei: true,
    first_manual: true,
    ..L610
};

/// 1: of L61x, only the L610 has SN and AUTH commands; 1.13: and a client id of 1024 there.
pub(super) const L610: Model = Model {
    name: "L610",
    printed: "L610-CN-62-36",
    revision: "16000.1208.00.86.02.02",
    evidence: Evidence::Captured,
    sn: true,
    sn_client_id: 1024,
    auth: true,
    ..LONG
};

/// A model of which nothing is public but its name, or one that stands for the rest of a series, its name made up.
const fn unnamed(name: &'static str, printed: &'static str, like: Model) -> Model {
    Model { name, printed, ..like }
}

/// Every model, in the order of the manual's list.
pub(super) const MODELS: &[Model] = &[
    L610,
    L610_V1_0_1,
    // 1: the others.
    unnamed("L61x", "L611", LONG),
    // 2: only the LC610N has SN and AUTH commands, and it has no TLS.
    Model {
        name: "LC610",
        printed: "LC610-EU-00",
        revision: "16000.1000.00.10.19.01",
        evidence: Evidence::Published,
        ..LONG
    },
    Model {
        name: "LC610N",
        printed: "LC610N",
        sn: true,
        auth: true,
        tls: false,
        ..LONG
    },
    unnamed("LC61x", "LC611", LONG),
    // 3.
    unnamed("LG610", "LG610", LONG),
    unnamed("LG61x", "LG611", LONG),
    // 4: only MC610 and MC615 have SN and AUTH commands, their default client id is the IMEI; the MC615 has no TLS.
    // 1.13: a client id of 23 on the MC610.
    Model {
        name: "MC610",
        printed: "MC610-EU-20",
        revision: "16000.1000.00.97.20.10",
        evidence: Evidence::Published,
        sn: true,
        sn_client_id: 23,
        auth: true,
        bare_imei: true,
        ..LONG
    },
    Model {
        name: "MC615",
        printed: "MC615",
        sn: true,
        auth: true,
        tls: false,
        bare_imei: true,
        ..LONG
    },
    unnamed("MC61x", "MC611", LONG),
    // 5.
    unnamed("MG61x", "MG611", LONG),
    // 6: the NL668-AM has no TLS.
    unnamed("NL668", "NL668-LA", PLAIN),
    Model {
        name: "NL668-AM",
        printed: "NL668-AM",
        tls: false,
        ..PLAIN
    },
    unnamed("NL66x", "NL661", PLAIN),
    // 7 and 8.
    unnamed("MC116", "MC116", PLAIN),
    unnamed("MC11x", "MC111", PLAIN),
    unnamed("MG11x", "MG111", PLAIN),
    // 9: no SN commands, although 1.13 names the MC100E with a client id of 23. 1.9: 1024 are received.
    Model {
        name: "MC100E",
        printed: "MC100E",
        sn_client_id: 23,
        receive: 1024,
        ..PLAIN
    },
    unnamed("MC10x", "MC101", PLAIN),
    // 10.
    unnamed("LC11x", "LC111", PLAIN),
    // 11: SN without AUTH commands. 1.13 and 1.9: 23 and 1024 on the MA510.
    Model {
        name: "MA510",
        printed: "MA510",
        sn: true,
        sn_client_id: 23,
        receive: 1024,
        ..PLAIN
    },
    Model {
        name: "MA51x",
        printed: "MA511",
        sn: true,
        ..PLAIN
    },
    // 12.
    unnamed("L710", "L710", PLAIN),
    unnamed("L716", "L716", PLAIN),
    unnamed("L718", "L718", PLAIN),
    // 13: AUTH without SN commands; the longer password not on LE13x and LE17x.
    Model {
        name: "LE130",
        printed: "LE130",
        auth: true,
        ..PLAIN
    },
    Model {
        name: "LE170",
        printed: "LE170",
        auth: true,
        ..PLAIN
    },
    Model {
        name: "LE230",
        printed: "LE230",
        auth: true,
        ..PASSWORD_256
    },
    Model {
        name: "LE270",
        printed: "LE270-CN",
        revision: "12007.6005.00.02.03.04",
        evidence: Evidence::Captured,
        auth: true,
        ..PASSWORD_256
    },
    Model {
        name: "LE370",
        printed: "LE370",
        auth: true,
        ..PASSWORD_256
    },
    // 14.
    Model {
        name: "FG132",
        printed: "FG132-GL-00",
        will_data: true,
        ..PASSWORD_256
    },
    // 15.
    unnamed("MS180", "MS180", PLAIN),
    unnamed("MS18x", "MS181", PLAIN),
    // 16. Of the revisions no more than the first groups is public.
    Model {
        name: "MC661",
        printed: "MC661-CN-29",
        revision: "16009.0000.00.00.00.00",
        evidence: Evidence::Published,
        ..MC66X
    },
    Model {
        name: "MC665",
        printed: "MC665-CN-26",
        revision: "16009.1000.00.00.00.00",
        evidence: Evidence::Published,
        ..MC66X
    },
    // Its firmware is built for three MQTT connections.
    Model {
        name: "MC665-CN-22",
        printed: "MC665-CN-22",
        revision: "16009.1000.00.00.00.00",
        evidence: Evidence::Published,
        connections: 3,
        ..MC66X
    },
    // The builds whose names are public, MC669-CN-16 and -25, lack the MQTT commands.
    Model {
        name: "MC669",
        printed: "MC669-CN",
        revision: "16009.0000.00.00.00.00",
        ..MC66X
    },
    Model {
        name: "MC669-CN-25",
        printed: "MC669-CN-25",
        revision: "16009.0000.00.00.00.00",
        evidence: Evidence::Published,
        mqtt: false,
        ..MC66X
    },
    // The name of a build; it prints the model.
    Model {
        name: "MC661-CN-39-71-HK",
        printed: "MC661-CN-39",
        revision: "16009.0000.00.00.00.00",
        evidence: Evidence::Published,
        mqtt: false,
        ..MC66X
    },
    // 17.
    Model {
        name: "MG661",
        printed: "MG661-JP-29",
        revision: "16009.1030.00.00.00.00",
        evidence: Evidence::Published,
        ..MC66X
    },
    unnamed("MG66x", "MG662", MC66X),
    // 18: printed as MC9O1x.
    unnamed("MC901", "MC901", PLAIN),
    unnamed("MC90x", "MC902", PLAIN),
];

/// The names, in the same order.
#[allow(clippy::indexing_slicing)] // Beyond the end would be an error of the compiler.
pub(super) const NAMES: [&str; MODELS.len()] = {
    let mut names = [""; MODELS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = MODELS[index].name;
        index += 1;
    }
    names
};

impl Model {
    /// The UNISOC 8910 and 8850, by the first group of their revisions.
    fn is_unisoc(&self) -> bool {
        self.revision.starts_with("16000.") || self.revision.starts_with("16009.")
    }

    /// What it changes in the settings of an L610.
    pub fn apply(&self, settings: Settings) -> Settings {
        Settings {
            model: self.printed.into(),
            revision: self.revision.into(),
            evidence: self.evidence,
            connections: self.connections,
            user_lengths: self.lengths,
            tls_argument: self.tls,
            bare_imei: self.bare_imei,
            will_data_mode: self.will_data,
            // What these do beyond the manual's limit is known, and dropped where they do: their library takes no
            // packet above this. Of others only the limit is known.
            max_receive: if self.is_unisoc() { 8192 } else { self.receive },
            mqtt_commands: self.mqtt,
            sn_commands: self.sn,
            sn_client_id_length: self.sn_client_id,
            auth_commands: self.auth,
            decode_escapes: self.is_unisoc(),
            literal_brackets: !self.first_manual,
            open_typo: self.first_manual,
            ..settings
        }
    }
}
