//! Sentences hoga says on standard error and around data.

use super::Language;
use super::auth::AuthSay;

/// A sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its own English text")]
pub enum Say<'a> {
    Nothing,
    RiskPasses,
    RefusedByRisk,
    DeskRuns(bool),
    Agrees(bool),
    WouldCancel(usize),
    WouldClose(usize),
    AskSend,
    AskReplace,
    AskFlatten,
    AskStop,
    AskRestore,
    AskResumeWord,
    ClientIdMade(&'a str),
    FirstComparison,
    Banner(&'a str, &'a str),
    InterruptedOrder(&'a str),
    DeskStarted(u32),
    DeskAlready(u32),
    DeskStopped,
    DeskNotRunning,
    DeskStopping,
    LeftUnwatched,
    NoLog,
    UnitWritten(&'a str),
    UnitEnable,
    ConfigRight(&'a str),
    ConfigNone(&'a str),
    NowActive,
    NowHalted,
    NowReducing,
    LimitSet(&'a str),
    LeverageSet(&'a str, u32),
    Lost(u64),
    EndedOtherwise(&'a str, &'a str),
    Hint,
    Error,
    StatusHint,
    LastIsClose(&'a str),
    FactsNotTold(&'a str),
    BackupDone(&'a str),
    RestoreDone(&'a str),
    WasFrom,
    WillBe,
    KillNothing,
    Auth(AuthSay<'a>),
}

impl Say<'_> {
    /// The sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Ko => self.korean(),
            Language::En => self.english(),
        }
    }

    fn korean(&self) -> String {
        match self {
            Self::Nothing => "없음".to_owned(),
            Self::RiskPasses => "통과".to_owned(),
            Self::RefusedByRisk => "리스크 규칙이 거부했습니다".to_owned(),
            Self::DeskRuns(running) => (if *running { "실행 중" } else { "꺼짐" }).to_owned(),
            Self::Agrees(ok) => (if *ok { "일치합니다" } else { "다른 점이 있습니다" }).to_owned(),
            Self::WouldCancel(count) => format!("취소될 주문 {count}건"),
            Self::WouldClose(count) => format!("청산될 포지션 {count}건"),
            Self::AskSend => "이 주문을 보낼까요? [y/N] ".to_owned(),
            Self::AskReplace => "이렇게 정정할까요? [y/N] ".to_owned(),
            Self::AskFlatten => "위 주문을 취소하고 포지션을 시장가로 청산할까요? [y/N] ".to_owned(),
            Self::AskStop => "그래도 데스크를 끝낼까요? [y/N] ".to_owned(),
            Self::AskRestore => "원장을 이 복사본으로 바꿀까요? [y/N] ".to_owned(),
            Self::AskResumeWord => "정지를 풀려면 RESUME 을 입력하세요: ".to_owned(),
            Self::ClientIdMade(id) => format!("고객 번호: {id}"),
            Self::FirstComparison => "데스크가 막 시작되어 계좌를 브로커와 처음 대사하고 있습니다. 끝나기를 기다립니다 (Ctrl-C: 주문하지 않고 중단)"
                .to_owned(),
            Self::Banner(world, profile) => format!("{world} · 프로필 {profile}"),
            Self::InterruptedOrder(id) => format!("중단했습니다. 주문은 그대로입니다: hoga order show {id}"),
            Self::DeskStarted(pid) => format!("데스크를 시작했습니다 (프로세스 {pid})"),
            Self::DeskAlready(pid) => format!("데스크가 이미 실행 중입니다 (프로세스 {pid})"),
            Self::DeskStopped => "데스크를 끝냈습니다".to_owned(),
            Self::DeskNotRunning => "실행 중인 데스크가 없습니다".to_owned(),
            Self::DeskStopping => "데스크가 아직 끝나는 중입니다".to_owned(),
            Self::LeftUnwatched => "데스크를 끝내면 돌보지 못하는 것:".to_owned(),
            Self::NoLog => "로그가 아직 없습니다".to_owned(),
            Self::UnitWritten(path) => format!("유닛 파일을 썼습니다: {path}"),
            Self::UnitEnable => "켜려면:".to_owned(),
            Self::ConfigRight(path) => format!("설정이 올바릅니다: {path}"),
            Self::ConfigNone(path) => format!("설정 파일이 없어 기본값을 씁니다: {path}"),
            Self::NowActive => "매매를 재개했습니다".to_owned(),
            Self::NowHalted => "새 주문을 받지 않습니다 (HALTED)".to_owned(),
            Self::NowReducing => "포지션을 줄이는 주문만 받습니다 (REDUCING)".to_owned(),
            Self::LimitSet(key) => format!("{key} 을(를) 바꿨습니다. 다시 시작해도 유지됩니다"),
            Self::LeverageSet(symbol, times) => format!("{symbol} 레버리지 {times}배"),
            Self::Lost(count) => format!("느려서 {count}건을 놓쳤습니다"),
            Self::EndedOtherwise(id, state) => format!("{id}: 취소가 아니라 {state}(으)로 끝났습니다"),
            Self::Hint => "도움말".to_owned(),
            Self::Error => "오류".to_owned(),
            Self::LastIsClose(symbols) => format!("괄호 안은 전일종가입니다. 아직 체결이 없습니다: {symbols}"),
            Self::FactsNotTold(why) => format!("브로커가 종목 정보를 더 주지 않았습니다: {why}"),
            Self::StatusHint => "`hoga --help` 로 명령을 볼 수 있습니다".to_owned(),
            Self::BackupDone(path) => format!("복사했습니다: {path}"),
            Self::RestoreDone(path) => format!("원장을 바꿨습니다: {path}"),
            Self::WasFrom => "이전".to_owned(),
            Self::WillBe => "이후".to_owned(),
            Self::KillNothing => "할 일이 없습니다".to_owned(),
            Self::Auth(say) => say.text(Language::Ko),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::RiskPasses => "passes".to_owned(),
            Self::RefusedByRisk => "refused by risk".to_owned(),
            Self::DeskRuns(running) => (if *running { "running" } else { "not running" }).to_owned(),
            Self::Agrees(ok) => (if *ok { "agrees" } else { "differs" }).to_owned(),
            Self::WouldCancel(count) => format!("orders to be canceled: {count}"),
            Self::WouldClose(count) => format!("positions to be closed: {count}"),
            Self::AskSend => "Send this order? [y/N] ".to_owned(),
            Self::AskReplace => "Change it so? [y/N] ".to_owned(),
            Self::AskFlatten => "Cancel these orders and close these positions at market? [y/N] ".to_owned(),
            Self::AskStop => "End the desk all the same? [y/N] ".to_owned(),
            Self::AskRestore => "Replace the ledger by this copy? [y/N] ".to_owned(),
            Self::AskResumeWord => "Type RESUME to lift the halt: ".to_owned(),
            Self::ClientIdMade(id) => format!("client id: {id}"),
            Self::FirstComparison => "the desk has just started and compares the account with the broker for the first time: waiting for that \
                 (Ctrl-C stops without ordering)"
                .to_owned(),
            Self::Banner(world, profile) => format!("{world} · profile {profile}"),
            Self::InterruptedOrder(id) => format!("interrupted; the order stays as it is: hoga order show {id}"),
            Self::DeskStarted(pid) => format!("desk started (process {pid})"),
            Self::DeskAlready(pid) => format!("desk already runs (process {pid})"),
            Self::DeskStopped => "desk stopped".to_owned(),
            Self::DeskNotRunning => "no desk is running".to_owned(),
            Self::DeskStopping => "the desk is still ending".to_owned(),
            Self::LeftUnwatched => "Would be left unwatched:".to_owned(),
            Self::NoLog => "no log yet".to_owned(),
            Self::UnitWritten(path) => format!("unit file written: {path}"),
            Self::UnitEnable => "to enable it:".to_owned(),
            Self::ConfigRight(path) => format!("config is right: {path}"),
            Self::ConfigNone(path) => format!("no config file, built-in values are used: {path}"),
            Self::NowActive => "trading again".to_owned(),
            Self::NowHalted => "no new orders are taken (HALTED)".to_owned(),
            Self::NowReducing => "only orders that make positions smaller are taken (REDUCING)".to_owned(),
            Self::LimitSet(key) => format!("{key} changed; kept over restarts"),
            Self::LeverageSet(symbol, times) => format!("leverage of {symbol} is {times}x"),
            Self::Lost(count) => format!("too slow: {count} updates were left out"),
            Self::EndedOtherwise(id, state) => format!("{id}: ended as {state}, not canceled"),
            Self::Hint => "hint".to_owned(),
            Self::Error => "error".to_owned(),
            Self::FactsNotTold(why) => format!("the broker tells no more of it: {why}"),
            Self::LastIsClose(symbols) => {
                format!("in brackets: the previous close; no print is known yet of {symbols}")
            }
            Self::StatusHint => "see `hoga --help` for the commands".to_owned(),
            Self::BackupDone(path) => format!("copied to {path}"),
            Self::RestoreDone(path) => format!("the ledger was replaced by {path}"),
            Self::WasFrom => "was".to_owned(),
            Self::WillBe => "will be".to_owned(),
            Self::KillNothing => "nothing to do".to_owned(),
            Self::Auth(say) => say.text(Language::En),
        }
    }
}
