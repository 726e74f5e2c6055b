//! Showing somebody around who has never been here.

use super::texts;

texts! {
    /// What the tour says.
    Tour {
        Title: "둘러보기", "tour";
        LadderIs: "호가창입니다. 가운데가 현재가, 위가 매도, 아래가 매수입니다.",
            "This is the ladder: asks above, bids below the last price.";
        MoveAndArm: "↑↓ 로 커서를 옮기고, 아래 키로 무장하세요.", "Move the cursor with Up and Down, then arm with:";
        CannotArm: "지금은 무장할 수 없습니다:", "cannot be armed now:";
        BuyHere: "무장했습니다. 커서가 있는 가격에 매수하세요:", "Armed. Buy at the row of the cursor with:";
        ArmAgain: "무장이 풀렸습니다. 다시 무장하세요:", "No longer armed. Arm again with:";
        Waits: "주문이 들어갔습니다. 차례가 오면 체결됩니다.", "Your order is in. It fills when its turn comes.";
        Centre: "현재가를 가운데로:", "Re-centre with:";
        OrMarket: "기다리지 않으려면 시장가 매수:", "Not to wait, buy at market with:";
        Done: "체결되었습니다. 가상 자금으로 낸 첫 주문입니다.", "Done: that was a filled virtual order.";
        MoreHelp: "키와 설명은 도움말에 있습니다:", "Keys and help:";
        EscEnds: "Esc 둘러보기 끝", "Esc ends the tour";
    }
}
