//! What a visitor does with a page: reads it, fills in, presses, follows, keeps a file.

use super::browser::Browser;
use super::site::{PATIENCE, until};
use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::json;
use std::time::Instant;

/// A file that the browser was given to keep.
#[derive(Debug, Clone)]
pub struct Download {
    /// The name it was given.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Browser {
    /// The one element, or the first of several.
    ///
    /// # Panics
    /// When there is none.
    pub async fn element(&self, selector: &str) -> Element {
        match self.client().find(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => panic!("{selector} at {}: {error}\n{}", self.path().await, self.text("body").await),
        }
    }

    /// Whether there is such an element.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn has(&self, selector: &str) -> bool {
        !self.client().find_all(Locator::Css(selector)).await.expect("the browser answers").is_empty()
    }

    /// What an element says.
    ///
    /// # Panics
    /// When there is none.
    pub async fn text(&self, selector: &str) -> String {
        let found = self.client().find(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{selector}: {error}")).text().await.expect("its text")
    }

    /// An attribute of an element; empty when it has none of that name.
    ///
    /// # Panics
    /// When there is no such element.
    pub async fn attribute(&self, selector: &str, name: &str) -> String {
        self.element(selector).await.attr(name).await.expect("its attribute").unwrap_or_default()
    }

    /// The path of the page, with what stands behind a question mark.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn path(&self) -> String {
        let url = self.client().current_url().await.expect("an address");
        url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
    }

    /// The title of the page.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn title(&self) -> String {
        self.client().title().await.expect("a title")
    }

    /// Types into the field of that name, in place of what is there.
    ///
    /// # Panics
    /// When there is no such field.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.element(&format!("main [name={name}]")).await;
        field.clear().await.expect("a field that can be cleared");
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Chooses a value of a list or of radio buttons.
    ///
    /// # Panics
    /// When there is no such value.
    pub async fn choose(&self, name: &str, value: &str) {
        let option = format!("main select[name={name}] option[value=\"{value}\"]");
        let radio = format!("main input[name={name}][value=\"{value}\"]");
        self.element(&format!("{option}, {radio}")).await.click().await.expect("it can be chosen");
    }

    /// Presses a button or follows a link, and waits for the page that comes.
    ///
    /// # Panics
    /// When there is none, or something lies over it, or no page comes.
    pub async fn press(&self, selector: &str) {
        self.go_by(self.element(selector).await, selector).await;
    }

    /// Follows the link in the row of a table that says something.
    ///
    /// # Panics
    /// When there is no such row.
    pub async fn press_in_row(&self, says: &str, begin: &str) {
        self.go_by_row(says, &format!("a[starts-with(@href, '{begin}')]")).await;
    }

    /// Presses the button in the row of a table that says something.
    ///
    /// # Panics
    /// When there is no such row.
    pub async fn send_in_row(&self, says: &str) {
        self.go_by_row(says, "button").await;
    }

    async fn go_by_row(&self, says: &str, what: &str) {
        let path = format!("//main//tr[contains(., '{says}')]//{what}");
        let found = self.client().find(Locator::XPath(&path)).await;
        let element = match found {
            Ok(element) => element,
            Err(error) => panic!("a row with {says}: {error}\n{}", self.text("main").await),
        };
        self.go_by(element, says).await;
    }

    /// The driver answers before a page that was asked for by a press has begun to come.
    async fn go_by(&self, element: Element, what: &str) {
        let page = self.element("html").await;
        element.click().await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let end = Instant::now() + PATIENCE;
        while page.tag_name().await.is_ok() {
            assert!(Instant::now() < end, "{what} at {}: leads nowhere", self.path().await);
        }
    }

    /// Sends the form whose fields were filled in: presses its first button.
    ///
    /// # Panics
    /// When there is no such form.
    pub async fn send(&self, action: &str) {
        self.press(&format!("main form[action=\"{action}\"] button[type=submit]")).await;
    }

    /// Presses what gives a file, and reads the file.
    ///
    /// # Panics
    /// When none comes.
    pub async fn download(&self, selector: &str) -> Download {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let parameters = json!({ "behavior": "allow", "downloadPath": folder.path() });
        self.devtools("Browser.setDownloadBehavior", parameters).await;
        let element = self.element(selector).await;
        element.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        until("a file to keep", || {
            let files: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().collect();
            let [file] = files.as_slice() else { return None };
            let name = file.file_name().into_string().expect("a name");
            // Under another name as long as it is not whole.
            if name.ends_with(".crdownload") || name.starts_with('.') {
                return None;
            }
            Some(Download { bytes: std::fs::read(file.path()).ok()?, name })
        })
        .await
    }
}
