//! Dividing an area.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::{Share, Split};
use crate::tui::pane::PaneKind;

/// A place on the screen with the panes that share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The panes; one is shown.
    pub panes: Cow<'static, [PaneKind]>,
    /// Where.
    pub area: Rect,
}

/// Places of a division, in the order in which Tab visits them.
#[must_use]
pub fn divide(split: &Split, area: Rect) -> Vec<Place> {
    let mut places = Vec::new();
    put(split, area, &mut places);
    places
}

fn put(split: &Split, area: Rect, places: &mut Vec<Place>) {
    match split {
        Split::Panes(_) | Split::Own(_) => places.push(Place { panes: split.panes(), area }),
        Split::Beside(parts) => {
            let mut x = area.x;
            for ((_, part), width) in parts.iter().zip(lengths(parts, area.width)) {
                put(part, Rect { x, width, ..area }, places);
                x += width;
            }
        }
        Split::Above(parts) => {
            let mut y = area.y;
            for ((_, part), height) in parts.iter().zip(lengths(parts, area.height)) {
                put(part, Rect { y, height, ..area }, places);
                y += height;
            }
        }
    }
}

/// Lengths of the parts; together exactly the whole.
fn lengths(parts: &[(Share, Split)], whole: u16) -> Vec<u16> {
    let fixed: u16 = parts.iter().map(|(share, _)| if let Share::Cells(cells) = share { *cells } else { 0 }).sum();
    let weights: u16 = parts.iter().map(|(share, _)| if let Share::Parts(parts) = share { *parts } else { 0 }).sum();
    let mut left = whole;
    let mut spare = whole.saturating_sub(fixed);
    let mut weights_left = weights;
    let mut lengths = Vec::with_capacity(parts.len());
    for (share, _) in parts {
        let wanted = match share {
            Share::Cells(cells) => *cells,
            Share::Parts(weight) => {
                let share = u32::from(spare) * u32::from(*weight) / u32::from(weights_left.max(1));
                let share = u16::try_from(share).unwrap_or(spare);
                spare -= share;
                weights_left -= weight;
                share
            }
        };
        let length = wanted.min(left);
        left -= length;
        lengths.push(length);
    }
    // What rounding or a division without a flexible part left over goes to the last.
    if let Some(last) = lengths.last_mut() {
        *last += left;
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::layout::WORKSPACES;

    #[test]
    fn places_cover_the_whole_area_and_none_another_at_every_size() {
        for workspace in WORKSPACES {
            for (width, height) in [(60, 16), (80, 22), (100, 30), (120, 40), (160, 43), (250, 78), (61, 17), (139, 33)]
            {
                let area = Rect::new(0, 1, width, height);
                let places = divide(&(workspace.split)(width, height), area);
                let covered: u32 = places.iter().map(|place| place.area.area()).sum();
                assert_eq!(covered, area.area(), "{:?} at {width}x{height}", workspace.name);
                for (index, place) in places.iter().enumerate() {
                    assert!(place.area.width >= 20 && place.area.height >= 5, "{:?} {place:?}", workspace.name);
                    for other in places.iter().skip(index + 1) {
                        assert!(place.area.intersection(other.area).is_empty(), "{place:?} {other:?}");
                    }
                }
            }
        }
    }
}
