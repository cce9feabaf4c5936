//! What goes wrong with forms in real browsers: sent twice, sent again by going back, filled in wrong.

use office::messages::{self, ThreadFilter};
use tests::harness::{self, Browser, Javascript, Options, Site, Visitor};

async fn threads(site: &Site) -> u64 {
    messages::page(&site.app.office, ThreadFilter::default(), 0, 1).await.unwrap().total
}

async fn fill_in(browser: &Browser, title: &str) {
    browser.fill("name", "Wim Zoeker").await;
    browser.fill("email", "wim@bezoeker.example").await;
    browser.choose("topic", "question").await;
    browser.fill("title", title).await;
    browser.fill("text", "Kan ik verhuizen?").await;
}

/// The contact form once in a browser: filled in wrong, then right, then again by going back.
async fn contact(javascript: Javascript) {
    let Some(browser) = harness::browser(&Options { javascript, ..Options::default() }).await else { return };
    let site = Site::start(4).await;
    let before = threads(&site).await;
    let form = format!("{}/contact", site.url);

    browser.open(&form).await;
    browser.fill("name", "Wim Zoeker").await;
    browser.fill("email", "geen adres").await;
    browser.send("/contact").await;
    assert!(browser.title().await.starts_with("Fout:"), "{}", browser.title().await);
    assert_eq!(browser.attribute("main [name=name]", "value").await, "Wim Zoeker", "what was typed stays");
    for field in ["email", "topic", "title", "text"] {
        let link = browser.text(&format!("[data-error-summary] a[href=\"#{field}\"]")).await;
        let beside = browser.text(&format!("#{field}-error")).await;
        assert!(beside.ends_with(&link) && !link.is_empty(), "{field}: {link:?} and {beside:?}");
    }
    if javascript == Javascript::On {
        let focus = "return document.activeElement === document.querySelector('[data-error-summary]')";
        assert_eq!(browser.client().execute(focus, Vec::new()).await.unwrap(), serde_json::json!(true));
    }
    assert_eq!(threads(&site).await, before, "nothing of a wrong form is kept");

    // The same form, mended.
    fill_in(&browser, "Verhuizen").await;
    browser.send("/contact").await;
    let sent = browser.path().await;
    assert!(sent.starts_with("/contact/sent?message=B"), "{sent}");
    assert_eq!(threads(&site).await, before + 1);
    // Reloading asks nothing and sends nothing.
    browser.client().refresh().await.unwrap();
    assert_eq!(browser.path().await, sent);

    // A form that is opened anew is another letter.
    browser.open(&form).await;
    fill_in(&browser, "Nog een vraag").await;
    browser.send("/contact").await;
    let second = browser.path().await;
    assert_ne!(second, sent);
    assert_eq!(threads(&site).await, before + 2);

    // Going back to it and sending what stands there is the same letter: it acts once.
    browser.client().back().await.unwrap();
    assert_eq!(browser.path().await, "/contact");
    fill_in(&browser, "Nog een vraag").await;
    browser.send("/contact").await;
    assert_eq!(browser.path().await, second, "the same numbers");
    assert_eq!(threads(&site).await, before + 2, "sent twice, acted once");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contact_form_with_scripts() {
    contact(Javascript::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contact_form_without_scripts() {
    contact(Javascript::Off).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_sends_one_letter() {
    let Some(browser) = harness::browser(&Options::default()).await else { return };
    let site = Site::start(4).await;
    let before = threads(&site).await;
    browser.open(&format!("{}/contact", site.url)).await;
    fill_in(&browser, "Verhuizen").await;
    // Around the script that stops a second press: both go out.
    let twice = "const f = document.querySelector('main form[action=\"/contact\"]'); f.submit(); f.submit();";
    browser.client().execute(twice, Vec::new()).await.unwrap();
    for _ in 0..200 {
        if browser.path().await.starts_with("/contact/sent") {
            break;
        }
    }
    assert!(browser.path().await.starts_with("/contact/sent"), "{}", browser.path().await);
    assert_eq!(threads(&site).await, before + 1);

    // At the very same time, from two connections.
    let mut visitor = Visitor::new(&site.url);
    let once = visitor.get("/contact").await.is(200).value("once");
    let fields = [
        ("once", once.as_str()),
        ("name", "Wim Zoeker"),
        ("email", "wim@bezoeker.example"),
        ("topic", "question"),
        ("title", "Verhuizen"),
        ("text", "Kan ik verhuizen?"),
    ];
    let mut other = visitor.clone();
    let (one, two) = tokio::join!(visitor.post("/contact", &fields), other.post("/contact", &fields));
    assert_eq!(one.is(303).to(), two.is(303).to(), "both are given the same numbers");
    assert_eq!(threads(&site).await, before + 2);
    site.stop().await;
}
