//! The pages of what leaves the house: suppliers, disclosures, withdrawals in each state, and the form of an answer.

use super::look::{Looker, Stop, at, page};
use super::visits::BY;
use office::suppliers::{self, AnswerForm, DisclosureFilter, WithdrawalFilter, WithdrawalState};
use tests::harness::{Site, Visitor};

/// Looks at the pages of staff, with a withdrawal that staff must answer and one that failed.
pub(super) async fn looks(looker: &mut Looker<'_>, site: &Site, who: &Visitor) {
    looker.walk(who, &staff(site).await).await;
    let waiting = waiting(site).await;
    looker.be(who).await;
    looker.browser.open(&format!("{}/staff/withdrawals/{waiting}", site.url)).await;
    looker.browser.press("main form[action$=answer] button").await;
    looker.look_here("an answer without anything", 422).await;
}

/// A withdrawal that is asked by hand and waits for its answer.
async fn waiting(site: &Site) -> suppliers::WithdrawalId {
    let office = &site.app.office;
    for _ in 0..100 {
        let filter =
            WithdrawalFilter { state: Some(WithdrawalState::Requested), ..WithdrawalFilter::default() };
        let (found, _) = suppliers::withdrawals(office, &filter, 0, 50).await.unwrap();
        if let Some(one) = found.iter().find(|one| one.next_at.is_none()) {
            return one.id;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no withdrawal waits for an answer");
}

async fn staff(site: &Site) -> Vec<Stop> {
    let office = &site.app.office;
    let (given, _) = suppliers::disclosures(office, &DisclosureFilter::default(), 0, 200).await.unwrap();
    let mut stops = vec![
        page("/staff/suppliers"),
        page("/staff/disclosures"),
        at("/staff/disclosures", "/staff/disclosures?supplier=nobody"),
        page("/staff/withdrawals"),
        at("/staff/withdrawals", "/staff/withdrawals?state=confirmed&date=overdue"),
    ];
    let first = given.first().expect("a disclosure").id;
    stops.push(at("/staff/disclosures/{id}", format!("/staff/disclosures/{first}")));
    let waiting = waiting(site).await;
    stops.push(at("/staff/withdrawals/{id}", format!("/staff/withdrawals/{waiting}")));
    let one = suppliers::withdrawal(office, waiting).await.unwrap();
    let gone = format!("/staff/disclosures/{}", one.disclosure);
    stops.push(at("/staff/disclosures/{id}", gone));
    for state in [WithdrawalState::Linked, WithdrawalState::Kept, WithdrawalState::Confirmed] {
        let filter = WithdrawalFilter { state: Some(state), ..WithdrawalFilter::default() };
        let (found, _) = suppliers::withdrawals(office, &filter, 0, 1).await.unwrap();
        stops.extend(
            found.iter().map(|one| at("/staff/withdrawals/{id}", format!("/staff/withdrawals/{}", one.id))),
        );
    }
    stops.push(at("/staff/withdrawals/{id}", "/staff/withdrawals/nobody").is(404));
    stops
}

/// Lets a withdrawal fail, so that staff see how it is tried again.
pub(super) async fn failed(site: &Site) -> Stop {
    let office = &site.app.office;
    let waiting = waiting(site).await;
    let one = suppliers::withdrawal(office, waiting).await.unwrap();
    let form = AnswerForm {
        answered: "refused".into(),
        proof: "De leverancier weigert zonder reden.".into(),
        ..AnswerForm::default()
    };
    suppliers::answer(office, BY, one.id, one.changes, &form).await.unwrap();
    at("/staff/withdrawals/{id}", format!("/staff/withdrawals/{}", one.id))
}
