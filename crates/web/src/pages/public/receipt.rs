//! The receipt of an erasure, for whoever has the link that was shown once. It holds no personal
//! data; the link ends 30 days after the last backup has become unreadable.

use crate::error::{PageError, PageResult};
use crate::page::{Page, ok, with_status};
use crate::routes::Section;
use crate::state::State;
use crate::text::T;
use crate::visit::Visit;
use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use office::accounts::Token;
use office::requests::receipts::{self, RECEIPT_FILE, ReadyReceipt, ReceiptStatus};

#[derive(Template)]
#[template(path = "pages/public/receipt.html")]
struct Receipt {
    t: T,
    page: Page,
    status: Shown,
    here: String,
    address: String,
    key: String,
}

enum Shown {
    Erasing,
    Waiting,
    Ready { receipt: Box<ReadyReceipt>, words: Vec<String> },
    Expired,
}

/// Whoever looks over a shoulder or at a shared computer's store gains nothing by it.
fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn status(visit: &Visit, state: &State, token: &str) -> Result<ReceiptStatus, PageError> {
    let Some(token) = Token::parse(token) else { return Ok(ReceiptStatus::Expired) };
    let (office, tiles) = (&state.office, &state.ledger.tiles);
    Ok(receipts::status(office, tiles, &state.ledger_key, &token, visit.language()).await?)
}

pub(super) async fn show(visit: Visit, state: State, Path(token): Path<String>) -> PageResult {
    let t = visit.t();
    let (code, title, status) = match status(&visit, &state, &token).await? {
        ReceiptStatus::Erasing => (StatusCode::OK, t.receipt_erasing_title(), Shown::Erasing),
        ReceiptStatus::Waiting => (StatusCode::OK, t.receipt_waiting_title(), Shown::Waiting),
        ReceiptStatus::Ready(receipt) => {
            let words = receipt.words.split("\n\n").map(str::to_owned).collect();
            (StatusCode::OK, t.receipt_title(), Shown::Ready { receipt, words })
        }
        ReceiptStatus::Expired => (StatusCode::NOT_FOUND, t.receipt_expired_title(), Shown::Expired),
    };
    let here = visit.path().to_owned();
    let page = Receipt {
        t,
        page: visit.page(Section::Public, title),
        status,
        address: format!("{}{here}", state.office.settings.base_url),
        here,
        key: state.ledger_key.to_string(),
    };
    Ok(private(if code == StatusCode::OK { ok(&page)? } else { with_status(code, &page)? }))
}

pub(super) async fn file(visit: Visit, state: State, Path(token): Path<String>) -> PageResult {
    let ReceiptStatus::Ready(receipt) = status(&visit, &state, &token).await? else {
        return Err(PageError::NotFound);
    };
    let name = format!("attachment; filename=\"{RECEIPT_FILE}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(PageError::internal)?),
    ];
    Ok(private((headers, receipt.text).into_response()))
}
