use super::*;

#[test]
fn every_spelling_of_a_model_is_recognised() {
    // As modules print them, by their public logs and the configurations of their firmware.
    let cases = [
        ("L610-CN-62-36", "L610"),
        ("L610-EU-80", "L610"),
        ("L610", "L610"),
        ("l610-gl-33", "L610"),
        ("+CGMM: L610-IN-66", "L610"),
        ("+CGMM: \"L610-EU\",\"L610\"", "L610"),
        ("Model: L610-CN-00", "L610"),
        ("L611-CN", "L61x"),
        ("LC610-EU-00", "LC61x"),
        ("LC610N-CN", "LC610N"),
        ("LG610-EU", "LG61x"),
        ("MC610-EU-20", "MC610"),
        ("MC615-CN", "MC615"),
        ("MC612", "MC61x"),
        ("MG610", "MG61x"),
        ("NL668-LA", "NL66x"),
        ("NL668-AM-00", "NL668-AM"),
        ("MC116", "MC11x"),
        ("MG110", "MG11x"),
        ("MC100E-CN", "MC100E"),
        ("MC100", "MC10x"),
        ("LC116", "LC11x"),
        ("MA510-GL", "MA510"),
        ("MA512", "MA51x"),
        ("L716-CN", "L71x"),
        ("L718", "L71x"),
        ("LE130", "LE13x"),
        ("LE170", "LE17x"),
        ("LE270-CN", "LE27x"),
        ("LE370", "LE37x"),
        ("FG132-GL-00", "FG13x"),
        ("MS180", "MS18x"),
        ("MC661-CN-19", "MC66x"),
        ("MC661-CN-39-71-HK", "MC661-CN-39-71-HK"),
        ("MC665-CN-22-70", "MC665-CN-22"),
        ("MC665-CN-26", "MC66x"),
        ("MC669-CN-16-70", "MC669-CN-16"),
        ("MG661-JP-29", "MG66x"),
        ("MC901", "MC90x"),
        ("MC9010", "MC901x"),
        ("MC9O1x", "MC9O1x"),
        ("L61x", "L61x"),
        ("L610-V1.0.1", "L610-V1.0.1"),
    ];
    for (text, name) in cases {
        assert_eq!(Model::identify(text).name(), name, "{text}");
        assert_eq!(text.parse::<Model>().unwrap().name(), name, "{text}");
    }
}

#[test]
fn what_is_not_in_the_table_is_unknown() {
    for text in [
        "",
        "FM350-GL",
        "+CGMM: \"FM350-GL\",\"FM350\"",
        "L61",
        "L6100",
        "XL610",
        "LC610NX",
        "EC200U",
        "16000.1208.00.86.02.02",
        "-",
    ] {
        assert_eq!(Model::identify(text), Model::UNKNOWN, "{text}");
    }
    assert_eq!("EC200U".parse::<Model>(), Err(UnknownModel));
}

#[test]
fn each_name_of_the_table_names_itself() {
    for model in Model::all() {
        assert_eq!(Model::identify(model.name()), model);
    }
    assert_eq!(
        Model::all()
            .filter_map(|model| model.series())
            .fold(Vec::new(), |mut seen, series| {
                if !seen.contains(&series) {
                    seen.push(series);
                }
                seen
            })
            .len(),
        18
    );
}

#[test]
fn an_unknown_model_gets_no_more_than_any_model_has() {
    let cautious = Model::UNKNOWN.capabilities();
    for model in Model::all() {
        let capabilities = model.capabilities();
        for limit in Limit::ALL {
            assert!(
                cautious.limit(limit).value <= capabilities.limit(limit).value,
                "{model}: {limit}"
            );
        }
        for feature in Feature::ALL.into_iter().filter(|feature| *feature != Feature::Mqtt) {
            let has = capabilities.feature(feature).value;
            assert!(has || !cautious.feature(feature).value, "{model}: {feature}");
        }
    }
}

#[test]
fn who_counts_more_is_believed() {
    let mut capabilities = Model::identify("L610").capabilities();
    let limit = |capabilities: &Capabilities| capabilities.limit(Limit::ClientId);
    capabilities.learn_limit(Limit::ClientId, 23, Source::Module);
    assert_eq!(
        limit(&capabilities),
        Known {
            value: 23,
            source: Source::Module
        }
    );
    capabilities.learn_limit(Limit::ClientId, 64, Source::Caller);
    capabilities.learn_limit(Limit::ClientId, 23, Source::Module);
    assert_eq!(
        limit(&capabilities),
        Known {
            value: 64,
            source: Source::Caller
        }
    );

    // Another module: what the last one said is forgotten, what the caller said is not.
    capabilities.learn_limit(Limit::User, 1, Source::Module);
    capabilities.learn_feature(Feature::Tls, false, Source::Module);
    capabilities.identify(Model::identify("MC665"), Source::Module);
    assert_eq!(limit(&capabilities).value, 64);
    assert_eq!(
        capabilities.limit(Limit::User),
        Known {
            value: 128,
            source: Source::Table
        }
    );
    assert!(capabilities.feature(Feature::Tls).value);

    // A model that the caller named stays.
    capabilities.identify(Model::identify("NL668-AM"), Source::Caller);
    capabilities.identify(Model::identify("L610"), Source::Module);
    assert_eq!(capabilities.model().value.name(), "NL668-AM");
    assert!(!capabilities.feature(Feature::Tls).value);
}

#[test]
fn commands_belong_to_features_and_questions_to_none() {
    for (command, feature) in [
        (&b"AT+MQTTOPEN=1,\"h\",1,1,60"[..], Some(Feature::Mqtt)),
        (b"at+mqttsncid=101,\"x\"\r", Some(Feature::SnCommands)),
        (b"AT+MQTTSNREG?", Some(Feature::SnCommands)),
        (b"AT+MQTTWTOPICUD=101,0,0,\"x\"", Some(Feature::SnCommands)),
        (b"AT+MQTTWMSGUD=101,\"x\"", Some(Feature::SnCommands)),
        (b"AT+MQTTWILL?", Some(Feature::Mqtt)),
        (b"AT+MQTTAUTHCFG=7", Some(Feature::AuthCommands)),
        (b"AT+MQTTAUTHCFG=?\r", None),
        (b"AT+CSQ", None),
        (b"AT", None),
        (b"", None),
    ] {
        assert_eq!(Feature::of_command(command), feature, "{}", command.escape_ascii());
    }
}

#[test]
fn commands_for_mqtt_sn_connections_need_them_and_questions_do_not() {
    for command in [
        &b"AT+MQTTCLOSE=101\r"[..],
        b"AT+MQTTSUB=102,7,0",
        b"at+mqttpub= 101 ,\"t\",0,0,\"\"\r",
        b"AT+MQTTSNCID=101,\"x=1\"",
    ] {
        let feature = Feature::of_connection(command);
        assert_eq!(feature, Some(Feature::SnConnections), "{}", command.escape_ascii());
    }
    for command in [
        &b"AT+MQTTCLOSE=1"[..],
        b"AT+MQTTPUB=1,\"t\",0,0,101",
        b"AT+MQTTOPEN=1,\"=101\",1883,1,60",
        b"AT+MQTTCLOSE=?",
        b"AT+MQTTCLOSE?",
        b"AT+MQTTREAD=1010",
        b"AT+MQTTAUTHCFG=7",
        b"AT+CGDCONT=101",
        b"",
    ] {
        assert_eq!(Feature::of_connection(command), None, "{}", command.escape_ascii());
    }
}
