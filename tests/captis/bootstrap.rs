//! The modes of the bootstrap, and which server it is about.

use fibocom_mqtt::profile::captis::{
    BootstrapMode, BootstrapServer, Command, Role, Roles, RolesError, ServerId, ServerRoles,
};
use proptest::prelude::*;

const SIX: Roles = Roles::WORK;
const DATA: Roles = Roles::of(&[Role::Measurements, Role::Events, Role::Info]);
const CONFIG: Roles = Roles::of(&[Role::Info, Role::Configuration, Role::FotaOperations, Role::Shell]);
const INFO: Roles = Roles::of(&[Role::Info]);
const BOOTSTRAP: Roles = Roles::of(&[Role::Bootstrap]);

fn s(number: u8) -> ServerId {
    ServerId::new(number).unwrap()
}

fn servers(roles: &[(u8, Roles)]) -> ServerRoles {
    let mut servers = ServerRoles::new();
    for (number, roles) in roles {
        servers.define(s(*number), *roles).unwrap();
    }
    servers
}

/// What becomes of `before` when server 2 is bootstrapped.
fn after(before: &[(u8, Roles)], mode: BootstrapMode) -> Vec<(u8, Roles)> {
    let mut servers = servers(before);
    servers.assign(s(2), mode, |_| true).unwrap();
    servers.iter().map(|(server, roles)| (server.number(), roles)).collect()
}

fn mode(name: &str) -> BootstrapMode {
    match Command::parse(&format!("bootstrap,0,{name}")) {
        Ok(Command::Bootstrap { mode, .. }) => mode,
        other => panic!("{other:?}"),
    }
}

#[test]
fn cap_b_regular_takes_what_a_valid_configuration_allows() {
    let regular = mode("regular");
    assert_eq!(BootstrapMode::default(), regular);
    // A server that is there keeps its roles.
    assert_eq!(
        after(&[(1, BOOTSTRAP), (2, INFO)], regular),
        [(1, BOOTSTRAP), (2, INFO)]
    );
    // A new one gets all six, or what another server leaves.
    assert_eq!(after(&[(1, BOOTSTRAP)], regular), [(1, BOOTSTRAP), (2, SIX)]);
    assert_eq!(after(&[(1, CONFIG)], regular), [(1, CONFIG), (2, DATA)]);
    assert_eq!(after(&[(1, DATA)], regular), [(1, DATA), (2, INFO)]);
    // The rest of the configuration has a say too.
    let mut choices = servers(&[(1, BOOTSTRAP)]);
    choices
        .assign(s(2), regular, |servers| servers.with(Role::Shell).is_none())
        .unwrap();
    assert_eq!(choices.roles(s(2)), Some(DATA));
    let before = servers(&[(1, BOOTSTRAP)]);
    let mut none = before;
    assert_eq!(none.assign(s(2), regular, |_| false), Err(RolesError::NoValidRoles));
    assert_eq!(none, before);
}

#[test]
fn cap_b_greedy_takes_all_six_but_what_another_has() {
    let greedy = mode("greedy");
    assert_eq!(after(&[(1, BOOTSTRAP)], greedy), [(1, BOOTSTRAP), (2, SIX)]);
    assert_eq!(
        after(&[(1, DATA)], greedy),
        [(1, DATA), (2, SIX.without(Role::Measurements))]
    );
    assert_eq!(
        after(&[(1, CONFIG)], greedy),
        [(1, CONFIG), (2, SIX.without(Role::Configuration))]
    );
    let neither = SIX.without(Role::Measurements).without(Role::Configuration);
    assert_eq!(after(&[(1, SIX)], greedy), [(1, SIX), (2, neither)]);
    // What the server itself has is not another's.
    assert_eq!(after(&[(1, INFO), (2, DATA)], greedy), [(1, INFO), (2, SIX)]);
}

#[test]
fn cap_b_data_takes_the_measurements_from_another() {
    let data = mode("data");
    assert_eq!(
        after(&[(1, SIX)], data),
        [(1, SIX.without(Role::Measurements)), (2, DATA)]
    );
    // They are added to what the server has.
    let both = BOOTSTRAP.and(CONFIG).and(DATA);
    assert_eq!(
        after(&[(1, INFO), (2, BOOTSTRAP.and(CONFIG))], data),
        [(1, INFO), (2, both)]
    );
}

#[test]
fn cap_b_config_takes_the_configuration_from_another() {
    let config = mode("config");
    assert_eq!(
        after(&[(1, SIX)], config),
        [(1, SIX.without(Role::Configuration)), (2, CONFIG)]
    );
    assert_eq!(after(&[(1, INFO), (2, DATA)], config), [(1, INFO), (2, SIX)]);
}

#[test]
fn cap_b_full_takes_both_from_others() {
    let full = mode("full");
    let left = SIX.without(Role::Measurements).without(Role::Configuration);
    assert_eq!(after(&[(1, SIX)], full), [(1, left), (2, SIX)]);
    assert_eq!(
        after(&[(1, DATA), (2, BOOTSTRAP), (3, CONFIG)], full),
        [
            (1, DATA.without(Role::Measurements)),
            (2, SIX.and(BOOTSTRAP)),
            (3, CONFIG.without(Role::Configuration)),
        ]
    );
}

#[test]
fn the_server_of_a_bootstrap_is_counted_or_named() {
    let servers = servers(&[(1, INFO), (2, BOOTSTRAP), (5, BOOTSTRAP.and(INFO)), (6, CONFIG)]);
    for (command, server) in [
        ("bootstrap", Ok(2)),
        ("bootstrap,", Ok(2)),
        ("bootstrap,0", Ok(2)),
        ("bootstrap,1", Ok(2)),
        ("bootstrap,2", Ok(5)),
        ("bootstrap,3", Err(RolesError::NoBootstrapServer)),
        ("bootstrap,s2", Ok(2)),
        ("bootstrap,s5,full", Ok(5)),
        // Not defined, and without the role.
        ("bootstrap,s4", Err(RolesError::NoBootstrapServer)),
        ("bootstrap,s6", Err(RolesError::NoBootstrapServer)),
    ] {
        let Ok(Command::Bootstrap { server: wanted, .. }) = Command::parse(command) else {
            panic!("{command}");
        };
        assert_eq!(servers.bootstrap_server(wanted), server.map(s), "{command}");
    }
    let none = ServerRoles::new().bootstrap_server(BootstrapServer::default());
    assert_eq!(none, Err(RolesError::NoBootstrapServer));
}

fn roles() -> impl Strategy<Value = Roles> {
    prop::collection::vec(prop::sample::select(Role::ALL.to_vec()), 0..7).prop_map(|roles| Roles::of(&roles))
}

fn holders(servers: &ServerRoles, role: Role) -> usize {
    servers.iter().filter(|(_, roles)| roles.contains(role)).count()
}

proptest! {
    #[test]
    fn cap_b_inv_one_server_at_most_has_measurements_and_one_configuration(
        steps in prop::collection::vec((1u8..=9, prop_oneof![
            roles().prop_map(Ok),
            prop::sample::select(vec!["regular", "greedy", "data", "config", "full"]).prop_map(Err),
        ], any::<bool>()), 1..24),
    ) {
        let mut servers = ServerRoles::new();
        for (number, step, valid) in steps {
            let before = servers;
            match step {
                Ok(roles) => {
                    let result = servers.define(s(number), roles);
                    prop_assert!(result.is_ok() || servers == before);
                }
                Err(name) => {
                    let result = servers.assign(s(number), mode(name), |_| valid);
                    prop_assert!(result.is_ok() || servers == before);
                    match name {
                        "regular" | "greedy" => {
                            for (server, roles) in before.iter().filter(|(server, _)| server.number() != number) {
                                prop_assert_eq!(servers.roles(server), Some(roles), "others are untouched");
                            }
                        }
                        // What others lose is what one only can have.
                        _ => {
                            for (server, roles) in before.iter().filter(|(server, _)| server.number() != number) {
                                let now = servers.roles(server).unwrap();
                                let lost = roles.iter().filter(|role| !now.contains(*role));
                                for role in lost {
                                    prop_assert!(matches!(role, Role::Measurements | Role::Configuration));
                                    prop_assert!(servers.roles(s(number)).unwrap().contains(role));
                                }
                            }
                        }
                    }
                }
            }
            prop_assert!(holders(&servers, Role::Measurements) <= 1);
            prop_assert!(holders(&servers, Role::Configuration) <= 1);
        }
    }
}
