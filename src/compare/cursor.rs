//! What versions and addresses are read with: a place in a text, and what is taken off there.
//!
//! In the module, where size counts most, the smallest functions are kept from being inlined.

/// What [`Cursor::number`] finds where there is no digit: above every number.
pub(super) const NONE: u64 = u64::MAX;

/// The greatest number that is read to its end: 2^53 - 1, as in npm's `semver`.
pub(super) const MAX_NUMBER: u64 = (1 << 53) - 1;

/// The value of a hexadecimal digit; more than 15 for anything else.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn hex(byte: u32) -> u32 {
    let digit = byte.wrapping_sub(u32::from(b'0'));
    let letter = (byte | 0x20).wrapping_sub(u32::from(b'a'));
    if digit < 10 {
        digit
    } else if letter < 6 {
        letter.wrapping_add(10)
    } else {
        u32::MAX
    }
}

/// A text and a place in it.
pub(super) struct Cursor<'a> {
    pub text: &'a [u8],
    /// Up to the length of the text.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Whether all is taken.
    pub fn ended(&self) -> bool {
        self.at == self.text.len()
    }

    /// The byte that comes next; at the end, what is no byte.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn peek(&self) -> u32 {
        self.text.get(self.at).map_or(u32::MAX, |byte| u32::from(*byte))
    }

    /// Takes `byte` if it comes next.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == u32::from(byte);
        self.at = self.at.wrapping_add(found.into());
        found
    }

    /// Takes digits of base 10 or 16: their number.
    ///
    /// In base 10, a leading zero is the whole number, so that what follows it does not fit.
    /// Nothing is taken of a number above [`MAX_NUMBER`], which gives any other above that, and
    /// where there is no digit, which gives [`NONE`].
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn number(&mut self, base: u64) -> u64 {
        let start = self.at;
        let mut value = 0;
        loop {
            let byte = self.peek();
            let mut digit = byte.wrapping_sub(u32::from(b'0'));
            if digit >= 10 {
                digit = hex(byte);
            }
            let digit = u64::from(digit);
            if digit >= base {
                break;
            }
            // Sixteen times 2^53 is below 2^64.
            value = base.wrapping_mul(value).wrapping_add(digit);
            if value > MAX_NUMBER {
                self.at = start;
                return value;
            }
            self.at = self.at.wrapping_add(1);
            if value == 0 && base == 10 {
                break;
            }
        }
        if self.at == start { NONE } else { value }
    }
}
