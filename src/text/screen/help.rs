//! The page of help.

use super::texts;

texts! {
    /// What help says.
    Help {
        Title: "도움말", "help";
        Here: "지금 여기서 쓰는 키", "what works here and now";
        NotNow: "지금은 안 되는 것", "not now";
        Everywhere: "어디서나", "everywhere";
        Palette: "키 없음: 명령 찾기에서", "no key: by name in the palette";
        More: "전체 키", "every key";
        Less: "여기 키만", "only here";
        Close: "닫기", "close";
        Move: "넘기기", "scroll";
        Desk: "데스크", "desk";
        Marks: "표시", "marks";
        Polled: "실시간 스트림이 아니라 몇 초마다 물어서 받는 시세", "no live stream: asked for every few seconds";
        Own: "내 주문", "an order of mine";
        Alert: "알림", "an alert";
    }
}

texts! {
    /// Where keys mean something.
    ContextName {
        Global: "어디서나", "everywhere";
        LadderArmed: "무장한 호가창", "armed ladder";
        Chart: "차트", "chart";
        Form: "주문창과 입력 칸", "ticket and forms";
        Question: "물음에 답할 때", "a question that waits";
    }
}
