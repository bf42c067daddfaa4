//! The manuals' commands, row by row and form by form: the bytes that the driver writes, the answers as they are printed, and the same
//! against the simulated module. V1.3 is "MTC AT Commands User Manual MQTT" of 2024-12-23, V1.0.1 "FIBOCOM L610 Series AT
//! Commands_MQTT" of 2020-06-13. Both are scans: where a digit or a quote is spoilt, what it must have been stands here.
#![cfg(feature = "sim")]

mod clouds;
mod connections;
mod examples;
mod messages;
mod mqtt_sn;
mod refusals;
mod refused;
mod settings;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod topic_ids;
mod unsolicited;

use table::Covered;

#[test]
fn every_row_is_exercised_in_each_of_its_forms() {
    let mut covered = Covered::default();
    connections::walk(&mut covered);
    settings::walk(&mut covered);
    messages::walk(&mut covered);
    mqtt_sn::walk(&mut covered);
    clouds::walk(&mut covered);
    unsolicited::walk(&mut covered);
    covered.check();
}
