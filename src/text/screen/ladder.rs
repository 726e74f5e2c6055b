//! What the ladder and the prints say.

use super::texts;

texts! {
    /// Words of the ladder and the prints.
    Words {
        AskQuantity: "매도잔량", "ask size";
        BidQuantity: "매수잔량", "bid size";
        Change: "증감", "chg";
        Price: "호가", "price";
        PrintPrice: "체결가", "price";
        Percent: "등락%", "%";
        Traded: "체결량", "traded";
        Totals: "총잔량", "total";
        Strength: "체결강도", "strength";
        StrengthShort: "강도", "str";
        Spread: "호가차", "spread";
        Volume: "거래량", "vol";
        Expected: "예상", "exp";
        ExpectedPrice: "예상체결", "expected";
        Average: "평균", "avg";
        Breakeven: "본전", "b/e";
        Liquidation: "강제청산", "liq";
        UpperLimit: "상한", "limit";
        LowerLimit: "하한", "limit";
        Interruption: "VI", "VI";
        High: "고가", "high";
        Low: "저가", "low";
        Close: "전일", "close";
        TakeProfit: "익절", "TP";
        StopLoss: "손절", "SL";
        Trailing: "추적", "trail";
        Stop: "스톱", "stop";
        Holding: "보유", "hold";
        Short: "공매도", "short";
        Flat: "보유 없음", "no position";
        Size: "수량", "size";
        Group: "묶음", "group";
        Ticks: "틱", "t";
        Tick: "틱", "tick";
        Bracket: "브래킷", "bracket";
        NoBracket: "브래킷 없음", "no bracket";
        Armed: "무장", "ARMED";
        ToArm: "무장", "arm";
        Old: "오래됨", "stale";
        NoBook: "호가를 기다리는 중입니다", "waiting for the book";
        NoRow: "가격 줄이 화면에 없습니다. Space 로 가운데로 옮기세요",
            "the row is out of sight: space re-centres";
        TickUnknown: "호가 단위를 아직 몰라 주문하지 않습니다", "the tick size is not known yet: nothing was sent";
        OffTick: "호가 단위에 맞지 않는 가격입니다", "the price is not on a tick";
        BeyondLimit: "상한가·하한가 밖의 가격입니다", "the price is beyond the daily limits";
        StaleBook: "호가가 오래되어 주문하지 않습니다", "the book is too old to trade on";
        NothingHere: "이 가격에 내 주문이 없습니다", "no order of mine at this price";
        NothingOnSide: "그쪽에 내 주문이 없습니다", "no order of mine on that side";
        OnlyStops: "여기에는 스톱뿐입니다. 스톱 창에서 취소하세요",
            "only stops here: cancel them in the stops pane";
        ChangeAwaited: "앞선 변경의 답을 기다리는 중입니다", "an earlier change is still awaited";
        Edge: "더 옮길 가격이 없습니다", "there is no price beyond";
        NoBracketOrders: "이 종목에 익절·손절 주문이 없습니다", "no take-profit or stop of this symbol";
        NoTemplates: "설정에 브래킷 틀이 없습니다", "the config has no bracket template";
        BracketChosen: "브래킷", "bracket";
        BracketNone: "브래킷을 붙이지 않습니다", "no bracket is attached";
        BracketMisfit: "이 가격에는 브래킷이 맞지 않습니다", "the bracket does not fit this price";
        BreakevenLeftOut: "breakeven_after 는 호가창 주문에 쓰이지 않습니다",
            "breakeven_after is not carried out for ladder orders";
        NoSize: "그 번호의 수량이 없습니다", "there is no such size";
        Time: "시간", "time";
        Quantity: "체결량", "quantity";
        Buys: "매수", "buys";
        Sells: "매도", "sells";
        NoPrints: "아직 체결이 없습니다", "no prints yet";
        NothingAsLarge: "그만큼 큰 체결이 없습니다", "no print as large";
        AtLeast: "이상", "or more";
        Held: "멈춤", "held";
    }
}
