//! IP addresses and CIDR blocks.

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
    #[inline(never)]
    pub fn parse(text: &[u8]) -> Option<Self> {
        match ipv4(text) {
            Some(bits) => Some(Self { v6: false, bits: u128::from(bits) }),
            None => ipv6(text).map(|bits| Self { v6: true, bits }),
        }
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
        let slash = text.iter().position(|byte| *byte == b'/')?;
        let Address { v6, bits: written } = Address::parse(text.get(..slash)?)?;
        let mut rest = text.get(slash.wrapping_add(1)..)?;
        let length = number(&mut rest, 10);
        let (max, above) = if v6 { (128, 0) } else { (32, 96) };
        if length > max || !rest.is_empty() {
            return None;
        }
        let length = length.wrapping_add(above);
        let mask = u128::from(ones(length)) << 64 | u128::from(ones(length.saturating_sub(64)));
        let bits = written & mask;
        Some((Self { v6, bits, mask }, bits != written))
    }

    /// Whether `address` is in the network. One of the other family is not.
    pub fn contains(&self, address: Address) -> bool {
        address.v6 == self.v6 && address.bits & self.mask == self.bits
    }
}

/// A number whose first `count` bits, or all 64, are ones.
fn ones(count: u32) -> u64 {
    !u64::MAX.checked_shr(count).unwrap_or(0)
}

/// Eight groups, a `::` being as many of them as are missing.
fn ipv6(text: &[u8]) -> Option<u128> {
    let mut gap = 1;
    loop {
        let (bits, count) = groups(text, gap)?;
        if count >= 8 || gap > 1 {
            return (count == 8).then_some(bits);
        }
        gap = 9_u32.wrapping_sub(count);
    }
}

/// The groups in `text` and how many they are, a `::` being `gap` of them. Of more than eight, the
/// last eight.
fn groups(text: &[u8], gap: u32) -> Option<(u128, u32)> {
    let mut bits: u128 = 0;
    let mut count: u32 = 0;
    let mut gap = Some(gap);
    // Now every colon follows a group, save the second of a `::`.
    let mut rest = match text {
        [b':', tail @ ..] if matches!(tail, [b':', ..]) => tail,
        [b':', ..] => return None,
        _ => text,
    };
    loop {
        let start = rest;
        if let [b':', tail @ ..] = rest
            && let Some(zeros) = gap.take()
        {
            for _ in 0..zeros {
                bits <<= 16;
            }
            count = count.wrapping_add(zeros);
            rest = tail;
            if rest.is_empty() {
                break;
            }
            continue;
        }
        let group = number(&mut rest, 16);
        if group == NONE {
            return None;
        }
        if let [b'.', ..] = rest {
            bits = bits << 32 | u128::from(ipv4(start)?);
            count = count.wrapping_add(2);
            break;
        }
        bits = bits << 16 | u128::from(group);
        count = count.wrapping_add(1);
        match rest {
            [] => break,
            [b':', tail @ ..] => rest = tail,
            _ => return None,
        }
    }
    Some((bits, count))
}

/// Four numbers with dots between them.
#[inline(never)]
fn ipv4(text: &[u8]) -> Option<u32> {
    let mut bits: u32 = 0;
    let mut count: u32 = 0;
    let mut rest = text;
    loop {
        let part = number(&mut rest, 10);
        if part > 255 {
            return None;
        }
        bits = bits << 8 | part;
        count = count.wrapping_add(1);
        match rest {
            [] => return (count == 4).then_some(bits),
            [b'.', tail @ ..] => rest = tail,
            _ => return None,
        }
    }
}

/// Above every number that [`number`] finds.
const NONE: u32 = u32::MAX;

/// Takes the digits that `rest` begins with: their number if they are one to four, and of base 10
/// without leading zeros, else [`NONE`].
#[inline(never)]
fn number(rest: &mut &[u8], base: u32) -> u32 {
    let digits = *rest;
    let mut value: u32 = 0;
    while let [byte, tail @ ..] = *rest {
        let mut digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            digit = (byte | 32).wrapping_sub(b'a').saturating_add(10);
        }
        if u32::from(digit) >= base {
            break;
        }
        value = value.wrapping_mul(base).wrapping_add(u32::from(digit));
        *rest = tail;
    }
    let count = digits.len().wrapping_sub(rest.len());
    let leading_zero = base == 10 && count > 1 && matches!(digits, [b'0', ..]);
    // A value that has wrapped has more than four digits.
    if (1..=4).contains(&count) && !leading_zero { value } else { NONE }
}
