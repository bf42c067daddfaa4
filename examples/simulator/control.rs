//! What a person, or a script, does to the module while it runs: a word a line on the standard input.

use std::io::{self, BufRead};
use std::thread;
use std::time::Duration;

use fibocom_mqtt::sim::serve::Control;
use fibocom_mqtt::sim::{BreakCause, Fault};

/// For `--help`.
pub const HELP: &str = "\
restart                       the module restarts, as if by its power key
lose-network SECONDS [CAUSE]  no network for so long; its connections break with cause 2 (the link) or 3 (registration)
fault SPEC                    from now on this goes wrong, too
heal                          nothing goes wrong any more
line TEXT                     the module sends this line unasked
sn-register ID TOPIC          the gateway of MQTT-SN connection ID (101 or 102) registers a topic unasked
";

/// Something to do.
#[derive(Debug, PartialEq)]
enum Word {
    Restart,
    LoseNetwork(Duration, BreakCause),
    Fault(Fault),
    Heal,
    Line(String),
    SnRegister(u16, String),
}

/// Obeys the standard input, until it ends.
pub fn listen(control: Control) -> io::Result<()> {
    thread::Builder::new().name("control".into()).spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            match read(line.trim()) {
                Ok(None) => {}
                Ok(Some(word)) => obey(&control, word),
                Err(error) => eprintln!("simulator: {error}"),
            }
        }
    })?;
    Ok(())
}

fn read(line: &str) -> Result<Option<Word>, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    Ok(Some(match (word, rest) {
        ("", _) => return Ok(None),
        ("restart", "") => Word::Restart,
        ("heal", "") => Word::Heal,
        ("fault", spec) => Word::Fault(spec.parse().map_err(|error| format!("{error}"))?),
        ("line", text) if !text.is_empty() => Word::Line(text.into()),
        ("sn-register", rest) => {
            let (id, topic) = rest.split_once(' ').unwrap_or((rest, ""));
            match (id.parse(), topic.trim()) {
                (Ok(id @ 101..=102), topic) if !topic.is_empty() => Word::SnRegister(id, topic.into()),
                _ => {
                    return Err(format!(
                        "'{rest}' is no MQTT-SN connection and a topic: give 101 plant/9"
                    ));
                }
            }
        }
        ("lose-network", rest) => {
            let (seconds, cause) = rest.split_once(' ').unwrap_or((rest, "2"));
            let lasting = seconds.parse().map(Duration::from_secs);
            let lasting = lasting.map_err(|_| format!("'{seconds}' is no number of seconds"))?;
            let cause = match cause.trim() {
                "2" => BreakCause::Link,
                "3" => BreakCause::Registration,
                other => return Err(format!("'{other}' is no cause for a lost network: give 2 or 3")),
            };
            Word::LoseNetwork(lasting, cause)
        }
        _ => return Err(format!("'{line}' is not understood; --help lists what is")),
    }))
}

fn obey(control: &Control, word: Word) {
    control.act(|module, now| match word {
        Word::Restart => module.restart(now),
        Word::LoseNetwork(lasting, cause) => module.lose_network_for(cause, lasting, now),
        Word::Fault(fault) => module.settings_mut().faults.push(fault),
        Word::Heal => module.settings_mut().faults.clear(),
        Word::Line(text) => module.emit_urc(text.as_bytes()),
        Word::SnRegister(id, topic) => {
            if module.register_topic(id, &topic).is_none() {
                eprintln!("simulator: connection {id} is not open, or it cannot keep one more registration");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_understood_and_nonsense_is_named() {
        let lost = |seconds, cause| Word::LoseNetwork(Duration::from_secs(seconds), cause);
        for (line, word) in [
            ("restart", Word::Restart),
            ("lose-network 5", lost(5, BreakCause::Link)),
            ("lose-network 7 3", lost(7, BreakCause::Registration)),
            ("fault silent", Word::Fault(Fault::Silent)),
            ("heal", Word::Heal),
            ("line +SIM READY", Word::Line("+SIM READY".into())),
            ("sn-register 102 plant/9", Word::SnRegister(102, "plant/9".into())),
        ] {
            assert_eq!(read(line), Ok(Some(word)));
        }
        assert_eq!(read(""), Ok(None));
        for line in [
            "restart now",
            "lose-network",
            "lose-network 1 1",
            "fault nonsense",
            "line",
            "sn-register 101",
            "sn-register 1 plant/9",
            "stop",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
