//! The palette and the search for instruments.

use super::texts;

texts! {
    /// What the palette and the search say.
    Finder {
        Palette: "명령", "commands";
        Symbols: "종목 찾기", "find a symbol";
        NoCommand: "그런 명령은 없습니다", "no such command";
        NothingFound: "찾은 것이 없습니다", "nothing found";
        NoAnswer: "데스크의 답이 없습니다", "the desk gave no answer";
        PaletteHint: "Enter 실행 · Tab 채우기 · 빈 줄에서 ↑ 지난 명령 · Esc 닫기",
            "Enter runs, Tab completes, Up on an empty line recalls, Esc closes";
        SymbolsHint: "이름·코드·초성(ㅅㅅㅈㅈ) · Enter 보기 · Esc 닫기",
            "name, code, initials - Enter shows it, Esc closes";
        Run: "실행", "run";
        Workspace: "화면", "workspace";
        Pane: "창", "pane";
        Watched: "관심", "watched";
        Recent: "최근", "recent";
        Name: "종목", "name";
        Code: "코드", "code";
        Venue: "거래소", "venue";
        Last: "현재가", "last";
        Change: "등락%", "change%";
        Unfinished: "더 써야 합니다", "more is needed";
        SureTrade: "이 동작을 할까요?", "do this?";
    }
}

texts! {
    /// What the words of the palette do.
    WordLabel {
        Goto: "종목 보기", "show a symbol";
        Alert: "알림 걸기 (종목을 빼면 지금 종목)", "set an alert (on this symbol unless one is named)";
        Size: "호가창 주문 수량", "size of ladder orders";
        Bracket: "브래킷 틀", "bracket template";
        Profile: "프로필 바꾸기", "show another profile";
        Language: "화면 언어", "language of the screen";
        Theme: "색", "colours";
        Deposit: "가상 자금 입금", "put virtual cash in";
        Withdraw: "가상 자금 출금", "take virtual cash out";
        Leverage: "레버리지", "leverage";
        Workspace: "이름으로 화면 보기", "show a workspace by name";
        Save: "지금 화면 배치를 이 이름으로 저장", "keep the present layout under a name";
        Rename: "저장한 화면의 이름 바꾸기", "rename a kept workspace";
        Forget: "저장한 화면 지우기", "remove a kept workspace";
    }
}

texts! {
    /// What is wrong with words, and what is asked before they are done.
    WordSaid {
        NotAnAmount: "0보다 큰 금액이어야 합니다", "an amount above zero is needed";
        NotACurrency: "모르는 통화입니다", "no such currency";
        NotANumber: "0보다 큰 정수여야 합니다", "a whole number above zero is needed";
        NotAQuantity: "0보다 큰 수량이어야 합니다", "a quantity above zero is needed";
        NotAProfile: "그런 프로필은 없습니다", "no such profile";
        NotALanguage: "ko 또는 en 이어야 합니다", "ko or en";
        NotATheme: "그런 색은 없습니다", "no such theme";
        NotABracket: "그런 브래킷 틀은 없습니다", "no such bracket template";
        NotACondition: "조건은 이렇게 씁니다: price >= 71000, change <= -2.5, strength >= 120, imbalance >= 70, vi, order filled, stop unwatched",
            "a condition looks like: price >= 71000, change <= -2.5, strength >= 120, imbalance >= 70, vi, order filled, stop unwatched";
        NoSymbol: "종목이 없습니다", "no symbol is selected";
        AskDeposit: "가상 자금을 입금할까요?", "put virtual cash in?";
        AskWithdraw: "가상 자금을 출금할까요?", "take virtual cash out?";
        AskLeverage: "레버리지를 바꿀까요?", "change the leverage?";
        Deposited: "입금했습니다", "paid in";
        Withdrawn: "출금했습니다", "paid out";
        LeverageSet: "레버리지를 바꿨습니다", "leverage changed";
        AlertSet: "알림을 걸었습니다", "alert set";
    }
}
