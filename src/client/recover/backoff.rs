//! How long to wait before each attempt, and how many there are.

use core::time::Duration;

/// The pauses between attempts: each twice as long as the one before, up to a longest, and each shortened at random by up to a half,
/// so that devices that lost the same broker do not come back together.
///
/// ```
/// use core::time::Duration;
/// use fibocom_mqtt::Backoff;
///
/// let backoff = Backoff::new().first(Duration::from_secs(2)).longest(Duration::from_secs(300)).attempts(50);
/// # let _ = backoff;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "each setting gives the changed value back"]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    attempts: u16,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

impl Backoff {
    /// From 1 s to 60 s, 20 attempts: the pauses add up to a quarter of an hour at most.
    pub const fn new() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            attempts: 20,
        }
    }

    /// The pause before the first attempt, before chance shortens it.
    pub const fn first(mut self, pause: Duration) -> Self {
        self.first = pause;
        self
    }

    /// No pause is longer than this.
    pub const fn longest(mut self, pause: Duration) -> Self {
        self.longest = pause;
        self
    }

    /// How many attempts are made, at least 1.
    pub const fn attempts(mut self, attempts: u16) -> Self {
        self.attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// How many attempts are made.
    pub(super) const fn count(&self) -> u16 {
        self.attempts
    }

    /// The pause before an attempt, counted from 1, in whole milliseconds.
    pub(super) fn pause(&self, attempt: u16, chance: &mut Chance) -> Duration {
        let doublings = u32::from(attempt.saturating_sub(1)).min(31);
        let whole = self.first.saturating_mul(1 << doublings).min(self.longest);
        let half = u32::try_from(whole.as_millis() / 2).unwrap_or(u32::MAX);
        let off = half.checked_add(1).map_or(chance.next(), |range| {
            chance.next().checked_rem(range).unwrap_or_default()
        });
        whole.saturating_sub(Duration::from_millis(u64::from(off)))
    }
}

/// Numbers that differ from device to device and from time to time. Nothing secret depends on them.
pub(super) struct Chance(u32);

impl Chance {
    /// Seeds that differ in any bit give other numbers.
    pub(super) fn new(seed: impl Iterator<Item = u8>) -> Self {
        // FNV-1a.
        let hash = seed.fold(0x811c_9dc5, |hash: u32, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        Self(hash.max(1))
    }

    /// Marsaglia's xorshift.
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(backoff: &Backoff, seed: &[u8]) -> Vec<u128> {
        let mut chance = Chance::new(seed.iter().copied());
        (1..=backoff.count())
            .map(|attempt| backoff.pause(attempt, &mut chance).as_millis())
            .collect()
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_lose_at_most_a_half() {
        let backoff = Backoff::new()
            .first(Duration::from_secs(2))
            .longest(Duration::from_secs(20));
        let mut seen = [0_u128; 20];
        for seed in 0..=255 {
            let wholes = [2000, 4000, 8000, 16000].into_iter().chain(std::iter::repeat(20_000));
            for ((pause, whole), total) in pauses(&backoff, &[seed]).iter().zip(wholes).zip(&mut seen) {
                assert!((whole / 2..=whole).contains(pause), "{pause} of {whole}");
                *total += pause;
            }
        }
        // By chance, so neither always the shortest nor always the longest: 256 pauses of about three quarters of 20 s.
        assert!((256 * 14_000..256 * 16_000).contains(&seen[19]), "{}", seen[19]);
    }

    #[test]
    fn two_devices_do_not_wait_alike() {
        let backoff = Backoff::new();
        assert_ne!(
            pauses(&backoff, b"864430010012345"),
            pauses(&backoff, b"864430010012346")
        );
    }

    #[test]
    fn nothing_overflows() {
        let longest = Duration::MAX;
        let backoff = Backoff::new().first(longest).longest(longest).attempts(u16::MAX);
        let mut chance = Chance::new([].into_iter());
        assert!(backoff.pause(u16::MAX, &mut chance) >= Duration::from_secs(u64::MAX / 2));
        let none = Backoff::new().first(Duration::ZERO).attempts(0);
        assert_eq!((none.count(), none.pause(1, &mut chance)), (1, Duration::ZERO));
    }
}
