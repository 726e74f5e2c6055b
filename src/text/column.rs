//! Headings of tables.

use super::{Language, pick};

/// Makes [`Column`] and its texts of one list: a heading that lacks a language does not compile.
macro_rules! columns {
    ($($column:ident: $ko:literal, $en:literal;)+) => {
        /// A heading of a table or the label of a line.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is its own English text")]
        pub enum Column {
            $($column,)+
        }

        impl Column {
            /// The heading.
            #[must_use]
            pub const fn text(self, language: Language) -> &'static str {
                match self {
                    $(Self::$column => pick(language, $ko, $en),)+
                }
            }
        }
    };
}

columns! {
    Symbol: "종목", "Symbol";
    Venue: "거래소", "Venue";
    Name: "이름", "Name";
    Last: "현재가", "Last";
    Change: "대비", "Change";
    ChangePercent: "등락률", "Change %";
    Bid: "매수호가", "Bid";
    Ask: "매도호가", "Ask";
    BidQuantity: "매수잔량", "Bid qty";
    AskQuantity: "매도잔량", "Ask qty";
    Price: "가격", "Price";
    Volume: "거래량", "Volume";
    Value: "거래대금", "Value";
    Long: "롱·매수", "Long/bought";
    Short: "숏·매도", "Short/sold";
    Ratio: "비율", "Ratio";
    Worth: "금액", "Worth";
    Open: "시가", "Open";
    High: "고가", "High";
    Low: "저가", "Low";
    Close: "종가", "Close";
    PreviousClose: "전일종가", "Prev close";
    UpperLimit: "상한가", "Upper limit";
    LowerLimit: "하한가", "Lower limit";
    Phase: "장 상태", "Phase";
    Until: "종료", "Until";
    Next: "다음", "Next";
    NextAt: "다음 시작", "Next at";
    TradingDate: "거래일", "Trading date";
    ExpectedPrice: "예상체결가", "Expected";
    ExpectedQuantity: "예상체결량", "Expected qty";
    Age: "나이", "Age";
    Time: "시각", "Time";
    Quantity: "수량", "Quantity";
    Side: "구분", "Side";
    Product: "상품", "Product";
    Currency: "통화", "Currency";
    TickSize: "호가단위", "Tick";
    Lot: "매매단위", "Lot";
    BasePrice: "기준가", "Base price";
    MaxLeverage: "최대 레버리지", "Max leverage";
    Halted: "거래정지", "Halted";
    OnNextrade: "NXT 거래", "On NXT";
    NetAssetValue: "순자산가치(NAV)", "NAV";
    Premium: "괴리율 %", "Premium %";
    Coupon: "표면금리 %", "Coupon %";
    Matures: "만기일", "Matures";
    Ratings: "신용등급", "Ratings";
    Id: "번호", "ID";
    ClientId: "고객 번호", "Client ID";
    BrokerId: "브로커 번호", "Broker ID";
    Profile: "프로필", "Profile";
    Kind: "유형", "Type";
    TimeInForce: "조건", "TIF";
    Route: "주문 경로", "Sent to";
    StopPrice: "발동가", "Stop";
    Filled: "체결", "Filled";
    AveragePrice: "평균가", "Average";
    State: "상태", "State";
    PendingChange: "변경 중", "Changing";
    WatchedBy: "감시", "Watched by";
    Parent: "원주문", "Parent";
    Role: "역할", "Role";
    Source: "주문처", "Source";
    Reason: "사유", "Reason";
    ReduceOnly: "감소전용", "Reduce only";
    QueueAhead: "앞 대기", "Queue ahead";
    CreatedAt: "접수", "Created";
    UpdatedAt: "변경", "Updated";
    Order: "주문", "Order";
    Fee: "수수료", "Fee";
    Tax: "세금", "Tax";
    Liquidity: "유동성", "Liquidity";
    Unrealized: "평가손익", "Unrealized";
    UnrealizedNet: "평가손익(세후)", "Unrealized net";
    Realized: "실현손익", "Realized";
    RealizedGross: "실현손익(비용 전)", "Realized gross";
    Cost: "매입금액", "Cost";
    Date: "일자", "Date";
    Bought: "매수금액", "Bought";
    Sold: "매도금액", "Sold";
    SoldQuantity: "매도수량", "Sold qty";
    SalePrice: "매도가", "Sale price";
    Return: "손익률", "Return %";
    ByBroker: "실현손익(브로커)", "Broker's";
    ByLedger: "실현손익(원장)", "Ledger's";
    Difference: "차이", "Difference";
    Breakeven: "손익분기", "Breakeven";
    Liquidation: "청산가", "Liquidation";
    Leverage: "레버리지", "Leverage";
    Margin: "증거금", "Margin";
    Cash: "현금", "Cash";
    Reserved: "주문 묶임", "Reserved";
    Available: "주문 가능", "Available";
    Equity: "평가자산", "Equity";
    PeakEquity: "최고 평가자산", "Peak equity";
    Today: "당일손익", "Today";
    Amount: "금액", "Amount";
    CashBefore: "이전 현금", "Cash before";
    CashAfter: "이후 현금", "Cash after";
    Rule: "규칙", "Rule";
    Gate: "리스크", "Risk";
    Limit: "한도", "Limit";
    Found: "실제", "Value";
    Subject: "대상", "Subject";
    Local: "원장", "Ledger";
    Expected: "맞는 값", "Expected";
    Broker: "브로커", "Broker";
    World: "세계", "World";
    Connection: "연결", "Connection";
    Reconciled: "대사", "Reconciled";
    OpenOrders: "미체결", "Open orders";
    UnknownOrders: "불명 주문", "Unknown orders";
    Positions: "보유", "Positions";
    Check: "점검", "Check";
    Result: "결과", "Result";
    Detail: "내용", "Detail";
    Cure: "조치", "Cure";
    Pid: "프로세스", "PID";
    Version: "버전", "Version";
    Uptime: "가동 시간", "Uptime";
    Faces: "접속", "Faces";
    TradingLock: "매매 권한", "Trading lock";
    Holds: "관리 중", "Holds";
    Storage: "저장소", "Storage";
    MarketEvents: "시세 수", "Market events";
    DataDir: "데이터 폴더", "Data folder";
    Key: "항목", "Key";
    Verified: "확인 시각", "Verified at";
    Canceled: "취소", "Canceled";
    StillOpen: "남은 주문", "Still open";
    Closing: "청산 주문", "Closing orders";
    Condition: "조건", "Condition";
    Note: "메모", "Note";
    MadeAt: "만든 시각", "Made";
    FiredAt: "울린 시각", "Fired";
    FiredBy: "울린 값", "By";
    SeenAt: "확인", "Seen";
    KeyPlace: "있는 곳", "Where";
    BrokerKey: "키", "Key";
    KeyWorld: "키의 세계", "Key's world";
    AddedAt: "넣은 시각", "Added";
    InUse: "사용", "Used";
    BrokerAsked: "브로커에 물음", "Broker asked";
    KeyTrades: "주문 가능", "May trade";
}
