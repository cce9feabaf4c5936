//! What happens over HTTP before a browser looks: signing in, letters, forms.

use office::accounts::{self, LoginId};
use office::customers::CustomerId;
use office::requests::{self, RequestId};
use office::{By, Office};
use tests::harness::{Site, Visitor};
use waarborg::commands::demo::DemoLogin;

pub(super) const BY: By = By::System("test");
pub(super) const PASSWORD: &str = "vier losse paarden";
pub(super) const FENNA: &str = "fenna.proefwerk@klant.example";

/// Signs in over HTTP, with the second factor too.
pub(super) async fn sign_in(site: &Site, login: &DemoLogin) -> Visitor {
    let mut who = give_password(site, &login.email, &login.password).await;
    let code = site.code(login);
    post(&mut who, "/sign-in/code", &[("code", &code)], 303).await;
    who
}

pub(super) async fn give_password(site: &Site, email: &str, password: &str) -> Visitor {
    let mut who = Visitor::new(&site.url);
    post(&mut who, "/sign-in", &[("email", email), ("password", password)], 303).await;
    who
}

/// Sends a form that is answered so; gives where that leads.
pub(super) async fn post(who: &mut Visitor, path: &str, fields: &[(&str, &str)], status: u16) -> String {
    who.post(path, fields).await.is(status).to().to_owned()
}

/// Fills in the form of a page and sends it; gives where that leads.
pub(super) async fn send(who: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> String {
    let form = who.get(path).await.is(200);
    let once = form.text().contains("name=\"once\"").then(|| form.value("once"));
    let mut all = fields.to_vec();
    if let Some(once) = &once {
        all.push(("once", once));
    }
    post(who, path, &all, 303).await
}

/// A letter of somebody about their data; gives the number of the request and the link that shows
/// that the address is theirs.
pub(super) async fn letter(site: &Site, email: &str, right: &str, claim: &str) -> (String, String) {
    let fields = [
        ("name", "Wim Zoeker"),
        ("email", email),
        ("topic", "my_data"),
        ("right", right),
        ("claim", claim),
        ("title", "Mijn gegevens"),
        ("text", "Ik wil weten wat u van mij bewaart."),
    ];
    let to = send(&mut Visitor::new(&site.url), "/contact", &fields).await;
    let (_, number) = to.split_once("request=").expect("a request");
    let link = site.letter(email, "/identity/").await.path(&site.url, "/identity/");
    (number.to_owned(), link)
}

pub(super) async fn number_of(office: &Office, number: &str) -> RequestId {
    requests::by_number(office, number).await.unwrap().expect("a request of that number")
}

pub(super) async fn login_of(office: &Office, email: &str) -> LoginId {
    accounts::login_by_email(office, email).await.unwrap().expect("a login").id
}

pub(super) async fn customer_of(office: &Office, email: &str) -> CustomerId {
    accounts::memberships(office, login_of(office, email).await).await.unwrap()[0].0
}
