//! The system page.

use super::texts;

texts! {
    /// What the system page says.
    System {
        Feeds: "연결", "Connections";
        Profile: "계정", "profile";
        Feed: "종류", "feed";
        State: "상태", "state";
        Since: "시작", "since";
        Age: "경과", "age";
        Messages: "수신", "msgs";
        PerSecond: "초당", "/s";
        Dropped: "버림", "drop";
        Gaps: "빠짐", "gaps";
        Resyncs: "복구", "sync";
        Bytes: "바이트", "bytes";
        Market: "시세", "market";
        User: "주문", "user";
        Rest: "조회", "rest";
        Reconnects: "끊긴 횟수", "times lost";
        RetryAt: "다음 시도", "next attempt";
        LastError: "마지막 오류", "last error";
        NoFeeds: "열린 연결이 없습니다", "no connection is open";
        OrderPath: "주문 경로", "Order path";
        Stage: "구간", "stage";
        Count: "주문", "orders";
        Half: "p50", "p50";
        Most: "p99", "p99";
        Slowest: "최대", "max";
        Gate: "리스크 검사", "risk gate";
        Ledger: "원장 기록", "written to the ledger";
        Sent: "브로커로 전송", "handed to the broker";
        Acknowledged: "접수 응답", "acknowledged";
        Filled: "첫 체결", "first fill";
        NoOrders: "이 데스크에서 아직 잰 주문이 없습니다", "no order has been measured yet";
        Budgets: "요청 한도", "Budgets";
        Lane: "구분", "lane";
        Used: "사용", "used";
        Window: "기간", "per";
        LaneOrder: "주문", "orders";
        LaneCancel: "취소", "cancels";
        LaneQuery: "조회", "queries";
        LaneRegistrations: "시세 등록", "registrations";
        NoLimit: "한도 없음", "no limit";
        Standing: "상시", "standing";
        Desk: "데스크", "Desk";
        Version: "버전", "version";
        Uptime: "가동 시간", "up for";
        Faces: "붙은 화면", "faces";
        Lock: "매매 권한", "right to trade";
        ThisScreen: "이 화면", "this screen";
        Nobody: "없음", "nobody";
        Events: "시세 이벤트", "market events";
        Memory: "메모리", "memory";
        LedgerSize: "원장 크기", "ledger";
        ClockOffset: "거래소와 시각차", "clock offset";
        NotKnown: "알 수 없음", "not known";
        Storage: "원장 쓰기", "storage";
        StorageFine: "정상", "fine";
        DataDir: "데이터 폴더", "data folder";
        Holds: "데스크가 지키는 것", "kept by the desk";
        NoHolds: "없음", "nothing";
        Screen: "화면", "Screen";
        Written: "터미널 출력", "to the terminal";
        Frames: "프레임", "frames";
        Size: "크기", "size";
        Colours: "색", "colours";
        Glyphs: "글자 모음", "symbols";
        Depth24: "24비트", "24 bit";
        Depth256: "256색", "256";
        Depth16: "16색", "16";
        DepthNone: "없음", "none";
        GlyphFull: "전체", "full";
        GlyphNarrow: "좁은 글자만", "narrow";
        GlyphAscii: "ASCII", "ASCII";
        Name: "이름", "name";
        Asking: "데스크에 묻는 중입니다", "asking the desk";
        NoDesk: "데스크와 끊겼습니다. 아래는 마지막으로 들은 값입니다", "desk lost: what follows was heard last";
        Old: "전", "ago";
    }
}
