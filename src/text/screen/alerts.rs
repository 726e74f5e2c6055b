//! The alerts pane.

use super::texts;

texts! {
    /// What the alerts pane says.
    Alerts {
        State: "상태", "state";
        Symbol: "종목", "symbol";
        Condition: "조건", "condition";
        Value: "현재/울린값", "now/fired";
        Time: "시각", "time";
        Note: "메모", "note";
        Fired: "울림", "fired";
        Waiting: "대기", "waiting";
        Seen: "확인", "seen";
        None: "알림이 없습니다. a 를 누르면 만듭니다", "no alerts: press a to make one";
        NoneLeft: "이 거르기에 맞는 알림이 없습니다. F 로 풉니다", "no alert passes the filter: F lifts it";
        NewFor: "새 알림", "new alert";
        Price: "현재가", "price";
        Change: "등락률", "change";
        Strength: "체결강도", "strength";
        Imbalance: "매수잔량 비중", "bid share";
        AtOrAbove: "이상", "at or above";
        AtOrBelow: "이하", "at or below";
        Interruption: "VI 발동", "VI begins";
        Order: "주문", "an order is";
        StopUnwatched: "감시 없는 스톱", "unwatched stop";
        AlreadySo: "이미 그렇습니다. 만들면 바로 울립니다", "that is so already: it fires at once";
        StandsAt: "지금", "now";
        Away: "남음", "away";
        Unknown: "지금 값을 모릅니다", "its value now is not known";
        NoteAfter: "메모", "note";
        Grammar: "price change strength imbalance >= <= 숫자 / vi / order filled / stop unwatched",
            "price change strength imbalance >= <= number / vi / order filled / stop unwatched";
        NoteHint: "| 뒤는 메모", "| begins a note";
        WrongEmpty: "무엇을 기다릴지 쓰세요. 예: price >= 71000", "write what to wait for, as in price >= 71000";
        WrongFigure: "이런 조건은 없습니다:", "there is no such condition:";
        DidYouMean: "혹시", "did you mean";
        WrongSign: "다음에 >= 또는 <= 를 쓰세요:", "write >= or <= after:";
        WrongNoNumber: "기호 뒤에 숫자를 쓰세요. 예: 71000", "write a number after the sign, as in 71000";
        WrongComma: "숫자에 쉼표를 쓰지 마세요:", "write the number without commas:";
        WrongNumber: "숫자가 아닙니다:", "this is no number:";
        WrongPrice: "0보다 큰 가격이어야 합니다", "a price is above zero";
        WrongRange: "범위를 벗어났습니다 (소수는 6자리까지):", "out of range, with at most 6 decimals:";
        WrongState: "기다릴 수 있는 주문 상태:", "states an order can be waited for:";
        WrongStop: "stop 뒤에는 unwatched 만 올 수 있습니다", "only unwatched can follow stop";
        WrongRest: "뒤에 더 쓸 것이 없습니다:", "nothing follows:";
        RemoveQuestion: "이 알림을 지울까요?", "remove this alert?";
        NothingChosen: "고른 알림이 없습니다", "no alert is chosen";
        NoDesk: "데스크와 끊겨 알림을 만들 수 없습니다", "no desk: the alert cannot be made";
    }
}
