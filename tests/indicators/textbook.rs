//! Each indicator as a textbook has it: over a whole series at once, by loops over windows, sharing nothing with the code
//! under test.

use hoga::market::{Venue, trading_date};

use super::Bar;

const NAN: f64 = f64::NAN;

fn column(bars: &[Bar], of: impl Fn(&Bar) -> f64) -> Vec<f64> {
    bars.iter().map(of).collect()
}

/// A value of each window of `n` rows; NaN where the window is short or holds a NaN.
fn rolling(series: &[f64], n: usize, value: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let at = |row: usize| {
        let window = &series[(row + 1).saturating_sub(n)..=row];
        if window.len() < n || window.iter().any(|x| x.is_nan()) { NAN } else { value(window) }
    };
    (0..series.len()).map(at).collect()
}

fn mean(window: &[f64]) -> f64 {
    window.iter().sum::<f64>() / window.len() as f64
}

fn is_flat(window: &[f64]) -> bool {
    window.iter().all(|x| *x == window[0])
}

fn deviation(window: &[f64]) -> f64 {
    if is_flat(window) {
        return 0.0;
    }
    let center = mean(window);
    (window.iter().map(|x| (x - center).powi(2)).sum::<f64>() / window.len() as f64).sqrt()
}

fn max(window: &[f64]) -> f64 {
    window.iter().copied().fold(f64::MIN, f64::max)
}

fn min(window: &[f64]) -> f64 {
    window.iter().copied().fold(f64::MAX, f64::min)
}

fn sum(window: &[f64]) -> f64 {
    window.iter().sum()
}

fn weighted(window: &[f64]) -> f64 {
    let total: f64 = (1..=window.len()).map(|weight| weight as f64).sum();
    window.iter().enumerate().map(|(i, x)| (i + 1) as f64 * x).sum::<f64>() / total
}

/// Seeded with the mean of the first `n` values that are there.
fn recursive(series: &[f64], n: usize, share: f64) -> Vec<f64> {
    let mut out = vec![NAN; series.len()];
    let Some(first) = series.iter().position(|x| !x.is_nan()) else { return out };
    if first + n > series.len() {
        return out;
    }
    out[first + n - 1] = mean(&series[first..first + n]);
    for row in first + n..series.len() {
        out[row] = series[row] * share + out[row - 1] * (1.0 - share);
    }
    out
}

fn ema(series: &[f64], n: usize) -> Vec<f64> {
    recursive(series, n, 2.0 / (n + 1) as f64)
}

fn wilder(series: &[f64], n: usize) -> Vec<f64> {
    recursive(series, n, 1.0 / n as f64)
}

fn both(a: &[f64], b: &[f64], value: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| value(*a, *b)).collect()
}

fn changes(series: &[f64], value: impl Fn(f64) -> f64) -> Vec<f64> {
    let later = series.windows(2).map(|pair| value(pair[1] - pair[0]));
    std::iter::once(NAN).chain(later).take(series.len()).collect()
}

fn rsi(close: &[f64], n: usize) -> Vec<f64> {
    let gains = wilder(&changes(close, |change| change.max(0.0)), n);
    let losses = wilder(&changes(close, |change| (-change).max(0.0)), n);
    both(&gains, &losses, |g, l| if g + l < 1e-14 { 0.0 } else { 100.0 * g / (g + l) })
}

fn true_ranges(bars: &[Bar]) -> Vec<f64> {
    let later = bars.windows(2).map(|pair| pair[1].high.max(pair[0].close) - pair[1].low.min(pair[0].close));
    std::iter::once(NAN).chain(later).take(bars.len()).collect()
}

fn atr(bars: &[Bar], n: usize) -> Vec<f64> {
    wilder(&true_ranges(bars), n)
}

fn highest(bars: &[Bar], n: usize) -> Vec<f64> {
    rolling(&column(bars, |bar| bar.high), n, max)
}

fn lowest(bars: &[Bar], n: usize) -> Vec<f64> {
    rolling(&column(bars, |bar| bar.low), n, min)
}

fn middle(bars: &[Bar], n: usize) -> Vec<f64> {
    both(&highest(bars, n), &lowest(bars, n), |h, l| (h + l) / 2.0)
}

/// Percent of the way from `low` to `high`.
fn percent(value: &[f64], high: &[f64], low: &[f64], nothing: f64) -> Vec<f64> {
    let at = |i: usize| match high[i] - low[i] {
        height if height <= nothing => 0.0,
        height => (value[i] - low[i]) / height * 100.0,
    };
    (0..value.len()).map(at).collect()
}

/// %K and %D of raw values, both from where %D begins.
fn smoothed(raw: &[f64], smooth: usize, signal: usize) -> Vec<Vec<f64>> {
    let k = rolling(raw, smooth, mean);
    let d = rolling(&k, signal, mean);
    vec![both(&k, &d, |k, d| if d.is_nan() { NAN } else { k }), d]
}

fn adx(bars: &[Bar], n: usize) -> Vec<Vec<f64>> {
    let mut out = vec![vec![NAN; bars.len()]; 3];
    let (mut sums, mut xs) = ([0.0; 3], Vec::new());
    let mut average = NAN;
    for row in 1..bars.len() {
        let (up, down) = (bars[row].high - bars[row - 1].high, bars[row - 1].low - bars[row].low);
        let moved = [
            if up > 0.0 && up > down { up } else { 0.0 },
            if down > 0.0 && down > up { down } else { 0.0 },
            true_ranges(&bars[row - 1..=row])[1],
        ];
        for (sum, new) in sums.iter_mut().zip(moved) {
            *sum += new - if row < n { 0.0 } else { *sum / n as f64 };
        }
        if row < n {
            continue;
        }
        let index = |sum: f64| if sums[2] < 1e-14 { 0.0 } else { 100.0 * sum / sums[2] };
        let (plus, minus) = (index(sums[0]), index(sums[1]));
        let dx = (plus + minus >= 1e-14).then(|| 100.0 * (plus - minus).abs() / (plus + minus));
        if xs.len() < n {
            xs.push(dx.unwrap_or(0.0));
            average = if xs.len() == n { mean(&xs) } else { NAN };
        } else if let Some(dx) = dx {
            average += (dx - average) / n as f64;
        }
        (out[0][row], out[1][row], out[2][row]) = (average, plus, minus);
    }
    out
}

/// Wilder's rules, a state a bar.
fn sar(bars: &[Bar], step: f64, step_max: f64) -> Vec<f64> {
    let mut out = vec![NAN; bars.len()];
    if bars.len() < 2 {
        return out;
    }
    let first = step.min(step_max);
    let fall = bars[0].low - bars[1].low;
    let mut long = fall <= 0.0 || fall <= bars[1].high - bars[0].high;
    let mut stop = if long { bars[0].low } else { bars[0].high };
    let mut extreme = if long { bars[1].high } else { bars[1].low };
    let mut factor = first;
    for row in 1..bars.len() {
        let pair = [if row == 1 { bars[1] } else { bars[row - 1] }, bars[row]];
        let (roof, floor) = (pair[0].high.max(pair[1].high), pair[0].low.min(pair[1].low));
        if long && bars[row].low <= stop {
            (long, stop, factor) = (false, extreme.max(roof), first);
            out[row] = stop;
            extreme = bars[row].low;
        } else if !long && bars[row].high >= stop {
            (long, stop, factor) = (true, extreme.min(floor), first);
            out[row] = stop;
            extreme = bars[row].high;
        } else {
            out[row] = stop;
            let further = if long { bars[row].high > extreme } else { bars[row].low < extreme };
            if further {
                extreme = if long { bars[row].high } else { bars[row].low };
                factor = (factor + first).min(step_max);
            }
        }
        stop += factor * (extreme - stop);
        stop = if long { stop.min(floor) } else { stop.max(roof) };
    }
    out
}

fn supertrend(bars: &[Bar], n: usize, multiple: f64) -> Vec<Vec<f64>> {
    let atr = atr(bars, n);
    let (mut up, mut down) = (vec![NAN; bars.len()], vec![NAN; bars.len()]);
    let (mut upper, mut lower, mut line_is_upper) = (NAN, NAN, true);
    for row in n..bars.len() {
        let center = (bars[row].high + bars[row].low) / 2.0;
        let (new_upper, new_lower) = (center + multiple * atr[row], center - multiple * atr[row]);
        if row == n {
            (upper, lower) = (new_upper, new_lower);
        } else {
            let previous = bars[row - 1].close;
            upper = if new_upper < upper || previous > upper { new_upper } else { upper };
            lower = if new_lower > lower || previous < lower { new_lower } else { lower };
            line_is_upper = if line_is_upper { bars[row].close <= upper } else { bars[row].close < lower };
        }
        *(if line_is_upper { &mut down[row] } else { &mut up[row] }) = if line_is_upper { upper } else { lower };
    }
    vec![up, down]
}

/// Rows of the trading date of each row up to it.
fn day(bars: &[Bar], row: usize) -> usize {
    let date = |row: usize| trading_date(Venue::Krx, bars[row].time);
    (0..=row).rev().take_while(|earlier| date(*earlier) == date(row)).last().unwrap()
}

fn vwap(bars: &[Bar]) -> Vec<f64> {
    let at = |row: usize| {
        let today = &bars[day(bars, row)..=row];
        let value: f64 = today.iter().map(|bar| (bar.high + bar.low + bar.close) / 3.0 * bar.volume).sum();
        value / today.iter().map(|bar| bar.volume).sum::<f64>()
    };
    (0..bars.len()).map(at).collect()
}

fn pivot(bars: &[Bar]) -> Vec<Vec<f64>> {
    let mut out = vec![vec![NAN; bars.len()]; 7];
    for row in 0..bars.len() {
        let Some(last) = day(bars, row).checked_sub(1) else { continue };
        let yesterday = &bars[day(bars, last)..=last];
        let (h, l) = (max(&column(yesterday, |bar| bar.high)), min(&column(yesterday, |bar| bar.low)));
        let p = (h + l + bars[last].close) / 3.0;
        let levels = [p, 2.0 * p - l, 2.0 * p - h, p + h - l, p - h + l, h + 2.0 * (p - l), l - 2.0 * (h - p)];
        for (line, level) in out.iter_mut().zip(levels) {
            line[row] = level;
        }
    }
    out
}

fn mfi(bars: &[Bar], n: usize) -> Vec<f64> {
    let typical = column(bars, |bar| (bar.high + bar.low + bar.close) / 3.0);
    let at = |row: usize| {
        if row < n {
            return NAN;
        }
        let (mut inflow, mut outflow) = (0.0, 0.0);
        for i in row + 1 - n..=row {
            if typical[i] > typical[i - 1] {
                inflow += typical[i] * bars[i].volume;
            } else if typical[i] < typical[i - 1] {
                outflow += typical[i] * bars[i].volume;
            }
        }
        if inflow + outflow < 1.0 { 0.0 } else { 100.0 * inflow / (inflow + outflow) }
    };
    (0..bars.len()).map(at).collect()
}

fn aroon(bars: &[Bar], n: usize) -> Vec<Vec<f64>> {
    let since = |series: Vec<f64>| {
        let latest = |window: &[f64]| {
            let at = (0..=n).rev().find(|at| window[*at] == max(window)).unwrap();
            100.0 * at as f64 / n as f64
        };
        rolling(&series, n + 1, latest)
    };
    let (up, down) = (since(column(bars, |bar| bar.high)), since(column(bars, |bar| -bar.low)));
    let oscillator = both(&up, &down, |up, down| up - down);
    vec![up, down, oscillator]
}

fn obv(bars: &[Bar]) -> Vec<f64> {
    let sign = |row: usize| {
        if row == 0 || bars[row].close > bars[row - 1].close {
            1.0
        } else if bars[row].close < bars[row - 1].close {
            -1.0
        } else {
            0.0
        }
    };
    (0..bars.len()).map(|row| (0..=row).map(|earlier| sign(earlier) * bars[earlier].volume).sum()).collect()
}

fn macd(close: &[f64], a: usize, b: usize, signal: usize) -> Vec<Vec<f64>> {
    let (fast, slow) = (a.min(b), a.max(b));
    let mut late = close.to_vec();
    late.iter_mut().take(slow - fast).for_each(|x| *x = NAN);
    let line = both(&ema(&late, fast), &ema(close, slow), |fast, slow| fast - slow);
    let signal = ema(&line, signal);
    let shown = both(&line, &signal, |line, signal| if signal.is_nan() { NAN } else { line });
    let histogram = both(&line, &signal, |line, signal| line - signal);
    vec![shown, signal, histogram]
}

fn cci(typical: &[f64], n: usize) -> Vec<f64> {
    rolling(typical, n, |window| {
        if is_flat(window) {
            return 0.0;
        }
        let center = mean(window);
        let spread = window.iter().map(|x| (x - center).abs()).sum::<f64>() / n as f64;
        (window[n - 1] - center) / (0.015 * spread)
    })
}

fn cmf(bars: &[Bar], n: usize) -> Vec<f64> {
    let flows = column(bars, |bar| match bar.high - bar.low {
        0.0 => 0.0,
        range => (2.0 * bar.close - bar.high - bar.low) / range * bar.volume,
    });
    let volumes = rolling(&column(bars, |bar| bar.volume), n, sum);
    both(&rolling(&flows, n, sum), &volumes, |flow, volume| if volume == 0.0 { 0.0 } else { flow / volume })
}

fn vwma(bars: &[Bar], n: usize) -> Vec<f64> {
    let values = rolling(&column(bars, |bar| bar.close * bar.volume), n, sum);
    both(&values, &rolling(&column(bars, |bar| bar.volume), n, sum), |value, volume| value / volume)
}

fn around(center: &[f64], width: &[f64]) -> Vec<Vec<f64>> {
    let center = both(center, width, |center, width| if width.is_nan() { NAN } else { center });
    vec![both(&center, width, |c, w| c + w), center.clone(), both(&center, width, |c, w| c - w)]
}

fn stochrsi(close: &[f64], [n, window, smooth, signal]: [usize; 4]) -> Vec<Vec<f64>> {
    let rsi = rsi(close, n);
    let raw = percent(&rsi, &rolling(&rsi, window, max), &rolling(&rsi, window, min), 1e-9);
    smoothed(&raw, smooth, signal)
}

fn ichimoku(bars: &[Bar], [conversion, base, span]: [usize; 3]) -> Vec<Vec<f64>> {
    let (conversion, base) = (middle(bars, conversion), middle(bars, base));
    let span_a = both(&conversion, &base, |c, b| (c + b) / 2.0);
    vec![conversion, base, span_a, middle(bars, span), column(bars, |bar| bar.close)]
}

fn donchian(bars: &[Bar], n: usize, delay: usize) -> Vec<Vec<f64>> {
    let later = |line: Vec<f64>| {
        let blank = std::iter::repeat_n(NAN, delay);
        blank.chain(line).take(bars.len()).collect::<Vec<f64>>()
    };
    vec![later(highest(bars, n)), later(middle(bars, n)), later(lowest(bars, n))]
}

fn before(close: &[f64], n: usize, value: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    rolling(close, n + 1, |window| value(window[n], window[0]))
}

/// Lines of an indicator over a series, by the formula.
pub fn lines(name: &str, numbers: &[f64], bars: &[Bar]) -> Vec<Vec<f64>> {
    let close = column(bars, |bar| bar.close);
    let whole = |i: usize| numbers[i] as usize;
    let n = numbers.first().map_or(0, |n| *n as usize);
    match name {
        "sma" => vec![rolling(&close, n, mean)],
        "ema" => vec![ema(&close, n)],
        "wma" => vec![rolling(&close, n, weighted)],
        "dema" => {
            let first = ema(&close, n);
            vec![both(&first, &ema(&first, n), |a, b| 2.0 * a - b)]
        }
        "tema" => {
            let first = ema(&close, n);
            let second = ema(&first, n);
            vec![both(&both(&first, &second, |a, b| 3.0 * a - 3.0 * b), &ema(&second, n), |a, b| a + b)]
        }
        "hma" => {
            let half = rolling(&close, (n / 2).max(1), weighted);
            let raw = both(&half, &rolling(&close, n, weighted), |half, whole| 2.0 * half - whole);
            vec![rolling(&raw, (n as f64).sqrt() as usize, weighted)]
        }
        "vwma" => vec![vwma(bars, n)],
        "vwap" => vec![vwap(bars)],
        "bollinger" => {
            let width = rolling(&close, n, |window| numbers[1] * deviation(window));
            around(&rolling(&close, n, mean), &width)
        }
        "keltner" => {
            let width = column(bars, |_| numbers[2]);
            let width = both(&width, &atr(bars, whole(1)), |a, b| a * b);
            let center = ema(&close, n);
            around(&center, &both(&width, &center, |w, c| if c.is_nan() { NAN } else { w }))
        }
        "donchian" => donchian(bars, n, whole(1)),
        "ichimoku" => ichimoku(bars, [n, whole(1), whole(2)]),
        "supertrend" => supertrend(bars, n, numbers[1]),
        "sar" => vec![sar(bars, numbers[0], numbers[1])],
        "pivot" => pivot(bars),
        "volume" => {
            let volume = column(bars, |bar| bar.volume);
            vec![volume.clone(), rolling(&volume, n, mean)]
        }
        "rsi" => vec![rsi(&close, n)],
        "macd" => macd(&close, n, whole(1), whole(2)),
        "stochastic" => {
            let raw = percent(&close, &highest(bars, n), &lowest(bars, n), 0.0);
            smoothed(&raw, whole(1), whole(2))
        }
        "stochrsi" => stochrsi(&close, [n, whole(1), whole(2), whole(3)]),
        "adx" => adx(bars, n),
        "atr" => vec![atr(bars, n)],
        "cci" => vec![cci(&column(bars, |bar| (bar.high + bar.low + bar.close) / 3.0), n)],
        "obv" => vec![obv(bars)],
        "mfi" => vec![mfi(bars, n)],
        "cmf" => vec![cmf(bars, n)],
        "williams" => {
            let raw = percent(&close, &highest(bars, n), &lowest(bars, n), 0.0);
            let flat = both(&highest(bars, n), &lowest(bars, n), |h, l| h - l);
            vec![both(&raw, &flat, |raw, height| if height == 0.0 { 0.0 } else { raw - 100.0 })]
        }
        "roc" => vec![before(&close, n, |now, then| (now - then) / then * 100.0)],
        "momentum" => vec![before(&close, n, |now, then| now - then)],
        "aroon" => aroon(bars, n),
        "stddev" => vec![rolling(&close, n, |window| numbers[1] * deviation(window))],
        _ => panic!("no textbook has {name}"),
    }
}
