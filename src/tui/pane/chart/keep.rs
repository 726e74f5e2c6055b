//! What of the chart is kept between runs.

use toml::{Table, Value};

use super::columns::Zoom;
use super::drawing::{DRAWINGS_MAX, Drawing};
use super::{Chart, Kind};

/// Most instruments whose drawings are kept.
const SYMBOLS_MAX: usize = 200;

impl Chart {
    pub(super) fn kept(&self) -> Table {
        let mut table = Table::new();
        let texts = |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
        table.insert("interval".into(), Value::String(self.interval.to_string()));
        table.insert("type".into(), Value::String(self.kind.name().into()));
        table.insert("log".into(), Value::Boolean(self.log));
        table.insert("zoom".into(), Value::Integer(self.zoom.level().into()));
        let labels = self.studies.iter().map(|study| study.label().to_owned());
        table.insert("indicators".into(), texts(labels.collect()));
        let mut drawings = Table::new();
        for (symbol, drawn) in self.drawings.iter().filter(|(_, drawn)| !drawn.is_empty()).take(SYMBOLS_MAX) {
            drawings.insert(symbol.clone(), texts(drawn.iter().map(Drawing::written).collect()));
        }
        table.insert("drawings".into(), Value::Table(drawings));
        table
    }

    pub(super) fn take_kept(&mut self, table: &Table) {
        let word = |key: &str| table.get(key).and_then(Value::as_str);
        if let Some(interval) = word("interval").and_then(|word| word.parse().ok()) {
            self.interval = interval;
        }
        if let Some(kind) = word("type").and_then(Kind::named) {
            self.kind = kind;
        }
        self.log = table.get("log").and_then(Value::as_bool).unwrap_or(self.log);
        if let Some(zoom) = table.get("zoom").and_then(Value::as_integer).and_then(Zoom::kept) {
            self.zoom = zoom;
        }
        if let Some(labels) = table.get("indicators").and_then(Value::as_array) {
            self.studies.clear();
            for label in labels.iter().filter_map(Value::as_str) {
                // One that is no indicator any more, or one too many, is left out.
                let _ = self.add_study(label);
            }
        }
        for (symbol, drawn) in table.get("drawings").and_then(Value::as_table).into_iter().flatten() {
            let texts = drawn.as_array().into_iter().flatten().filter_map(Value::as_str);
            let drawn: Vec<Drawing> = texts.filter_map(Drawing::read).take(DRAWINGS_MAX).collect();
            if self.drawings.len() < SYMBOLS_MAX {
                self.drawings.insert(symbol.clone(), drawn);
            }
        }
        self.series.start_anew(self.series.venue(), self.interval);
    }
}
