//! What happened while the screen was left.

use super::texts;

texts! {
    /// Headline and hint.
    Away {
        Title: "떠나 있는 동안", "while you were away";
        Close: "Esc·Enter·q 닫기 · ↑↓ 넘기기", "Esc, Enter or q closes; Up and Down scroll";
    }
}

texts! {
    /// Kinds of events, in the order they are counted.
    EventKind {
        Kill: "긴급정지", "kills";
        Halt: "정지·재개", "halts";
        Fill: "체결", "fills";
        Stop: "스톱", "stops";
        Refusal: "거부", "refusals";
        Difference: "브로커와 차이", "differences";
        Connection: "연결", "connections";
        Alert: "알림", "alerts";
        Storage: "저장", "storage";
        Lock: "매매 권한", "trading right";
        Notice: "그 밖", "other";
    }
}
