//! Lists: filter, sort and page stand in the address, so that a list can be kept, shared and gone
//! back to. [`List`] reads them and writes the links.

use crate::error::PageError;
use crate::page::encode;
use axum::extract::FromRequestParts;
use http::request::Parts;

/// Rows on a page.
pub const PAGE_ROWS: u64 = 50;
/// The last page that can be asked for; whoever needs more takes the CSV.
const PAGE_MAX: u64 = 100_000;
/// At most so many filters, and so many bytes in one.
const FILTERS_MAX: usize = 20;
const FILTER_BYTES_MAX: usize = 200;

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Lowest first.
    Up,
    /// Highest first.
    Down,
}

/// What the address asks of a list. A handler takes it as an argument, and tells it the total.
#[derive(Debug, Clone)]
pub struct List {
    path: String,
    filters: Vec<(String, String)>,
    sort: String,
    order: Order,
    page: u64,
    total: u64,
}

impl List {
    fn read(path: &str, query: &str) -> Self {
        let mut list = Self {
            path: path.to_owned(),
            filters: Vec::new(),
            sort: String::new(),
            order: Order::Up,
            page: 1,
            total: 0,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value));
            match name.as_str() {
                "lang" => {}
                "page" => list.page = value.parse().unwrap_or(1).clamp(1, PAGE_MAX),
                "sort" => {
                    let (order, sort) = value
                        .strip_prefix('-')
                        .map_or((Order::Up, value.as_str()), |sort| (Order::Down, sort));
                    list.order = order;
                    sort.clone_into(&mut list.sort);
                }
                _ if list.filters.len() < FILTERS_MAX && value.len() <= FILTER_BYTES_MAX => {
                    list.filters.push((name, value));
                }
                _ => {}
            }
        }
        list
    }

    /// Tells it how many rows match.
    pub const fn set_total(&mut self, total: u64) {
        self.total = total;
    }

    /// How many rows match.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// How many rows to skip.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        (self.page - 1) * PAGE_ROWS
    }

    /// The value of a filter; empty when it is not set.
    #[must_use]
    pub fn filter(&self, name: &str) -> &str {
        self.filters.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Whether any filter is set: "no match" then, not "nothing yet".
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filters.iter().any(|(_, value)| !value.trim().is_empty())
    }

    /// The column to sort by: the one asked for if it is among `columns`, else the first.
    #[must_use]
    pub fn sort(&self, columns: &[&'static str]) -> (&'static str, Order) {
        columns
            .iter()
            .find(|column| **column == self.sort)
            .map_or((columns.first().copied().unwrap_or_default(), Order::Up), |column| (*column, self.order))
    }

    /// The value of `aria-sort` at a column; empty when the list is not sorted by it.
    #[must_use]
    pub fn aria_sort(&self, column: &str) -> &'static str {
        match (self.sort == column, self.order) {
            (false, _) => "",
            (true, Order::Up) => "ascending",
            (true, Order::Down) => "descending",
        }
    }

    /// The link that sorts by a column, or turns its order round.
    #[must_use]
    pub fn sort_href(&self, column: &str) -> String {
        let down = self.sort == column && self.order == Order::Up;
        self.href(&self.path, &format!("{}{column}", if down { "-" } else { "" }), 1)
    }

    /// The link to a page.
    #[must_use]
    pub fn page_href(&self, page: u64) -> String {
        self.href(&self.path, &self.sort_value(), page)
    }

    /// The link to the page before.
    #[must_use]
    pub fn previous_href(&self) -> String {
        self.page_href(self.page.saturating_sub(1))
    }

    /// The link to the page after.
    #[must_use]
    pub fn next_href(&self) -> String {
        self.page_href(self.page + 1)
    }

    /// The link to the same rows, all of them, as CSV.
    #[must_use]
    pub fn csv_href(&self) -> String {
        self.href(&format!("{}.csv", self.path), &self.sort_value(), 1)
    }

    /// The list without filters.
    #[must_use]
    pub fn clear_href(&self) -> &str {
        &self.path
    }

    /// The page that is shown.
    #[must_use]
    pub const fn page(&self) -> u64 {
        self.page
    }

    /// How many pages there are.
    #[must_use]
    pub const fn pages(&self) -> u64 {
        let pages = self.total.div_ceil(PAGE_ROWS);
        if pages == 0 { 1 } else { pages }
    }

    /// The first row shown, counted from 1.
    #[must_use]
    pub const fn first(&self) -> u64 {
        if self.total == 0 { 0 } else { self.offset() + 1 }
    }

    /// The last row shown.
    #[must_use]
    pub fn last(&self) -> u64 {
        (self.offset() + PAGE_ROWS).min(self.total)
    }

    /// The sort order, for the hidden field of the filter form; empty when it is the default.
    #[must_use]
    pub fn sort_value(&self) -> String {
        match (self.sort.is_empty(), self.order) {
            (true, _) => String::new(),
            (false, Order::Up) => self.sort.clone(),
            (false, Order::Down) => format!("-{}", self.sort),
        }
    }

    fn href(&self, path: &str, sort: &str, page: u64) -> String {
        let mut pairs: Vec<String> = self
            .filters
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if !sort.is_empty() {
            pairs.push(format!("sort={}", encode(sort)));
        }
        if page > 1 {
            pairs.push(format!("page={page}"));
        }
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for List {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        Ok(Self::read(parts.uri.path(), parts.uri.query().unwrap_or_default()))
    }
}

/// `+` and percent codes; what is not UTF-8 becomes the replacement character.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|digits| hex::decode(digits).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                bytes.extend(code);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_and_written() {
        let mut list =
            List::read("/staff/customers", "q=a+b%26c&state=open&sort=-name&page=3&lang=en&empty=");
        list.set_total(120);
        assert_eq!((list.filter("q"), list.filter("state"), list.filter("none")), ("a b&c", "open", ""));
        assert_eq!(list.sort(&["number", "name"]), ("name", Order::Down));
        assert_eq!(list.sort(&["number"]), ("number", Order::Up));
        assert_eq!((list.offset(), list.first(), list.last(), list.pages()), (100, 101, 120, 3));
        assert_eq!(list.page_href(2), "/staff/customers?q=a%20b%26c&state=open&sort=-name&page=2");
        assert_eq!(list.sort_href("name"), "/staff/customers?q=a%20b%26c&state=open&sort=name");
        assert_eq!(list.csv_href(), "/staff/customers.csv?q=a%20b%26c&state=open&sort=-name");
        assert_eq!((list.aria_sort("name"), list.aria_sort("number")), ("descending", ""));
        assert!(list.is_filtered() && !List::read("/x", "q=+&page=2").is_filtered());
    }

    #[test]
    fn rubbish_does_no_harm() {
        for query in ["page=0", "page=-1", "page=99999999999999999999", "%", "%zz=%f", "&&=&", "sort=-"] {
            let list = List::read("/x", query);
            assert!(list.page() >= 1 && list.offset() <= PAGE_MAX * PAGE_ROWS, "{query}");
        }
        let many = (0..100).map(|i| format!("f{i}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(List::read("/x", &many).filters.len(), FILTERS_MAX);
    }
}
