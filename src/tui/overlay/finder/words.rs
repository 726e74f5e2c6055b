//! Words the palette itself knows: `deposit 1000000`, `alert 005930 price >= 71000`, `lang en`.

use rust_decimal::Decimal;

use crate::config::Language;
use crate::desk::alert::AlertCondition;
use crate::desk::protocol::Command;
use crate::market::{Currency, InstrumentId, Quantity, Symbol};
use crate::text::screen::finder::{WordLabel, WordSaid};
use crate::tui::layout::{Trouble, WORKSPACES, check_name};
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Purpose, Question, WorkspaceDeed};
use crate::tui::theme::{Look, Theme};
use crate::tui::widget::Grouped;

/// A word.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is typed.
    pub name: &'static str,
    /// As it may be typed in Korean.
    pub korean: &'static str,
    /// What follows it.
    pub usage: &'static str,
    /// What it does.
    pub label: WordLabel,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Goto,
    Alert,
    Size,
    Bracket,
    Profile,
    Language,
    Theme,
    Deposit,
    Withdraw,
    Leverage,
    Workspace,
    Save,
    Rename,
    Forget,
}

/// What the typed words come to.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// More is needed.
    Unfinished,
    /// They cannot be done, and why.
    Wrong(String),
    /// They can be done.
    Ready(Box<Ask>),
    /// The rest names an instrument.
    Symbol(String),
}

macro_rules! words {
    ($($kind:ident $name:literal $korean:literal $usage:literal;)+) => {
        /// Every word.
        pub const WORDS: &[Word] = &[$(Word {
            name: $name, korean: $korean, usage: $usage, label: WordLabel::$kind, kind: Kind::$kind,
        }),+];
    };
}

words! {
    Goto "goto" "이동" "SYMBOL";
    Alert "alert" "알림" "[SYMBOL] price >= 71000";
    Size "size" "수량" "N";
    Bracket "bracket" "브래킷" "NAME | none";
    Profile "profile" "프로필" "NAME";
    Language "lang" "언어" "ko | en";
    Theme "theme" "색" "NAME";
    Deposit "deposit" "입금" "AMOUNT [CURRENCY]";
    Withdraw "withdraw" "출금" "AMOUNT [CURRENCY]";
    Leverage "leverage" "레버리지" "[SYMBOL] N";
    Workspace "workspace" "화면" "NAME";
    Save "save" "저장" "NAME";
    Rename "rename" "이름" "[NAME] NEW";
    Forget "forget" "지우기" "NAME";
}

/// The word a line begins with, and the rest of the line.
#[must_use]
pub fn split(line: &str) -> Option<(&'static Word, &str)> {
    let line = line.trim();
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let word = WORDS.iter().find(|word| word.name.eq_ignore_ascii_case(first) || word.korean == first)?;
    Some((word, rest.trim()))
}

/// What may follow a word, for the tab key.
#[must_use]
pub fn choices(word: &Word, model: &Model) -> Vec<String> {
    match word.kind {
        Kind::Profile => model.profiles.iter().map(ToString::to_string).collect(),
        Kind::Language => vec!["ko".into(), "en".into()],
        Kind::Theme => Theme::ALL.iter().map(|theme| theme.name().to_owned()).collect(),
        Kind::Bracket => model.config.brackets.keys().cloned().chain(["none".to_owned()]).collect(),
        Kind::Size => model.trading.sizes.iter().map(ToString::to_string).collect(),
        Kind::Alert => ["price >=", "price <=", "change >=", "change <=", "strength >=", "imbalance >=", "vi"]
            .into_iter()
            .chain(["order filled", "stop unwatched"])
            .map(str::to_owned)
            .collect(),
        Kind::Workspace => {
            let known = WORKSPACES.iter().map(|workspace| workspace.key.to_owned());
            model.workspaces.iter().cloned().chain(known).collect()
        }
        Kind::Save | Kind::Rename | Kind::Forget => model.workspaces.clone(),
        Kind::Goto | Kind::Deposit | Kind::Withdraw | Kind::Leverage => Vec::new(),
    }
}

/// What a word with the rest of its line comes to.
#[must_use]
pub fn read(word: &Word, rest: &str, model: &Model) -> Reading {
    if rest.is_empty() {
        return Reading::Unfinished;
    }
    let read = match word.kind {
        Kind::Goto => return Reading::Symbol(rest.to_owned()),
        Kind::Alert => alert(rest, model),
        Kind::Size => rest
            .parse::<Quantity>()
            .ok()
            .filter(|size| size.value() > Decimal::ZERO)
            .map(Ask::Size)
            .ok_or(WordSaid::NotAQuantity),
        Kind::Bracket if rest == "none" => Ok(Ask::Bracket(None)),
        Kind::Bracket if model.config.brackets.contains_key(rest) => Ok(Ask::Bracket(Some(rest.to_owned()))),
        Kind::Bracket => Err(WordSaid::NotABracket),
        Kind::Profile => {
            let known = model.profiles.iter().find(|name| name.as_str() == rest);
            known.cloned().map(Ask::Profile).ok_or(WordSaid::NotAProfile)
        }
        Kind::Language => match rest {
            "ko" => Ok(Ask::Language(Language::Ko)),
            "en" => Ok(Ask::Language(Language::En)),
            _ => Err(WordSaid::NotALanguage),
        },
        Kind::Theme => Theme::named(rest).map(Ask::Theme).ok_or(WordSaid::NotATheme),
        Kind::Deposit | Kind::Withdraw => cash(word.kind, rest, model),
        Kind::Leverage => leverage(rest, model),
        Kind::Workspace => Ok(Ask::Workspace(WorkspaceDeed::Show(rest.to_owned()))),
        Kind::Save | Kind::Rename | Kind::Forget => {
            return match workspace(word.kind, rest) {
                Ok(deed) => Reading::Ready(Box::new(Ask::Workspace(deed))),
                Err(trouble) => Reading::Wrong(trouble.text(model.look.language)),
            };
        }
    };
    match read {
        Ok(ask) => Reading::Ready(Box::new(ask)),
        Err(said) => Reading::Wrong(said.text(model.look.language).to_owned()),
    }
}

fn workspace(kind: Kind, rest: &str) -> Result<WorkspaceDeed, Trouble> {
    let (first, second) = rest.split_once(char::is_whitespace).map_or((rest, None), |(a, b)| (a, Some(b.trim())));
    let name = match (kind, second) {
        (Kind::Rename, Some(new)) => new,
        _ => rest,
    };
    check_name(name)?;
    let name = name.to_owned();
    Ok(match kind {
        Kind::Rename => WorkspaceDeed::Rename { from: second.map(|_| first.to_owned()), to: name },
        Kind::Forget => WorkspaceDeed::Forget { name, sure: false },
        _ => WorkspaceDeed::Save { name, replace: false },
    })
}

fn alert(rest: &str, model: &Model) -> Result<Ask, WordSaid> {
    let own = rest.parse::<AlertCondition>().ok().map(|condition| (None, condition));
    let of_another = || {
        let (symbol, condition) = rest.split_once(char::is_whitespace)?;
        is_symbol(symbol).then_some(())?;
        Some((Some(symbol.to_uppercase()), condition.trim().parse::<AlertCondition>().ok()?))
    };
    let (symbol, condition) = own.or_else(of_another).ok_or(WordSaid::NotACondition)?;
    let symbol = symbol.or_else(|| model.selected.id.map(|id| id.to_string())).ok_or(WordSaid::NoSymbol)?;
    Ok(deed(Command::AlertAdd { symbol, condition, note: None }))
}

fn cash(kind: Kind, rest: &str, model: &Model) -> Result<Ask, WordSaid> {
    let mut words = rest.split_whitespace();
    let amount = words.next().unwrap_or_default().replace(',', "");
    let amount = Decimal::from_str_exact(&amount).ok().filter(|amount| *amount > Decimal::ZERO);
    let amount = amount.ok_or(WordSaid::NotAnAmount)?;
    let currency = match words.next() {
        Some(currency) => currency.parse::<Currency>().map_err(|_| WordSaid::NotACurrency)?,
        None => Currency::Krw,
    };
    if words.next().is_some() {
        return Err(WordSaid::NotACurrency);
    }
    let (said, command) = match kind {
        Kind::Withdraw => (WordSaid::AskWithdraw, Command::Withdraw { amount, currency }),
        _ => (WordSaid::AskDeposit, Command::Deposit { amount, currency }),
    };
    Ok(question(said, format!("{} {}", Grouped::new(amount), currency.as_str()), command, model))
}

fn leverage(rest: &str, model: &Model) -> Result<Ask, WordSaid> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let selected = || model.selected.id.map(|id| id.to_string()).ok_or(WordSaid::NoSymbol);
    let (symbol, times) = match words.as_slice() {
        [times] => (selected()?, times),
        [symbol, times] if is_symbol(symbol) => (symbol.to_uppercase(), times),
        _ => return Err(WordSaid::NotANumber),
    };
    let leverage = times.trim_end_matches(['x', 'X']).parse::<u32>().ok().filter(|times| *times > 0);
    let leverage = leverage.ok_or(WordSaid::NotANumber)?;
    let line = format!("{symbol} {leverage}x");
    Ok(question(WordSaid::AskLeverage, line, Command::Leverage { symbol, leverage }, model))
}

fn is_symbol(text: &str) -> bool {
    text.parse::<InstrumentId>().is_ok() || Symbol::new(text).is_ok()
}

/// Money moves only after a yes that saw the amount and the account.
fn question(said: WordSaid, line: String, command: Command, model: &Model) -> Ask {
    let account = format!("{} {}", model.world().badge(), model.profile);
    let lines = vec![said.text(model.look.language).to_owned(), line, account];
    Ask::Ask(Question { lines, word: None, deed: Box::new(deed(command)) })
}

fn deed(command: Command) -> Ask {
    Ask::Send(Box::new(command), Purpose::Deed)
}

/// What to say when the desk did what a word of the palette asked for; `None` where something else says it.
#[must_use]
pub fn done_line(look: &Look, command: &Command) -> Option<String> {
    let say = |said: WordSaid| said.text(look.language);
    Some(match command {
        Command::Deposit { amount, currency } => {
            format!("{} {} {}", say(WordSaid::Deposited), Grouped::new(*amount), currency.as_str())
        }
        Command::Withdraw { amount, currency } => {
            format!("{} {} {}", say(WordSaid::Withdrawn), Grouped::new(*amount), currency.as_str())
        }
        Command::Leverage { symbol, leverage } => format!("{} {symbol} {leverage}x", say(WordSaid::LeverageSet)),
        Command::AlertAdd { symbol, condition, .. } => format!("{} {symbol} {condition}", say(WordSaid::AlertSet)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::model::fixture::trading;

    fn reading(line: &str) -> Reading {
        let model = trading(Language::En);
        let (word, rest) = split(line).unwrap();
        read(word, rest, &model)
    }

    fn sent(line: &str) -> Command {
        match reading(line) {
            Reading::Ready(ask) => match *ask {
                Ask::Send(command, Purpose::Deed) => *command,
                other => panic!("{line}: {other:?}"),
            },
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn money_is_asked_about_with_its_amount_and_its_account() {
        for (line, shown, command) in [
            (
                "deposit 1,000,000",
                "1,000,000 KRW",
                Command::Deposit { amount: 1_000_000.into(), currency: Currency::Krw },
            ),
            ("출금 5 usdt", "5 USDT", Command::Withdraw { amount: 5.into(), currency: Currency::Usdt }),
            ("leverage BTCUSDT 5x", "BTCUSDT 5x", Command::Leverage { symbol: "BTCUSDT".into(), leverage: 5 }),
        ] {
            let Reading::Ready(ask) = reading(line) else { panic!("{line}") };
            let Ask::Ask(question) = *ask else { panic!("{line} must ask") };
            assert!(question.lines.iter().any(|line| line == shown), "{:?}", question.lines);
            assert!(question.lines.iter().any(|line| line == "VIRTUAL sim"), "{:?}", question.lines);
            assert_eq!(*question.deed, deed(command));
        }
    }

    #[test]
    fn an_alert_is_on_the_symbol_shown_unless_one_is_named() {
        let condition: AlertCondition = "price >= 71000".parse().unwrap();
        let wanted =
            |symbol: &str| Command::AlertAdd { symbol: symbol.into(), condition: condition.clone(), note: None };
        assert_eq!(sent("alert price >= 71000"), wanted("SIM:005930"));
        assert_eq!(sent("alert 000660 price >= 71000"), wanted("000660"));
        assert_eq!(sent("알림 price>=71000"), wanted("SIM:005930"));
    }

    #[test]
    fn what_cannot_be_is_said_and_not_done() {
        for line in [
            "deposit -5",
            "deposit 0",
            "deposit x",
            "deposit 5 KRW KRW",
            "withdraw 5 XYZ",
            "leverage 0",
            "leverage -1",
            "size 0",
            "profile nobody",
            "lang fr",
            "theme pink",
            "bracket nothing",
            "alert 005930",
            "alert price >= x",
        ] {
            assert!(matches!(reading(line), Reading::Wrong(_)), "{line}");
        }
        for word in WORDS {
            assert_eq!(reading(word.name), Reading::Unfinished);
        }
        assert_eq!(split("buy 10"), None);
    }
}
