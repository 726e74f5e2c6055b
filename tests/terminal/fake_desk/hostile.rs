//! Text that tries to reach past the screen, in every field that carries text of others.

use hoga::desk::protocol::Message;
use serde_json::Value;

/// Fields whose text comes from brokers, venues, other programs or files. Codes, names of profiles and words of the
/// protocol are left alone: a face reads those and would refuse them.
const TEXT_FIELDS: [&str; 21] = [
    "arguments",
    "broker",
    "broker_id",
    "client_id",
    "code",
    "data_dir",
    "hint",
    "holds",
    "last_error",
    "message",
    "name_en",
    "name_ko",
    "note",
    "reason",
    "role",
    "source",
    "storage",
    "text",
    "trading_lock",
    "value",
    "version",
];

/// A text of each kind that a terminal would obey: C0, C1, titles, the clipboard, device and application strings,
/// turned-around and invisible characters. The one that begins with clearing the screen is made of what screens draw
/// with: an allow-list does not find it, only the screen it would spoil does.
pub const ATTACKS: [&str; 14] = [
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]2;owned\u{1b}\\",
    "\u{1b}]8;;http://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;b3duZWQ=\u{7}",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}_application\u{1b}\\",
    "\u{1b}^private\u{1b}\\",
    "\u{1b}[2J\u{1b}[H\u{1b}[31;5m",
    "\u{1b}[?1049l\u{1b}[6n\u{1b}c",
    "\u{9b}2J\u{9d}0;owned\u{9c}\u{90}x\u{9c}",
    "\u{0}\u{1}\u{5}\u{7}\u{8}\t\n\r\u{b}\u{c}\u{e}\u{f}\u{18}\u{1a}\u{7f}",
    "\u{202e}gnorw\u{202c}\u{2066}x\u{2069}\u{200f}\u{61c}",
    "z\u{200b}w\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}",
    "\u{e0041}\u{fff9}\u{2028}\u{2029}",
];

/// The message with `text` behind each text of others, as JSON. Numbers stay what they are.
pub fn spoiled(message: &Message, text: &str) -> Value {
    let mut json = serde_json::to_value(message).unwrap();
    // The outermost `message` is the protocol's own: what kind of message it is.
    for (name, value) in json.as_object_mut().into_iter().flatten().filter(|(name, _)| *name != "message") {
        spoil(value, Some(name), text);
    }
    json
}

fn spoil(json: &mut Value, field: Option<&str>, text: &str) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                spoil(value, Some(name), text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, field, text)),
        Value::String(known) if field.is_some_and(|field| TEXT_FIELDS.contains(&field)) => {
            let is_number = known.parse::<rust_decimal::Decimal>().is_ok();
            if !is_number {
                known.push_str(text);
            }
        }
        _ => {}
    }
}
