//! The module's clock as a date: from the text of `AT+CCLK?` to seconds since 1970 and to hours of the calendar.

/// Days in 400 years.
const ERA: u64 = 146_097;
const DAY: u64 = 86_400;
/// From 1 March of year 0, where these calculations begin, to 1970.
const EPOCH: u64 = 719_468;

/// Seconds since 1970 out of `26/07/20,06:51:36+08`: local time, and its distance from UTC in quarters of an hour.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let (date, rest) = text.split_once(',')?;
    let zone_at = rest.find(['+', '-'])?;
    let (time, zone) = rest.split_at(zone_at);
    let [year, month, day] = numbers(date, '/')?;
    let [hour, minute, second] = numbers(time, ':')?;
    // A clock that was never set shows 1970.
    let year = if year >= 70 { 1900 + year } else { 2000 + year };
    let local = days(year, month, day)? * DAY + hour * 3600 + minute * 60 + second;
    let quarters: i64 = zone.parse().ok()?;
    local.checked_add_signed(quarters.checked_mul(-900)?)
}

/// The UTC hour as `YYYYMMDDHH`.
pub(super) fn hour(seconds: u64) -> String {
    let (year, month, day) = date(seconds / DAY);
    format!("{year:04}{month:02}{day:02}{:02}", seconds % DAY / 3600)
}

fn numbers(text: &str, between: char) -> Option<[u64; 3]> {
    let mut numbers = text.split(between).map(|number| number.parse::<u64>().ok());
    let all = [numbers.next()??, numbers.next()??, numbers.next()??];
    if numbers.next().is_some() { None } else { Some(all) }
}

/// Days since 1970. Years begin with March here, so that the leap day is their last.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = year - u64::from(month <= 2);
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    (era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year).checked_sub(EPOCH)
}

/// The way back.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + EPOCH;
    let (era, of_era) = (days / ERA, days % ERA);
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let months = (5 * of_year + 2) / 153;
    let day = of_year - (153 * months + 2) / 5 + 1;
    let month = if months < 10 { months + 3 } else { months - 9 };
    (era * 400 + years + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_seconds_and_seconds_are_hours() {
        // The numbers are those of date(1).
        for (text, expected, hours) in [
            ("70/01/01,00:00:05+00", 5, "1970010100"),
            ("18/09/18,15:25:23+32", 1_537_255_523, "2018091807"),
            ("26/07/20,06:51:36+00", 1_784_530_296, "2026072006"),
            ("24/02/29,23:59:59-04", 1_709_254_799, "2024030100"),
            ("00/03/01,00:00:00+00", 951_868_800, "2000030100"),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
            assert_eq!(hour(expected), hours, "{text}");
        }
        for text in [
            "",
            "26/07/20",
            "26/07/20,06:51:36",
            "26/13/20,06:51:36+00",
            "26/07,06:51:36+00",
            "70/01/01,00:00:00+04",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
