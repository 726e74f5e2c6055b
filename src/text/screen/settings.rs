//! The settings page.

use super::texts;

texts! {
    /// What the settings page says.
    Settings {
        Screen: "화면", "Screen";
        Trading: "매매", "Trading";
        Limits: "리스크 한도", "Risk limits";
        Language: "언어", "language";
        Korean: "한국어", "한국어";
        English: "English", "English";
        Theme: "색 구성", "colours";
        ThemeKorean: "한국식 (빨강 상승)", "Korean (red is up)";
        ThemeWestern: "서양식 (초록 상승)", "Western (green is up)";
        ThemeColourBlind: "색각 이상 (주황 상승)", "colour-blind (orange is up)";
        ThemeMono: "무채색", "without hue";
        Mouse: "마우스", "mouse";
        MouseOff: "끔", "off";
        MouseDouble: "두 번 클릭해야 주문", "a double click orders";
        MouseSingle: "한 번 클릭으로 주문", "one click orders";
        Bell: "소리", "bell";
        Notifications: "터미널 알림", "notifications";
        On: "켬", "on";
        Off: "끔", "off";
        Frames: "초당 최대 프레임", "most frames a second";
        Profile: "계정", "profile";
        Lock: "매매 권한", "right to trade";
        LockHere: "이 화면", "this screen";
        LockNobody: "없음", "nobody";
        ViewOnly: "보기 전용", "only looking";
        Sizes: "호가창 수량 1~5", "ladder sizes 1 to 5";
        Disarm: "무장 자동 해제 (초)", "disarm after (seconds)";
        Permission: "허용 범위", "permission";
        MaxOrderAmount: "주문 1건 최대 금액", "largest order value";
        MaxOrderQuantity: "주문 1건 최대 수량", "largest order quantity";
        MaxPositions: "최대 보유 종목 수", "most instruments held";
        MaxPositionAmount: "한 종목 최대 금액", "largest position value";
        MaxExposure: "전체 보유 최대 금액", "largest exposure";
        MaxDailyLoss: "하루 최대 손실", "largest loss of a day";
        MaxDrawdown: "고점 대비 최대 하락 (%)", "largest drawdown (%)";
        PriceCollar: "현재가와 최대 차이 (%)", "price collar (%)";
        MaxOpenOrders: "최대 미체결 주문 수", "most open orders";
        MaxPerSecond: "초당 최대 주문 수", "most orders a second";
        MaxPerMinute: "분당 최대 주문 수", "most orders a minute";
        Duplicate: "중복 주문 간격 (ms)", "duplicate window (ms)";
        DataAge: "시세 최대 나이 (ms)", "oldest market data (ms)";
        MaxLeverage: "최대 레버리지", "highest leverage";
        SelfCrossing: "자기 주문과 체결 거부", "refuse self-crossing";
        Blocked: "금지 종목", "blocked instruments";
        LateMarkets: "지연 시세 허용 시장", "late prices allowed";
        NoLimit: "한도 없음", "no limit";
        Default: "기본값", "default";
        File: "설정 파일", "config";
        Line: "행", "line";
        ThisRun: "이번 실행만", "this run only";
        Kept: "바꾼 값 보관", "kept";
        ByDesk: "데스크가 보관", "kept by the desk";
        Environment: "환경", "environment";
        AskingLimits: "데스크에 한도를 묻는 중입니다", "asking the desk for the limits";
        FileHint: "설정 파일의 위치: hoga config path   모든 설정: hoga config show",
            "where the config is: hoga config path   all of it: hoga config show";
        KeysHint: "키 목록: ? 도움말", "all keys: ? help";
        OnlyFile: "여기서는 바꿀 수 없습니다. 설정 파일에서 바꾸세요:", "not changed here, but in the config:";
        OnlyOneProfile: "계정이 하나뿐입니다", "there is only one profile";
        SingleClickQuestion: "무장한 호가창을 한 번 클릭하면 바로 주문이 나갑니다. 바꿀까요?",
            "one click on an armed ladder will send an order: change it?";
        ReleaseQuestion: "매매 권한을 내려놓을까요? 이 화면은 보기 전용이 됩니다",
            "give the right to trade back? this screen will only look";
        LimitQuestion: "리스크 한도를 바꿉니다:", "a risk limit is to change:";
        TypeSet: "바꾸려면 SET 을 입력하세요", "type SET to change it";
        LimitLasts: "바로 적용되고, 데스크를 다시 시작해도 남습니다", "it holds at once, and over restarts of the desk";
        LimitChanged: "한도를 바꿨습니다", "the limit was changed";
        NoDesk: "데스크와 끊겨 한도를 바꿀 수 없습니다", "no desk: the limit cannot be changed";
        WrongSizes: "0보다 큰 수량 다섯 개를 빈칸으로 나눠 쓰세요. 예: 1 10 50 100 500",
            "five sizes above 0 with blanks between, as in 1 10 50 100 500";
        WrongSeconds: "5에서 3600 사이의 초를 쓰세요", "seconds from 5 to 3600";
        WrongLimit: "맞지 않는 값입니다. off 는 한도 없음입니다", "this value does not fit; off lifts the limit";
    }
}
