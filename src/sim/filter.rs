//! Topic filters, as MQTT 3.1.1 section 4.7 has them, over bytes.

/// Whether a topic name matches a filter. `+` and `#` do not match a first level that begins with `$` (4.7.2).
pub(super) fn matches(filter: &[u8], topic: &[u8]) -> bool {
    let wild = filter.starts_with(b"+") || filter.starts_with(b"#");
    if wild && topic.starts_with(b"$") {
        return false;
    }
    let mut levels = topic.split(|byte| *byte == b'/');
    for wanted in filter.split(|byte| *byte == b'/') {
        if wanted == b"#" {
            // This level and all below, and the parent.
            return true;
        }
        match levels.next() {
            Some(level) if wanted == b"+" || wanted == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

/// Whether a filter is well-formed: `+` and `#` fill a level, `#` is the last (4.7.1).
pub(super) fn is_valid(filter: &[u8]) -> bool {
    let levels: Vec<&[u8]> = filter.split(|byte| *byte == b'/').collect();
    let well_formed = |(index, level): (usize, &&[u8])| match *level {
        b"#" => index + 1 == levels.len(),
        b"+" => true,
        level => !level.iter().any(|byte| b"+#".contains(byte)),
    };
    !filter.is_empty() && levels.iter().enumerate().all(well_formed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_as_the_standard_has_them() {
        let yes: [(&[u8], &[u8]); 12] = [
            (b"a/b", b"a/b"),
            (b"a/+", b"a/b"),
            (b"a/+", b"a/"),
            (b"+/+", b"/finance"),
            (b"/+", b"/finance"),
            (b"#", b"a/b/c"),
            (b"a/#", b"a"),
            (b"a/#", b"a/b/c"),
            (b"+/b/#", b"a/b/c/d"),
            (b"$SYS/#", b"$SYS/broker"),
            (b"$SYS/+", b"$SYS/broker"),
            (b"+", b"a"),
        ];
        for (filter, topic) in yes {
            assert!(
                matches(filter, topic),
                "{} {}",
                filter.escape_ascii(),
                topic.escape_ascii()
            );
        }
        let no: [(&[u8], &[u8]); 8] = [
            (b"a/b", b"a/c"),
            (b"a/+", b"a"),
            (b"a/+", b"a/b/c"),
            (b"+", b"/finance"),
            (b"#", b"$SYS/broker"),
            (b"+/broker", b"$SYS/broker"),
            (b"a", b"A"),
            (b"a/b", b"a/b/"),
        ];
        for (filter, topic) in no {
            assert!(
                !matches(filter, topic),
                "{} {}",
                filter.escape_ascii(),
                topic.escape_ascii()
            );
        }
    }

    #[test]
    fn malformed_filters_are_known() {
        for filter in [&b"a/#/b"[..], b"a#", b"a/b+", b"+a/b", b"##", b""] {
            assert!(!is_valid(filter), "{}", filter.escape_ascii());
        }
        for filter in [&b"#"[..], b"+", b"a/+/b/#", b"/", b"a//b"] {
            assert!(is_valid(filter), "{}", filter.escape_ascii());
        }
    }
}
