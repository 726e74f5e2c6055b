//! The header, the footer, names of panes and workspaces, and what the screen itself says.

use super::texts;

texts! {
    /// Name of a pane.
    PaneName {
        Watchlist: "관심종목", "Watchlist";
        Chart: "차트", "Chart";
        Ladder: "호가", "Ladder";
        Prints: "체결", "Prints";
        Ticket: "주문", "Ticket";
        Positions: "잔고", "Positions";
        Orders: "미체결", "Orders";
        Fills: "체결내역", "Fills";
        Stops: "스톱", "Stops";
        Activity: "활동", "Activity";
        Portfolio: "계좌", "Account";
        Equity: "평가금액", "Equity";
        Profit: "손익", "Profit";
        History: "주문·거래 내역", "History";
        Alerts: "알림", "Alerts";
        System: "시스템", "System";
        Settings: "설정", "Settings";
    }
}

texts! {
    /// Name of a workspace.
    WorkspaceName {
        Trade: "주문", "Trade";
        Chart: "차트", "Chart";
        Portfolio: "계좌", "Portfolio";
        Orders: "내역", "Orders";
        Alerts: "알림", "Alerts";
        System: "시스템", "System";
        Settings: "설정", "Settings";
    }
}

texts! {
    /// What the screen says around its panes.
    Frame {
        Connecting: "데스크에 연결하는 중", "connecting to the desk";
        Disconnected: "데스크와 끊김", "desk lost";
        Armed: "무장", "ARMED";
        Disarmed: "해제", "disarmed";
        PressToArm: "해제 상태 - A 를 누르면 무장", "disarmed - press A";
        View: "보기 전용", "VIEW";
        Cash: "현금", "cash";
        DayProfit: "당일", "day";
        Feed: "시세", "feed";
        Desk: "데스크", "desk";
        Until: "후", "to";
        TooSmall: "화면이 너무 작습니다", "the terminal is too small";
        TooSmallNeeds: "적어도 60×18 이어야 합니다", "at least 60x18 is needed";
        Halted: "정지", "HALTED";
        Reducing: "축소만", "REDUCING";
        Unknown: "결과 불명", "UNKNOWN";
        Unwatched: "지키는 이 없음", "UNWATCHED";
        YesNo: "y 예 · 그 밖은 아니요", "y yes - anything else no";
        TypeWord: "{} 입력하고 Enter:", "type {} and press Enter:";
        LeaveQuestion: "나가면 지켜볼 곳이 없어지는 것이 있습니다:", "leaving would leave unwatched:";
        KillAgain: "긴급정지: Ctrl-K 를 한 번 더, 또는 y", "kill switch: Ctrl-K again, or y";
        KillSent: "긴급정지를 보냈습니다. 모든 주문을 취소합니다", "kill sent: every order is being canceled";
        KillLocal: "데스크가 없어 긴급정지를 보낼 수 없습니다", "no desk: the kill switch cannot be sent";
        OrderInFlight: "앞선 같은 주문의 답을 기다리는 중입니다", "the same order's answer is still awaited";
        KeyHeld: "눌린 채 있는 키는 주문하지 않습니다", "a held key sends nothing";
        Pasted: "붙여넣은 글은 키로 쓰지 않습니다", "pasted text is not taken as keys";
        NoRight: "다른 화면이 매매 권한을 가지고 있습니다. :take_trading 으로 가져옵니다",
            "another screen holds the right to trade; take it with :take_trading";
        ViewOnly: "보기 전용 화면입니다", "this screen only looks";
        Stale: "시세가 오래되어 주문하지 않습니다", "the book is too old to trade on";
        Idle: "한동안 쓰지 않아 무장을 해제했습니다", "disarmed: not used for a while";
        FocusLost: "호가창을 떠나 무장을 해제했습니다", "disarmed: the ladder lost the keys";
        Reconnected: "다시 연결되어 무장을 해제했습니다", "disarmed: the desk was connected anew";
        DeskHalted: "데스크가 정지 상태입니다", "the desk is halted";
        ArmLive: "실제 돈입니다. 무장하려면 LIVE 를 입력하세요", "real money: type LIVE to arm";
        TakeLockQuestion: "매매 권한을 가져올까요? 지금 가진 화면:", "take the right to trade from:";
        LockTaken: "이 화면이 매매 권한을 가졌습니다", "this screen holds the right to trade";
        CancelEverythingQuestion: "모든 종목의 주문을 취소할까요?", "cancel every order of every symbol?";
        WorkingOrders: "미체결 {}건", "working orders: {}";
        CancelSymbolQuestion: "이 종목의 주문을 모두 취소할까요?", "cancel every order of this symbol?";
        FlattenQuestion: "모든 주문을 취소하고 모든 포지션을 시장가로 청산할까요?",
            "cancel every order and close every position at market?";
        ResumeQuestion: "매매를 재개하려면 RESUME 을 입력하세요", "type RESUME to trade again";
        HaltQuestion: "새 주문을 모두 막을까요?", "refuse every new order?";
        ReduceQuestion: "포지션을 줄이는 주문만 받을까요?", "take only orders that make positions smaller?";
        Sent: "주문을 보냈습니다", "order sent";
        Copied: "복사했습니다", "copied";
        Lost: "느려서 놓친 소식", "updates left out";
        Away: "떠나 있는 동안", "while you were away";
        NothingSelected: "종목이 없습니다. / 로 찾으세요", "no symbol: press / to find one";
        NoUse: "여기서는 쓰이지 않습니다", "has no use here";
        PrefixWaits: "이어서", "then";
    }
}
