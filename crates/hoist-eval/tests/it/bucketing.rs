//! Golden bucketing vectors: computed once by the official evaluators, and the same for ever.

use hoist_eval::limits::SPLIT_TOTAL;
use hoist_eval::{Salt, evaluate_traced, murmur3, split_bucket, split_hash};
use serde::Deserialize;
use serde_json::json;

use crate::kit::{SALT, context, flag, snapshot, split};

#[derive(Deserialize)]
struct Vectors {
    murmur3: Vec<Murmur>,
    cbor_texts: Vec<Typed>,
    ascii: Vec<Row>,
    non_ascii: Vec<Row>,
}

#[derive(Deserialize)]
struct Murmur {
    input: String,
    hash: u32,
}

#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "cborHex")]
    cbor_hex: String,
    hash: u32,
}

/// Salt, targeting key, weights, hash, bucket of the total weight, variant.
#[derive(Deserialize)]
struct Row(String, String, Vec<(String, u64)>, u32, u64, String);

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../data/bucketing.json")).unwrap()
}

fn check(row: &Row) {
    let Row(salt, key, weights, hash, bucket, variant) = row;
    let salt: Salt = salt.parse().unwrap();
    assert_eq!(split_hash(&salt, key), *hash, "{key:?}");
    let total: u64 = weights.iter().map(|(_, weight)| weight).sum();
    assert_eq!((u64::from(*hash) * total) >> 32, *bucket, "{key:?}");
    if total == u64::from(SPLIT_TOTAL) {
        assert_eq!(u64::from(split_bucket(&salt, key)), *bucket, "{key:?}");
    }
    let mut end = 0;
    let chosen = weights.iter().find(|(_, weight)| {
        end += weight;
        *bucket < end
    });
    assert_eq!(&chosen.unwrap().0, variant, "{key:?}");
}

#[test]
fn every_ascii_vector_agrees() {
    let rows = vectors().ascii;
    assert_eq!(rows.len(), 2_576);
    rows.iter().for_each(check);
}

#[test]
fn non_ascii_keys_agree_with_generation_three() {
    let rows = vectors().non_ascii;
    assert_eq!(rows.len(), 5);
    rows.iter().for_each(check);
}

#[test]
fn murmur_agrees() {
    let vectors = vectors();
    for row in &vectors.murmur3 {
        assert_eq!(murmur3(row.input.as_bytes()), row.hash, "{:?}", row.input);
    }
    for row in &vectors.cbor_texts {
        let bytes: Vec<u8> = (0..row.cbor_hex.len() / 2)
            .map(|at| u8::from_str_radix(&row.cbor_hex[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        assert_eq!(murmur3(&bytes), row.hash, "{}", row.cbor_hex);
    }
}

#[test]
fn only_thirty_two_lower_case_digits_are_a_salt() {
    let digits = "0123456789abcdef0123456789abcdef";
    for (text, is_salt) in [
        (digits.to_owned(), true),
        (digits.to_uppercase(), false),
        (digits[1..].to_owned(), false),
        (format!("{digits}0"), false),
        (digits.replace('a', "g"), false),
        (String::new(), false),
    ] {
        assert_eq!(text.parse::<Salt>().is_ok(), is_salt, "{text}");
    }
    assert_eq!(digits.parse::<Salt>().unwrap().as_str(), digits);
}

/// Evaluation hashes the salt and the padding in advance; keys of every length must not notice.
#[test]
fn a_split_in_a_flag_draws_the_published_bucket() {
    let snapshot = snapshot(&[flag("asked", json!({"default": split(50_000)}))], &[]);
    let salt: Salt = SALT.parse().unwrap();
    let letters: String = ('a'..='z').cycle().take(130).collect();
    let keys = (1..=letters.len()).flat_map(|length| {
        let ascii = letters[..length].to_owned();
        [format!("é{ascii}"), format!("{ascii}é"), ascii]
    });
    for key in keys {
        let attributes = json!({ "targetingKey": key });
        let (_, trace) = evaluate_traced(&snapshot, "asked", &context(&attributes));
        let drawn = trace.split.and_then(|split| split.bucket);
        assert_eq!(drawn, Some(split_bucket(&salt, &key)), "{key}");
    }
}
