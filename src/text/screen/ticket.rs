//! The order ticket.

use super::texts;

texts! {
    /// What the order ticket says.
    Ticket {
        Title: "주문", "Ticket";
        ChangeTitle: "정정", "Change";
        Buy: "매수", "BUY";
        Sell: "매도", "SELL";
        Type: "유형", "type";
        Price: "가격", "price";
        Trigger: "감시가", "trigger";
        Trail: "추적폭", "trail";
        Quantity: "수량", "qty";
        Lasts: "기간", "TIF";
        Route: "거래소", "venue";
        ReduceOnly: "감소만", "reduce";
        Template: "브래킷", "bracket";
        BreakevenLeftOut: "breakeven_after 는 주문과 함께 나가지 않습니다", "breakeven_after is not sent with the order";
        TakeProfit: "익절", "TP";
        StopLoss: "손절", "SL";
        TrailingExit: "추적", "trail";
        Pair: "익절+손절 짝", "TP + SL pair";
        None: "없음", "none";
        Yes: "예", "yes";
        No: "아니요", "no";
        Cost: "금액", "cost";
        Fee: "수수료", "fee";
        Tax: "세금", "tax";
        SetAside: "묶임", "held";
        Breakeven: "본전", "even";
        After: "남음", "left";
        Send: "보내기", "send";
        SendChange: "정정 보내기", "send change";
        Incomplete: "칸을 채우면 보낼 수 있습니다", "fill in the fields to send";
        AtMarket: "시장가", "market";
        Passes: "위험 점검 통과", "risk: passes";
        Asking: "위험 점검 중", "risk: asking the desk";
        CheckedWhenSent: "위험 점검은 보낼 때 합니다", "risk is checked when the change is sent";
        HeldByDesk: "조건은 hoga 데스크가 지킵니다", "held by hoga: its desk watches the condition";
        Flips: "보유 수량보다 커서 포지션이 반대로 뒤집힙니다", "more than is held: the position would flip";
        SameWorking: "같은 주문이 이미 나가 있습니다", "the same order is already working";
        SendAnyway: "그래도 보낼까요?", "send it all the same?";
        StaleBook: "시세가 오래되어 보낼 수 없습니다", "the book is too old to trade on";
        NoDesk: "데스크와 끊겨 보낼 수 없습니다", "no desk: nothing can be sent";
        ViewOnly: "보기 전용 화면입니다", "this screen only looks";
        NoRight: "다른 화면이 매매 권한을 가지고 있습니다", "another screen holds the right to trade";
        NothingSelected: "종목이 없습니다. Ctrl-F 로 찾으세요", "no symbol: press Ctrl-F to find one";
        OrderGone: "정정할 주문이 이미 끝났습니다", "the order to change has ended";
        OrderUnknown: "정정할 주문을 찾을 수 없습니다", "the order to change is not known";
        NothingChanged: "바뀐 값이 없습니다", "nothing was changed";
        Instrument: "종목 정보를 기다리는 중입니다", "waiting for what the instrument is";
        WaitsForCost: "비용이 아직 오지 않았습니다. 잠시 뒤 다시", "the cost is not known yet: press again in a moment";
        Opened: "방금 열렸습니다. 다시 누르면 보냅니다", "just opened: press again to send";
        RealMoney: "실제 돈으로 주문합니다", "real money";
        Risk: "위험", "risk";
        Last: "최근", "last";

        NeedsPrice: "가격을 넣으세요", "a price is needed";
        NeedsTrigger: "감시가를 넣으세요", "a trigger price is needed";
        NeedsTrail: "추적폭을 넣으세요 (1.5%, 10t, 500)", "a distance is needed: 1.5%, 10t or 500";
        NeedsQuantity: "수량을 넣으세요 (10, 25%, ₩1000000)", "a quantity is needed: 10, 25% or an amount";
        NeedsExits: "짝에는 익절과 손절이 모두 있어야 합니다", "a pair needs both TP and SL";
        NotNumber: "숫자가 아닙니다", "not a number";
        NoSign: "부호 없이 0보다 큰 수를 넣으세요", "a number above zero, without a sign";
        Commas: "쉼표는 세 자리마다 씁니다 (1,000)", "commas stand before three digits: 1,000";
        TooLarge: "너무 큰 수입니다", "the number is too large";
        Zero: "0보다 커야 합니다", "must be above zero";
        OtherCurrency: "이 종목의 통화가 아닙니다", "not the currency of this instrument";
        PercentMax: "100% 까지 쓸 수 있습니다", "at most 100%";
        NoCash: "쓸 수 있는 돈을 모릅니다", "the cash to take a share of is not known";
        NoMarketPrice: "기준이 될 시세가 없습니다", "no price to count with";
        NotLot: "매매 단위의 배수가 아닙니다", "not a multiple of the lot";
        LessThanLot: "매매 단위보다 적습니다", "comes to less than one lot";
        BadDistance: "3%, 10t(틱), +500 또는 가격을 넣으세요", "write 3%, 10t (ticks), +500 or a price";
        WrongSign: "익절은 +, 손절은 - 입니다 (매도도 같음)", "a gain has +, a loss has - (for shorts too)";
        TooFar: "너무 멉니다", "too far away";
    }
}
