//! What the demo's provider did about its suppliers: it asked them by hand to delete what nothing uses any more, and
//! wrote their answers down.

use super::BY;
use crate::app::App;
use anyhow::Result;
use office::suppliers::{self, AnswerForm, WithdrawalFilter, WithdrawalState};

/// After how many days a supplier answers.
const ANSWER_DAYS: i64 = 10;
/// How long a supplier keeps what it keeps, in days.
const KEPT_DAYS: i64 = 60;
/// How many withdrawals are looked at in one go.
const LOOKED_AT: u32 = 200;

/// What happens in a week: withdrawals begin, and those that were demanded some time ago are answered. At first
/// something still refers to the data; then most are deleted, and some are kept under rules of the supplier's own.
pub(super) async fn week(app: &App) -> Result<()> {
    let office = &*app.office;
    suppliers::follow(office).await?;
    let filter = WithdrawalFilter { state: Some(WithdrawalState::Requested), ..WithdrawalFilter::default() };
    let (waiting, _) = suppliers::withdrawals(office, &filter, 0, LOOKED_AT).await?;
    let now = office.now();
    for (i, one) in waiting.iter().enumerate() {
        let asked = one.answered_at.or(one.requested_at).unwrap_or(now);
        if one.next_at.is_some() || now.seconds_since(asked) < ANSWER_DAYS * 86_400 {
            continue;
        }
        let answered = match (one.answered_at, i % 3) {
            (None, _) => "linked",
            (Some(_), 1) => "kept",
            _ => "gone",
        };
        let until = now.plus_days(KEPT_DAYS).in_amsterdam().date();
        let form = AnswerForm {
            answered: answered.to_owned(),
            ground: "supplier_rules".to_owned(),
            until: format!("{}-{}-{}", until.day(), until.month(), until.year()),
            proof: "Antwoord van de leverancier per e-mail; in zijn portaal nagekeken.".to_owned(),
        };
        suppliers::answer(office, BY, one.id, one.changes, &form).await?;
    }
    Ok(())
}
