//! The lists of the trade workspace: watch list, positions, orders, fills, stops, activity.

use super::texts;

texts! {
    /// Name of a column.
    ListColumn {
        Name: "종목", "Symbol";
        MarkedName: " 종목", " Symbol";
        Last: "현재가", "Last";
        ChangePercent: "등락률", "Chg %";
        Change: "대비", "Change";
        Volume: "거래량", "Volume";
        Value: "거래대금", "Value";
        Bid: "매수호가", "Bid";
        Ask: "매도호가", "Ask";
        High: "고가", "High";
        Low: "저가", "Low";
        Side: "구분", "Side";
        Quantity: "수량", "Qty";
        Average: "평균가", "Average";
        Unrealized: "평가손익", "Open P&L";
        Return: "수익률", "P&L %";
        Realized: "실현손익", "Realized";
        Breakeven: "손익분기", "Breakeven";
        Cost: "매입금액", "Cost";
        Liquidation: "청산가", "Liq.";
        Leverage: "배율", "Lev";
        Time: "시각", "Time";
        Kind: "유형", "Type";
        Price: "가격", "Price";
        Left: "잔량", "Left";
        Filled: "체결", "Filled";
        State: "상태", "State";
        Queue: "앞 대기", "Ahead";
        Amount: "금액", "Amount";
        Fee: "수수료", "Fee";
        Tax: "세금", "Tax";
        Liquidity: "유동성", "Liquid.";
        Trigger: "발동가", "Trigger";
        Distance: "거리", "Away";
        Watcher: "감시", "Watch";
        Group: "묶음", "Group";
        Limit: "지정가", "Limit";
        Event: "종류", "Kind";
        Text: "내용", "What";
    }
}

texts! {
    /// What the lists say.
    ListText {
        JustChanged: "목록이 방금 바뀌었습니다. 다시 누르세요", "the list has just changed: press again";
        NoWatch: "관심종목이 없습니다: / 로 찾고 w 로 넣습니다", "nothing watched: find a symbol with /, add it with w";
        NoMatch: "맞는 종목이 없습니다: F 로 거르기 해제", "nothing matches: F clears the filter";
        NoPositions: "보유 종목이 없습니다: b 로 주문창", "no positions: b opens a ticket";
        NoOrders: "미체결 주문이 없습니다: 호가창에서 A, 또는 b", "no working orders: press A on the ladder, or b";
        NoOrdersOfSymbol: "이 종목의 미체결이 없습니다: f 로 모든 종목", "none of this symbol: f shows every symbol";
        NoFills: "오늘 체결이 없습니다: b 매수, s 매도", "no fills today: b buys, s sells";
        NoFillsOfSymbol: "이 종목의 체결이 없습니다: f 로 모든 종목", "none of this symbol: f shows every symbol";
        NoStops: "스톱이 없습니다: 주문창(b)에서 익절·손절을 붙입니다", "no stops: attach an exit in the ticket (b)";
        NoActivity: "아직 아무 일도 없습니다", "nothing has happened yet";
        NoSuchActivity: "이 종류는 없습니다: F 로 모두 보기", "none of this kind: F shows all";
        RemoveQuestion: "관심종목에서 뺄까요?", "remove from the watch list?";
        NoInstrument: "이 줄에는 종목이 없습니다", "this line is about no symbol";
        Net: "세후", "net";
        Gross: "세전", "gross";
        NetShown: "수수료·세금을 뺀 손익", "profit after fees and taxes";
        GrossShown: "수수료·세금을 빼기 전 손익", "profit before fees and taxes";
        Total: "합계", "total";
        Bought: "매수", "bought";
        Sold: "매도", "sold";
        Fee: "수수료", "fee";
        Tax: "세금", "tax";
        Cost: "매입", "cost";
        Open: "평가", "open";
        Realized: "실현", "realized";
        Long: "매수", "long";
        Short: "매도", "short";
        Canceling: "취소 중", "canceling";
        Replacing: "정정 중", "changing";
        Unknown: "불명", "unknown";
        Unwatched: "감시 없음", "unwatched";
        Entry: "진입", "entry";
        Pair: "OCO", "OCO";
        Halted: "정지", "halt";
        StopMark: "S", "S";
        OfSymbol: "이 종목", "this symbol";
        All: "전체", "all";
    }
}

texts! {
    /// What a list is sorted by.
    SortName {
        Own: "내 순서", "own order";
        Name: "이름", "name";
        Change: "등락률", "change";
        Value: "거래대금", "value";
        Profit: "손익", "profit";
        Cost: "매입금액", "cost";
        Time: "시각", "time";
    }
}

texts! {
    /// What kind of thing happened.
    EventName {
        Alert: "알림", "alert";
        Cash: "입출금", "cash";
        Connection: "연결", "feed";
        Difference: "불일치", "differs";
        Fill: "체결", "fill";
        Halt: "정지", "halt";
        Kill: "긴급정지", "KILL";
        Liquidation: "강제청산", "liquid.";
        Lock: "권한", "lock";
        MissedFill: "늦은체결", "late fill";
        Notice: "안내", "notice";
        Refusal: "거부", "refused";
        Screen: "화면", "screen";
        Stop: "스톱", "stop";
        Storage: "저장소", "storage";
        Unknown: "불명", "unknown";
    }
}

impl EventName {
    /// The name for an event's own word; `None` for one this screen does not know.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        const WORDS: [(&str, EventName); 16] = [
            ("alert", EventName::Alert),
            ("cash", EventName::Cash),
            ("connection", EventName::Connection),
            ("difference", EventName::Difference),
            ("fill", EventName::Fill),
            ("halt", EventName::Halt),
            ("kill", EventName::Kill),
            ("liquidation", EventName::Liquidation),
            ("lock", EventName::Lock),
            ("missed_fill", EventName::MissedFill),
            ("notice", EventName::Notice),
            ("refusal", EventName::Refusal),
            ("screen", EventName::Screen),
            ("stop", EventName::Stop),
            ("storage", EventName::Storage),
            ("unknown", EventName::Unknown),
        ];
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, name)| *name)
    }
}
