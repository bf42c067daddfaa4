//! Texts whose format encodes some of their characters: what they are is what their characters are.

/// `Display` and comparisons of types whose `chars` undo the encoding.
macro_rules! by_characters {
    ($($text:ident),*) => { $(
        impl core::fmt::Display for $text<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.chars().try_for_each(|character| core::fmt::Write::write_char(f, character))
            }
        }

        impl PartialEq<str> for $text<'_> {
            fn eq(&self, other: &str) -> bool {
                self.chars().eq(other.chars())
            }
        }

        impl PartialEq<&str> for $text<'_> {
            fn eq(&self, other: &&str) -> bool {
                *self == **other
            }
        }

        impl PartialEq for $text<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.chars().eq(other.chars())
            }
        }

        impl Eq for $text<'_> {}
    )* };
}
