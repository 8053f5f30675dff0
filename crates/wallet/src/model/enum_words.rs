//! The words of enums in rows, in addresses and on the wire.

use strum::VariantArray as _;

use super::deposit::Simulated;
use super::money::Currency;
use super::payment_file::FileState;
use super::statement::TransferKind;
use super::withdrawal::{WithdrawalAction, WithdrawalState};

/// A variant that is renamed keeps its word: rows, links and programs know it.
#[test]
fn words_of_enums_stay() {
    assert_eq!(
        Simulated::VARIANTS.iter().map(Simulated::into_str).collect::<Vec<_>>(),
        ["approve", "decline", "late", "twice", "contradict"]
    );
    assert_eq!(Currency::VARIANTS.iter().map(Currency::into_str).collect::<Vec<_>>(), ["EUR", "CHF", "GBP", "USD"]);
    assert_eq!(
        [
            TransferKind::Opening,
            TransferKind::Deposit,
            TransferKind::Withdrawal,
            TransferKind::WithdrawalReturned,
            TransferKind::WithdrawalProcessed,
            TransferKind::Payment,
            TransferKind::Refund,
            TransferKind::Capture,
            TransferKind::Credit,
            TransferKind::Return
        ]
        .map(|value| value.into_str()),
        [
            "opening",
            "deposit",
            "withdrawal",
            "withdrawal_returned",
            "withdrawal_processed",
            "payment",
            "refund",
            "capture",
            "credit",
            "return"
        ]
    );
    assert_eq!(
        WithdrawalAction::VARIANTS.iter().map(WithdrawalAction::into_str).collect::<Vec<_>>(),
        ["approve", "reject", "process", "cancel"]
    );
    assert_eq!(FileState::VARIANTS.iter().map(FileState::into_str).collect::<Vec<_>>(), ["made", "processing", "processed"]);
    assert_eq!(
        WithdrawalState::VARIANTS.iter().map(WithdrawalState::into_str).collect::<Vec<_>>(),
        ["requested", "approved", "rejected", "processed", "cancelled"]
    );
}
