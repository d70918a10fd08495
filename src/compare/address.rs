//! IP addresses and CIDR blocks.

use super::cursor::{Cursor, NONE};

/// An IPv4 or IPv6 address. Those of different families are never equal.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Address {
    /// Whether it is IPv6, which `::ffff:203.0.113.1` is too.
    pub v6: bool,
    /// All 128 bits, or the 32 of an IPv4 address below 96 zeros.
    pub bits: u128,
}

/// The addresses of one family that begin with the same bits.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Network {
    /// Whether it is IPv6.
    pub v6: bool,
    /// The bits in common, as in [`Address::bits`]; those of the hosts are 0.
    pub bits: u128,
    /// Ones, then a zero for each bit of the hosts. For IPv4, the first 96 are ones.
    pub mask: u128,
}

impl Address {
    /// The address that `text` is; `None` if it is none.
    ///
    /// IPv4 is four decimal numbers from 0 to 255 without leading zeros (RFC 3986 §3.2.2). IPv6 is
    /// each of the forms of RFC 4291 §2.2: groups of one to four hexadecimal digits in either case,
    /// the last two perhaps in the form of IPv4, and perhaps one `::` for one group or more. There
    /// is no zone, port, bracket or space.
    ///
    /// ```
    /// use serin::compare::address::Address;
    /// assert!(Address::parse(b"2001:db8::192.0.2.33") == Address::parse(b"2001:DB8::c000:221"));
    /// assert!(Address::parse(b"192.0.2.033").is_none());
    /// ```
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        Self::take(&mut cursor).filter(|_| cursor.ended())
    }

    /// Takes an address off the beginning of a text. What follows may be no part of one.
    ///
    /// For IPv6 that is eight groups, a `::` being as many of them as are missing.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        // Those before a `::`, and those behind it or all.
        let (mut head, mut bits): (u128, u128) = (0, 0);
        let mut count: u32 = 0;
        // How many are before a `::`; more than there are if there is none.
        let mut gap = u32::MAX;
        loop {
            if cursor.eat(b':') {
                if gap > count && cursor.eat(b':') {
                    (gap, head, bits) = (count, bits, 0);
                } else if count == 0 {
                    return None;
                }
            } else if count > 0 {
                break;
            }
            let start = cursor.at;
            let group = cursor.number(16);
            let length = cursor.at.wrapping_sub(start);
            if length == 0 && gap == count {
                break;
            }
            if !matches!(length, 1..=4) {
                return None;
            }
            if cursor.peek() == u32::from(b'.') {
                cursor.at = start;
                let last = ipv4(cursor);
                if last == NONE {
                    return None;
                }
                if count == 0 && gap > count {
                    return Some(Self { v6: false, bits: last.into() });
                }
                bits = bits << 32 | u128::from(last);
                count = count.wrapping_add(2);
                break;
            }
            bits = bits << 16 | u128::from(group);
            count = count.wrapping_add(1);
        }
        if count > 8 || (count < 8) != (gap <= count) {
            return None;
        }
        while gap < 8 {
            head <<= 16;
            gap = gap.wrapping_add(1);
        }
        Some(Self { v6: true, bits: head | bits })
    }
}

impl Network {
    /// The network that `text` is, and whether bits of the hosts were set, which are dropped and
    /// worth a warning; `None` if it is none.
    ///
    /// That is an address, a slash and the length of the prefix in decimal without leading zeros:
    /// 0 to 32 for IPv4 (RFC 4632 §3.1), 0 to 128 for IPv6 (RFC 4291 §2.3).
    ///
    /// ```
    /// use serin::compare::address::{Address, Network};
    /// let (network, host_bits) = Network::parse(b"203.0.113.77/24").unwrap();
    /// assert!(host_bits);
    /// assert!(network.contains(Address::parse(b"203.0.113.9").unwrap()));
    /// assert!(!network.contains(Address::parse(b"::ffff:203.0.113.9").unwrap()));
    /// ```
    pub fn parse(text: &[u8]) -> Option<(Self, bool)> {
        let mut cursor = Cursor::new(text);
        let Address { v6, bits: written } = Address::take(&mut cursor)?;
        if !cursor.eat(b'/') {
            return None;
        }
        let length = cursor.number(10);
        let max = if v6 { 128 } else { 32 };
        if length > max || !cursor.ended() {
            return None;
        }
        let mut mask = u128::MAX;
        for _ in length..max {
            mask <<= 1;
        }
        let bits = written & mask;
        Some((Self { v6, bits, mask }, bits != written))
    }

    /// Whether `address` is in the network. One of the other family is not.
    pub fn contains(&self, address: Address) -> bool {
        address.v6 == self.v6 && address.bits & self.mask == self.bits
    }
}

/// Takes four numbers with dots between them; [`NONE`] if there are none.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn ipv4(cursor: &mut Cursor<'_>) -> u64 {
    let mut bits = 0;
    for count in 0..4 {
        if count > 0 && !cursor.eat(b'.') {
            return NONE;
        }
        let part = cursor.number(10);
        if part > 255 {
            return NONE;
        }
        bits = bits << 8 | part;
    }
    bits
}
