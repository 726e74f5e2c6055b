//! How the chart's area is divided: legend, plot, strips below, axes.

/// Most strips below the candles: three and the volume.
pub const STRIPS_MAX: usize = 4;

/// Rows of a strip: its first row names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Strip {
    /// First row.
    pub top: u16,
    /// Rows.
    pub rows: u16,
}

/// The parts, in cells from the area's top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Rows of the legend, from the top: figures of a candle, then indicators.
    pub legend: u16,
    /// First row of the plot.
    pub top: u16,
    /// Cells of the plot and the strips.
    pub width: u16,
    /// Rows of the plot.
    pub rows: u16,
    /// Strips.
    pub strips: [Strip; STRIPS_MAX],
    /// Row of the times.
    pub times: Option<u16>,
    /// Cells of the axis at the right, with the line before it.
    pub axis: u16,
}

impl Parts {
    /// Divides an area. `strips` are wanted below, `overlays` says whether indicators want a row of the legend, `label` is
    /// the width of the widest price. What has no room is left out, the strips of least use first.
    #[must_use]
    pub fn new(width: u16, height: u16, strips: usize, overlays: bool, label: u16) -> Self {
        let axis = if width >= label + 12 { label + 1 } else { 0 };
        let times = (height >= 6).then(|| height - 1);
        let legend = match height {
            0..=4 => 0,
            5..=11 => 1,
            _ => 1 + u16::from(overlays),
        };
        let body = height - legend - u16::from(times.is_some());
        let mut parts = Self { legend, top: legend, width: width - axis, rows: body, times, axis, ..Self::default() };
        let wanted = strips.min(STRIPS_MAX);
        // The candles keep more than half.
        let most = body * 9 / 20;
        let each = u16::try_from(wanted).ok().and_then(|wanted| most.checked_div(wanted)).unwrap_or(0);
        let each = each.min(body / 6).clamp(3, 8);
        let fit = if body < 9 { 0 } else { usize::from(most / each).min(wanted) };
        let mut below = 0;
        for strip in parts.strips.iter_mut().take(fit) {
            *strip = Strip { top: below, rows: each };
            below += each;
        }
        parts.rows = body - below;
        for strip in parts.strips.iter_mut().take(fit) {
            strip.top += parts.top + parts.rows;
        }
        parts
    }

    /// Row below the last strip or the plot.
    #[must_use]
    pub fn bottom(&self) -> u16 {
        let strips: u16 = self.strips.iter().map(|strip| strip.rows).sum();
        self.top + self.rows + strips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_the_area_and_never_overlap_at_any_size() {
        for width in 0..130 {
            for height in 0..80 {
                for strips in 0..=4 {
                    let parts = Parts::new(width, height, strips, strips % 2 == 0, 9);
                    assert!(parts.width + parts.axis == width);
                    assert_eq!(parts.bottom() + u16::from(parts.times.is_some()), height, "{width}x{height}");
                    assert!(height == 0 || parts.rows > 0);
                }
            }
        }
        let large = Parts::new(160, 45, 3, true, 7);
        assert!(large.rows > 20 && large.strips[2].rows >= 4, "{large:?}");
    }
}
