//! Names in Latin-1, for the one object that takes nothing else.
//!
//! Letters with marks become their base letters, typographic signs their plain ones. What has no such form becomes
//! `?`; a name of which nothing would be left is replaced by a name that can be read.

use serde_json::Value;

const UNKNOWN: char = '?';

/// Characters beyond Latin-1 and what stands for them.
const TABLE: [(&str, &str); 47] = [
    ("ĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶ", "A"),
    ("āăąǎạảấầẩẫậắằẳẵặ", "a"),
    ("ĆĈĊČ", "C"),
    ("ćĉċč", "c"),
    ("ĎĐ", "D"),
    ("ďđ", "d"),
    ("ĒĔĖĘĚẸẺẼẾỀỂỄỆ", "E"),
    ("ēĕėęěẹẻẽếềểễệ", "e"),
    ("ĜĞĠĢǦ", "G"),
    ("ĝğġģǧ", "g"),
    ("ĤĦ", "H"),
    ("ĥħ", "h"),
    ("ĨĪĬĮİǏỈỊ", "I"),
    ("ĩīĭįıǐỉị", "i"),
    ("Ĵ", "J"),
    ("ĵ", "j"),
    ("Ķ", "K"),
    ("ķĸ", "k"),
    ("ĹĻĽĿŁ", "L"),
    ("ĺļľŀł", "l"),
    ("ŃŅŇŊ", "N"),
    ("ńņňŋŉ", "n"),
    ("ŌŎŐƠǑỌỎỐỒỔỖỘỚỜỞỠỢ", "O"),
    ("ōŏőơǒọỏốồổỗộớờởỡợ", "o"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘ", "S"),
    ("śŝşšșſ", "s"),
    ("ẞ", "SS"),
    ("ŢŤŦȚ", "T"),
    ("ţťŧț", "t"),
    ("ŨŪŬŮŰŲƯǓỤỦỨỪỬỮỰ", "U"),
    ("ũūŭůűųưǔụủứừửữự", "u"),
    ("Ŵ", "W"),
    ("ŵ", "w"),
    ("ŶŸỲỴỶỸ", "Y"),
    ("ŷỳỵỷỹ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
    ("‘’‚‛ʻʼʽ", "'"),
    ("“”„‟", "\""),
    ("‐‑‒–—―", "-"),
    ("…", "..."),
    ("€", "EUR"),
    // Directions and joiners: nothing to see.
    ("\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{feff}", ""),
];

/// The text in Latin-1.
pub fn text(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for letter in text.chars() {
        match TABLE.iter().find(|(letters, _)| letters.contains(letter)) {
            _ if u32::from(letter) <= 0xff => latin.push(letter),
            Some((_, instead)) => latin.push_str(instead),
            // A mark that stands by itself belongs to the letter before it.
            None if ('\u{300}'..='\u{36f}').contains(&letter) => {}
            None => latin.push(UNKNOWN),
        }
    }
    latin
}

/// Every text in a document in Latin-1; `instead` stands where no letter would be left.
pub fn transliterate(document: &mut Value, instead: &str) {
    match document {
        Value::String(written) => {
            if written.chars().any(|letter| u32::from(letter) > 0xff) {
                let latin = text(written);
                let legible = latin.chars().any(char::is_alphanumeric);
                *written = if legible { latin } else { instead.to_owned() };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| transliterate(item, instead)),
        Value::Object(members) => {
            let clear = members.keys().all(|key| key.chars().all(|letter| u32::from(letter) <= 0xff));
            if !clear {
                *members =
                    std::mem::take(members).into_iter().map(|(key, value)| (text(&key), value)).collect();
            }
            members.values_mut().for_each(|value| transliterate(value, instead));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_in_latin_1() {
        for (name, expected) in [
            ("Lena Vogt", "Lena Vogt"),
            ("Jürgen Groß", "Jürgen Groß"),
            ("Łukasz Żółć", "Lukasz Zólc"),
            ("Çağrı Şahin", "Çagri Sahin"),
            ("Nguyễn Thị Ánh", "Nguyen Thi Ánh"),
            ("O’Neill – Côté", "O'Neill - Côté"),
            ("e\u{301}", "e"),
            ("Анна B", "???? B"),
        ] {
            assert_eq!(text(name), expected);
        }
    }

    #[test]
    fn a_name_that_would_vanish_is_replaced() {
        let mut user = json!({"firstName": "آمنہ", "lastName": "Č", "team": [{"Ł": "中文"}], "n": 1});
        transliterate(&mut user, "amina");
        assert_eq!(user, json!({"firstName": "amina", "lastName": "C", "team": [{"L": "amina"}], "n": 1}));
    }
}
