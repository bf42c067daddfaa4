//! What a walk is made of by chance.

use super::*;

/// Marsaglia's xorshift.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self((seed.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    pub fn in_ten(&mut self, times: u64) -> bool {
        self.below(10) < times
    }
}

/// A module of some kind.
pub fn settings(dice: &mut Dice) -> Settings {
    let mut settings = Settings {
        echo: dice.in_ten(5),
        prompt: dice.one(&[Prompt::Framed, Prompt::Stock, Prompt::Bare, Prompt::Spaced]),
        framing: dice.one(&[Framing::CrLf, Framing::CrLf, Framing::Lf]),
        result_order: dice.one(&[ResultOrder::OkFirst, ResultOrder::ResultFirst, ResultOrder::BackToBack]),
        urc_timing: dice.one(&[UrcTiming::AfterFinal, UrcTiming::AtOnce]),
        early_command: dice.one(&[EarlyCommand::Lost, EarlyCommand::Refused]),
        network_need: dice.one(&[NetworkNeed::SetForms, NetworkNeed::Everything]),
        quote_read: dice.in_ten(5),
        ok_delay: Duration::from_millis(dice.one(&[0, 1, 7, 100])),
        boot_delay: Duration::from_millis(dice.one(&[500, 3000, 10_000])),
        boot_lines: dice.one(&[
            &["AT command ready", "+SIM READY"][..],
            &["AT READY"],
            &["+SIM READY"],
            &[],
        ]),
        ..Settings::l610()
    };
    sn::dialect(&mut settings, dice);
    settings
}
