//! IP addresses and CIDR blocks.

/// An IPv4 or IPv6 address. Two addresses of different families are never equal.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Address {
    /// Whether it is an IPv6 address. `::ffff:203.0.113.1` is one.
    pub v6: bool,
    /// The address as a number; an IPv4 address is in the low 32 bits, the others are 0.
    pub bits: u128,
}

/// The addresses of one family that have the same leading bits.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Network {
    /// Whether its addresses are IPv6 addresses.
    pub v6: bool,
    /// The leading bits as in [`Address::bits`]; the host bits are 0.
    pub bits: u128,
    /// As many ones as the prefix is long, where the leading bits are; the others are 0.
    pub mask: u128,
}

impl Address {
    /// The address that `text` is, or `None`.
    ///
    /// IPv4: four decimal numbers from 0 to 255 without leading zeros (RFC 6943 §3.1.1, "strict").
    /// IPv6: the three forms of RFC 4291 §2.2, with 1 to 4 hexadecimal digits a group, in either
    /// case, and at most one `::`, which stands for at least one group of zeros. There is no zone
    /// (RFC 4007), no port, no brackets and no space.
    ///
    /// ```
    /// use serin::compare::address::Address;
    /// assert!(Address::parse(b"2001:db8::192.0.2.33") == Address::parse(b"2001:DB8::c000:221"));
    /// assert!(Address::parse(b"192.0.2.033").is_none());
    /// ```
    #[inline(never)]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if let Some(bits) = ipv4(text) {
            return Some(Self { v6: false, bits: u128::from(bits) });
        }
        ipv6(text).map(|bits| Self { v6: true, bits })
    }
}

impl Network {
    /// The network that `text` is, and whether host bits were set in it, which are dropped and
    /// worth a warning; `None` if `text` is no network.
    ///
    /// That is an address as [`Address::parse`] takes it, a slash, and the length of the prefix in
    /// bits, decimal without leading zeros: 0 to 32 for IPv4 (RFC 4632 §3.1), 0 to 128 for IPv6
    /// (RFC 4291 §2.3).
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
        let address = Address::parse(text.get(..slash)?)?;
        let mut rest = text.get(slash.wrapping_add(1)..)?;
        let length = number(&mut rest, 10);
        let width = if address.v6 { 128 } else { 32 };
        if !rest.is_empty() || length > width {
            return None;
        }
        let mut mask: u128 = 0;
        for index in 0..width {
            mask = mask << 1 | u128::from(index < length);
        }
        let bits = address.bits & mask;
        Some((Self { v6: address.v6, bits, mask }, bits != address.bits))
    }

    /// Whether `address` is in the network. An address of the other family is not.
    pub fn contains(&self, address: Address) -> bool {
        address.v6 == self.v6 && address.bits & self.mask == self.bits
    }
}

/// A number of 64 bits whose first `count` are ones, or all.
/// A number of 64 bits of which the first `count` are ones, or all.
fn ones(count: u32) -> u64 {
    !u64::MAX.checked_shr(count).unwrap_or(0)
}

/// Eight groups, or fewer and a `::` for the rest.
fn ipv6(text: &[u8]) -> Option<u128> {
    let mut zeros: u32 = 1;
    loop {
        let (bits, count) = groups(text, zeros)?;
        if count >= 8 {
            return (count == 8).then_some(bits);
        }
        if zeros > 1 {
            return None;
        }
        zeros = 9u32.wrapping_sub(count);
    }
}

/// The groups of an IPv6 address, the first of eight in the low bits, and their number, if a `::` is `zeros` groups.
fn groups(text: &[u8], zeros: u32) -> Option<(u128, u32)> {
    let mut bits: u128 = 0;
    let mut count: u32 = 0;
    let mut gap = false;
    let mut rest = text;
    if text.starts_with(b"::") {
        // Every other colon follows a group, save the second of a `::`.
        rest = text.get(1..)?;
    }
    loop {
        let start = rest;
        if let [b':', tail @ ..] = rest && !gap {
            gap = true;
            for _ in 0..zeros {
                bits <<= 16;
            }
            count = count.wrapping_add(zeros);
            rest = tail;
            if !rest.is_empty() {
                continue;
            }
            break;
        } 
        let group = number(&mut rest, 16);
        if group == u32::MAX { return None; }
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

/// Four decimal numbers from 0 to 255.
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

/// Takes the digits that `rest` begins with, one to four of base 16, or of base 10 without leading
/// zeros: their number, or `u32::MAX` if they are otherwise.
#[inline(never)]
fn number(rest: &mut &[u8], base: u32) -> u32 {
    let digits = *rest;
    let mut value: u32 = 0;
    while let [byte, tail @ ..] = *rest {
        let mut digit = u32::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            digit = u32::from((byte | 32).wrapping_sub(b'a')).wrapping_add(10);
        }
        if digit >= base {
            break;
        }
        value = value.wrapping_mul(base).wrapping_add(digit);
        *rest = tail;
    }
    let count = digits.len().wrapping_sub(rest.len());
    // Only a value of too many digits can have wrapped.
    if count == 0 || count > 4 || base == 10 && count > 1 && digits.starts_with(b"0") {
        return u32::MAX;
    }
    value
}
