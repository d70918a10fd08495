//! The own JSON reader against `serde_json`, and against a table of cases
//! after the categories of JSONTestSuite (nst/JSONTestSuite on GitHub).
//!
//! With `SERIN_JSON_TEST_SUITE` set to a folder of that suite's `y_*.json`,
//! `n_*.json` and `i_*.json` files, these are read too.

#[path = "support/reading.rs"]
mod reading;

use reading::difference;
use serin::diagnostic::{Code, Expected};
use serin::json::Tape;
use serin::limits;

// ---- random texts -----------------------------------------------------------

struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const SPACES: [&str; 12] = ["", "", "", "", "", "", " ", "\n", "\t", "\r", "  ", " \r\n\t"];
const NUMBERS: [&str; 36] = [
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "0.5",
    "-0.0",
    "1e5",
    "1E+5",
    "1e-5",
    "1.25e1",
    "0e0",
    "12345678901234567890",
    "9007199254740991",
    "9007199254740992",
    "-9007199254740993",
    "9007199254740993.0",
    "1e308",
    "1e309",
    "-1e999",
    "1.7976931348623157e308",
    "4.9e-324",
    "1e-400",
    "0.1",
    "123.456",
    "1e22",
    "1e23",
    "0.000001",
    "3.141592653589793",
    "100000000000000000000000",
    "1e0000000001",
    "-12.5e-3",
    "1e99999999999999999999",
    "0e99999999999999999999",
    "2.2250738585072014e-308",
    "18446744073709551616",
];
const CHARACTERS: [&str; 32] = [
    "a",
    "b",
    "x-",
    " ",
    "/",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "'",
    "\u{7f}",
    "é",
    "ß",
    "日",
    "😀",
    "\u{2028}",
    "\u{feff}",
    "\\\"",
    "\\\\",
    "\\/",
    "\\b",
    "\\f",
    "\\n",
    "\\r\\t",
    "\\u0061",
    "\\u00E9",
    "\\uD83D\\uDE00",
    "\\ud800",
    "\\udc00",
    "\\u0000",
];
const NAMES: [&str; 6] = ["\"a\"", "\"b\"", "\"\\u0061\"", "\"\"", "\"__proto__\"", "\"é\""];

fn space(rng: &mut Rng, out: &mut Vec<u8>) {
    out.extend_from_slice(rng.pick(&SPACES).as_bytes());
}

fn string(rng: &mut Rng, out: &mut Vec<u8>) {
    out.push(b'"');
    for _ in 0..rng.below(7) {
        out.extend_from_slice(rng.pick(&CHARACTERS).as_bytes());
    }
    out.push(b'"');
}

fn value(rng: &mut Rng, depth: usize, out: &mut Vec<u8>) {
    space(rng, out);
    match rng.below(if depth == 0 { 6 } else { 10 }) {
        0 => out.extend_from_slice(rng.pick(&["null", "true", "false"]).as_bytes()),
        1..=3 => out.extend_from_slice(rng.pick(&NUMBERS).as_bytes()),
        4 | 5 => string(rng, out),
        kind @ 6..=7 => {
            out.push(b'[');
            for i in 0..rng.below(kind - 3) {
                if i > 0 {
                    out.push(b',');
                }
                value(rng, depth - 1, out);
            }
            space(rng, out);
            out.push(b']');
        }
        kind => {
            out.push(b'{');
            let count = if rng.below(50) == 0 { 30 } else { rng.below(kind - 5) };
            for i in 0..count {
                if i > 0 {
                    out.push(b',');
                }
                space(rng, out);
                match rng.below(3) {
                    0 => string(rng, out),
                    1 => out.extend_from_slice(rng.pick(&NAMES).as_bytes()),
                    _ => out.extend_from_slice(format!("\"m{i}\"").as_bytes()),
                }
                space(rng, out);
                out.push(b':');
                value(rng, depth - 1, out);
            }
            space(rng, out);
            out.push(b'}');
        }
    }
    space(rng, out);
}

fn mutate(rng: &mut Rng, text: &mut Vec<u8>) {
    const BYTES: &[u8] = b"\"\\{}[]:,0123456789eE+-.tfnu \n\t\r\0\x08\x0b\x0c\x1f/'\x7f\x80\xa0\xbf\xc0\xc3\xe2\xed\xef\xf0\xf4\xf5\xff";
    for _ in 0..=rng.below(3) {
        let at = rng.below(text.len() + 1);
        let byte = BYTES[rng.below(BYTES.len())];
        match rng.below(7) {
            0 | 1 => text.insert(at, byte),
            2 if at < text.len() => text[at] = byte,
            3 if at < text.len() => drop(text.remove(at)),
            4 if at < text.len() => text[at] ^= 1 << rng.below(8),
            5 => text.truncate(at),
            _ => {
                let end = text.len().min(at + 1 + rng.below(8));
                let piece = text[at..end].to_vec();
                text.splice(at..at, piece);
            }
        }
    }
}

#[test]
fn random_texts_are_read_as_serde_json_reads_them() {
    let (mut rng, mut tape) = (Rng(20_261_122), Tape::new());
    let (mut read, mut faulty) = (0_u32, 0_u32);
    for round in 0..400_000 {
        let mut text = Vec::new();
        let deep = if round % 1000 == 0 { 40 + rng.below(50) } else { 0 };
        text.resize(deep, b'[');
        value(&mut rng, 4, &mut text);
        text.resize(text.len() + deep, b']');
        if round % 3 > 0 {
            mutate(&mut rng, &mut text);
        }
        if let Some(difference) = difference(&mut tape, &text) {
            panic!("round {round}: {difference}: {}", text.escape_ascii());
        }
        if tape.read(&text).is_ok() {
            read += 1;
            faulty += u32::from(!tape.faults().is_empty());
        }
    }
    assert!(read > 100_000 && read < 300_000 && faulty > 10_000, "{read} and {faulty}");
    println!("400000 random texts, {read} of them JSON, {faulty} of these with faults");
}

// ---- cases after the categories of JSONTestSuite ----------------------------

/// What becomes of a case: it is read, refused, or read with a fault.
enum Is {
    Read,
    No,
    Faulty(Code),
}
use Is::{Faulty, No, Read};

#[rustfmt::skip]
const CASES: &[(&str, &[u8], Is)] = &[
    // arrays
    ("array_empty", b"[]", Read),
    ("array_with_spaces", b"[ ]", Read),
    ("array_with_line_breaks", b"[\r\n]", Read),
    ("array_with_several_values", b"[1,\"a\",null,true,{}]", Read),
    ("array_with_spaces_around_values", b"[ 1 , 2 ]", Read),
    ("array_in_array", b"[[]   ]", Read),
    ("array_ending_with_line_break", b"[\"a\"]\n", Read),
    ("array_of_empty_string", b"[\"\"]", Read),
    ("array_of_false", b"[false]", Read),
    ("array_of_nulls", b"[null,null]", Read),
    ("array_heterogeneous", b"[null, 1, \"1\", {}]", Read),
    ("array_with_trailing_comma", b"[1,]", No),
    ("array_with_trailing_commas", b"[1,,]", No),
    ("array_of_a_comma", b"[,]", No),
    ("array_with_leading_comma", b"[,1]", No),
    ("array_with_two_commas", b"[1,,2]", No),
    ("array_without_comma", b"[1 2]", No),
    ("array_with_semicolon", b"[1;2]", No),
    ("array_with_colon", b"[\"a\": 1]", No),
    ("array_of_colon", b"[:]", No),
    ("array_unclosed", b"[1", No),
    ("array_unclosed_after_comma", b"[1,", No),
    ("array_unclosed_empty", b"[", No),
    ("array_unclosed_with_line_breaks", b"[\"a\",\n4\n,1,", No),
    ("array_unclosed_with_object", b"[{}", No),
    ("array_inner_without_comma", b"[3[4]]", No),
    ("array_closed_twice", b"[1]]", No),
    ("array_closed_by_brace", b"[1}", No),
    ("array_closed_without_opening", b"]", No),
    ("array_of_minus", b"[-]", No),
    ("array_of_star", b"[*]", No),
    ("array_of_ellipsis", b"[1,...]", No),
    ("array_with_a_after_value", b"[1 a]", No),
    ("array_with_form_feed", b"[1\x0c]", No),
    ("array_with_vertical_tab", b"[\x0b1]", No),
    ("array_with_escaped_form_feed_outside", b"[\"a\"\\f]", No),
    ("array_of_invalid_utf8", b"[\xff]", No),
    ("array_then_comma", b"[1],", No),
    ("array_and_array", b"[1][2]", No),
    ("array_of_half_word", b"[nul", No),
    ("array_unclosed_string", b"[\"a]", No),
    // numbers
    ("number_zero", b"0", Read),
    ("number_minus_zero", b"[-0]", Read),
    ("number_minus_one", b"[-1]", Read),
    ("number_exponent", b"[123e65]", Read),
    ("number_zero_exponent", b"[0e1]", Read),
    ("number_zero_plus_exponent", b"[0e+1]", Read),
    ("number_capital_exponent", b"[1E22]", Read),
    ("number_capital_negative_exponent", b"[1E-2]", Read),
    ("number_capital_positive_exponent", b"[1E+2]", Read),
    ("number_fraction_exponent", b"[123.456e78]", Read),
    ("number_fraction", b"[123.456789]", Read),
    ("number_close_to_zero", b"[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]", Read),
    ("number_leading_zeros_in_exponent", b"[1e0001]", Read),
    ("number_after_space", b"[ 4]", Read),
    ("number_alone", b"42", Read),
    ("number_alone_negative_fraction", b"-0.1", Read),
    ("number_largest_double", b"[1.7976931348623157e308]", Read),
    ("number_smallest_double", b"[4.9406564584124654e-324]", Read),
    ("number_underflow", b"[123e-10000000]", Read),
    ("number_largest_integer", b"[9007199254740991]", Read),
    ("number_smallest_integer", b"[-9007199254740991]", Read),
    ("number_many_digits_of_fraction", b"[0.3333333333333333333333333333333333333333333333333]", Read),
    ("number_zero_with_huge_exponent", b"[0e99999999999999999999]", Read),
    ("number_huge_exponent", b"[0.4e00669999999999999999999999999999999999999999999999999999999999969999999006]", Faulty(Code::NumberOverflow)),
    ("number_overflow", b"[1e309]", Faulty(Code::NumberOverflow)),
    ("number_negative_overflow", b"[-123123e100000]", Faulty(Code::NumberOverflow)),
    ("number_by_definition_overflow", b"[1.7976931348623158e308]", Faulty(Code::NumberOverflow)),
    ("number_very_big_integer", b"[100000000000000000000]", Faulty(Code::IntegerTooLarge)),
    ("number_very_negative_integer", b"[-237462374673276894279832749832423479823246327846]", Faulty(Code::IntegerTooLarge)),
    ("number_first_integer_beyond", b"[9007199254740992]", Faulty(Code::IntegerTooLarge)),
    ("number_two_leading_zeros", b"[00]", No),
    ("number_leading_zero", b"[012]", No),
    ("number_negative_leading_zero", b"[-012]", No),
    ("number_plus", b"[+1]", No),
    ("number_plus_infinity", b"[+Inf]", No),
    ("number_minus_alone", b"-", No),
    ("number_two_minus", b"[--1]", No),
    ("number_minus_space", b"[- 1]", No),
    ("number_minus_word", b"[-foo]", No),
    ("number_minus_infinity", b"[-Infinity]", No),
    ("number_minus_nan", b"[-NaN]", No),
    ("number_minus_point", b"[-.123]", No),
    ("number_point_alone", b"[.]", No),
    ("number_point_first", b"[.123]", No),
    ("number_point_last", b"[1.]", No),
    ("number_point_before_exponent", b"[1.e1]", No),
    ("number_two_points", b"[1.2.3]", No),
    ("number_two_points_together", b"[1..2]", No),
    ("number_exponent_alone", b"[1e]", No),
    ("number_exponent_plus_alone", b"[1e+]", No),
    ("number_exponent_minus_alone", b"[1E-]", No),
    ("number_exponent_two_signs", b"[1e+-2]", No),
    ("number_exponent_twice", b"[1e1e2]", No),
    ("number_exponent_fraction", b"[1e1.5]", No),
    ("number_exponent_letter", b"[0e0x]", No),
    ("number_zero_capital_exponent_alone", b"[0E]", No),
    ("number_zero_point_exponent", b"[0.e1]", No),
    ("number_zero_exponent_alone", b"0e", No),
    ("number_nan", b"[NaN]", No),
    ("number_infinity", b"[Infinity]", No),
    ("number_hexadecimal", b"[0x42]", No),
    ("number_hexadecimal_digit", b"[0x]", No),
    ("number_hexadecimal_letter", b"[1eE2]", No),
    ("number_with_letter", b"[1.2a-3]", No),
    ("number_with_letter_after_zero", b"[0a]", No),
    ("number_with_space", b"[1 000.0]", No),
    ("number_with_underscore", b"[1_000]", No),
    ("number_expression", b"[1+2]", No),
    ("number_full_width_digit", "[１]".as_bytes(), No),
    ("number_with_invalid_utf8_after", b"[0\xe5]", No),
    ("number_with_invalid_utf8_in_exponent", b"[1e1\xe5]", No),
    ("number_point_without_digit_after_minus", b"[-1.]", No),
    // objects
    ("object_empty", b"{}", Read),
    ("object_one_member", b"{\"a\":1}", Read),
    ("object_two_members", b"{\"a\":1, \"b\":2}", Read),
    ("object_empty_name", b"{\"\":0}", Read),
    ("object_with_spaces", b" { \"a\" : 1 } ", Read),
    ("object_with_line_breaks", b"{\n\"a\": \"b\"\n}", Read),
    ("object_nul_by_escape_in_name", b"{\"a\\u0000b\":0}", Read),
    ("object_long_texts", b"{\"x\":[{\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}],\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}", Read),
    ("object_names_in_unicode", b"{\"title\":\"\\u041f\\u043e\\u043b\\u0442\"}", Read),
    ("object_extreme_numbers", b"{\"min\":-1.0e+28,\"max\":1.0e+28}", Read),
    ("object_duplicate_name", b"{\"a\":1,\"a\":2}", Faulty(Code::DuplicateMember)),
    ("object_duplicate_name_and_value", b"{\"a\":1,\"a\":1}", Faulty(Code::DuplicateMember)),
    ("object_duplicate_name_by_escape", b"{\"a\":1,\"\\u0061\":1}", Faulty(Code::DuplicateMember)),
    ("object_duplicate_empty_name", b"{\"\":1,\"\":1}", Faulty(Code::DuplicateMember)),
    ("object_duplicate_in_inner_object", b"[{\"b\":{\"a\":1,\"a\":2}}]", Faulty(Code::DuplicateMember)),
    ("object_trailing_comma", b"{\"a\":0,}", No),
    ("object_trailing_commas", b"{\"a\":0,,}", No),
    ("object_leading_comma", b"{,\"a\":0}", No),
    ("object_of_a_comma", b"{,}", No),
    ("object_two_commas", b"{\"a\":1,,\"b\":2}", No),
    ("object_without_comma", b"{\"a\":1 \"b\":2}", No),
    ("object_without_colon", b"{\"a\" 1}", No),
    ("object_with_comma_for_colon", b"{\"a\",1}", No),
    ("object_two_colons", b"{\"a\"::1}", No),
    ("object_equals_sign", b"{\"a\"=1}", No),
    ("object_without_value", b"{\"a\":", No),
    ("object_without_value_closed", b"{\"a\":}", No),
    ("object_name_alone", b"{\"a\"}", No),
    ("object_name_alone_unclosed", b"{\"a\"", No),
    ("object_name_without_quotes", b"{a:1}", No),
    ("object_name_in_single_quotes", b"{'a':1}", No),
    ("object_name_number", b"{1:1}", No),
    ("object_name_null", b"{null:1}", No),
    ("object_name_array", b"{[]:1}", No),
    ("object_name_unclosed", b"{\"a:1}", No),
    ("object_second_name_missing", b"{\"a\":1,", No),
    ("object_value_twice", b"{\"a\":1 2}", No),
    ("object_closed_by_bracket", b"{\"a\":1]", No),
    ("object_closed_twice", b"{}}", No),
    ("object_unclosed", b"{", No),
    ("object_emoji_outside", "{🇨🇭}".as_bytes(), No),
    ("object_comment_after_value", b"{\"a\":1/**/}", No),
    ("object_comment_open_at_end", b"{\"a\":1}/**//", No),
    ("object_line_comment_after", b"{\"a\":1}//", No),
    ("object_hash_comment_after", b"{\"a\":1}#", No),
    ("object_repeated_null", b"{\"a\":null null}", No),
    ("object_invalid_utf8_in_name", b"{\"\xb9\":0}", No),
    ("object_garbage_at_end", b"{\"a\":true} \"x\"", No),
    // strings
    ("string_alone", b"\"a\"", Read),
    ("string_empty", b"\"\"", Read),
    ("string_simple_escapes", b"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", Read),
    ("string_escaped_solidus", b"[\"\\/\"]", Read),
    ("string_plain_solidus", b"[\"a/*b*/c\"]", Read),
    ("string_escaped_nul", b"[\"\\u0000\"]", Read),
    ("string_escaped_control", b"[\"\\u0012\"]", Read),
    ("string_escaped_quote_by_code", b"[\"\\u0022\"]", Read),
    ("string_escaped_backslash_by_code", b"[\"\\u005C\"]", Read),
    ("string_escape_capital_digits", b"[\"\\u00E9\\uABCD\"]", Read),
    ("string_escape_mixed_digits", b"[\"\\uaBcD\"]", Read),
    ("string_delete", b"[\"\x7f\"]", Read),
    ("string_two_bytes", "[\"é\"]".as_bytes(), Read),
    ("string_three_bytes", "[\"日本\"]".as_bytes(), Read),
    ("string_four_bytes", "[\"😀\"]".as_bytes(), Read),
    ("string_noncharacters", "[\"\u{fffe}\u{ffff}\u{10ffff}\"]".as_bytes(), Read),
    ("string_noncharacter_by_escape", b"[\"\\uFFFF\"]", Read),
    ("string_last_character_by_escape", b"[\"\\uDBFF\\uDFFF\"]", Read),
    ("string_surrogate_pair", b"[\"\\uD801\\udc37\"]", Read),
    ("string_two_surrogate_pairs", b"[\"\\ud83d\\ude39\\ud83d\\udc8d\"]", Read),
    ("string_line_separators", "[\"\u{2028}\u{2029}\"]".as_bytes(), Read),
    ("string_byte_order_mark_inside", "[\"\u{feff}\"]".as_bytes(), Read),
    ("string_backslash_and_u", b"[\"\\\\u0000\"]", Read),
    ("string_backslashes_before_quote", b"[\"\\\\\\\\\"]", Read),
    ("string_before_space", b"[\"a\" ]", Read),
    ("string_lone_high_surrogate", b"[\"\\uDADA\"]", Faulty(Code::LoneSurrogate)),
    ("string_lone_low_surrogate", b"[\"\\uDd61\"]", Faulty(Code::LoneSurrogate)),
    ("string_reversed_surrogates", b"[\"\\uDd1e\\uD834\"]", Faulty(Code::LoneSurrogate)),
    ("string_high_surrogate_and_letter", b"[\"\\uD800a\"]", Faulty(Code::LoneSurrogate)),
    ("string_high_surrogate_and_line_break", b"[\"\\uD800\\n\"]", Faulty(Code::LoneSurrogate)),
    ("string_high_surrogate_twice", b"[\"\\uD800\\uD800\\udc00\"]", Faulty(Code::LoneSurrogate)),
    ("string_high_surrogate_and_character", b"[\"\\uD888\\u1234\"]", Faulty(Code::LoneSurrogate)),
    ("string_high_surrogate_and_bytes", "[\"\\uD83Dé\"]".as_bytes(), Faulty(Code::LoneSurrogate)),
    ("string_surrogate_in_name", b"{\"\\uDFAA\":0}", Faulty(Code::LoneSurrogate)),
    ("string_unclosed", b"\"a", No),
    ("string_of_one_quote", b"\"", No),
    ("string_escaped_quote_at_end", b"[\"\\\"]", No),
    ("string_backslash_at_end", b"[\"\\", No),
    ("string_three_backslashes", b"[\"\\\\\\\"]", No),
    ("string_single_quotes", b"['a']", No),
    ("string_single_and_double_quotes", b"['a\"]", No),
    ("string_without_quotes", b"[a]", No),
    ("string_escape_a", b"[\"\\a\"]", No),
    ("string_escape_x", b"[\"\\x00\"]", No),
    ("string_escape_zero", b"[\"\\0\"]", No),
    ("string_escape_single_quote", b"[\"\\'\"]", No),
    ("string_escape_v", b"[\"\\v\"]", No),
    ("string_escape_space", b"[\"\\ \"]", No),
    ("string_escape_line_break", b"[\"\\\n\"]", No),
    ("string_escape_tab", b"[\"\\\t\"]", No),
    ("string_escape_nul_byte", b"[\"\\\x00\"]", No),
    ("string_escape_capital_u", b"[\"\\UA66D\"]", No),
    ("string_escape_emoji", "[\"\\🌀\"]".as_bytes(), No),
    ("string_escape_invalid_utf8", b"[\"\\\xe5\"]", No),
    ("string_escape_u_alone", b"[\"\\u\"]", No),
    ("string_escape_u_three_digits", b"[\"\\u00A\"]", No),
    ("string_escape_u_not_hexadecimal", b"[\"\\uqqqq\"]", No),
    ("string_escape_u_sign", b"[\"\\u-123\"]", No),
    ("string_escape_u_braces", b"[\"\\u{41}\"]", No),
    ("string_escape_u_invalid_utf8", b"[\"\\u\xe5\"]", No),
    ("string_surrogate_cut_at_second", b"[\"\\uD834\\uDd\"]", No),
    ("string_surrogate_cut_at_u", b"[\"\\uD800\\u\"]", No),
    ("string_surrogate_cut_at_backslash", b"[\"\\uD800\\\"]", No),
    ("string_surrogate_wrong_escape", b"[\"\\uD800\\x\"]", No),
    ("string_nul_byte", b"[\"a\x00a\"]", No),
    ("string_line_break", b"[\"a\nb\"]", No),
    ("string_tab", b"[\"\t\"]", No),
    ("string_last_control_character", b"[\"\x1f\"]", No),
    ("string_invalid_utf8", b"[\"\xff\"]", No),
    ("string_latin_1", b"[\"\xe9\"]", No),
    ("string_overlong_two_bytes", b"[\"\xc0\xaf\"]", No),
    ("string_overlong_three_bytes", b"[\"\xe0\x80\xaf\"]", No),
    ("string_overlong_four_bytes", b"[\"\xf0\x80\x80\xaf\"]", No),
    ("string_overlong_six_bytes", b"[\"\xfc\x83\xbf\xbf\xbf\xbf\"]", No),
    ("string_overlong_nul", b"[\"\xc0\x80\"]", No),
    ("string_surrogate_as_bytes", b"[\"\xed\xa0\x80\"]", No),
    ("string_beyond_last_character", b"[\"\xf4\xbf\xbf\xbf\"]", No),
    ("string_lone_continuation", b"[\"\x81\"]", No),
    ("string_cut_sequence", b"[\"\xe0\xff\"]", No),
    ("string_then_garbage", b"\"\"x", No),
    ("string_unescaped_quote", b"[\"a\"b\"]", No),
    ("string_escaped_outside", b"[\\u0020\"a\"]", No),
    ("string_smart_quotes", "[“a”]".as_bytes(), No),
    // structure
    ("structure_null_alone", b"null", Read),
    ("structure_true_alone", b"true", Read),
    ("structure_false_alone", b"false", Read),
    ("structure_white_space_around", b" \t\r\n[] \t\r\n", Read),
    ("structure_64_arrays", b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", Read),
    ("structure_65_arrays", b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", Faulty(Code::DepthExceeded)),
    ("structure_empty", b"", No),
    ("structure_space", b" ", No),
    ("structure_byte_order_mark", b"\xef\xbb\xbf", No),
    ("structure_byte_order_mark_and_object", b"\xef\xbb\xbf{}", No),
    ("structure_half_byte_order_mark", b"\xef\xbb{}", No),
    ("structure_utf_16", b"\xff\xfe[\x00]\x00", No),
    ("structure_utf_16_without_mark", b"[\x00]\x00", No),
    ("structure_nul_at_end", b"[]\x00", No),
    ("structure_nul_inside", b"[\x00]", No),
    ("structure_no_break_space", b"[\xc2\xa0]", No),
    ("structure_word_joiner", b"[\xe2\x81\xa0]", No),
    ("structure_form_feed", b"[\x0c]", No),
    ("structure_comma", b",", No),
    ("structure_colon", b":", No),
    ("structure_angle_bracket", b"<.>", No),
    ("structure_capital_true", b"[True]", No),
    ("structure_capitals", b"[NULL]", No),
    ("structure_word_goes_on", b"[truee]", No),
    ("structure_word_cut", b"[tru]", No),
    ("structure_word_cut_at_end", b"nul", No),
    ("structure_two_values", b"1 2", No),
    ("structure_two_words", b"truefalse", No),
    ("structure_opened_and_closed_wrongly", b"[{\"a\":[1}]", No),
    ("structure_mixed_unclosed", b"[{\"\":[{\"\":", No),
    ("structure_single_letter", b"a", No),
    ("structure_single_quote", b"'", No),
    ("structure_backslash", b"\\", No),
    ("structure_escape_outside", b"\\u000A\"\"", No),
    ("structure_hash_first", b"#{}", No),
    ("structure_number_then_letter", b"2@", No),
    ("structure_brackets_crossed", b"[}", No),
    ("structure_opened_by_brace_closed_by_bracket", b"{]", No),
];

#[test]
fn named_cases_are_read_or_refused() {
    let mut tape = Tape::new();
    for (name, bytes, is) in CASES {
        let read = tape.read(bytes).map(drop);
        let codes: Vec<Code> = tape.faults().iter().map(|fault| fault.code).collect();
        match is {
            Read => assert_eq!((read, codes), (Ok(()), vec![]), "{name}"),
            No => assert!(read.is_err(), "{name} was read"),
            Faulty(code) => {
                assert_eq!(read, Ok(()), "{name}");
                assert!(
                    codes.contains(code) && codes.iter().all(|found| found == code),
                    "{name}: {codes:?}"
                );
            }
        }
        assert_eq!(difference(&mut tape, bytes), None, "{name}");
    }
    let mut names: Vec<&str> = CASES.iter().map(|(name, ..)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CASES.len(), "names are unique");
    println!("{} named cases", CASES.len());
}

#[test]
fn sizes_beyond_any_stack_are_read_or_refused() {
    let mut tape = Tape::new();
    for (unit, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [128, 1_000, 3_000_000] {
            let open = unit.repeat(depth);
            assert!(tape.read(open.as_bytes()).is_err());
            let text = format!("{open}1{}", close.repeat(depth));
            assert!(tape.read(text.as_bytes()).is_ok());
            let deep: Vec<_> =
                tape.faults().iter().map(|fault| (fault.code, fault.span.start as usize)).collect();
            assert_eq!(
                deep,
                [(Code::DepthExceeded, limits::DEPTH * unit.len())],
                "the first that is too deep"
            );
            assert!(tape.read(format!("{open}1{}", close.repeat(depth - 1)).as_bytes()).is_err());
            assert!(tape.read(format!("{text}{close}").as_bytes()).is_err());
        }
    }
}

#[test]
fn a_text_is_read_wherever_it_was_cut_before() {
    // A tape is used again; nothing of the last text may show in the next.
    let text = br#" {"a": [1, -2.5e3, "\u00e9\ud83d\ude00", {"b": null, "c": [true, false, {}]}], "": "x"} "#;
    let mut tape = Tape::new();
    for end in 0..text.len() - 1 {
        let error = tape.read(&text[..end]).map(drop).unwrap_err();
        assert_eq!(
            (error.code, error.at, error.expected),
            (Code::InvalidJson, end, Expected::MoreText)
        );
        assert_eq!(difference(&mut tape, text), None);
    }
}

#[test]
fn the_public_test_suite_is_read_or_refused() {
    let Some(folder) = std::env::var_os("SERIN_JSON_TEST_SUITE") else {
        println!("skipped: SERIN_JSON_TEST_SUITE names no folder of JSONTestSuite files");
        return;
    };
    let (mut tape, mut count) = (Tape::new(), 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let read = tape.read(&bytes).is_ok();
        match name.split_once('_') {
            Some(("y", _)) => assert!(read, "{name} was refused"),
            Some(("n", _)) => assert!(!read, "{name} was read"),
            Some(("i", _)) => {}
            _ => continue,
        }
        assert_eq!(difference(&mut tape, &bytes), None, "{name}");
        count += 1;
    }
    assert!(count > 0, "no files");
    println!("{count} files of JSONTestSuite");
}
